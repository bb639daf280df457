//! Where answers go: to an address that was registered, to the letter, or nowhere.

use serde_json::json;

use super::begins;
use crate::oauth::conformance::registered::{CALLBACK, Suite, key, opens, refusal};
use crate::oauth::is_a_page;
use crate::support::world::{World, on_each_database};

/// Somebody is sent to us with that address, or none: a page of ours, and no way to the client.
async fn shows_a_page(world: &mut World, registered: &[&str], redirect_uri: &str) {
    let mut run = begins(world, json!({"redirect_uris": registered})).await;
    run.goes(&run.asks().with("redirect_uri", redirect_uri)).await;
    is_a_page(&run.browser, 400, "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.");
    assert!(!run.leads_to(CALLBACK), "{}", run.browser.answer().body);
    run.rp.ends(world).await;
}

#[tokio::test]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    on_each_database(async |world| {
        shows_a_page(world, &[CALLBACK, &format!("{CALLBACK}2")], "").await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_ok() {
    on_each_database(async |world| {
        let registered = format!("{CALLBACK}?foo=bar");
        let mut run = begins(world, json!({"redirect_uris": [registered]})).await;
        run.completes(&run.asks()).await;
        assert!(run.answer().as_str().starts_with(&format!("{registered}&")), "{}", run.answer());
        run.rp.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_mismatch() {
    on_each_database(async |world| {
        shows_a_page(world, &[&format!("{CALLBACK}?foo=bar")], &format!("{CALLBACK}?bar=foo")).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_added() {
    on_each_database(async |world| shows_a_page(world, &[CALLBACK], &format!("{CALLBACK}?foo=bar")).await).await;
}

#[tokio::test]
async fn oidcc_redirect_uri_regfrag() {
    on_each_database(async |world| {
        opens(world).await;
        let fragment = json!({"redirect_uris": [format!("{CALLBACK}#foobar")]});
        assert_eq!(refusal(world, &fragment).await, "invalid_redirect_uri");
        // Without it, all is well: it was the fragment.
        Suite::registers(world, "private_key_jwt", key(), &json!({})).await.ends(world).await;
    })
    .await;
}
