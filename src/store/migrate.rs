//! Runs `migrations/`, and tells how far the schema is.

use migrations::{Migrator, MigratorTrait as _};
use sea_orm::ConnectionTrait as _;

use super::{Access as _, Store, StoreError};
use crate::code::Code;

/// How far the schema is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Steps that this binary knows.
    pub known: usize,
    /// Names of those not applied yet, oldest first.
    pub pending: Vec<String>,
}

/// Brings the schema to this binary's, one node at a time.
pub async fn run(store: &Store) -> Result<Vec<String>, StoreError> {
    let pending = status(store).await?.pending;
    if pending.is_empty() {
        return Ok(pending);
    }
    let tx = store.begin().await?;
    if store.is_postgres() {
        // The migration library takes no lock of its own: two nodes starting together would race.
        tx.connection().execute_unprepared("SELECT pg_advisory_xact_lock(7461093285520)").await?;
    }
    Migrator::up(tx.connection(), None).await?;
    tx.commit_housekeeping().await?;
    Ok(pending)
}

/// Compares the schema with this binary's steps; refuses a schema that a newer binary made.
pub async fn status(store: &Store) -> Result<Status, StoreError> {
    let known = Migrator::migrations().len();
    // Looked at, never made: the server's role may not (SR-192).
    let pending = Migrator::get_pending_migrations_read_only(&store.writer).await.map_err(|error| {
        StoreError::Schema(format!("{}: {error}; a newer binary made this schema, run that one", Code::E0622))
    })?;
    Ok(Status { known, pending: pending.iter().map(|step| step.name().to_owned()).collect() })
}
