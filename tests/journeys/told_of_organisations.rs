//! DOMAIN.md §2, §3: what registries tell of an organisation that is a customer. VIES is asked again about a number that it
//! did not answer for, by one node at a time, and its silence takes nothing from anybody.

use std::sync::Arc;

use guichet::clock::{Duration, days, hours, minutes};
use guichet::registries::{PublicRegistries, RegistrySettings};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::account::signed_in;
use super::chambersign::says_all;
use super::organisations::{administrator, in_france};
use crate::registries::vat::{failure, verdict};
use crate::registries::{addresses, vat};
use crate::support::browser::Browser;
use crate::support::organisations::{EXAMPLE, Entity, FRIENDS, TOWN};
use crate::support::peer::{Peer, Reply};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{World, on_each_database};

/// What people read of a number that waits.
const WAITS: &str = "En cours de vérification auprès de l’administration fiscale";
/// A number that somebody has.
const FRENCH: &str = "FR83404833048";

/// Told where organisations register and VIES is a server of the story's; the built-in table stands for nobody.
async fn where_vies_is_asked(table: &str, story: impl AsyncFn(&mut World, &Peer)) {
    on_each_database(async |world| {
        let tables = format!("{table}[organisations]\n\n[sessions]\n");
        world.rewrites_realm(&[("[sessions]\n", &tables)]).await;
        let vies = world.outside.peer("vies.example").await;
        let requester = Some(vat("FR", FRENCH));
        world.asks(RegistrySettings::Public(Box::new(PublicRegistries { requester, ..addresses() }))).await;
        story(world, &vies).await;
    })
    .await;
}

/// Marie registers an organisation of Germany by its number; its account is open when she has proven her address.
async fn a_german_organisation_registers(world: &World) {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().with("prompt", "create").url()).await;
    browser.types("registered-in", "european-union").presses("Suivant").await;
    for (name, value) in [
        ("organisation-kind", "company"),
        ("organisation", "Beispiel GmbH"),
        ("organisation-phone", "+49 30 1234567"),
        ("street-address", "Am Beispiel 1"),
        ("town", "Berlin"),
        ("country", "DE"),
        ("organisation-number", "DE 136 695 976"),
    ] {
        browser.types(name, value);
    }
    browser.presses("Suivant").await;
    if browser.says("Continuer avec ce numéro") {
        browser.presses("Continuer avec ce numéro").await;
    }
    proves_her_address(world, &mut browser).await;
}

async fn proves_her_address(world: &World, browser: &mut Browser) {
    assert_eq!(browser.place(), "register/administrator", "{}", browser.text());
    browser.submits(&administrator(&MARIE)).await;
    MARIE.confirms(world, browser).await;
    MARIE.activates(browser).await;
}

/// The page of her organisation, as its administrator sees it now.
async fn sees(world: &World, words: &[&str]) -> Browser {
    let (mut marie, _) = signed_in(world, &MARIE).await;
    marie.opens_page("account").await.follows("Voir Mon organisation").await;
    says_all(&marie, words);
    marie
}

async fn asks_again(world: &World) -> usize {
    world.node.house.ask_vies_again().await.unwrap()
}

async fn count(world: &World, rows: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM {rows}")).await
}

/// What is known of the number of the one organisation.
async fn status(world: &World) -> String {
    let details = world.database.texts("SELECT details FROM organisations").await;
    let details: Value = serde_json::from_str(&details[0]).unwrap();
    details["vat_status"].as_str().unwrap().to_owned()
}

fn good(country: &str, digits: &str) -> Reply {
    Reply::json(200, &verdict(country, digits, true))
}

fn unknown(country: &str, digits: &str) -> Reply {
    Reply::json(200, &verdict(country, digits, false))
}

