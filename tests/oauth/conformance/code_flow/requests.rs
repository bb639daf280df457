//! What a request may say, need not say, and must say.

use http::Method;
use url::Url;

use crate::oauth::conformance::duties::{refuses, tells};
use crate::oauth::conformance::metadata;
use crate::oauth::conformance::run::{DECLARED, Mode, Run};
use crate::oauth::is_a_page;
use crate::support::client_app::{ClientApp, Tokens, claims, endpoint, issuer};
use crate::support::world::World;

pub(in crate::oauth::conformance) async fn oidcc_response_type_missing(world: &mut World, mode: Mode) {
    let mut run = Run::declared(world, mode, &[]).await;
    let asked = run.asks().with("response_type", "");
    run.goes(&asked).await;
    assert_eq!(refuses(&run.rp, &asked, &run.is_refused_on_a_page(DECLARED)), "invalid_request");
}

pub(in crate::oauth::conformance) async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(
    world: &mut World,
    mode: Mode,
) {
    let given = succeeds_with(world, mode, "nonce", "").await.1;
    assert!(claims(&given.id_token).get("nonce").is_none());
}

pub(in crate::oauth::conformance) async fn oidcc_alternate_happy_flow(world: &mut World, mode: Mode) {
    let mut run = Run::declared(world, mode, &[]).await;
    let mut asked = run.asks().with("scope", "email openid");
    asked.parameters.reverse();
    let given = run.completes(&asked).await;
    let told = tells(&run.rp.userinfo(&given.access_token).await);
    assert!(told["email"].is_string() && told.get("name").is_none(), "{told}");
}

/// The whole way with another value of that parameter, for somebody who has to sign in.
async fn succeeds_with(world: &mut World, mode: Mode, name: &str, value: &str) -> (Run<ClientApp>, Tokens) {
    let mut run = Run::declared(world, mode, &[]).await;
    let asked = run.asks().with(name, value);
    run.browser.opens(&asked.url()).await;
    assert_eq!((run.browser.place(), run.browser.status()), ("sign-in", 200), "{}", run.browser.text());
    run.goes_on().await;
    let given = run.redeems(&asked).await;
    (run, given)
}

pub(in crate::oauth::conformance) async fn oidcc_display_page(world: &mut World, mode: Mode) {
    succeeds_with(world, mode, "display", "page").await;
}

pub(in crate::oauth::conformance) async fn oidcc_display_popup(world: &mut World, mode: Mode) {
    succeeds_with(world, mode, "display", "popup").await;
}

pub(in crate::oauth::conformance) async fn oidcc_ensure_request_with_unknown_parameter_succeeds(
    world: &mut World,
    mode: Mode,
) {
    succeeds_with(world, mode, "extra", "foobar").await;
}

pub(in crate::oauth::conformance) async fn oidcc_login_hint(world: &mut World, mode: Mode) {
    // Somebody who has no account here; who signs in is another.
    let issuer: Url = issuer().parse().unwrap();
    succeeds_with(world, mode, "login_hint", &format!("buffy@{}", issuer.host_str().unwrap())).await;
}

pub(in crate::oauth::conformance) async fn oidcc_ui_locales(world: &mut World, mode: Mode) {
    succeeds_with(world, mode, "ui_locales", "se").await;
}

pub(in crate::oauth::conformance) async fn oidcc_claims_locales(world: &mut World, mode: Mode) {
    succeeds_with(world, mode, "claims_locales", "se").await;
}

pub(in crate::oauth::conformance) async fn oidcc_ensure_request_with_acr_values_succeeds(
    world: &mut World,
    mode: Mode,
) {
    let known = metadata::of(&world.portal()).await["acr_values_supported"].as_array().unwrap().clone();
    let asked = known.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>().join(" ");
    let (mut run, given) = succeeds_with(world, mode, "acr_values", &asked).await;
    assert!(known.contains(&claims(&given.id_token)["acr"]));
    // What the suite asks for where nothing is announced.
    run.completes(&run.asks().with("acr_values", "1 2")).await;
}

pub(in crate::oauth::conformance) async fn oidcc_ensure_registered_redirect_uri(world: &mut World, mode: Mode) {
    let mut run = Run::declared(world, mode, &[]).await;
    let elsewhere = format!("{}/a1b2c3", run.rp.redirect_uri);
    run.goes(&run.asks().with("redirect_uri", &elsewhere)).await;
    is_a_page(&run.browser, 400, "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.");
    assert!(!run.leads_to(&elsewhere), "nor does the page lead there");
}

pub(in crate::oauth::conformance) async fn oidcc_ensure_post_request_succeeds(world: &mut World, mode: Mode) {
    let mut run = Run::declared(world, mode, &[]).await;
    let asked = run.asks();
    let body = asked.url().split_once('?').unwrap().1.to_owned();
    // SameSite=Lax: a browser leaves cookies out of a form that another site sends.
    let answer = run.rp.sends(&Method::POST, &endpoint("auth"), &[], body.clone()).await;
    run.browser.opens(answer.location().unwrap()).await;
    assert!(run.goes_on().await, "somebody has to sign in");
    run.redeems(&asked).await;
    // Now there is a session, and it is found.
    let answer = run.rp.sends(&Method::POST, &endpoint("auth"), &[], body).await;
    run.browser.opens(answer.location().unwrap()).await;
    assert!(!run.goes_on().await);
    run.redeems(&asked).await;
}
