//! Refresh tokens that only the holder of a key may use.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, STATEMENTS).await
    }
}

const STATEMENTS: &[&str] = &[
    // The confirmation that has to be met, as `cnf` says it (RFC 9449 §5, RFC 8705 §4); none for a client that proves
    // who it is.
    "ALTER TABLE refresh_tokens ADD COLUMN bound_to text",
];
