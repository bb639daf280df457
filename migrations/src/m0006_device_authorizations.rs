//! Devices that wait for a person to let them in elsewhere (RFC 8628).

pub(crate) const STATEMENTS: &[&str] = &[
    // `device_code` is a hash, `user_code` a keyed one: eight letters can be tried out. `grant_id` is what the person
    // gave; it is spent by the statement that makes `allowed` `spent`.
    "CREATE TABLE device_authorizations (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        client_id text NOT NULL,
        device_code bytea NOT NULL UNIQUE,
        user_code bytea NOT NULL,
        scope text NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'allowed', 'refused', 'spent')),
        grant_id uuid,
        interval_seconds integer NOT NULL,
        polled_at bigint,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        CHECK ((state IN ('allowed', 'spent')) = (grant_id IS NOT NULL)),
        UNIQUE (realm, user_code))",
    "CREATE INDEX device_authorizations_by_end ON device_authorizations (expires_at)",
];
