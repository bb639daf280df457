//! Invitations into organisations.

pub(crate) const STATEMENTS: &[&str] = &[
    // Tokens are SHA-256 of 256-bit tokens (SR-43). A newer mail brings a newer one (SR-54); by the former the older link
    // can say so. `roles` are words with blanks between them. `invited_by` is forgotten with the account; whose account
    // accepted stays until that one ends.
    "CREATE TABLE invitations (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        email text NOT NULL,
        first_name text NOT NULL,
        last_name text NOT NULL,
        language text NOT NULL,
        roles text NOT NULL,
        token bytea NOT NULL UNIQUE,
        former_token bytea UNIQUE,
        invited_by uuid REFERENCES users (id) ON DELETE SET NULL,
        created_at bigint NOT NULL,
        sent_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        reminded_at bigint,
        accepted_at bigint,
        user_id uuid,
        refused_at bigint,
        withdrawn_at bigint,
        CHECK ((accepted_at IS NULL) = (user_id IS NULL)))",
    "CREATE INDEX invitations_by_organisation ON invitations (organisation_id, created_at)",
    "CREATE INDEX invitations_by_user ON invitations (user_id) WHERE user_id IS NOT NULL",
    "CREATE INDEX invitations_by_inviter ON invitations (invited_by) WHERE invited_by IS NOT NULL",
    "CREATE INDEX invitations_by_end ON invitations (expires_at)",
];
