//! Accounts that are to be closed, and addresses of accounts that were.

pub(crate) const STATEMENTS: &[&str] = &[
    // Who asked for the end of their account, and until when they may keep it after all (SR-202). `keep_token` is SHA-256
    // of the token that they are mailed.
    "CREATE TABLE closings (
        user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        realm text NOT NULL,
        keep_token bytea NOT NULL UNIQUE,
        asked_at bigint NOT NULL,
        closes_at bigint NOT NULL)",
    "CREATE INDEX closings_by_end ON closings (closes_at)",
    // Addresses that nobody may have for a while (SR-178), as keyed hashes: the table names nobody.
    "CREATE TABLE resting_addresses (
        digest bytea PRIMARY KEY,
        until bigint NOT NULL)",
    "CREATE INDEX resting_addresses_by_end ON resting_addresses (until)",
];
