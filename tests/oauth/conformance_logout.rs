//! What the OpenID Foundation's suite asks of a provider when people sign out, a story for each module of its four plans,
//! named after it: RP-initiated, back-channel, front-channel, session management.
//!
//! Read beside the list of modules, from top to bottom, as `conformance` is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::logout::{frames, listener, registers, tells, told};
use super::{document, is_a_page, signed_in, tokens, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, Tokens, claims, endpoint, issuer, parameter};
use crate::support::signer::Signer;
use crate::support::world::{PORTAL_HOME, World, on_each_database};

const UNDECLARED: &str = "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.";

/// Whether the suite's check afterwards, `prompt=none`, gets an interaction-type error.
async fn is_over(browser: &mut Browser, portal: &ClientApp) -> bool {
    let asked = portal.asks().with("prompt", "none");
    browser.opens(&asked.url()).await;
    parameter(browser.left_for(), "error").as_deref() == Some("login_required")
}

/// The realm's metadata.
async fn metadata(world: &World) -> Value {
    let configuration = format!("{}/.well-known/openid-configuration", issuer());
    document(&world.portal(), &configuration).await.json()
}

async fn announces_where_a_session_ends(world: &World) {
    let at = metadata(world).await["end_session_endpoint"].clone();
    assert_eq!(at, endpoint("logout"));
    assert!(at.as_str().unwrap().starts_with("https://"));
}

// --- RP-initiated logout

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    on_each_database(async |world| announces_where_a_session_ends(world).await).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let state = "0123456789abcdef".repeat(8);
        let asked =
            [("id_token_hint", given.id_token.as_str()), ("post_logout_redirect_uri", PORTAL_HOME), ("state", &state)];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!(browser.left_for().as_str(), format!("{PORTAL_HOME}?state={state}"));
        assert!(is_over(&mut browser, &portal).await);
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let asked = [("id_token_hint", given.id_token.as_str()), ("post_logout_redirect_uri", PORTAL_HOME)];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!(browser.left_for().as_str(), PORTAL_HOME);
        assert!(is_over(&mut browser, &portal).await);
    })
    .await;
}

/// A request without an address to go to ends in our own page, after a question where no hint came with it.
async fn ends_in_our_page(parameters: &'static [&'static str]) {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let asked: Vec<_> = [("id_token_hint", given.id_token.as_str()), ("state", "xyz")]
            .into_iter()
            .filter(|(name, _)| parameters.contains(name))
            .collect();
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!(browser.place() == "sign-out", !parameters.contains(&"id_token_hint"));
        if browser.place() == "sign-out" {
            browser.presses("Se déconnecter").await;
        }
        assert_eq!((browser.place(), browser.status()), ("signed-out", 200));
        assert_eq!(browser.h1(), "Déconnexion effectuée");
        assert!(is_over(&mut browser, &portal).await);
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params() {
    ends_in_our_page(&[]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state() {
    ends_in_our_page(&["state"]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    ends_in_our_page(&["id_token_hint"]).await;
    ends_in_our_page(&["id_token_hint", "state"]).await;
}

/// A request that is refused with those words: nobody is sent anywhere, and the session goes on.
async fn is_refused(words: &'static str, asked: impl Fn(&Tokens) -> [(&'static str, String); 2]) {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let mut query: Vec<_> = asked(&given).into_iter().filter(|(_, value)| !value.is_empty()).collect();
        query.push(("state", "x".to_owned()));
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.opens(&portal.logout_url(&query)).await;
        is_a_page(&browser, 400, words);
        assert!(!is_over(&mut browser, &portal).await);
    })
    .await;
}

/// A hint, and where to go.
fn to(uri: &str, hint: &str) -> [(&'static str, String); 2] {
    [("id_token_hint", hint.to_owned()), ("post_logout_redirect_uri", uri.to_owned())]
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    is_refused(UNDECLARED, |given| to("https://portail.example/a1b2c3", &given.id_token)).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    is_refused(UNDECLARED, |given| to("https://portail.example/?foo=bar", &given.id_token)).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint() {
    is_refused(UNDECLARED, |_| to(PORTAL_HOME, "")).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    for signed in [true, false] {
        is_refused("Nous n’avons pas pu terminer", |given| {
            let (signed_part, signature) = given.id_token.rsplit_once('.').unwrap();
            let body = signed_part.split_once('.').unwrap().1;
            let none = URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}");
            to(PORTAL_HOME, &format!("{none}.{body}.{}", if signed { signature } else { "" }))
        })
        .await;
    }
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    is_refused("Nous n’avons pas pu terminer", |given| {
        // All is ours but the last claim that was changed: the signature is what refuses it.
        let mut altered = claims(&given.id_token);
        altered["sub"] = "somebody-else".into();
        let (header, signature) =
            (given.id_token.split('.').next().unwrap(), given.id_token.rsplit('.').next().unwrap());
        to(PORTAL_HOME, &format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(altered.to_string())))
    })
    .await;
    // The suite's: signed with a key of the client's, under the name of ours.
    is_refused("Nous n’avons pas pu terminer", |given| {
        let header = URL_SAFE_NO_PAD.decode(given.id_token.split('.').next().unwrap()).unwrap();
        let kid = serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned();
        to(PORTAL_HOME, &Signer::new("RS256", &kid).signs(&claims(&given.id_token)))
    })
    .await;
    is_refused("Nous n’avons pas pu terminer", |given| {
        let mut swapped = claims(&given.id_token);
        (swapped["iss"], swapped["aud"]) = (swapped["aud"].clone(), swapped["iss"].clone());
        let (header, signature) =
            (given.id_token.split('.').next().unwrap(), given.id_token.rsplit('.').next().unwrap());
        to(PORTAL_HOME, &format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(swapped.to_string())))
    })
    .await;
}

