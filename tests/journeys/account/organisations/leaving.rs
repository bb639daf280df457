//! Taking one's data along, closing an account, and what becomes of organisations then (SR-191, SR-200 to SR-202).

use guichet::clock::{Duration, days};
use serde_json::Value;

use super::{LEA, at_member, at_organisation, gets, page_of};
use crate::journeys::account::signed_in;
use crate::journeys::chambersign::says_all;
use crate::support::organisations::{EXAMPLE, TOWN};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::World;

async fn closes(world: &World) -> u64 {
    world.node.house.close_accounts().await.unwrap()
}

async fn organisations(world: &World) -> i64 {
    world.database.count("SELECT count(*) FROM organisations").await
}

#[tokio::test]
async fn sr_201_a_copy_says_what_one_is_in_organisations_and_nothing_of_the_others() {
    at_organisation(async |world| {
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page(&page_of(&EXAMPLE, "contacts")).await;
        let named = marie.form("Enregistrer").with("legal", "other").with("legal-firstName", "Hélène");
        let named = named.with("legal-lastName", "Marchand").with("administrative", "me").with("billing", "nobody");
        marie.sends(&named).await;
        marie.opens_page("account/export").await;
        let answer = marie.posts(&marie.form("Télécharger le fichier")).await;
        let copy: Value = serde_json::from_str(&answer.body).unwrap();
        let organisation = &copy["organisations"][0];
        assert_eq!((&organisation["number"], &organisation["scheme"]), (&"00000101600013".into(), &"siret".into()));
        assert_eq!(organisation["details"]["legal_name"], "EXEMPLE SAS");
        assert_eq!(organisation["roles"][0]["role"], "administrator");
        assert_eq!(organisation["roles"][0]["state"], "declared");
        assert_eq!(organisation["contact_for"][0]["kind"], "administrative");
        assert_eq!(organisation["contact_for"].as_array().map(Vec::len), Some(1), "nobody else");
        for other in [PAUL.email, PAUL.last_name, "Marchand", "Hélène"] {
            assert!(!answer.body.contains(other), "{other}: {}", answer.body);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_191_sr_202_the_last_administrator_names_a_successor_before_closing_their_account() {
    at_organisation(async |world| {
        let (mut marie, _) = signed_in(world, &MARIE).await;
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        marie.opens_page("account/close").await;
        let close = marie.form("Fermer mon compte");
        let (mut paul, _) = signed_in(world, &PAUL).await;
        at_member(&mut paul, &EXAMPLE, &PAUL).await;
        paul.sends(&paul.form("Enregistrer").without("role-administrator")).await;
        // She became the last one while her page was open.
        marie.sends(&close).await;
        says_all(&marie, &["Vous êtes le seul administrateur de ces organisations", "EXEMPLE SAS"]);
        assert_eq!(world.database.count("SELECT count(*) FROM closings").await, 0);
        assert!(marie.page().buttons("Fermer").is_empty(), "{}", marie.text());
        marie.follows("EXEMPLE SAS").await.follows("Modifier Paul Lefèvre").await;
        marie.sends(&marie.form("Enregistrer").with("role-administrator", "on")).await;
        marie.opens_page("account/close").await.presses("Fermer mon compte").await;
        assert_eq!(marie.place(), "account", "{}", marie.text());
        world.advance(days(30));
        assert_eq!(closes(world).await, 1);
        assert_eq!(organisations(world).await, 1, "the organisation stays");
        assert_eq!(world.roles(PAUL.email, &EXAMPLE).await, ["administrator declared", "user declared"]);
        let left = "SELECT count(*) FROM memberships";
        assert_eq!(world.database.count(left).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_191_whoever_became_the_last_administrator_meanwhile_is_told_and_closed_later() {
    at_organisation(async |world| {
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page("account/close").await.presses("Fermer mon compte").await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        at_member(&mut paul, &EXAMPLE, &PAUL).await;
        paul.sends(&paul.form("Enregistrer").without("role-administrator")).await;
        world.posts().await;
        world.advance(days(30));
        assert_eq!(closes(world).await, 0);
        let mail = world.mail_to(MARIE.email).await;
        assert_eq!(mail.subject, "Votre compte Certinomis n’a pas pu être fermé");
        assert!(mail.text.contains("EXEMPLE SAS"), "{}", mail.text);
        assert_eq!(closes(world).await, 0, "tried again in a week, and told once");
        assert_eq!(world.mails_to(MARIE.email).await.iter().filter(|mail| mail.text.contains("pas pu")).count(), 0);
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page("account/close").await;
        says_all(&marie, &["Votre compte sera fermé le 9 avril 2026", "Nommez d’abord un autre administrateur"]);
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        marie.sends(&marie.form("Enregistrer").with("role-administrator", "on")).await;
        world.advance(days(7));
        assert_eq!(closes(world).await, 1);
        assert_eq!(organisations(world).await, 1);
        let told = "SELECT count(*) FROM events WHERE name = 'closing.postponed'";
        assert_eq!(world.database.count(told).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_202_whoever_is_alone_closes_the_customer_account_with_their_own() {
    at_organisation(async |world| {
        world.administers(LEA.email, &TOWN).await;
        let (mut lea, _) = signed_in(world, &LEA).await;
        lea.opens_page("account/close").await;
        says_all(&lea, &["Personne d’autre n’appartient à ces organisations", "MAIRIE D’EXEMPLE"]);
        let close = lea.form("Fermer mon compte et ces comptes clients");
        // Nobody closes it by the plain word.
        lea.sends(&close.clone().with("do", "close")).await;
        assert_eq!(world.database.count("SELECT count(*) FROM closings").await, 0);
        lea.presses("Fermer mon compte et ces comptes clients").await;
        assert_eq!(lea.place(), "account", "{}", lea.text());
        // Somebody came meanwhile: what was agreed does not hold for them.
        world.joins(PAUL.email, &TOWN, "user").await;
        world.advance(days(30));
        assert_eq!(closes(world).await, 0);
        assert!(world.mail_to(LEA.email).await.text.contains("MAIRIE D’EXEMPLE"));
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page(&page_of(&TOWN, "")).await.presses("Quitter l’organisation").await;
        world.advance(days(7));
        assert_eq!(closes(world).await, 1);
        assert_eq!(organisations(world).await, 1, "hers is gone, the other stays");
        let events = "SELECT count(*) FROM events WHERE name = 'organisation.closed'";
        assert_eq!(world.database.count(events).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_202_of_two_administrators_who_are_closed_at_once_one_stays() {
    at_organisation(async |world| {
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        for person in [&MARIE, &PAUL] {
            let (mut browser, _) = signed_in(world, person).await;
            browser.opens_page("account/close").await.presses("Fermer mon compte").await;
        }
        world.advance(days(30));
        let other = world.another_node().await;
        let (first, second) = tokio::join!(closes(world), async { other.house.close_accounts().await.unwrap() });
        assert_eq!(first + second, 1);
        let stays = "SELECT count(*) FROM organisation_roles WHERE role = 'administrator' AND state <> 'revoked'";
        assert_eq!(world.database.count(stays).await, 1);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_200_an_organisation_without_anybody_is_forgotten_after_a_week() {
    at_organisation(async |world| {
        world.administers(PAUL.email, &TOWN).await;
        let town = world.uuid(TOWN.id);
        world.database.execute(&format!("DELETE FROM memberships WHERE organisation_id = {town}")).await;
        let tidies = async || world.node.house.purge().await.unwrap();
        world.advance(days(7).saturating_sub(Duration::from_secs(1)));
        tidies().await;
        assert_eq!(organisations(world).await, 2);
        world.advance(Duration::from_secs(1));
        tidies().await;
        assert_eq!(organisations(world).await, 1, "somebody belongs to the other");
    })
    .await;
}
