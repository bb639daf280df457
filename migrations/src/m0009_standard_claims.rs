//! What an account may say of its owner beside name, address and language (OpenID Connect Core §5.1).

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
    // JSON by claim; a binary that does not know the column makes accounts that say nothing.
    "ALTER TABLE users ADD COLUMN profile text NOT NULL DEFAULT '{}'",
];
