//! All that happens between the people of an organisation, and to those who want in: a part of the walk through every kind
//! of event.

use guichet::clock::days;

use crate::journeys::account::signed_in;
use crate::journeys::organisations::{describes, in_france};
use crate::support::browser::Browser;
use crate::support::organisations::Entity;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, link};

/// Where Anne is the administrator.
const FIRST: Entity =
    Entity { id: "0199a2b4-0000-7000-8000-0000000000d1", name: "PREMIER EXEMPLE", siret: "00000104000013" };
/// Where Luc is.
const SECOND: Entity =
    Entity { id: "0199a2b4-0000-7000-8000-0000000000d2", name: "DEUXIÈME EXEMPLE", siret: "00000105700017" };

const ANNE: Person = Person { first_name: "Anne", last_name: "Roux", email: "anne.roux@exemple.fr", ..MARIE };
const LUC: Person = Person { first_name: "Luc", last_name: "Blanc", email: "luc.blanc@exemple.fr", ..PAUL };

/// Two who ask for access: one gets it.
async fn requests(world: &World, administrator: &mut Browser) {
    for (email, verdict) in [("oui@exemple.fr", "Accepter"), ("non@exemple.fr", "Refuser")] {
        let person = Person { email, ..PAUL };
        let mut stranger = in_france(world).await;
        describes(&mut stranger, FIRST.siret).await;
        stranger.follows("Demander l’accès aux administrateurs").await.submits(&person.registration()).await;
        let mut mailbox = world.browser();
        mailbox.opens(&link(&world.mail_to(email).await)).await.presses("Transmettre ma demande").await;
        administrator.opens_page(&format!("account/organisations/{}/requests", FIRST.id)).await;
        administrator.follows("Répondre Paul Lefèvre").await.presses(verdict).await;
    }
}

/// The way through them; the realm is as before at its end.
pub(super) async fn memberships(world: &mut World) {
    let (plain, table) = ("[sessions]\n", "[organisations]\n\n[sessions]\n");
    for person in [&ANNE, &LUC] {
        world.has(person).await;
    }
    world.rewrites_realm(&[(plain, table)]).await;
    // He asks before he is the last administrator of anything.
    let (mut luc, _) = signed_in(world, &LUC).await;
    luc.opens_page("account/close").await.presses("Fermer mon compte").await;
    for (person, entity) in [(&ANNE, &FIRST), (&LUC, &SECOND)] {
        world.administers(person.email, entity).await;
        world.is_settled(entity).await;
    }
    world.joins(LUC.email, &FIRST, "user").await;
    world.joins(ANNE.email, &SECOND, "user").await;
    let (mut anne, _) = signed_in(world, &ANNE).await;
    requests(world, &mut anne).await;
    anne.opens_page(&format!("account/organisations/{}/details", FIRST.id)).await;
    let fields = [("organisation", "AUTRE"), ("department", "59"), ("postal-code", "59000")];
    anne.submits(&[&fields[..], &[("organisation-phone", "03 20 20 20 20")]].concat()).await;
    let users = format!("account/organisations/{}/users", FIRST.id);
    anne.opens_page(&users).await.follows("Modifier Luc Blanc").await;
    anne.sends(&anne.form("Enregistrer").with("role-billing_contact", "on")).await;
    anne.follows("Modifier Luc Blanc").await.presses("Retirer de l’organisation Luc Blanc").await;
    world.advance(days(30));
    assert_eq!(world.node.house.close_accounts().await.unwrap(), 0);
    let (mut anne, _) = signed_in(world, &ANNE).await;
    anne.opens_page(&format!("account/organisations/{}", SECOND.id)).await.presses("Quitter l’organisation").await;
    anne.opens_page("account/close").await.presses("Fermer mon compte et ces comptes clients").await;
    world.advance(days(30));
    assert_eq!(world.node.house.close_accounts().await.unwrap(), 1);
    world.rewrites_realm(&[(table, plain)]).await;
}
