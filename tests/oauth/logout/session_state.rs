//! Session management: what a client is given to ask with, and the frames that it asks. What they answer is told in a
//! real browser (`tests/browser/logout.rs`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet::clock::Duration;
use http::Method;
use sha2::{Digest as _, Sha256};

use crate::oauth::{signed_in, with_public_client};
use crate::support::browser::Browser;
use crate::support::client_app::{endpoint, parameter};
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

const COOKIE: &str = "__Host-guichet-state-certinomis";

fn hex(text: &str) -> String {
    crate::support::database::hex_of(&Sha256::digest(text))
}

fn state(browser: &Browser) -> Option<String> {
    browser.cookies().value(COOKIE)
}

#[tokio::test]
async fn each_answer_carries_a_salted_hash_of_client_origin_and_browser_state() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let mut salts = Vec::new();
        for _ in 0..2 {
            browser.opens(&portal.asks().url()).await;
            let session_state = parameter(browser.left_for(), "session_state").unwrap();
            let (hash, salt) = session_state.split_once('.').unwrap();
            let known = state(&browser).unwrap();
            assert_eq!(hash, hex(&format!("portal https://portail.example {known} {salt}")));
            salts.push(salt.to_owned());
        }
        assert_ne!(salts[0], salts[1]);
        // An application with a scheme of its own has no page that could ask.
        let native = with_public_client(world, "native").await;
        let callback = [("https://native.example/retour", "com.example.native:/retour")];
        world.rewrites_client("native", &callback).await;
        browser.opens(&native.asks().with("redirect_uri", callback[0].1).url()).await;
        assert!(browser.left_for().as_str().starts_with("com.example.native:/retour?code="));
        assert_eq!(parameter(browser.left_for(), "session_state"), None);
    })
    .await;
}

#[tokio::test]
async fn sr_100_the_state_is_a_cookie_that_scripts_of_ours_read_and_that_changes_with_the_session() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let first = state(&browser).unwrap();
        assert!(!first.contains(crate::support::client_app::claims(&given.id_token)["sid"].as_str().unwrap()));
        // It comes back if it was lost.
        browser.cookies().forget(COOKIE);
        browser.opens(&portal.asks().url()).await;
        assert_eq!(state(&browser).as_ref(), Some(&first));
        let cookie = browser.answer().cookies().find(|cookie| cookie.starts_with(COOKIE)).unwrap().to_owned();
        assert!(
            cookie.contains("Secure") && cookie.contains("SameSite=Lax") && !cookie.contains("HttpOnly"),
            "{cookie}"
        );
        // The same person once more, and nobody, and again.
        world.advance(Duration::from_secs(1));
        browser
            .opens(&portal.asks().with("prompt", "login").url())
            .await
            .submits(&[("password", MARIE.password)])
            .await;
        let second = state(&browser).unwrap();
        assert_ne!(second, first);
        browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        assert_eq!(state(&browser), None);
        MARIE.signs_in(world, &mut browser).await;
        let third = state(&browser).unwrap();
        assert!(third != first && third != second);
        let given = MARIE.signs_in(world, &mut world.browser()).await;
        browser.opens(&portal.logout_url(&[("id_token_hint", &given.id_token)])).await;
        assert_eq!(state(&browser), Some(third), "nothing has ended yet");
    })
    .await;
}

#[tokio::test]
async fn sr_111_the_frames_are_one_script_each_for_any_page_and_hold_nothing() {
    on_each_database(async |world| {
        let (browser, _) = signed_in(world).await;
        for name in ["login-status-iframe.html", "3p-cookies/step1.html"] {
            let answer = browser.asks(&Method::GET, &browser.absolute(&endpoint(name)), None, &[]).await;
            assert_eq!((answer.status.as_u16(), answer.cookies().count()), (200, 0));
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
            let script = answer.body.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
            let digest = STANDARD.encode(Sha256::digest(script));
            let policy =
                format!("default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors *");
            assert_eq!(answer.header("content-security-policy"), Some(policy.as_str()));
            assert!(answer.body.len() < 4096, "{}", answer.body.len());
            let nowhere = endpoint(name).replace("/realms/certinomis/", "/realms/inconnu/");
            let answer = browser.asks(&Method::GET, &browser.absolute(&nowhere), None, &[]).await;
            assert_eq!(answer.status, 404);
        }
    })
    .await;
}
