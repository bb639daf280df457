//! The only SQL: everything that must survive, on SQLite or PostgreSQL.
//!
//! Functions are grouped by record, take a [`Tx`] (or anything readable), and speak rule types; `sea_orm` names stay
//! inside. What must happen once is one statement that changes the row and returns it. A row that does not fit its
//! type is an error that names table, column and row: never a panic, never a default.

use std::path::Path;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};

use crate::clock::Duration;
use crate::secret::Secret;

pub(crate) mod access_requests;
pub(crate) mod activation;
pub(crate) mod addresses;
pub(crate) mod certificate_ends;
pub(crate) mod certificate_paths;
pub(crate) mod certificates;
pub(crate) mod clients;
pub(crate) mod closings;
pub(crate) mod consents;
pub(crate) mod contacts;
pub(crate) mod counters;
pub(crate) mod credentials;
pub(crate) mod device_authorizations;
pub(crate) mod devices;
pub(crate) mod email_changes;
mod error;
pub(crate) mod events;
pub(crate) mod facts;
pub(crate) mod flows;
pub(crate) mod grants;
pub(crate) mod handovers;
pub(crate) mod held;
pub(crate) mod in_use;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod leases;
pub(crate) mod links;
pub(crate) mod members;
pub mod migrate;
pub(crate) mod notices;
pub(crate) mod organisations;
pub(crate) mod outbox;
pub(crate) mod passkeys;
pub(crate) mod purge;
pub(crate) mod pushed;
pub(crate) mod questions;
pub(crate) mod realms;
pub(crate) mod registrations;
pub(crate) mod revocation_copies;
pub(crate) mod revoked;
mod rows;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod spent;
mod sql;
pub(crate) mod submissions;
pub(crate) mod tally;
pub(crate) mod terms;
mod tx;
pub(crate) mod users;
pub(crate) mod vat_checks;
pub(crate) mod warnings;

pub use error::StoreError;
pub(crate) use tx::{Access, Reads, Tx};

/// The database: on SQLite one writing connection and a pool of readers, on PostgreSQL one pool for both.
#[derive(Debug, Clone)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    tally: tally::Tally,
}

impl Store {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://…`; runs no migration.
    pub async fn open(url: &Secret<String>) -> Result<Self, StoreError> {
        match url.expose().strip_prefix("sqlite:") {
            Some(path) => Self::open_sqlite(Path::new(path.trim_start_matches("//"))).await,
            None => Self::open_postgres(url).await,
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        let url = format!("sqlite:{}", path.display());
        let mut options = ConnectOptions::new(url);
        quiet(&mut options)
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // A file does not hang up: asking before each use costs as much as the statement.
            .test_before_acquire(false)
            // FULL: an acknowledged write survives a power cut, not only a crash of ours (SR-211).
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(Duration::from_secs(5))
                    .foreign_keys(true)
            });
        // The writer first: a reader cannot create the file.
        let writer = Database::connect(options.clone()).await?;
        quiet(&mut options)
            .max_connections(4)
            .map_sqlx_sqlite_opts(|sqlite| sqlite.read_only(true).busy_timeout(Duration::from_secs(5)));
        let reader = Database::connect(options).await?;
        Ok(Self::watched(writer, reader))
    }

    async fn open_postgres(url: &Secret<String>) -> Result<Self, StoreError> {
        let mut options = ConnectOptions::new(url.expose().clone());
        quiet(&mut options)
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(5))
            .set_application_name("guichet")
            .statement_timeout(Duration::from_secs(10))
            .test_before_acquire_if_idle_for(Duration::from_secs(30));
        let pool = Database::connect(options).await?;
        Ok(Self::watched(pool.clone(), pool))
    }

    fn watched(mut writer: DatabaseConnection, mut reader: DatabaseConnection) -> Self {
        let tally = tally::Tally::default();
        tally.watch(&mut writer);
        tally.watch(&mut reader);
        Self { writer, reader, tally }
    }

    /// Begins the transaction of a request.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Tx::begin(&self.writer, self.tally.clone()).await
    }

    /// The figures of the store.
    pub(crate) const fn tally(&self) -> &tally::Tally {
        &self.tally
    }

    /// Reading without a transaction: each statement sees what is committed.
    pub(crate) const fn reads(&self) -> Reads<'_> {
        Reads::new(&self.reader)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// Whether who we are for the database could change its tables (SR-192); SQLite knows no roles.
    pub async fn owns_its_schema(&self) -> Result<bool, StoreError> {
        if !self.is_postgres() {
            return Ok(false);
        }
        let text = "SELECT 1 FROM pg_class WHERE oid = to_regclass('events') AND pg_has_role(relowner, 'MEMBER')";
        Ok(self.reader.query_one_raw(sql::sql(&self.reader, text, [])).await?.is_some())
    }

    /// Closes all connections, writing SQLite's log back into its file.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }

    fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }
}

/// Statements hold personal data: none goes to the log (SR-197).
fn quiet(options: &mut ConnectOptions) -> &mut ConnectOptions {
    options.sqlx_logging(false).record_stmt_in_spans(false)
}
