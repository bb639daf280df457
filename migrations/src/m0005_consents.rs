//! What people agreed to: one row for each application (OpenID Connect Core §3.1.2.4, SR-103).

pub(crate) const STATEMENTS: &[&str] = &[
    // `scope` as RFC 6749 writes it, `resources` as a JSON list; both only grow until the row goes.
    "CREATE TABLE consents (
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        scope text NOT NULL,
        resources text NOT NULL,
        given_at bigint NOT NULL,
        PRIMARY KEY (user_id, client_id))",
];
