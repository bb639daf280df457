//! Relying parties that register themselves (RFC 7591).

pub(crate) const STATEMENTS: &[&str] = &[
    // `document` is the text of the client's file; `version` counts its changes.
    "CREATE TABLE clients (
        realm text NOT NULL,
        client_id text NOT NULL,
        document text NOT NULL,
        version bigint NOT NULL,
        created_at bigint NOT NULL,
        changed_at bigint NOT NULL,
        PRIMARY KEY (realm, client_id))",
    // Grants that outlive the browser's session (OpenID Connect Core §11).
    "ALTER TABLE grants ADD COLUMN offline integer NOT NULL DEFAULT 0",
];
