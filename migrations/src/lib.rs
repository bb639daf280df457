//! Guichet's database schema, one frozen step per file.
//!
//! One SQL text serves SQLite and PostgreSQL: column types are PostgreSQL's, which SQLite reads as affinities and
//! which leave blobs, integers and texts as they are bound. Moments are `bigint` Unix milliseconds, so that `<` and
//! ORDER BY mean the same on both. A step that has been released is never edited (see README.md).

pub use sea_orm_migration::prelude::*;

mod m0001_foundation;
mod m0002_registered_clients;
mod m0003_pushed_requests;
mod m0004_spent_names;
mod m0005_consents;
mod m0006_device_authorizations;
mod m0007_revoked_access_tokens;
mod m0008_logout_notices;
mod m0009_standard_claims;
mod m0011_bound_refresh_tokens;
mod m0012_initial_access_tokens;

/// The steps, oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_registered_clients::Migration),
            Box::new(m0003_pushed_requests::Migration),
            Box::new(m0004_spent_names::Migration),
            Box::new(m0005_consents::Migration),
            Box::new(m0006_device_authorizations::Migration),
            Box::new(m0007_revoked_access_tokens::Migration),
            Box::new(m0008_logout_notices::Migration),
            Box::new(m0009_standard_claims::Migration),
            Box::new(m0011_bound_refresh_tokens::Migration),
            Box::new(m0012_initial_access_tokens::Migration),
        ]
    }
}

/// Runs statements in order, in the one transaction of their step.
async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for statement in statements {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
