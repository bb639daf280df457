//! The app of codes and the recovery codes, changed by their owner (SR-82, SR-83).

use guichet::clock::minutes;
use serde_json::json;

use super::signed_in;
use crate::journeys::second_factors::{adds_an_app, keeps_the_codes, offers_totp};
use crate::support::authenticator::Authenticator;
use crate::support::browser::Browser;
use crate::support::client_app::{claims, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{World, on_each_database};

const PAGE: &str = "account/second-factors";

/// Marie, signed in, who has just added an app from her account.
async fn with_an_app(world: &mut World) -> (Browser, Authenticator, Vec<String>) {
    world.has(&MARIE).await;
    offers_totp(world, "on-demand").await;
    let (mut browser, _) = signed_in(world, &MARIE).await;
    let (app, codes) = adds_one(world, &mut browser).await;
    (browser, app, codes)
}

/// Goes from the account to the page that adds an app, and back.
async fn adds_one(world: &World, browser: &mut Browser) -> (Authenticator, Vec<String>) {
    browser.opens_page("account").await;
    let change = browser.page().link("Modifier Application de codes").unwrap();
    browser.opens(&change).await;
    assert_eq!(browser.place(), PAGE);
    browser.presses("Ajouter une application de codes").await;
    let app = adds_an_app(world, browser).await;
    let codes = keeps_the_codes(browser).await;
    assert_eq!(browser.place(), PAGE, "{}", browser.text());
    (app, codes)
}

#[tokio::test]
async fn sr_82_an_app_is_added_from_the_account_and_the_session_has_two_factors_then() {
    on_each_database(async |world| {
        let (mut browser, ..) = with_an_app(world).await;
        assert!(browser.text().contains("Téléphone du bureau"), "{}", browser.text());
        assert!(browser.text().contains("Il en reste 10"), "{}", browser.text());
        world.mail_to(MARIE.email).await;
        let (portal, asked) = (world.portal(), world.portal().asks());
        browser.opens(&asked.url()).await;
        let tokens = portal.redeems(&asked, browser.left_for()).await;
        assert_eq!(claims(&tokens.id_token)["amr"], json!(["pwd", "otp", "mfa"]));
        browser.opens_page("account").await;
        assert!(browser.text().contains("Un code de votre téléphone protège votre compte."), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_82_an_app_is_added_or_taken_away_only_by_who_proves_all_that_the_account_has() {
    on_each_database(async |world| {
        let (mut browser, app, _) = with_an_app(world).await;
        // Five minutes later nothing is fresh any more: password and code are asked for, though sign-in asks for none.
        world.advance(minutes(6));
        browser.presses("Retirer l’application").await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), "sign-in/code", "{}", browser.text());
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        assert_eq!(browser.place(), PAGE);
        browser.presses("Retirer l’application").await;
        assert_eq!(browser.place(), "account");
        assert_eq!(browser.notice().as_deref(), Some("Application retirée. Un e-mail vous le confirme."));
        assert_eq!(world.mail_to(MARIE.email).await.subject, "Un moyen de connexion a été retiré");
        let kept = "SELECT count(*) FROM totp_seeds";
        assert_eq!(world.database.count(kept).await, 0);
        assert_eq!(world.database.count("SELECT count(*) FROM recovery_codes").await, 0);
        browser.opens_page(PAGE).await;
        assert!(browser.text().contains("Ajouter une application de codes"), "{}", browser.text());
        // A session that is no longer fresh adds none either.
        world.advance(minutes(6));
        browser.presses("Ajouter une application de codes").await;
        assert_eq!(browser.place(), "sign-in");
        assert_eq!(world.database.count(kept).await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_82_a_session_of_the_password_alone_is_no_proof_once_there_is_an_app() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "on-demand").await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        let (app, _) = adds_one(world, &mut browser).await;
        let (mut other, _) = signed_in(world, &MARIE).await;
        for page in [PAGE, "account/password", "account/email", "account/close"] {
            other.opens_page(page).await;
            assert_eq!(other.place(), "sign-in", "{page}");
        }
        other.submits(&[("password", MARIE.password)]).await;
        assert_eq!(other.place(), "sign-in/code");
        world.advance(minutes(1));
        other.submits(&[("code", &app.shows(world.now()))]).await;
        assert_eq!(other.place(), "account/close", "{}", other.text());
    })
    .await;
}

#[tokio::test]
async fn sr_70_whoever_got_in_by_the_password_alone_is_out_once_there_is_a_second_factor() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        offers_totp(world, "when-set").await;
        let (mut thief, stolen) = signed_in(world, &MARIE).await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page(PAGE).await.presses("Ajouter une application de codes").await;
        assert!(browser.says("Partout ailleurs où votre compte est ouvert, il sera fermé"), "{}", browser.text());
        adds_an_app(world, &mut browser).await;
        keeps_the_codes(&mut browser).await;
        assert_eq!(browser.place(), PAGE, "here it stays open: {}", browser.text());
        assert_eq!(world.portal().refreshes(&stolen.refresh_token.unwrap()).await.json()["error"], "invalid_grant");
        thief.opens(&world.portal().asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(thief.left_for(), "error").as_deref(), Some("login_required"));
        thief.opens(&world.portal().asks().url()).await.submits(&MARIE.credentials()).await;
        assert_eq!(thief.place(), "sign-in/code");
        assert!(paul.opens(&world.portal().asks().url()).await.has_left(), "nobody else is concerned");
    })
    .await;
}

#[tokio::test]
async fn sr_83_new_recovery_codes_take_the_place_of_all_earlier_ones() {
    on_each_database(async |world| {
        let (mut browser, _, old) = with_an_app(world).await;
        browser.presses("Créer de nouveaux codes de secours").await;
        let new = keeps_the_codes(&mut browser).await;
        assert_eq!(browser.place(), PAGE, "{}", browser.text());
        assert!(old.iter().all(|code| !new.contains(code)));
        assert_eq!(world.database.count("SELECT count(*) FROM recovery_codes").await, 10);
        world.rewrites_realm(&[("asked = \"on-demand\"", "asked = \"when-set\"")]).await;
        let mut late = world.browser();
        late.opens(&world.portal().asks().url()).await.submits(&MARIE.credentials()).await;
        late.follows("Utiliser un code de secours").await.submits(&[("recovery-code", &old[0])]).await;
        assert_eq!(late.status(), 422);
        late.submits(&[("recovery-code", &new[0])]).await;
        assert!(late.has_left(), "{}", late.text());
    })
    .await;
}

#[tokio::test]
async fn an_app_that_the_realm_demands_is_not_taken_away() {
    on_each_database(async |world| {
        let (mut browser, ..) = with_an_app(world).await;
        let remove = browser.form("Retirer l’application");
        world.rewrites_realm(&[("asked = \"on-demand\"", "asked = \"always\"")]).await;
        browser.opens_page(PAGE).await;
        assert!(browser.text().contains("elle ne peut pas être retirée"), "{}", browser.text());
        // The page of before still has its button.
        browser.sends(&remove).await;
        assert_eq!(browser.status(), 400);
        assert_eq!(world.database.count("SELECT count(*) FROM totp_seeds").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_realm_without_codes_has_no_such_page_and_no_such_line() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world, &PAUL).await;
        browser.opens_page("account").await;
        assert!(!browser.text().contains("Application de codes"), "{}", browser.text());
        browser.opens_page(PAGE).await;
        assert_eq!(browser.status(), 404);
    })
    .await;
}