#[tokio::test]
async fn domain_3_a_number_that_vies_was_silent_about_is_asked_about_again_until_it_is_confirmed() {
    where_vies_is_asked("", async |world, vies| {
        vies.says(failure("MS_UNAVAILABLE"));
        a_german_organisation_registers(world).await;
        let asked = vies.met();
        assert_eq!((asks_again(world).await, status(world).await), (0, "pending".to_owned()), "not yet");
        sees(world, &["DE 136695976", WAITS]).await;
        world.advance(Duration::from_secs(299));
        assert_eq!((asks_again(world).await, vies.met()), (0, asked));
        world.advance(Duration::from_secs(1));
        assert_eq!((asks_again(world).await, asks_again(world).await, vies.met()), (1, 0, asked + 1));
        assert_eq!((status(world).await, count(world, "organisation_history").await), ("pending".to_owned(), 0));
        vies.says(good("DE", "136695976"));
        world.advance(minutes(55));
        assert_eq!((asks_again(world).await, vies.met()), (1, asked + 2));

        let proof = "sous le numéro de consultation WAPIAAAAWf0cH3Jk";
        let mut marie = sees(world, &["Valide selon l’administration fiscale", "Auprès de VIES", proof]).await;
        marie.follows("English").await;
        says_all(&marie, &["Valid, says the tax administration", "under the consultation number WAPIAAAAWf0cH3Jk"]);
        marie.opens_page("account/export").await;
        let answer = marie.posts(&marie.form("Download the file")).await;
        let copy: Value = serde_json::from_str(&answer.body).unwrap();
        let details = &copy["organisations"][0]["details"];
        assert_eq!((&details["vat_status"], &details["registry"]), (&"valid".into(), &"vies".into()));
        assert_eq!(details["vat_check"]["consultation"], "WAPIAAAAWf0cH3Jk");
        // What was known before is kept, and the trail says what happened.
        let before = "organisation_history WHERE changed_by IS NULL AND details LIKE '%\"vat_status\":\"pending\"%'";
        assert_eq!(count(world, before).await, 1);
        assert_eq!(count(world, "events WHERE content LIKE '%organisation.vat_confirmed%'").await, 1);
        world.advance(days(1));
        assert_eq!((asks_again(world).await, count(world, "vat_checks").await), (0, 0), "it waits no more");
    })
    .await;
}

#[tokio::test]
async fn domain_3_a_number_that_turns_out_to_be_unknown_is_told_and_nothing_is_taken_away() {
    where_vies_is_asked("", async |world, vies| {
        vies.says(failure("SERVICE_UNAVAILABLE"));
        a_german_organisation_registers(world).await;
        vies.says(unknown("DE", "136695976"));
        world.advance(minutes(5));
        assert_eq!((asks_again(world).await, status(world).await), (1, "invalid".to_owned()));
        let words = ["Inconnu de l’administration fiscale", "Auprès de VIES", "Administrateur déclaré"];
        sees(world, &words).await;
        assert_eq!(count(world, "events WHERE content LIKE '%organisation.vat_unknown%'").await, 1);
        world.advance(days(1));
        assert_eq!(asks_again(world).await, 0);
    })
    .await;
}