// --- back-channel logout

#[tokio::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    on_each_database(async |world| {
        announces_where_a_session_ends(world).await;
        let said = metadata(world).await;
        assert_eq!(said["backchannel_logout_supported"], true);
        assert_eq!(said["backchannel_logout_session_supported"], true);
    })
    .await;
}

#[tokio::test]
async fn oidcc_backchannel_rp_initiated_logout() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        let hears = listener(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        let asked = [
            ("id_token_hint", given.id_token.as_str()),
            ("post_logout_redirect_uri", "https://shop.example/"),
            ("state", "xyz"),
        ];
        browser.opens(&shop.logout_url(&asked)).await;
        assert_eq!(browser.left_for().as_str(), "https://shop.example/?state=xyz");
        tells(world).await;
        let [request] = hears.heard().try_into().unwrap();
        let (said, known) = (told(&shop, &request).await, claims(&given.id_token));
        for name in ["iss", "aud", "sub", "sid"] {
            assert!(known[name].is_string());
            assert_eq!(said[name], known[name], "{name}");
        }
        assert!(said["jti"].is_string() && said["iat"].is_i64() && said.get("nonce").is_none());
        let events = said["events"].as_object().unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events["http://schemas.openid.net/event/backchannel-logout"], serde_json::json!({}));
        let (version, _) = hears.handshakes().remove(0);
        assert_eq!(version, Some(rustls::ProtocolVersion::TLSv1_3), "the suite warns of anything older");
        assert!(is_over(&mut browser, &shop).await);
    })
    .await;
}

// --- front-channel logout

#[tokio::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    on_each_database(async |world| {
        announces_where_a_session_ends(world).await;
        let said = metadata(world).await;
        assert_eq!(said["frontchannel_logout_supported"], true);
        assert_eq!(said["frontchannel_logout_session_supported"], true);
    })
    .await;
}

#[tokio::test]
async fn oidcc_frontchannel_rp_initiated_logout() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        registers(world, "shop", "front", "https://shop.example/front").await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        let asked = [
            ("id_token_hint", given.id_token.as_str()),
            ("post_logout_redirect_uri", "https://shop.example/"),
            ("state", "xyz"),
        ];
        browser.opens(&shop.logout_url(&asked)).await;
        let frame: url::Url = frames(&browser).remove(0).parse().unwrap();
        assert!(frame.as_str().starts_with("https://shop.example/front?"));
        assert_eq!(parameter(&frame, "iss"), Some(issuer()));
        assert_eq!(parameter(&frame, "sid").as_deref(), claims(&given.id_token)["sid"].as_str());
        assert_eq!(browser.page().link("Continuer").as_deref(), Some("https://shop.example/?state=xyz"));
        assert!(is_over(&mut browser, &shop).await);
    })
    .await;
}

// --- session management; what its frame answers before and after is told in a browser (`tests/browser/logout.rs`)

#[tokio::test]
async fn oidcc_session_management_discovery_endpoint_verification() {
    on_each_database(async |world| {
        announces_where_a_session_ends(world).await;
        let at = metadata(world).await["check_session_iframe"].clone();
        let answer = document(&world.portal(), at.as_str().unwrap()).await;
        assert_eq!(answer.status, 200);
        assert!(at.as_str().unwrap().starts_with("https://"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_session_management_rp_initiated_logout() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        let before = parameter(browser.left_for(), "session_state").unwrap();
        assert!(!before.contains(' ') && before.split_once('.').is_some_and(|(_, salt)| !salt.is_empty()));
        let given = portal.redeems(&asked, browser.left_for()).await;
        let cookie = "__Host-guichet-state-certinomis";
        assert!(browser.cookies().value(cookie).is_some());
        browser.opens(&portal.logout_url(&[("id_token_hint", &given.id_token)])).await;
        assert_eq!(browser.cookies().value(cookie), None, "what the frame reads is gone");
        assert!(is_over(&mut browser, &portal).await);
    })
    .await;
}
