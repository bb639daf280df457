//! Front-channel logout: the page after a session ended loads each client's address in a frame, and then goes on.

use url::Url;

use super::{frames, registers};
use crate::oauth::{signed_in, tokens, with_client};
use crate::support::client_app::{claims, issuer, parameter};
use crate::support::world::{PORTAL_HOME, on_each_database};

#[tokio::test]
async fn the_way_back_leads_over_a_page_that_tells_each_application_issuer_and_session() {
    on_each_database(async |world| {
        let portal = world.portal();
        let shop = with_client(world, "shop", &[]).await;
        registers(world, "shop", "front", "https://shop.example:8443/out?a=%7E").await;
        with_client(world, "stranger", &[]).await;
        registers(world, "stranger", "front", "https://stranger.example/out").await;
        let (mut browser, given) = signed_in(world).await;
        let plain =
            browser.opens_page("signed-out").await.answer().header("content-security-policy").map(str::to_owned);
        let of_shop = tokens(&mut browser, &shop).await;
        let state = "\"><script>alert(1)</script>";
        let asked = [
            ("id_token_hint", given.id_token.as_str()),
            ("post_logout_redirect_uri", PORTAL_HOME),
            ("state", state),
            ("ui_locales", "en"),
        ];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!((browser.status(), browser.h1().as_str()), (200, "You are signed out"));
        let frame = Url::parse(&frames(&browser).remove(0)).unwrap();
        assert_eq!(frames(&browser).len(), 1, "nobody who was given nothing");
        assert!(frame.as_str().starts_with("https://shop.example:8443/out?a=%7E&"));
        assert_eq!(parameter(&frame, "iss"), Some(issuer()));
        assert_eq!(parameter(&frame, "sid").as_deref(), claims(&of_shop.id_token)["sid"].as_str());
        // On from there by script, by link, and without either: to the registered address with the state alone.
        let on = Url::parse(&browser.page().link("Continue").unwrap()).unwrap();
        assert!(on.as_str().starts_with(PORTAL_HOME));
        assert_eq!(parameter(&on, "state").as_deref(), Some(state));
        assert_eq!(on.query_pairs().count(), 1);
        let body = &browser.answer().body;
        assert!(body.contains("<noscript><meta http-equiv=\"refresh\" content=\"3;url=https:"), "{body}");
        assert!(!body.contains("<script>alert") && body.contains("data-goes-on"));
        // The page may load that origin and nothing more than any other page.
        let policy = browser.answer().header("content-security-policy").unwrap();
        assert_eq!(policy, format!("{}; frame-src https://shop.example:8443", plain.unwrap()));
        assert_eq!(browser.answer().header("clear-site-data"), Some("\"cache\", \"storage\""));
        assert_eq!(browser.answer().header("cache-control"), Some("no-store"));
        let mut tab = browser.tab();
        tab.opens(&portal.asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(tab.left_for(), "error").as_deref(), Some("login_required"));
        // Once more, by Reload: there is nothing left to end, and the way back is the same.
        browser.reloads().await;
        assert_eq!(parameter(browser.left_for(), "state").as_deref(), Some(state));
    })
    .await;
}

#[tokio::test]
async fn the_sign_out_page_tells_applications_too_and_stays_where_nobody_waits() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        registers(world, "shop", "front", "https://shop.example/out").await;
        let (mut browser, _) = signed_in(world).await;
        tokens(&mut browser, &shop).await;
        browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        assert_eq!((browser.status(), browser.h1().as_str()), (200, "Déconnexion effectuée"));
        assert_eq!(frames(&browser).len(), 1);
        assert!(!browser.answer().body.contains("data-goes-on"));
        let cookies = browser.cookies().header().unwrap();
        assert!(!cookies.contains("guichet-session") && !cookies.contains("guichet-state"), "{cookies}");
    })
    .await;
}

#[tokio::test]
async fn an_application_that_asked_and_waits_nowhere_is_found_again_from_the_page_that_says_goodbye() {
    on_each_database(async |world| {
        let (portal, shop) = (world.portal(), with_client(world, "shop", &[]).await);
        registers(world, "shop", "front", "https://shop.example/out").await;
        let (mut browser, given) = signed_in(world).await;
        tokens(&mut browser, &shop).await;
        browser.opens(&portal.logout_url(&[("id_token_hint", given.id_token.as_str())])).await;
        assert_eq!(frames(&browser).len(), 1);
        let on = browser.page().link("Continuer").unwrap();
        browser.opens(&on).await;
        assert_eq!(browser.place(), "signed-out");
        assert_eq!(browser.page().link("Revenir à Portail de commande").as_deref(), Some(PORTAL_HOME));
    })
    .await;
}

#[tokio::test]
async fn the_page_that_says_goodbye_knows_the_way_back_and_the_language_that_was_asked_for() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        browser.opens(&portal.logout_url(&[("client_id", "portal"), ("ui_locales", "de en")])).await;
        assert_eq!((browser.place(), browser.h1().as_str()), ("sign-out", "Sign out?"));
        let asked = [("id_token_hint", given.id_token.as_str()), ("ui_locales", "en")];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!((browser.place(), browser.h1().as_str()), ("signed-out", "You are signed out"));
        assert_eq!(browser.page().link("Back to Order portal").as_deref(), Some(PORTAL_HOME));
        browser.opens_page("signed-out?client_id=inconnu").await;
        assert_eq!(browser.status(), 200);
    })
    .await;
}
