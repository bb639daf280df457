//! Registration of relying parties by themselves: who may begin it, and what each of them manages itself by.

pub(crate) const STATEMENTS: &[&str] = &[
    // `token` is SHA-256 of a 256-bit token (SR-151); `uses_left` is counted down by the registration that it admits.
    "CREATE TABLE initial_access_tokens (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        token bytea NOT NULL UNIQUE,
        uses_left bigint NOT NULL CHECK (uses_left >= 0),
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL)",
    "CREATE INDEX initial_access_tokens_by_end ON initial_access_tokens (expires_at)",
    // What a client says of itself for others to read, as JSON: contacts, kind and version of its software.
    "ALTER TABLE clients ADD COLUMN particulars text NOT NULL DEFAULT '{}'",
    // SHA-256 of the token that it manages itself by (RFC 7592 §1.3), and the initial one that it was admitted with.
    "ALTER TABLE clients ADD COLUMN registration_token bytea",
    "ALTER TABLE clients ADD COLUMN admitted_by uuid",
    // When it last proved itself, by the day: registrations that nobody uses go.
    "ALTER TABLE clients ADD COLUMN used_at bigint NOT NULL DEFAULT 0",
    "ALTER TABLE clients ADD COLUMN disabled_at bigint",
    "CREATE INDEX grants_by_client ON grants (realm, client_id)",
];
