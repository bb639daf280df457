//! RP-initiated logout: at once for whoever proves which session is meant, with a question otherwise, and never elsewhere.

use http::Method;
use http::header::{HeaderName, ORIGIN};
use url::Url;

use super::{code, is_a_page, refused, signed_in, tokens, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, endpoint, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{PORTAL_HOME, on_each_database};

const UNDECLARED: &str = "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.";

/// Whether the browser is still signed in.
async fn is_signed_in(browser: &Browser, client: &ClientApp) -> bool {
    let mut tab = browser.tab();
    tab.opens(&client.asks().with("prompt", "none").url()).await;
    parameter(tab.left_for(), "code").is_some()
}

#[tokio::test]
async fn sr_165_with_the_sessions_own_id_token_it_ends_at_once() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let state = "s".repeat(128);
        let asked =
            [("id_token_hint", given.id_token.as_str()), ("post_logout_redirect_uri", PORTAL_HOME), ("state", &state)];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!(browser.left_for().as_str(), format!("{PORTAL_HOME}?state={state}"), "and nothing else");
        assert_eq!(browser.answer().header("clear-site-data"), Some("\"cache\", \"storage\""));
        assert!(!is_signed_in(&browser, &portal).await);
        // An ID token that is over is a hint all the same: it is about a session, not about the present.
        let given = MARIE.signs_in(world, &mut browser).await;
        world.advance(guichet::clock::minutes(20));
        browser.opens(&portal.logout_url(&[("id_token_hint", &given.id_token)])).await;
        assert_eq!(browser.place(), "signed-out");
        assert!(!is_signed_in(&browser, &portal).await);
    })
    .await;
}

#[tokio::test]
async fn sr_165_without_a_hint_it_asks_first() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = [("client_id", "portal"), ("post_logout_redirect_uri", PORTAL_HOME), ("state", "é&=")];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!((browser.place(), browser.status()), ("sign-out", 200));
        assert!(browser.says("Marie Durand"));
        assert!(is_signed_in(&browser, &portal).await, "nothing happened yet");
        browser.presses("Se déconnecter").await;
        assert!(browser.left_for().as_str().starts_with(PORTAL_HOME));
        assert_eq!(parameter(browser.left_for(), "state").as_deref(), Some("é&="));
        assert!(!is_signed_in(&browser, &portal).await);
    })
    .await;
}

