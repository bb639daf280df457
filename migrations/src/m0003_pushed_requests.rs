//! Authorization requests that clients push ahead of the browser (RFC 9126).

pub(crate) const STATEMENTS: &[&str] = &[
    // `reference` is SHA-256 of the whole request_uri; `content` our own JSON of what was pushed. `spent_at` is written
    // by the statement that goes with the code, so opening the sign-in page twice spends nothing (SR-133).
    "CREATE TABLE pushed_requests (
        reference bytea PRIMARY KEY,
        realm text NOT NULL,
        client_id text NOT NULL,
        content text NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        spent_at bigint)",
    "CREATE INDEX pushed_requests_by_end ON pushed_requests (expires_at)",
];
