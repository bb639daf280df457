//! What can go wrong between us and the database.

use sea_orm::DbErr;

/// A failure of the store: fail closed, tell the log, tell the person only that it was ours (SR-199, SR-211).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, or refused.
    #[error("the database failed: {0}")]
    Database(DbErr),
    /// A row does not fit its type.
    #[error("{table}.{column} of row {row} does not fit its type")]
    Misfit {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's identifier.
        row: String,
    },
    /// A value of ours has no written form.
    #[error("{0} could not be written")]
    Unwritable(&'static str),
    /// Events that are over were not deleted.
    #[error(
        "the database keeps events that are over: is its clock right, and the role of `deploy/roles.sql` the server's?"
    )]
    Kept,
    /// The schema is not the one that this binary was built for.
    #[error("the schema is not this binary's: {0}")]
    Schema(String),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl StoreError {
    /// Names the place of a misfit.
    pub(crate) fn misfit(table: &'static str, column: &'static str, row: impl std::fmt::Display) -> Self {
        Self::Misfit { table, column, row: row.to_string() }
    }
}
