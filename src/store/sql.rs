//! SQL of our own, where the builder has no word for what one statement has to do.
//!
//! The text is `&'static str`: it was written when the program was built, so nothing that somebody sent is part of it;
//! what they sent is bound beside it (SR-190). `tests/statements.rs` holds that no other file makes a statement of a
//! text, and that no text is put together at run time.

use sea_orm::{ConnectionTrait, Statement, Value};

/// A statement whose `$1`, `$2`, … stand for `values`.
pub(super) fn sql(
    connection: &impl ConnectionTrait,
    text: &'static str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), text, values)
}
