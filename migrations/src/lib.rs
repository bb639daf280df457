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
mod m0022_terms;
mod m0032_second_factors;
mod m0040_account_pages;
mod m0041_email_changes;
mod m0042_closings;
mod m0045_revocation_copies;
mod m0046_certificates;
mod m0048_passkeys;
mod m0049_notices;
mod m0051_certificate_lives;
mod m0060_organisations;
mod m0061_issued_credentials;
mod m0062_challenge_questions;
mod m0063_invitations;
mod m0064_access_requests;
mod m0065_selected_organisation;
mod m0066_vat_checks;

/// The steps, oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [
            Step { name: "m0001_foundation", statements: m0001_foundation::STATEMENTS },
            Step { name: "m0002_registered_clients", statements: m0002_registered_clients::STATEMENTS },
            Step { name: "m0003_pushed_requests", statements: m0003_pushed_requests::STATEMENTS },
            Step { name: "m0004_spent_names", statements: m0004_spent_names::STATEMENTS },
            Step { name: "m0005_consents", statements: m0005_consents::STATEMENTS },
            Step { name: "m0006_device_authorizations", statements: m0006_device_authorizations::STATEMENTS },
            Step { name: "m0007_revoked_access_tokens", statements: m0007_revoked_access_tokens::STATEMENTS },
            Step { name: "m0008_logout_notices", statements: m0008_logout_notices::STATEMENTS },
            Step { name: "m0009_standard_claims", statements: m0009_standard_claims::STATEMENTS },
            Step { name: "m0011_bound_refresh_tokens", statements: m0011_bound_refresh_tokens::STATEMENTS },
            Step { name: "m0012_initial_access_tokens", statements: m0012_initial_access_tokens::STATEMENTS },
            Step { name: "m0022_terms", statements: m0022_terms::STATEMENTS },
            Step { name: "m0032_second_factors", statements: m0032_second_factors::STATEMENTS },
            Step { name: "m0040_account_pages", statements: m0040_account_pages::STATEMENTS },
            Step { name: "m0041_email_changes", statements: m0041_email_changes::STATEMENTS },
            Step { name: "m0042_closings", statements: m0042_closings::STATEMENTS },
            Step { name: "m0045_revocation_copies", statements: m0045_revocation_copies::STATEMENTS },
            Step { name: "m0046_certificates", statements: m0046_certificates::STATEMENTS },
            Step { name: "m0048_passkeys", statements: m0048_passkeys::STATEMENTS },
            Step { name: "m0049_notices", statements: m0049_notices::STATEMENTS },
            Step { name: "m0051_certificate_lives", statements: m0051_certificate_lives::STATEMENTS },
            Step { name: "m0060_organisations", statements: m0060_organisations::STATEMENTS },
            Step { name: "m0061_issued_credentials", statements: m0061_issued_credentials::STATEMENTS },
            Step { name: "m0062_challenge_questions", statements: m0062_challenge_questions::STATEMENTS },
            Step { name: "m0063_invitations", statements: m0063_invitations::STATEMENTS },
            Step { name: "m0064_access_requests", statements: m0064_access_requests::STATEMENTS },
            Step { name: "m0065_selected_organisation", statements: m0065_selected_organisation::STATEMENTS },
            Step { name: "m0066_vat_checks", statements: m0066_vat_checks::STATEMENTS },
        ]
        .map(|step| Box::new(step) as Box<dyn MigrationTrait>)
        .into()
    }
}

/// One step: its name, by which a database remembers it, and its statements in order.
struct Step {
    name: &'static str,
    statements: &'static [&'static str],
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in self.statements {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
