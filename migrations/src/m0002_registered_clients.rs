//! Relying parties that register themselves (RFC 7591).

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
    // `document` is the text of the client's file; `version` counts its changes.
    "CREATE TABLE clients (
        realm text NOT NULL,
        client_id text NOT NULL,
        document text NOT NULL,
        version bigint NOT NULL,
        created_at bigint NOT NULL,
        changed_at bigint NOT NULL,
        PRIMARY KEY (realm, client_id))",
    // Grants that outlive the browser's session (OpenID Connect Core §11).
    "ALTER TABLE grants ADD COLUMN offline integer NOT NULL DEFAULT 0",
];
