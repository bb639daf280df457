//! Transactions: begun once per request, committed with the event that explains them.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};

use super::tally::Tally;
use super::{StoreError, events};
use crate::event::{Event, EventKind};

/// Something that can be read: a transaction, or the pool of readers.
pub(crate) trait Access: Sync {
    /// What sea-orm calls the thing.
    type Connection: ConnectionTrait;
    /// The connection.
    fn connection(&self) -> &Self::Connection;
}

/// A transaction. Dropped without a commit, it changes nothing.
#[derive(Debug)]
pub(crate) struct Tx {
    transaction: DatabaseTransaction,
    tally: Tally,
    noted: Vec<EventKind>,
}

impl Tx {
    pub(super) async fn begin(connection: &DatabaseConnection, tally: Tally) -> Result<Self, StoreError> {
        // Immediate: a deferred SQLite transaction that starts to write meets SQLITE_BUSY whatever the busy time-out.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Self { transaction: connection.begin_with_options(options).await?, tally, noted: Vec::new() })
    }

    /// Writes an event down besides the one that it will be committed with: one form may do two things (SR-194).
    pub(crate) async fn note(&mut self, event: &Event) -> Result<(), StoreError> {
        events::append(self, event).await?;
        self.noted.push(event.kind);
        Ok(())
    }

    /// Commits together with the event that explains it: a security action without its audit record does not happen
    /// (SR-195).
    pub(crate) async fn commit(self, event: &Event) -> Result<(), StoreError> {
        events::append(&self, event).await?;
        self.transaction.commit().await?;
        self.noted.into_iter().chain([event.kind]).for_each(|kind| self.tally.count(kind));
        Ok(())
    }

    /// Commits housekeeping, which changes nothing that somebody would ask about.
    pub(crate) async fn commit_housekeeping(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}

impl Access for Tx {
    type Connection = DatabaseTransaction;
    fn connection(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

/// The pool of readers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reads<'a>(&'a DatabaseConnection);

impl<'a> Reads<'a> {
    pub(super) const fn new(connection: &'a DatabaseConnection) -> Self {
        Self(connection)
    }
}

impl Access for Reads<'_> {
    type Connection = DatabaseConnection;
    fn connection(&self) -> &DatabaseConnection {
        self.0
    }
}
