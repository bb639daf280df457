//! Mails that tell of something done to an account, and whose link says that it was somebody else.

pub(crate) const STATEMENTS: &[&str] = &[
    // `token` is SHA-256 of a 256-bit token (SR-43); the link is good for the account at that address alone (SR-44).
    // `session_id` is there when the mail tells of a session: it names the one to close, wherever that has gone on.
    "CREATE TABLE warnings (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        email text NOT NULL,
        token bytea NOT NULL UNIQUE,
        about text NOT NULL,
        session_id uuid,
        happened_from text NOT NULL,
        happened_at bigint NOT NULL,
        ends_at bigint NOT NULL,
        spent_at bigint)",
    "CREATE INDEX warnings_by_user ON warnings (user_id)",
    "CREATE INDEX warnings_by_session ON warnings (session_id) WHERE session_id IS NOT NULL",
    "CREATE INDEX warnings_by_end ON warnings (ends_at)",
];
