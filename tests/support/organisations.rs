//! The organisations of the stories, put into the database as their registration leaves them, and who administers them.

use super::database::Engine;
use super::world::{REALM, World};

/// A customer account of an organisation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entity {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) siret: &'static str,
}

/// A company.
pub(crate) const EXAMPLE: Entity =
    Entity { id: "0199a2b4-0000-7000-8000-00000000000a", name: "EXEMPLE SAS", siret: "00000101600013" };
/// Another body.
pub(crate) const TOWN: Entity =
    Entity { id: "0199a2b4-0000-7000-8000-00000000000b", name: "MAIRIE D’EXEMPLE", siret: "00000102400017" };

impl World {
    /// An identifier as a statement has it.
    pub(crate) fn uuid(&self, id: &str) -> String {
        match self.database.engine() {
            Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
            Engine::Postgres => format!("'{id}'"),
        }
    }

    /// The account of that address registered that organisation: it administers it, and owes its activation.
    pub(crate) async fn administers(&self, email: &str, entity: &Entity) {
        let (id, now) = (self.uuid(entity.id), self.now().millis());
        let details = format!(
            r#"{{"legal_name":"{}","kind":"company","address":{{"street":"1 rue de l’Exemple","town":"Lille","country":"FR"}}}}"#,
            entity.name
        );
        self.database
            .execute(&format!(
                "INSERT INTO organisations (id, realm, scheme, country, number, details, created_at, updated_at)
                VALUES ({id}, '{REALM}', 'siret', 'FR', '{}', '{details}', {now}, {now})",
                entity.siret
            ))
            .await;
        self.joins(email, entity, "administrator").await;
    }

    /// The account of that address belongs to that organisation, in that role.
    pub(crate) async fn joins(&self, email: &str, entity: &Entity, role: &str) {
        let (id, now) = (self.uuid(entity.id), self.now().millis());
        for statement in [
            format!(
                "INSERT INTO memberships (organisation_id, user_id, joined_at)
                SELECT {id}, id, {now} FROM users WHERE email = '{email}'"
            ),
            format!(
                "INSERT INTO organisation_roles (organisation_id, user_id, role, state, declared_at, changed_at)
                SELECT {id}, id, '{role}', 'declared', {now}, {now} FROM users WHERE email = '{email}'"
            ),
        ] {
            assert_eq!(self.database.execute(&statement).await, 1, "{statement}");
        }
    }

    /// The activation of that organisation is over.
    pub(crate) async fn is_settled(&self, entity: &Entity) {
        let (id, now) = (self.uuid(entity.id), self.now().millis());
        let statement = format!("UPDATE organisations SET contacts_at = {now}, users_at = {now} WHERE id = {id}");
        assert_eq!(self.database.execute(&statement).await, 1);
    }

    /// What somebody is in an organisation, as `role state` in order.
    pub(crate) async fn roles(&self, email: &str, entity: &Entity) -> Vec<String> {
        let id = self.uuid(entity.id);
        let of = format!(
            "SELECT r.role || ' ' || r.state FROM organisation_roles r JOIN users u ON u.id = r.user_id
            WHERE u.email = '{email}' AND r.organisation_id = {id} ORDER BY 1"
        );
        self.database.texts(&of).await
    }
}
