//! What authorities publish of revoked certificates, kept for all nodes.

pub(crate) const STATEMENTS: &[&str] = &[
    // `key` is SHA-256 of kind, address, issuer and, of an answer, the certificate. No `body`: whoever was asked failed.
    "CREATE TABLE revocation_copies (
        key bytea PRIMARY KEY,
        body bytea,
        copied_at bigint NOT NULL,
        rests_until bigint NOT NULL,
        expires_at bigint NOT NULL)",
    "CREATE INDEX revocation_copies_by_end ON revocation_copies (expires_at)",
];
