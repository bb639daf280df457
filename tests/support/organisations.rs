//! The organisations of the stories, put into the database as their registration leaves them, and who administers them.

use guichet::clock::Timestamp;

use super::database::Engine;
use super::people::Person;
use super::world::{REALM, World};

/// A customer account of an organisation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entity {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) siret: &'static str,
}

/// A company of the built-in register (DOMAIN.md §2).
pub(crate) const EXAMPLE: Entity =
    Entity { id: "0199a2b4-0000-7000-8000-00000000000a", name: "EXEMPLE SAS", siret: "00000101600013" };
/// Another body.
pub(crate) const TOWN: Entity =
    Entity { id: "0199a2b4-0000-7000-8000-00000000000b", name: "MAIRIE D’EXEMPLE", siret: "00000102400017" };
/// A third.
pub(crate) const FRIENDS: Entity =
    Entity { id: "0199a2b4-0000-7000-8000-00000000000c", name: "LES AMIS DE L’EXEMPLE", siret: "00000103200010" };

/// The fields of a French organisation but its number, as somebody types them.
pub(crate) const BY_HAND: [(&str, &str); 7] = [
    ("organisation-kind", "company"),
    ("organisation", "Exemple et filles"),
    ("organisation-phone", "03 20 20 20 20"),
    ("street-address", "12 bis, rue de l’Égalité"),
    ("postal-code", "59000"),
    ("town", "Lille"),
    ("department", "59"),
];

impl Entity {
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

    /// That organisation has a customer account in that realm, whose activation is over.
    pub(crate) async fn has_organisation_in(&self, realm: &str, entity: &Entity) {
        self.opens_account(realm, entity).await;
        self.is_settled(entity).await;
    }

    async fn opens_account(&self, realm: &str, entity: &Entity) {
        let Entity { id, name, siret } = entity;
        let (id, now) = (self.uuid(id), self.now().millis());
        let details = format!(
            r#"{{"legal_name":"{name}","kind":"company","registry":"fixed","address":{{"street":"31 rue des Lilas","postal_code":"59000","town":"Lille","country":"FR"}}}}"#
        );
        let row = format!(
            "INSERT INTO organisations (id, realm, scheme, country, number, details, created_at, updated_at)
            VALUES ({id}, '{realm}', 'siret', 'FR', '{siret}', '{details}', {now}, {now})"
        );
        self.database.execute(&row).await;
    }

    /// Its number for value added tax is that one, which waits for VIES since then, and its turn has come.
    pub(crate) async fn waits_for_vies(&self, entity: &Entity, number: &str, since: Timestamp) {
        let (id, since, now) = (self.uuid(entity.id), since.millis(), self.now().millis());
        let known = format!(r#"{{"vat_number":"{number}","vat_status":"pending","legal_name"#);
        for statement in [
            format!(
                r#"UPDATE organisations SET details = replace(details, '{{"legal_name', '{known}') WHERE id = {id}"#
            ),
            format!(
                "INSERT INTO vat_checks (organisation_id, realm, since, due_at)
                SELECT id, realm, {since}, {now} FROM organisations WHERE id = {id}"
            ),
        ] {
            assert_eq!(self.database.execute(&statement).await, 1, "{statement}");
        }
    }

    /// That person belongs to it, behind whatever they joined before, with these roles: `administrator=declared`.
    pub(crate) async fn enrols(&self, person: &Person, entity: &Entity, roles: &[&str]) {
        self.belongs(person.email, entity, roles).await;
    }

    async fn belongs(&self, email: &str, entity: &Entity, roles: &[&str]) {
        let (id, now) = (self.uuid(entity.id), self.now().millis());
        let joined = now + self.database.count("SELECT count(*) FROM memberships").await;
        let mut statements = vec![format!(
            "INSERT INTO memberships (organisation_id, user_id, joined_at)
            SELECT {id}, id, {joined} FROM users WHERE email = '{email}'"
        )];
        statements.extend(roles.iter().map(|held| {
            let (role, state) = held.split_once('=').unwrap();
            format!(
                "INSERT INTO organisation_roles (organisation_id, user_id, role, state, declared_at, changed_at)
                SELECT {id}, id, '{role}', '{state}', {now}, {now} FROM users WHERE email = '{email}'"
            )
        }));
        for statement in statements {
            assert_eq!(self.database.execute(&statement).await, 1, "{statement}");
        }
    }

    /// That person belongs to it no more.
    pub(crate) async fn leaves(&self, person: &Person, entity: &Entity) {
        let (organisation, email) = (self.uuid(entity.id), person.email);
        let rows = format!(
            "DELETE FROM memberships WHERE organisation_id = {organisation}
             AND user_id = (SELECT id FROM users WHERE email = '{email}')"
        );
        assert_eq!(self.database.execute(&rows).await, 1);
    }

    /// A role of theirs comes to that state.
    pub(crate) async fn sets_role(&self, person: &Person, entity: &Entity, role: &str, state: &str) {
        let (organisation, email) = (self.uuid(entity.id), person.email);
        let rows = format!(
            "UPDATE organisation_roles SET state = '{state}' WHERE organisation_id = {organisation} AND role = '{role}'
             AND user_id = (SELECT id FROM users WHERE email = '{email}')"
        );
        assert_eq!(self.database.execute(&rows).await, 1);
    }

    /// An identifier as a statement has it.
    pub(crate) fn uuid(&self, id: &str) -> String {
        match self.database.engine() {
            Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
            Engine::Postgres => format!("'{id}'"),
        }
    }

    /// The account of that address registered that organisation: it administers it, and owes its activation.
    pub(crate) async fn administers(&self, email: &str, entity: &Entity) {
        self.opens_account(REALM, entity).await;
        self.joins(email, entity, "administrator").await;
    }

    /// The account of that address belongs to that organisation, and says that it is `role`.
    pub(crate) async fn joins(&self, email: &str, entity: &Entity, role: &str) {
        self.belongs(email, entity, &[&format!("{role}=declared")]).await;
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
