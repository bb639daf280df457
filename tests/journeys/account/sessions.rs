//! Sessions, applications and activity: seen by their owner, and ended by nobody else (SR-7, SR-20, SR-103, SR-106).

use guichet::clock::minutes;

use super::signed_in;
use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{World, on_each_database};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1";
const BACK_CHANNEL: &str = "backchannel_logout_uri = \"https://portal.example/logout/back\"";

/// Whether the open session answers the portal's request by itself.
async fn is_known(world: &World, browser: &mut Browser) -> bool {
    browser.opens(&world.portal().asks().url()).await;
    browser.has_left()
}

async fn notices(world: &World) -> i64 {
    world.database.count("SELECT count(*) FROM logout_notices").await
}

#[tokio::test]
async fn sr_103_sessions_are_listed_in_words_and_ended_one_by_one_or_all_at_once() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.rewrites_client("portal", &[(&format!("# {BACK_CHANNEL}"), BACK_CHANNEL)]).await;
        world.advance(minutes(31));
        let mut phone = world.browser().named(IPHONE);
        let held = MARIE.signs_in(world, &mut phone).await;
        let (mut laptop, _) = signed_in(world, &MARIE).await;
        let (mut browser, kept) = signed_in(world, &MARIE).await;
        browser.opens_page("account/sessions").await;
        for words in ["Firefox sur Linux – cet appareil", "Safari sur iPhone", "Réseau", "Portail de commande"] {
            assert!(browser.says(words), "{words}: {}", browser.text());
        }
        let ends = browser.page().buttons("Fermer cette session");
        assert_eq!(ends.len(), 2, "not the one that asks: {}", browser.text());
        let phones = ends.iter().find(|words| words.contains("iPhone")).unwrap();
        browser.presses(phones).await;
        assert_eq!(browser.notice().as_deref().map(|told| told.starts_with("Session fermée.")), Some(true));
        assert_eq!(notices(world).await, 1, "its application is told");
        assert!(!is_known(world, &mut phone).await);
        assert_eq!(world.portal().refreshes(&held.refresh_token.unwrap()).await.status, 400);
        assert!(is_known(world, &mut laptop).await);
        browser.opens_page("account/sessions").await.presses("Fermer toutes les autres sessions").await;
        assert!(!is_known(world, &mut laptop).await);
        assert!(is_known(world, &mut browser).await);
        assert_eq!(world.portal().refreshes(&kept.refresh_token.unwrap()).await.status, 200);
        browser.opens_page("account/sessions").await;
        assert!(browser.page().buttons("Fermer").is_empty(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn a_session_that_nobody_recognises_ends_and_leads_to_a_new_password() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.advance(minutes(31));
        let (mut thief, _) = signed_in(world, &MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/sessions").await;
        let unknown = browser.page().buttons("Je ne reconnais pas cette session");
        browser.presses(&unknown[0]).await;
        assert_eq!(browser.place(), "account/password");
        assert!(!is_known(world, &mut thief).await);
    })
    .await;
}

#[tokio::test]
async fn sr_106_nobody_ends_somebody_elses_session() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (mut hers, _) = signed_in(world, &MARIE).await;
        let (mut second, _) = signed_in(world, &MARIE).await;
        second.opens_page("account/sessions").await;
        let id = second.value("session").unwrap();
        world.advance(minutes(1));
        let (_kept, _) = signed_in(world, &PAUL).await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page("account/sessions").await;
        assert!(!paul.says("Durand") && paul.says("Firefox sur Linux"));
        let button = &paul.page().buttons("Fermer cette session")[0];
        let form = paul.form(button).with("session", &id);
        paul.sends(&form).await;
        assert_eq!(paul.place(), "account/sessions");
        assert!(is_known(world, &mut hers).await && is_known(world, &mut second).await);
        for odd in ["", "unheard-of", "0"] {
            let form = paul.form(&paul.page().buttons("Fermer cette session")[0]).with("session", odd);
            assert_eq!(paul.posts(&form).await.status, 400, "{odd}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_103_what_an_application_holds_is_shown_and_withdrawn() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.rewrites_client("portal", &[("consent = \"skipped\"", "consent = \"once\"")]).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        let asked = portal.asks();
        browser.opens(&asked.url()).await.submits(&MARIE.credentials()).await;
        browser.presses("Autoriser").await;
        let tokens = portal.redeems(&asked, browser.left_for()).await;
        browser.opens_page("account/applications").await;
        for words in ["Vous l’avez autorisée à", "lire votre adresse e-mail", "Depuis le 3 mars 2026"] {
            assert!(browser.says(words), "{words}: {}", browser.text());
        }
        // One that holds nothing, and none of ours.
        let button = &browser.page().buttons("Retirer l’accès")[0];
        for (client, status) in [("unheard-of", 303), ("", 400), ("a\u{0}b", 400)] {
            let form = browser.form(button).with("client", client);
            assert_eq!(browser.posts(&form).await.status, status, "{client:?}");
        }
        browser.presses(button).await;
        assert!(browser.says("Accès retiré."), "{}", browser.text());
        assert!(browser.says("Aucune application n’a accès à votre compte."), "{}", browser.text());
        assert_eq!(portal.refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
        browser.opens(&portal.asks().url()).await;
        assert_eq!(browser.place(), "consent", "asked again");
    })
    .await;
}

#[tokio::test]
async fn sr_20_sr_7_everybody_reads_what_happened_to_their_own_account_in_plain_words() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let mut guesses = world.browser();
        guesses.opens(&world.portal().asks().url()).await;
        guesses.submits(&[("username", MARIE.email), ("password", "Mauvaise-Pioche-3")]).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/activity").await;
        for words in ["Connexion refusée : mot de passe inexact", "Adresse e-mail confirmée", &guesses.source] {
            assert!(browser.says(words), "{words}: {}", browser.text());
        }
        assert!(!browser.says("sign_in.") && !browser.says("token."), "{}", browser.text());
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page("account/activity").await;
        assert!(!paul.says("Connexion refusée"), "{}", paul.text());
    })
    .await;
}
