//! A story for each module of the conformance suite that is about how clients authenticate (CONFORMANCE.md 2.3),
//! named after it.

use guichet::clock::Duration;
use serde_json::json;

use super::client_authentication::published_keys::{publishes, publishing};
use super::client_authentication::{Asserting, is_known, with_key};
use super::{code, signed_in};
use crate::support::client_app::{Tokens, endpoint, tokens};
use crate::support::signer::Signer;
use crate::support::world::{World, on_each_database};

/// Tokens for that client, out of a session that Marie opens.
async fn given_to(world: &World, client: &Asserting) -> Tokens {
    let (mut browser, _) = signed_in(world).await;
    let (asked, code) = code(&mut browser, &client.app).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &client.app.redirect_uri),
        ("code_verifier", &asked.verifier),
    ];
    let given = tokens(&client.asks(&fields).await);
    client.app.checked(&given.id_token, &asked.nonce).await;
    given
}

#[tokio::test]
async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    on_each_database(async |world| {
        let client = with_key(world, "rp", Signer::new("RS256", "one").nameless(), &[]).await;
        given_to(world, &client).await;
        // Everywhere else in these plans `aud` is the token endpoint.
        is_known(&client.says(&json!({"aud": endpoint("token")})).await);
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_jwks_uri() {
    on_each_database(async |world| {
        let (client, peer) = publishing(world, "rp", Signer::new("RS256", "one")).await;
        given_to(world, &client).await;
        assert_eq!(peer.heard().len(), 1, "the provider fetched the keys");
    })
    .await;
}

#[tokio::test]
async fn oidcc_refresh_token_rp_key_rotation() {
    on_each_database(async |world| {
        let (mut client, peer) = publishing(world, "rp", Signer::new("RS256", "one")).await;
        let given = given_to(world, &client).await;
        client.signer = Signer::new("RS256", "two");
        publishes(&peer, &client.signer.jwks());
        world.advance(Duration::from_mins(1));
        let refresh_token = given.refresh_token.unwrap();
        let answer = client.asks(&[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(peer.heard().len(), 2);
    })
    .await;
}
