//! Access tokens that were revoked one by one.

pub(crate) const STATEMENTS: &[&str] = &[
    // Those that hang on no grant, or on somebody else's; kept until they would have ended anyway.
    "CREATE TABLE revoked_access_tokens (
        jti text PRIMARY KEY,
        expires_at bigint NOT NULL)",
    "CREATE INDEX revoked_access_tokens_by_end ON revoked_access_tokens (expires_at)",
];
