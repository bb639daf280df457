//! What an account may say of its owner beside name, address and language (OpenID Connect Core §5.1).

pub(crate) const STATEMENTS: &[&str] = &[
    // JSON by claim; a binary that does not know the column makes accounts that say nothing.
    "ALTER TABLE users ADD COLUMN profile text NOT NULL DEFAULT '{}'",
];
