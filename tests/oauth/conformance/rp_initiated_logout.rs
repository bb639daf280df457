//! `oidcc-rp-initiated-logout-certification-test-plan`: a client asks for the end of a session, and where to go then.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::metadata;
use crate::oauth::{is_a_page, signed_in};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, Tokens, claims, endpoint, parameter};
use crate::support::signer::Signer;
use crate::support::world::{PORTAL_HOME, World, on_each_database};

const UNDECLARED: &str = "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.";

/// Whether the suite's check afterwards, `prompt=none`, gets an interaction-type error.
pub(super) async fn is_over(browser: &mut Browser, portal: &ClientApp) -> bool {
    let asked = portal.asks().with("prompt", "none");
    browser.opens(&asked.url()).await;
    parameter(browser.left_for(), "error").as_deref() == Some("login_required")
}

/// The document is good, and says where a session ends.
pub(super) async fn announces_where_a_session_ends(world: &World) -> Value {
    let said = metadata::verified(&world.portal()).await;
    assert_eq!(said["end_session_endpoint"], endpoint("logout"));
    said
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    on_each_database(async |world| {
        announces_where_a_session_ends(world).await;
    })
    .await;
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
