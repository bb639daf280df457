//! Pushed authorization requests (RFC 9126): told to the client, kept for it, used up with the code.

use guichet::clock::Duration;
use http::Method;
use http::header::AUTHORIZATION;

use super::{is_a_page, pushed, pushes, referring, refused, signed_in, with_client, with_public_client};
use crate::support::client_app::{endpoint, issuer, parameter, tokens};
use crate::support::http::Answer;
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

pub(super) const MALFORMED: &str = "La demande de l’application est incomplète ou mal formée.";

fn error(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.body);
    refused(answer)
}

#[tokio::test]
async fn sr_133_what_was_pushed_waits_for_its_browser_and_is_used_up_with_its_code() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let portal = world.portal();
        let asked = portal.asks();
        let answer = pushes(&portal, &asked).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (201, Some("no-store")));
        assert_eq!(answer.json()["expires_in"], 90);
        let uri = answer.json()["request_uri"].as_str().unwrap().to_owned();
        let random = uri.strip_prefix("urn:ietf:params:oauth:request_uri:").unwrap();
        assert_eq!(random.len(), 43, "256 bits");
        assert_ne!(uri, pushed(&portal, &portal.asks()).await);
        // Opened twice, and reloaded: nothing is used up by looking.
        let (mut first, mut second) = (world.browser(), world.browser());
        for browser in [&mut first, &mut second] {
            browser.opens(&referring(&portal, &uri)).await.reloads().await;
            assert_eq!(browser.place(), "sign-in", "{}", browser.text());
        }
        // The journey may end after the reference's time, and has one code.
        world.advance(Duration::from_mins(2));
        first.submits(&MARIE.credentials()).await;
        portal.redeems(&asked, first.left_for()).await;
        second.submits(&MARIE.credentials()).await;
        assert_eq!(parameter(second.left_for(), "error").as_deref(), Some("invalid_request_uri"));
        assert_eq!(parameter(second.left_for(), "code"), None);
        assert_eq!(parameter(second.left_for(), "state").as_ref(), Some(&asked.state));
        first.opens(&referring(&portal, &uri)).await;
        is_a_page(&first, 400, MALFORMED);
    })
    .await;
}

#[tokio::test]
async fn sr_133_a_reference_is_of_one_client_one_realm_and_its_time() {
    on_each_database(async |world| {
        let portal = world.portal();
        let shop = with_client(world, "shop", &[]).await;
        world.adds_realm("autre").await;
        let (mut browser, _) = signed_in(world).await;
        let uri = pushed(&portal, &portal.asks()).await;
        browser.opens(&referring(&shop, &uri)).await;
        is_a_page(&browser, 400, MALFORMED);
        browser.opens(&referring(&portal, &uri).replace("/realms/certinomis/", "/realms/autre/")).await;
        is_a_page(&browser, 400, MALFORMED);
        let (shorter, other) = (&uri[..uri.len() - 1], format!("{uri}A"));
        for wrong in [shorter, other.as_str(), "urn:ietf:params:oauth:request_uri:"] {
            browser.opens(&referring(&portal, wrong)).await;
            is_a_page(&browser, 400, MALFORMED);
        }
        world.advance(Duration::from_millis(89_999));
        let mut late = world.browser();
        late.opens(&referring(&portal, &uri)).await;
        assert_eq!(late.place(), "sign-in");
        world.advance(Duration::from_millis(1));
        browser.opens(&referring(&portal, &uri)).await;
        is_a_page(&browser, 400, MALFORMED);
        // Told at an address that stands beside it, when that is the client's own, and at no other.
        let mut beside: url::Url = referring(&portal, &uri).parse().unwrap();
        beside.query_pairs_mut().append_pair("redirect_uri", &portal.redirect_uri);
        browser.opens(beside.as_str()).await;
        is_a_page(&browser, 400, MALFORMED);
        let back: url::Url = browser.page().link("Revenir à Portail de commande").unwrap().parse().unwrap();
        assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request_uri"));
        browser.opens(&beside.as_str().replace("portail.example", "ailleurs.example")).await;
        is_a_page(&browser, 400, MALFORMED);
        assert!(browser.page().link("Revenir à Portail de commande").is_none());
    })
    .await;
}

#[tokio::test]
async fn sr_127_nothing_that_stands_beside_a_reference_counts() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks().with("scope", "openid");
        let mut url: url::Url = referring(&portal, &pushed(&portal, &asked).await).parse().unwrap();
        for (name, value) in [
            ("state", "outside"),
            ("nonce", "outside"),
            ("scope", "openid profile email"),
            ("redirect_uri", "https://ailleurs.example/"),
            ("response_mode", "form_post"),
            ("prompt", "login"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ] {
            url.query_pairs_mut().append_pair(name, value);
        }
        browser.opens(url.as_str()).await;
        let given = portal.redeems(&asked, browser.left_for()).await;
        assert_eq!(given.answer["scope"], "openid");
        browser.opens(&format!("{url}&state=twice")).await;
        is_a_page(&browser, 400, MALFORMED);
    })
    .await;
}

