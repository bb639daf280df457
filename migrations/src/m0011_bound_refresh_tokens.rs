//! Refresh tokens that only the holder of a key may use.

pub(crate) const STATEMENTS: &[&str] = &[
    // The confirmation that has to be met, as `cnf` says it (RFC 9449 §5, RFC 8705 §4); none for a client that proves
    // who it is.
    "ALTER TABLE refresh_tokens ADD COLUMN bound_to text",
];
