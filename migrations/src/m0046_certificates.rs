//! Certificates that people sign in with, and how one is handed over from the host that asks for them.

pub(crate) const STATEMENTS: &[&str] = &[
    // The exact certificate, of one account at most (SR-91, SR-92); `holder` is SHA-256 of issuer and subject, by which
    // a renewal is noticed; `content` is what is shown of it.
    "CREATE TABLE certificates (
        realm text NOT NULL,
        sha256 text NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        holder bytea NOT NULL,
        content text NOT NULL,
        added_at bigint NOT NULL,
        used_at bigint,
        PRIMARY KEY (realm, sha256))",
    "CREATE INDEX certificates_by_user ON certificates (user_id)",
    "CREATE INDEX certificates_by_holder ON certificates (realm, holder)",
    // What was proven with a certificate that an account no longer has proves nothing.
    "ALTER TABLE users ADD COLUMN certificate_removed_at bigint",
    // `token` goes to the other host, `code` comes back; both as hashes. `outcome` is judged once, and spent once.
    "CREATE TABLE certificate_handovers (
        token bytea PRIMARY KEY,
        realm text NOT NULL,
        browser bytea NOT NULL,
        flow_id uuid NOT NULL,
        code bytea UNIQUE,
        outcome text,
        expires_at bigint NOT NULL,
        spent_at bigint)",
    "CREATE INDEX certificate_handovers_by_end ON certificate_handovers (expires_at)",
    // The certificate that a session was opened with.
    "ALTER TABLE sessions ADD COLUMN certificate text",
];
