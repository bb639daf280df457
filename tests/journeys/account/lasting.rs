//! The end of a session: told in time to pages that have a script, and afterwards to whoever clicks (SR-101).

use guichet::clock::{Duration, minutes};
use http::Method;
use serde_json::Value;

use super::{is_out, signed_in};
use crate::support::browser::Browser;
use crate::support::page::plain;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::on_each_database;

const SESSION: &str = "/realms/certinomis/account/session";

/// What the script of a page is told.
async fn asks(browser: &Browser) -> (u16, Value) {
    let answer = browser.asks(&Method::GET, &browser.absolute(SESSION), None, &[]).await;
    let told = if answer.status == 200 { answer.json() } else { Value::Null };
    (answer.status.as_u16(), told)
}

#[tokio::test]
async fn sr_101_after_the_idle_end_any_click_leads_to_a_page_that_says_so_and_back() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.rewrites_realm(&[("idle = \"30m\"", "idle = \"20m\"")]).await;
        for (language, title, said, again) in [
            ("fr", "Votre session a pris fin", "après 20 minutes sans activité", "Se connecter de nouveau"),
            ("en", "Your session has ended", "after 20 minutes without activity", "Sign in again"),
        ] {
            let (mut browser, _) = signed_in(world, &MARIE).await;
            browser.opens_page(&format!("account?lang={language}")).await;
            for page in ["account", "account/sessions", "account/password"] {
                world.advance(minutes(20));
                browser.opens_page(page).await;
                assert_eq!((browser.status(), browser.h1().as_str()), (403, title), "{page}");
                assert!(browser.says(said), "the realm's own number: {}", browser.text());
                browser.follows(again).await;
                assert_eq!(browser.place(), "sign-in");
                browser.submits(&MARIE.credentials()).await;
                assert_eq!((browser.place(), browser.status()), (page, 200), "{}", browser.text());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_too_late_changes_nothing_and_waits_for_its_person_alone() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        for (person, value) in [(&MARIE, "Marianne"), (&PAUL, "Paul")] {
            let (mut browser, _) = signed_in(world, &MARIE).await;
            browser.opens_page("account/identity").await;
            world.advance(minutes(30));
            browser.submits(&[("firstName", "Marianne")]).await;
            assert_eq!((browser.status(), browser.h1().as_str()), (403, "Votre session a pris fin"));
            assert!(browser.says("Ce que vous venez d’envoyer n’a rien changé."), "{}", browser.text());
            assert_eq!(world.database.count("SELECT count(*) FROM users WHERE first_name = 'Marianne'").await, 0);
            browser.follows("Se connecter de nouveau").await.submits(&person.credentials()).await;
            assert_eq!(browser.place(), "account/identity");
            assert_eq!(browser.value("firstName").as_deref(), Some(value), "SR-105");
        }
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/password").await.types("password", MARIE.password);
        world.advance(minutes(30));
        browser.submits(&[("password-new", "Givre-de-midi-13"), ("password-confirm", "Givre-de-midi-13")]).await;
        assert_eq!(browser.status(), 403);
        for secret in [MARIE.password, "Givre-de-midi-13"] {
            let kept = format!("SELECT count(*) FROM flows WHERE journey LIKE '%{secret}%'");
            assert_eq!(world.database.count(&kept).await, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_says_why_a_session_is_over_and_nothing_to_whoever_signed_out() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        let (mut other, _) = signed_in(world, &MARIE).await;
        other.opens_page("account/sessions").await.presses("Fermer toutes les autres sessions").await;
        is_out(&mut browser).await;
        assert!(browser.says("a été fermée, ici ou depuis un autre appareil"), "{}", browser.text());
        other.opens_page("account").await.presses("Me déconnecter").await;
        other.opens_page("account").await;
        assert_eq!(other.place(), "sign-in", "they know");
        world.rewrites_realm(&[("absolute = \"12h\"", "absolute = \"1h\"")]).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        for _ in 0..2 {
            world.advance(minutes(20));
            browser.opens_page("account").await;
            assert_eq!(browser.status(), 200);
        }
        world.advance(minutes(20));
        // Whether housekeeping came by or not.
        for _ in 0..2 {
            is_out(&mut browser).await;
            assert!(browser.says("après 1 heure, la durée la plus longue permise"), "{}", browser.text());
            world.node.house.expire_sessions().await.unwrap();
        }
        // Looking whether there is a page begins nothing (SR-108).
        let flows = world.database.count("SELECT count(*) FROM flows").await;
        let url = browser.absolute("/realms/certinomis/account");
        assert_eq!(browser.asks(&Method::HEAD, &url, None, &[]).await.status, 403);
        assert_eq!(world.database.count("SELECT count(*) FROM flows").await, flows);
    })
    .await;
}

#[tokio::test]
async fn sr_101_asking_how_long_it_lasts_is_no_activity_and_staying_is() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account").await;
        assert!(browser.answer().body.contains("data-left=\"1800\" data-warns=\"300\""), "{}", browser.answer().body);
        let stay = browser.form("Rester connecté");
        for left in [1200, 600] {
            world.advance(minutes(10));
            let (status, told) = asks(&browser).await;
            assert_eq!((status, &told["left"], &told["stays"]), (200, &left.into(), &true.into()));
            assert!(plain(told["words"].as_str().unwrap()).ends_with("prendra fin à 14 h 42."), "{told}");
        }
        assert_eq!(browser.posts(&stay.clone().with("_form", "made-up")).await.status, 403, "SR-107");
        assert_eq!(asks(&browser).await.1["left"], 600);
        let told = browser.posts(&stay).await;
        assert_eq!((told.status.as_u16(), &told.json()["left"]), (200, &1800.into()));
        world.advance(minutes(25));
        assert_eq!(asks(&browser).await.1["left"], 300);
        world.advance(minutes(5));
        assert_eq!(asks(&browser).await.0, 403);
        assert_eq!(browser.posts(&stay).await.status, 403, "nobody comes back so");
        is_out(&mut browser).await;
        // In nobody's browser there is nothing to keep.
        assert_eq!(asks(&world.browser()).await.0, 403);
    })
    .await;
}

#[tokio::test]
async fn sr_101_nobody_stays_past_the_absolute_end() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.rewrites_realm(&[("absolute = \"12h\"", "absolute = \"1h\"")]).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account").await;
        let stay = browser.form("Rester connecté");
        for _ in 0..2 {
            world.advance(minutes(25));
            assert_eq!(browser.posts(&stay).await.status, 200);
        }
        let (_, told) = asks(&browser).await;
        assert_eq!((&told["left"], &told["stays"]), (&600.into(), &false.into()));
        assert!(told["words"].as_str().is_some_and(|words| words.contains("durée la plus longue")), "{told}");
        world.advance(minutes(10).saturating_sub(Duration::from_secs(1)));
        assert_eq!(browser.posts(&stay).await.status, 200);
        world.advance(Duration::from_secs(1));
        is_out(&mut browser).await;
    })
    .await;
}
