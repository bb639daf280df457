//! Names that others made up and that count once: `jti` of assertions and of proofs.

pub(crate) const STATEMENTS: &[&str] = &[
    // `name` is SHA-256 of whose name it is and of the name: bounded whatever was sent, and telling nothing.
    "CREATE TABLE spent_names (
        purpose text NOT NULL CHECK (purpose IN ('client_assertion', 'bearer_assertion', 'dpop_proof')),
        name bytea NOT NULL,
        expires_at bigint NOT NULL,
        PRIMARY KEY (purpose, name))",
    "CREATE INDEX spent_names_by_end ON spent_names (expires_at)",
];
