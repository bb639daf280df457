//! Changes of e-mail address under way.

pub(crate) const STATEMENTS: &[&str] = &[
    // Both tokens are SHA-256 of 256-bit tokens (SR-43): one goes to the new mailbox, the other to the old one. While a
    // confirmed change may be undone, the old address stays in `identifiers`, so that nobody else takes it (SR-178).
    "CREATE TABLE email_changes (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        old_email text NOT NULL,
        new_email text NOT NULL,
        confirm_token bytea NOT NULL UNIQUE,
        undo_token bytea NOT NULL UNIQUE,
        requested_from text NOT NULL,
        asked_at bigint NOT NULL,
        confirm_until bigint NOT NULL,
        undo_until bigint NOT NULL CHECK (undo_until >= confirm_until),
        confirmed_at bigint,
        ended_at bigint)",
    "CREATE INDEX email_changes_by_user ON email_changes (user_id)",
    "CREATE INDEX email_changes_by_end ON email_changes (undo_until)",
    // One change of an account waits at a time (SR-66).
    "CREATE UNIQUE INDEX email_changes_one_waits ON email_changes (user_id) WHERE confirmed_at IS NULL AND ended_at IS NULL",
];
