//! Customer accounts of organisations, as rows: for stories that are about what comes of them.

use super::people::Person;
use super::world::World;

/// An organisation with a SIRET.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Company {
    pub(crate) id: &'static str,
    pub(crate) siret: &'static str,
    pub(crate) name: &'static str,
}

/// One of the built-in table (DOMAIN.md §2).
pub(crate) const EXEMPLE: Company =
    Company { id: "0199a2b4-0000-7000-8000-0000000000e1", siret: "00000101600013", name: "EXEMPLE SAS" };
/// Another.
pub(crate) const MAIRIE: Company =
    Company { id: "0199a2b4-0000-7000-8000-0000000000e2", siret: "00000102400017", name: "MAIRIE D’EXEMPLE" };
/// A third.
pub(crate) const AMIS: Company =
    Company { id: "0199a2b4-0000-7000-8000-0000000000e3", siret: "00000103200010", name: "LES AMIS DE L’EXEMPLE" };

impl Company {
    /// What tokens name it by.
    pub(crate) fn alias(&self) -> String {
        format!("fr-{}", self.siret)
    }
}

impl World {
    /// The realm has organisations from now on.
    pub(crate) async fn knows_organisations(&mut self) {
        self.rewrites_realm(&[("\n[sessions]\n", "\n[organisations]\n\n[sessions]\n")]).await;
    }

    /// That organisation has a customer account in that realm.
    pub(crate) async fn has_organisation_in(&self, realm: &str, company: &Company) {
        let Company { id, siret, name } = company;
        let name = name.replace('\'', "''");
        let details = format!(
            r#"{{"legal_name":"{name}","kind":"company","registry":"fixed","address":{{"street":"31 rue des Lilas","postal_code":"59000","town":"Lille","country":"FR"}}}}"#
        );
        let id = self.uuid(id);
        self.database
            .execute(&format!(
                "INSERT INTO organisations (id, realm, scheme, country, number, details, created_at, updated_at, contacts_at, users_at)
                 VALUES ({id}, '{realm}', 'siret', 'FR', '{siret}', '{details}', 1, 1, 1, 1)"
            ))
            .await;
    }

    /// That person belongs to it, with these roles: `administrator=declared`.
    pub(crate) async fn enrols(&self, person: &Person, company: &Company, roles: &[&str]) {
        let (organisation, email) = (self.uuid(company.id), person.email);
        let whose = format!("(SELECT id FROM users WHERE email = '{email}')");
        let joined = self.database.count("SELECT count(*) FROM memberships").await;
        self.database
            .execute(&format!(
                "INSERT INTO memberships (organisation_id, user_id, joined_at) VALUES ({organisation}, {whose}, {joined})"
            ))
            .await;
        for role in roles {
            let (role, state) = role.split_once('=').unwrap();
            self.database
                .execute(&format!(
                    "INSERT INTO organisation_roles (organisation_id, user_id, role, state, declared_at, changed_at)
                     VALUES ({organisation}, {whose}, '{role}', '{state}', 1, 1)"
                ))
                .await;
        }
    }

    /// That person belongs to it no more.
    pub(crate) async fn leaves(&self, person: &Person, company: &Company) {
        let (organisation, email) = (self.uuid(company.id), person.email);
        let rows = format!(
            "DELETE FROM memberships WHERE organisation_id = {organisation}
             AND user_id = (SELECT id FROM users WHERE email = '{email}')"
        );
        assert_eq!(self.database.execute(&rows).await, 1);
    }

    /// A role of theirs comes to that state.
    pub(crate) async fn sets_role(&self, person: &Person, company: &Company, role: &str, state: &str) {
        let (organisation, email) = (self.uuid(company.id), person.email);
        let rows = format!(
            "UPDATE organisation_roles SET state = '{state}' WHERE organisation_id = {organisation} AND role = '{role}'
             AND user_id = (SELECT id FROM users WHERE email = '{email}')"
        );
        assert_eq!(self.database.execute(&rows).await, 1);
    }
}
