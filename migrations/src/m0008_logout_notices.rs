//! What relying parties are told when a session ends (OpenID Connect Back-Channel Logout 1.0).

pub(crate) const STATEMENTS: &[&str] = &[
    // One row for each client and each `sid` that it knows. The token is made at each delivery; here is what it says.
    // No reference to `users`: an account that is deleted has clients to be told all the same.
    "CREATE TABLE logout_notices (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        client_id text NOT NULL,
        session_id uuid NOT NULL,
        user_id uuid NOT NULL,
        subject text NOT NULL,
        host text NOT NULL,
        state text NOT NULL CHECK (state IN ('queued', 'told', 'given_up')),
        attempts integer NOT NULL,
        due_at bigint NOT NULL,
        claimed_until bigint NOT NULL,
        created_at bigint NOT NULL,
        ended_at bigint,
        reason text)",
    "CREATE UNIQUE INDEX logout_notices_once ON logout_notices (realm, client_id, session_id)",
    "CREATE INDEX logout_notices_due ON logout_notices (due_at) WHERE state = 'queued'",
    // One host hears one notice at a time.
    "CREATE INDEX logout_notices_claimed ON logout_notices (host, claimed_until) WHERE state = 'queued'",
    "CREATE INDEX logout_notices_by_end ON logout_notices (ended_at)",
    // Sessions that nobody ended, for the job that notices when their time is over.
    "CREATE INDEX sessions_open ON sessions (seen_at) WHERE ended_at IS NULL",
];