#[tokio::test]
async fn domain_3_after_a_week_of_silence_nobody_asks_any_more_and_the_number_stands_unconfirmed() {
    where_vies_is_asked("", async |world, vies| {
        vies.says(failure("MS_UNAVAILABLE"));
        a_german_organisation_registers(world).await;
        let (registered, asked) = (world.now(), vies.met());
        let daily = (1..=7).map(days);
        for (turn, after) in [minutes(5), hours(1), hours(6)].into_iter().chain(daily).enumerate() {
            assert_eq!(status(world).await, "pending", "before turn {turn}");
            world.advance(world.now().until(registered + after));
            assert_eq!((asks_again(world).await, vies.met()), (1, asked + turn + 1), "{after:?}");
        }
        assert_eq!((status(world).await, vies.met() - asked), ("unverified".to_owned(), 10));
        sees(world, &["Non confirmé par l’administration fiscale", "Administrateur déclaré"]).await;
        assert_eq!(count(world, "events WHERE content LIKE '%organisation.vat_unanswered%'").await, 1);
        world.advance(days(30));
        assert_eq!((asks_again(world).await, count(world, "vat_checks").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn sr_210_of_two_nodes_that_look_at_once_one_asks() {
    where_vies_is_asked("", async |world, vies| {
        vies.says(failure("MS_UNAVAILABLE"));
        a_german_organisation_registers(world).await;
        let asked = vies.met();
        let gate = Arc::new(Semaphore::new(0));
        vies.says(good("DE", "136695976").behind(&gate));
        world.advance(minutes(5));
        let other = world.another_node().await;
        let (one, two) = (world.node.house.clone(), other.house.clone());
        let opens = async {
            while vies.met() == asked {
                tokio::task::yield_now().await;
            }
            gate.add_permits(2);
        };
        let (one, two, ()) = tokio::join!(one.ask_vies_again(), two.ask_vies_again(), opens);
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        assert_eq!((vies.met(), status(world).await), (asked + 1, "valid".to_owned()));
        assert_eq!(count(world, "organisation_history").await, 1);
        other.stop().await;
    })
    .await;
}

/// Several that wait at once.
async fn six_wait(world: &World) {
    const IDS: [(&str, &str); 6] = [
        ("0199a2b4-0000-7000-8000-0000000000f1", "00000101600013"),
        ("0199a2b4-0000-7000-8000-0000000000f2", "00000102400017"),
        ("0199a2b4-0000-7000-8000-0000000000f3", "00000103200010"),
        ("0199a2b4-0000-7000-8000-0000000000f4", "00000104000013"),
        ("0199a2b4-0000-7000-8000-0000000000f5", "00000105700017"),
        ("0199a2b4-0000-7000-8000-0000000000f6", "73282932000074"),
    ];
    for (id, siret) in IDS {
        let entity = Entity { id, siret, name: "EXEMPLE" };
        world.has_organisation_in(crate::support::world::REALM, &entity).await;
        world.waits_for_vies(&entity, FRENCH, world.now()).await;
    }
}

#[tokio::test]
async fn sr_208_a_pass_leaves_room_for_people_and_spares_a_vies_that_is_ill() {
    where_vies_is_asked("", async |world, vies| {
        six_wait(world).await;
        vies.says(failure("SERVICE_UNAVAILABLE"));
        assert_eq!((asks_again(world).await, vies.met()), (1, 1), "the others keep their turn");
        vies.says(failure("MS_UNAVAILABLE"));
        assert_eq!((asks_again(world).await, vies.met()), (4, 5), "one administration says nothing of the others");
        world.advance(Duration::from_secs(1));
        assert_eq!((asks_again(world).await, vies.met()), (1, 6));
    })
    .await;
}

#[tokio::test]
async fn domain_3_a_realm_that_does_not_ask_vies_waits_for_nothing() {
    where_vies_is_asked("[registries]\ncheck_vat = false\n\n", async |world, vies| {
        a_german_organisation_registers(world).await;
        assert_eq!((count(world, "vat_checks").await, vies.met()), (0, 0));
        sees(world, &["Pas encore vérifié"]).await;
    })
    .await;
}

#[tokio::test]
async fn domain_3_whoever_registers_with_an_unknown_number_continues_as_unverified() {
    where_vies_is_asked("", async |world, vies| {
        vies.says(unknown("DE", "136695976"));
        a_german_organisation_registers(world).await;
        assert_eq!((status(world).await, count(world, "vat_checks").await), ("unverified".to_owned(), 0));
        sees(world, &["Non confirmé par l’administration fiscale", "Auprès de VIES"]).await;
    })
    .await;
}

/// Marie administers an organisation with a SIRET, whose number for value added tax waits for VIES.
async fn a_french_organisation_waits(world: &World) {
    world.has(&MARIE).await;
    world.administers(MARIE.email, &EXAMPLE).await;
    world.is_settled(&EXAMPLE).await;
    world.waits_for_vies(&EXAMPLE, FRENCH, world.now()).await;
}

async fn at_details(world: &World) -> Browser {
    let (mut marie, _) = signed_in(world, &MARIE).await;
    marie.opens_page(&format!("account/organisations/{}/details", EXAMPLE.id)).await;
    marie.types("department", "59").types("organisation-phone", "03 20 20 20 20");
    marie
}

#[tokio::test]
async fn domain_3_an_administrator_corrects_an_unknown_number_or_keeps_it() {
    where_vies_is_asked("", async |world, vies| {
        a_french_organisation_waits(world).await;
        vies.says(unknown("FR", "83404833048"));
        assert_eq!((asks_again(world).await, status(world).await), (1, "invalid".to_owned()));
        let mut marie = at_details(world).await;
        says_all(&marie, &["L’administration fiscale ne connaît pas ce numéro. Corrigez-le, ou gardez-le"]);
        marie.types("vat-number", "FR 84 404 833 048").presses("Enregistrer").await;
        let said = marie.field_error("vat-number").unwrap_or_default();
        assert!(said.starts_with("Entrez un numéro de TVA français"), "{said}");
        // Kept as it is, it is told as one that nobody confirms.
        marie.types("vat-number", "FR 83 404 833 048").presses("Enregistrer").await;
        assert_eq!(marie.notice().as_deref(), Some("Informations enregistrées."), "{}", marie.text());
        says_all(&marie, &["Non confirmé par l’administration fiscale"]);
        // Corrected, it is asked about like a new one.
        world.advance(Duration::from_secs(1));
        let mut marie = at_details(world).await;
        marie.types("vat-number", "53 000001016").presses("Enregistrer").await;
        says_all(&marie, &["FR 53 000 001 016", WAITS]);
        assert!(!marie.says("Auprès de VIES"), "nothing is known of this one: {}", marie.text());
        vies.says(good("FR", "53000001016"));
        world.advance(minutes(5));
        assert_eq!((asks_again(world).await, status(world).await), (1, "valid".to_owned()));
        sees(world, &["Valide selon l’administration fiscale", "Auprès de VIES"]).await;
        assert_eq!(
            count(world, "organisations WHERE details LIKE '%\"registry\":\"fixed\"%'").await,
            1,
            "its register"
        );
    })
    .await;
}

#[tokio::test]
async fn a_verdict_about_a_number_that_was_corrected_meanwhile_says_nothing_of_the_other() {
    where_vies_is_asked("", async |world, vies| {
        a_french_organisation_waits(world).await;
        let mut marie = at_details(world).await;
        let gate = Arc::new(Semaphore::new(0));
        vies.says(unknown("FR", "83404833048").behind(&gate));
        let corrects = async {
            while vies.met() == 0 {
                tokio::task::yield_now().await;
            }
            world.advance(Duration::from_secs(1));
            marie.types("vat-number", "53 000001016").presses("Enregistrer").await;
            gate.add_permits(2);
        };
        tokio::join!(asks_again(world), corrects);
        assert_eq!((status(world).await, count(world, "vat_checks").await), ("pending".to_owned(), 1));
        vies.says(good("FR", "53000001016"));
        world.advance(minutes(5));
        assert_eq!((asks_again(world).await, status(world).await), (1, "valid".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_number_waits_with_its_organisation_and_goes_with_it() {
    where_vies_is_asked("", async |world, vies| {
        world.has(&PAUL).await;
        world.has_organisation_in(crate::support::world::REALM, &TOWN).await;
        world.waits_for_vies(&TOWN, FRENCH, world.now()).await;
        // A node that died with it is waited for, and then another asks.
        world.database.execute(&format!("UPDATE vat_checks SET due_at = {}", world.now().millis() + 30_000)).await;
        vies.says(good("FR", "83404833048"));
        assert_eq!(asks_again(world).await, 0);
        world.advance(Duration::from_secs(30));
        assert_eq!((asks_again(world).await, status(world).await), (1, "valid".to_owned()));
        world.has_organisation_in(crate::support::world::REALM, &FRIENDS).await;
        world.waits_for_vies(&FRIENDS, FRENCH, world.now()).await;
        world.database.execute("DELETE FROM organisations").await;
        assert_eq!((count(world, "vat_checks").await, asks_again(world).await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn domain_2_the_number_of_an_association_that_its_register_tells_is_kept_and_shown() {
    on_each_database(async |world| {
        world.rewrites_realm(&[("[sessions]\n", "[organisations]\n\n[sessions]\n")]).await;
        let mut browser = in_france(world).await;
        browser.types("organisation-number", FRIENDS.siret).presses("Remplir automatiquement").await;
        browser.types("organisation-phone", "03 20 20 20 20").presses("C’est bien mon organisation").await;
        proves_her_address(world, &mut browser).await;
        sees(world, &["Numéro RNAW595000103", "D’après le registre de démonstration"]).await;
        let kept =
            "organisations WHERE details LIKE '%\"rna\":\"rna:FR:W595000103\"%' AND details LIKE '%\"rna\":\"fixed\"%'";
        assert_eq!(count(world, kept).await, 1);
    })
    .await;
}
