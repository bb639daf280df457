//! What accounts prove beside a password: an app that makes one-time codes, and the codes kept for when it is lost.

pub(crate) const STATEMENTS: &[&str] = &[
    // One app an account. `seed` is sealed with the account as associated data (SR-78); `last_step` only ever grows: the
    // statement that moves it is what a code is good once by (SR-79).
    "CREATE TABLE totp_seeds (
        user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        seed bytea NOT NULL,
        digits integer NOT NULL CHECK (digits IN (6, 8)),
        label text NOT NULL,
        last_step bigint NOT NULL,
        created_at bigint NOT NULL,
        used_at bigint)",
    // `code` is a keyed hash over account and code (SR-83). Sets are replaced whole.
    "CREATE TABLE recovery_codes (
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        code bytea NOT NULL,
        created_at bigint NOT NULL,
        spent_at bigint,
        PRIMARY KEY (user_id, code))",
];