#[tokio::test]
async fn sr_133_what_is_wrong_with_a_request_is_told_to_the_client_that_pushes_it() {
    on_each_database(async |world| {
        let portal = world.portal();
        for (name, value, code) in [
            ("redirect_uri", "", "invalid_request"),
            ("redirect_uri", "https://ailleurs.example/", "invalid_request"),
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "", "invalid_request"),
            ("response_mode", "web_message", "invalid_request"),
            ("scope", "profile", "invalid_scope"),
            ("code_challenge", "", "invalid_request"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("prompt", "none login", "invalid_request"),
            ("request_uri", "urn:ietf:params:oauth:request_uri:abc", "invalid_request"),
            ("request", "eyJhbGciOiJub25lIn0.e30.", "invalid_request_object"),
            ("resource", "https://api.example/", "invalid_target"),
            ("claims", "{", "invalid_request"),
        ] {
            assert_eq!(error(&pushes(&portal, &portal.asks().with(name, value)).await), code, "{name}={value}");
        }
        let mut twice = portal.asks();
        twice.parameters.push(("scope".to_owned(), "openid".to_owned()));
        assert_eq!(error(&pushes(&portal, &twice).await), "invalid_request");
        // The name may be left to the proof, and must not be another.
        assert_eq!(pushes(&portal, &portal.asks().with("client_id", "")).await.status, 201);
        let other = pushes(&portal, &portal.asks().with("client_id", "other")).await;
        assert_eq!((other.status.as_u16(), refused(&other)), (401, "invalid_client".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn sr_133_who_pushes_proves_itself_by_its_own_method() {
    on_each_database(async |world| {
        let mut portal = world.portal();
        let spa = with_public_client(world, "spa").await;
        assert!(pushed(&spa, &spa.asks()).await.starts_with("urn:"));
        let asked = portal.asks();
        portal.secret = "wrong".to_owned();
        let answer = pushes(&portal, &asked).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (401, "invalid_client".to_owned()));
        portal.presents = crate::support::client_app::Presents::Name;
        assert_eq!(refused(&pushes(&portal, &asked).await), "invalid_client");
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer = spa.sends(&method, &endpoint("ext/par/request"), &[], String::new()).await;
            assert_eq!(answer.status, 405, "{method}");
        }
        let form =
            portal.sends(&Method::POST, &endpoint("ext/par/request"), &[(AUTHORIZATION, "Basic !")], "a=%").await;
        assert_eq!(error(&form), "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn sr_133_pushing_can_be_made_the_only_way_for_a_client_or_for_all() {
    on_each_database(async |world| {
        let portal = world.portal();
        let strict = with_client(world, "strict", &[]).await;
        super::declares(world, "strict", "require_pushed_authorization_requests = true\n").await;
        let (mut browser, _) = signed_in(world).await;
        let silent = |client: &crate::support::client_app::ClientApp| client.asks().with("prompt", "none").url();
        browser.opens(&silent(&strict)).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_request"));
        browser.opens(&silent(&portal)).await;
        assert!(parameter(browser.left_for(), "code").is_some());
        let asked = strict.asks();
        browser.opens(&referring(&strict, &pushed(&strict, &asked).await)).await;
        strict.redeems(&asked, browser.left_for()).await;
        let changes = [
            ("require_pushed_authorization_requests = false", "require_pushed_authorization_requests = true"),
            ("pushed_request = \"90s\"", "pushed_request = \"5s\""),
        ];
        world.rewrites_realm(&changes).await;
        browser.opens(&silent(&portal)).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_request"));
        let metadata = super::document(&portal, &format!("{}/.well-known/openid-configuration", issuer())).await;
        assert_eq!(metadata.json()["require_pushed_authorization_requests"], true);
        let asked = portal.asks();
        assert_eq!(pushes(&portal, &asked).await.json()["expires_in"], 5);
    })
    .await;
}

#[tokio::test]
async fn sr_76_what_public_clients_make_us_keep_has_a_bound_for_each_source() {
    on_each_database(async |world| {
        let (spa, portal) = (with_public_client(world, "spa").await, world.portal());
        for _ in 0..120 {
            pushed(&spa, &spa.asks()).await;
        }
        let slowed = pushes(&spa, &spa.asks()).await;
        assert_eq!((slowed.status.as_u16(), slowed.header("retry-after").is_some()), (429, true), "{}", slowed.body);
        // A server that proves itself pushes for all its people from one place.
        pushed(&portal, &portal.asks()).await;
        world.advance(Duration::from_mins(1));
        pushed(&spa, &spa.asks()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_133_what_was_pushed_is_judged_again_by_the_realm_of_today() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        let (mut browser, _) = signed_in(world).await;
        let uri = pushed(&shop, &shop.asks()).await;
        world.rewrites_client("shop", &[("https://shop.example/retour", "https://shop.example/autre")]).await;
        browser.opens(&referring(&shop, &uri)).await;
        is_a_page(&browser, 400, "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.");
    })
    .await;
}

#[tokio::test]
async fn sr_137_a_code_that_is_bound_to_a_key_is_worth_nothing_without_its_proof() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks().with("dpop_jkt", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        browser.opens(&referring(&portal, &pushed(&portal, &asked).await)).await;
        let code = portal.code(&asked, browser.left_for());
        let answer = portal.exchanges(&code, &asked).await;
        assert_eq!(refused(&answer), "invalid_dpop_proof");
        let plain = portal.asks();
        browser.opens(&plain.url()).await;
        let code = portal.code(&plain, browser.left_for());
        tokens(&portal.exchanges(&code, &plain).await);
    })
    .await;
}
