//! What people agreed to: one row for each application (OpenID Connect Core §3.1.2.4, SR-103).

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
    // `scope` as RFC 6749 writes it, `resources` as a JSON list; both only grow until the row goes.
    "CREATE TABLE consents (
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        scope text NOT NULL,
        resources text NOT NULL,
        given_at bigint NOT NULL,
        PRIMARY KEY (user_id, client_id))",
];
