//! Where a journey comes back into the protocol: only in its own browser, only to an address that is still registered.

use super::{is_a_page, signed_in};
use crate::support::client_app::{endpoint, issuer, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{CALLBACK, REALM, on_each_database};

const UNDECLARED: &str = "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.";

fn flow(address: &url::Url) -> String {
    parameter(address, "flow").unwrap()
}

#[tokio::test]
async fn turning_back_tells_the_client_and_changes_nothing() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.has(&MARIE).await;
        let mut browser = world.browser();
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        let (start, cancel) =
            (browser.at().clone(), format!("{}/cancel?flow={}", endpoint("auth"), flow(browser.at())));
        browser.opens(&cancel).await;
        let told = browser.left_for().clone();
        assert!(told.as_str().starts_with(CALLBACK));
        assert_eq!(parameter(&told, "error").as_deref(), Some("access_denied"));
        assert_eq!(parameter(&told, "state").as_ref(), Some(&asked.state));
        assert_eq!(parameter(&told, "iss"), Some(issuer()));
        assert_eq!(parameter(&told, "code"), None);
        // Another browser that knows the number turns nobody back.
        let mut stranger = world.browser();
        stranger.opens(&cancel).await;
        assert!(!stranger.has_left());
        // And whoever changes their mind goes on.
        browser.opens(start.as_str()).await.submits(&MARIE.credentials()).await;
        portal.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn turning_back_answers_as_a_form_where_a_form_was_asked_for() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut browser = world.browser();
        let asked = portal.asks().with("response_mode", "form_post");
        browser.opens(&asked.url()).await;
        browser.opens(&format!("{}/cancel?flow={}", endpoint("auth"), flow(browser.at()))).await;
        let form = browser.form("Continuer");
        assert_eq!(form.action.as_deref(), Some(CALLBACK));
        assert!(form.fields.contains(&("error".to_owned(), "access_denied".to_owned())));
        assert!(form.fields.contains(&("state".to_owned(), asked.state)));
    })
    .await;
}

#[tokio::test]
async fn sr_106_a_journeys_number_is_worth_nothing_in_another_browser() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.has(&PAUL).await;
        let (mut marie, _) = signed_in(world).await;
        let mut paul = world.browser();
        let asked = portal.asks();
        paul.opens(&asked.url()).await;
        let number = flow(paul.at());
        paul.submits(&PAUL.credentials()).await;
        assert!(paul.has_left());
        // Marie is signed in, and presents the number of Paul's finished journey.
        marie.opens(&format!("{}/resume?flow={number}", endpoint("auth"))).await;
        assert!(!marie.has_left(), "sent to {}", marie.left_for());
        // Not entered is not entered, whoever asks.
        let mut browser = world.browser();
        browser.opens(&portal.asks().url()).await;
        let resume = format!("{}/resume?flow={}", endpoint("auth"), flow(browser.at()));
        browser.opens(&resume).await;
        assert_eq!((browser.has_left(), browser.place()), (false, "sign-in"));
        for odd in ["", "x", "%00", "00000000-0000-0000-0000-000000000000", "%FF"] {
            for door in ["resume", "cancel"] {
                browser.opens(&format!("{}/{door}?flow={odd}", endpoint("auth"))).await;
                assert_eq!((browser.has_left(), browser.status()), (false, 200), "{door} {odd}");
                assert_eq!(browser.at().path(), format!("/realms/{REALM}/applications"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_that_was_taken_out_meanwhile_gets_no_answer() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.has(&MARIE).await;
        let mut browser = world.browser();
        browser.opens(&portal.asks().url()).await;
        let cancel = format!("{}/cancel?flow={}", endpoint("auth"), flow(browser.at()));
        world.rewrites_client("portal", &[(CALLBACK, "https://portail.example/nouveau")]).await;
        browser.tab().opens(&cancel).await;
        browser.submits(&MARIE.credentials()).await;
        is_a_page(&browser, 400, UNDECLARED);
        assert_eq!(world.database.count("SELECT count(*) FROM codes WHERE spent_at IS NULL").await, 0);
        browser.opens(&cancel).await;
        assert!(!browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn a_client_that_was_removed_meanwhile_gets_no_answer() {
    on_each_database(async |world| {
        let shop = super::with_client(world, "shop", &[]).await;
        world.has(&MARIE).await;
        let mut browser = world.browser();
        browser.opens(&shop.asks().url()).await;
        let cancel = format!("{}/cancel?flow={}", endpoint("auth"), flow(browser.at()));
        world.removes_client("shop").await;
        browser.submits(&MARIE.credentials()).await;
        is_a_page(&browser, 400, "Nous n’avons pas pu terminer");
        browser.opens(&cancel).await;
        assert!(!browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_105_a_finished_journey_answers_no_more_once_its_session_ended() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.has(&MARIE).await;
        let mut browser = world.browser();
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        let resume = format!("{}/resume?flow={}", endpoint("auth"), flow(browser.at()));
        browser.submits(&MARIE.credentials()).await;
        portal.redeems(&asked, browser.left_for()).await;
        browser.opens(&portal.logout_url(&[])).await.presses("Se déconnecter").await;
        browser.opens(&resume).await;
        assert_eq!((browser.has_left(), browser.place()), (false, "sign-in"), "{}", browser.text());
    })
    .await;
}
