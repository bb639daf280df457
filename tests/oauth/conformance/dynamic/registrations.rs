//! What a registration may hold besides: what people read of the client, its published keys, its sector.

use serde_json::json;

use super::begins;
use crate::oauth::conformance::metadata;
use crate::oauth::conformance::registered::{CALLBACK, Suite, key, opens, refusal};
use crate::oauth::conformance::run::{Mode, Run};
use crate::support::client_app::claims;
use crate::support::page::Page;
use crate::support::peer::Reply;
use crate::support::people::MARIE;
use crate::support::world::{World, on_each_database};

/// The page on which a person decides about a client that registered so.
async fn is_asked_about(world: &mut World, member: &str, value: &str) -> (Run<Suite>, Page, String) {
    let mut run = begins(world, json!({ member: value })).await;
    run.browser.opens(&run.asks().url()).await.submits(&MARIE.credentials()).await;
    assert_eq!((run.browser.place(), run.browser.status()), ("consent", 200), "{}", run.browser.text());
    assert!(run.browser.says("oidcc Qq3vN5tPxk") && run.browser.says("rp.example"), "{}", run.browser.text());
    let (page, body) = (run.browser.page(), run.browser.answer().body.clone());
    (run, page, body)
}

/// From there the person goes on, and the client is taken back.
async fn goes_on(world: &World, mut run: Run<Suite>) {
    run.goes_on().await;
    run.completes(&run.asks()).await;
    run.rp.ends(world).await;
}

#[tokio::test]
async fn oidcc_registration_logo_uri() {
    on_each_database(async |world| {
        // Kept and told, and not shown: our pages load nothing from third parties. The name and the host stand for it.
        let (run, _, body) = is_asked_about(world, "logo_uri", "https://rp.example/images/openid.png").await;
        assert!(!body.contains("openid.png"), "{body}");
        goes_on(world, run).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_policy_uri() {
    on_each_database(async |world| {
        let policy = "https://rp.example/politique";
        let (run, page, _) = is_asked_about(world, "policy_uri", policy).await;
        let link = page.link("Données personnelles : ce qu’en fait oidcc Qq3vN5tPxk");
        assert_eq!(link.as_deref(), Some(policy));
        goes_on(world, run).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_tos_uri() {
    on_each_database(async |world| {
        let terms = "https://rp.example/conditions";
        let (run, page, _) = is_asked_about(world, "tos_uri", terms).await;
        assert_eq!(page.link("Conditions d’utilisation de oidcc Qq3vN5tPxk").as_deref(), Some(terms));
        goes_on(world, run).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_jwks_uri() {
    on_each_database(async |world| {
        opens(world).await;
        let key = key();
        let peer = world.outside.peer("rp.example").await;
        peer.says(Reply::document("application/json", key.jwks().to_string()));
        let uri = "https://rp.example/test/a/guichet/jwks";
        let suite = Suite::registers(world, "private_key_jwt", key, &json!({"jwks": null, "jwks_uri": uri})).await;
        assert!(suite.client.told.get("jwks").is_none());
        let mut run = Run::of(world, suite, Mode::Query).await;
        run.completes(&run.asks()).await;
        assert_eq!(peer.heard().len(), 1, "the provider fetched the keys");
        // RFC 7591 §2: one or the other.
        assert_eq!(refusal(world, &json!({"jwks_uri": uri})).await, "invalid_client_metadata");
        run.rp.ends(world).await;
    })
    .await;
}

const SECTOR: &str = "https://sector.example/redirect_uris.json";

#[tokio::test]
async fn oidcc_registration_sector_uri() {
    on_each_database(async |world| {
        let peer = world.outside.peer("sector.example").await;
        peer.says(Reply::document("application/json", json!([CALLBACK, "https://other.example/"]).to_string()));
        let mut run = begins(world, json!({"subject_type": "pairwise", "sector_identifier_uri": SECTOR})).await;
        assert!(metadata::lists(&metadata::of(&run.rp.client.app).await, "subject_types_supported", "pairwise"));
        assert_eq!(peer.heard().len(), 1, "it was fetched");
        let given = run.completes(&run.asks()).await;
        // The name is the sector's own.
        let public = MARIE.signs_in(world, &mut world.browser()).await;
        assert_ne!(claims(&given.id_token)["sub"], claims(&public.id_token)["sub"]);
        run.rp.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_sector_bad() {
    on_each_database(async |world| {
        opens(world).await;
        let peer = world.outside.peer("sector.example").await;
        peer.says(Reply::document("application/json", json!(["https://other.example/"]).to_string()));
        let asked = json!({"subject_type": "pairwise", "sector_identifier_uri": SECTOR});
        assert_eq!(refusal(world, &asked).await, "invalid_client_metadata");
        assert_eq!(peer.heard().len(), 1, "it was fetched");
    })
    .await;
}
