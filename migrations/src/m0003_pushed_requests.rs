//! Authorization requests that clients push ahead of the browser (RFC 9126).

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
    // `reference` is SHA-256 of the whole request_uri; `content` our own JSON of what was pushed. `spent_at` is written
    // by the statement that goes with the code, so opening the sign-in page twice spends nothing (SR-133).
    "CREATE TABLE pushed_requests (
        reference bytea PRIMARY KEY,
        realm text NOT NULL,
        client_id text NOT NULL,
        content text NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        spent_at bigint)",
    "CREATE INDEX pushed_requests_by_end ON pushed_requests (expires_at)",
];