#[tokio::test]
async fn sr_165_a_hint_of_another_session_asks_too() {
    on_each_database(async |world| {
        let portal = world.portal();
        let of_paul = PAUL.gets_an_account(world, &mut world.browser()).await;
        let (mut browser, _) = signed_in(world).await;
        let elsewhere = MARIE.signs_in(world, &mut world.browser()).await;
        for hint in [&of_paul.id_token, &elsewhere.id_token] {
            browser.opens(&portal.logout_url(&[("id_token_hint", hint)])).await;
            assert_eq!(browser.place(), "sign-out");
            assert!(is_signed_in(&browser, &portal).await);
        }
        // And the sessions of those tokens are not touched from here.
        assert_eq!(portal.userinfo(&of_paul.access_token).await.status, 200);
        assert_eq!(portal.userinfo(&elsewhere.access_token).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn sr_165_the_way_back_is_exact_and_somebodys() {
    on_each_database(async |world| {
        let portal = world.portal();
        with_client(world, "shop", &[]).await;
        let (mut browser, given) = signed_in(world).await;
        for other in [
            "https://portail.example",
            "https://portail.example/x",
            "https://portail.example/?a=b",
            "https://portail.example/#x",
            "https://PORTAIL.example/",
            "https://portail.example/retour",
            "https://shop.example/",
            "https://ailleurs.example/",
            "javascript:alert(1)",
            "//portail.example/",
        ] {
            let asked = [("id_token_hint", given.id_token.as_str()), ("post_logout_redirect_uri", other)];
            browser.opens(&portal.logout_url(&asked)).await;
            is_a_page(&browser, 400, UNDECLARED);
            browser.opens(&portal.logout_url(&[("client_id", "portal"), ("post_logout_redirect_uri", other)])).await;
            is_a_page(&browser, 400, UNDECLARED);
        }
        // No hint and no client: whose address should it be?
        browser.opens(&portal.logout_url(&[("post_logout_redirect_uri", PORTAL_HOME)])).await;
        is_a_page(&browser, 400, UNDECLARED);
        for (client, hint) in [("shop", given.id_token.as_str()), ("inconnu", "")] {
            let asked = [("client_id", client), ("id_token_hint", hint), ("post_logout_redirect_uri", PORTAL_HOME)];
            browser.opens(&portal.logout_url(&asked)).await;
            is_a_page(&browser, 400, "L’application qui vous envoie ici n’est pas connue de ce service.");
        }
        assert!(is_signed_in(&browser, &portal).await, "a refused request ends nothing");
        // The address of the question cannot be bent either.
        browser.opens(&portal.logout_url(&[("client_id", "portal")])).await;
        let form = browser.form("Se déconnecter");
        let bent = format!("{}&post_logout_redirect_uri=https%3A%2F%2Failleurs.example%2F", browser.at());
        browser.opens(&bent).await.sends(&form).await;
        assert!(!browser.has_left() || browser.left_for().host_str() == Some("portail.example"));
    })
    .await;
}

#[tokio::test]
async fn sr_166_logout_ends_refresh_tokens_access_tokens_and_pending_codes_of_every_client() {
    on_each_database(async |world| {
        let portal = world.portal();
        let shop = with_client(world, "shop", &[]).await;
        let (mut browser, of_portal) = signed_in(world).await;
        let of_shop = tokens(&mut browser, &shop).await;
        let (asked, pending) = code(&mut browser, &shop).await;
        let other_browser = MARIE.signs_in(world, &mut world.browser()).await;
        browser.opens(&portal.logout_url(&[("id_token_hint", &of_portal.id_token)])).await;
        for (client, given) in [(&portal, &of_portal), (&shop, &of_shop)] {
            assert_eq!(client.userinfo(&given.access_token).await.status, 401, "{}", client.id);
            assert_eq!(refused(&client.refreshes(given.refresh_token.as_ref().unwrap()).await), "invalid_grant");
        }
        assert_eq!(refused(&shop.exchanges(&pending, &asked).await), "invalid_grant");
        assert_eq!(portal.userinfo(&other_browser.access_token).await.status, 200, "other devices stay");
    })
    .await;
}

#[tokio::test]
async fn sr_167_a_forged_request_ends_nothing() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (browser, _) = signed_in(world).await;
        let logout = browser.absolute(&endpoint("logout"));
        let site = HeaderName::from_static("sec-fetch-site");
        let foreign = [(ORIGIN, "https://ailleurs.example".to_owned()), (site, "cross-site".to_owned())];
        let forged = format!("client_id=portal&post_logout_redirect_uri={PORTAL_HOME}");
        // Images and frames, links, forms with and without cookies.
        for (method, body) in
            [(Method::GET, None), (Method::POST, Some(forged.clone())), (Method::POST, Some(String::new()))]
        {
            let answer = browser.asks(&method, &logout, body.clone(), &foreign).await;
            assert_eq!(answer.status, 303);
            assert!(answer.location().unwrap().contains("/sign-out?"), "{:?}", answer.location());
            assert_eq!(answer.cookies().count(), 0);
        }
        let bare = portal.sends(&Method::POST, &endpoint("logout"), &[], forged).await;
        assert!(bare.location().unwrap().starts_with(&endpoint("logout")));
        // The question's own form, from elsewhere or without its token.
        let mut page = browser.tab();
        page.opens(&portal.logout_url(&[])).await;
        let form = page.form("Se déconnecter");
        let there = page.at().clone();
        let answer = page.asks(&Method::POST, &there, Some(form.encoded()), &foreign).await;
        assert_eq!(answer.status, 403);
        let without = page.posts(&form.clone().without("_form")).await;
        assert_eq!(without.status, 403, "{}", without.body);
        assert!(is_signed_in(&browser, &portal).await, "after all that");
        page.sends(&form).await;
        assert!(!is_signed_in(&browser, &portal).await);
    })
    .await;
}

#[tokio::test]
async fn sr_100_a_post_from_the_clients_site_ends_the_session_that_it_names() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("id_token_hint", given.id_token.as_str()), ("post_logout_redirect_uri", PORTAL_HOME)])
            .finish();
        // SameSite=Lax: no cookie comes with it, and the session ends all the same.
        let answer = portal.sends(&Method::POST, &endpoint("logout"), &[], body).await;
        browser.opens(answer.location().unwrap()).await;
        assert_eq!(browser.left_for().as_str(), PORTAL_HOME);
        assert!(!is_signed_in(&browser, &portal).await);
    })
    .await;
}

#[tokio::test]
async fn nobody_signed_in_is_signed_out() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut browser = world.browser();
        browser.opens(&portal.logout_url(&[])).await;
        assert_eq!(browser.place(), "signed-out");
        let asked = [("client_id", "portal"), ("post_logout_redirect_uri", PORTAL_HOME), ("state", "x")];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!(browser.left_for(), &Url::parse(PORTAL_HOME).unwrap().join("?state=x").unwrap());
    })
    .await;
}
