//! A story for each module of the conformance suite that is about how clients authenticate (CONFORMANCE.md 2.5),
//! named after it.

use serde_json::json;

use super::client_authentication::{Asserting, JWT_BEARER, is_known, is_nobody, shows, with_fapi_key, with_key};
use crate::support::client_app::{endpoint, issuer};
use crate::support::signer::Signer;
use crate::support::world::{World, on_each_database};

/// A client of the FAPI 2.0 Security Profile.
async fn bank(world: &mut World) -> Asserting {
    with_fapi_key(world, "bank", Signer::new("PS256", "one")).await
}

#[tokio::test]
async fn fapi2_ensure_signed_client_assertion_with_rs256_fails() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        is_known(&bank.says(&json!({})).await);
        let claims = bank.claims();
        is_nobody(&shows(&bank.app, &bank.signer.with_algorithm("RS256").signs(&claims)).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_ensure_client_assertion_in_token_endpoint() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        let form = [("grant_type", "refresh_token"), ("refresh_token", "nobodys"), ("client_id", "bank")];
        is_nobody(&bank.app.token(&form).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        let now = world.now().seconds();
        is_nobody(&bank.says(&json!({"iat": now - 360, "exp": now - 300})).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_ensure_client_assertion_with_wrong_aud_fails() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        is_nobody(&bank.says(&json!({"aud": "https://example.com"})).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_ensure_client_assertion_with_no_sub_fails() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        is_nobody(&bank.says(&json!({"sub": null})).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_ensure_client_id_in_token_endpoint() {
    on_each_database(async |world| {
        let (bank, other) = (bank(world).await, with_fapi_key(world, "other", Signer::new("ES256", "one")).await);
        let assertion = bank.signer.signs(&bank.claims());
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "nobodys"),
            ("client_id", other.app.id.as_str()),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion.as_str()),
        ];
        is_nobody(&bank.app.token(&form).await);
        // It was not even looked at: for its own client it is still good.
        is_known(&shows(&bank.app, &assertion).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        let soon = world.now().seconds() + 8;
        is_known(&bank.says(&json!({"nbf": soon, "iat": soon})).await);
        assert_eq!(bank.pushes(&bank.app.asks(), &json!({"nbf": soon, "iat": soon})).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn fapi2_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_is_rejected() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        let later = world.now().seconds() + 61;
        is_nobody(&bank.says(&json!({"nbf": later, "exp": later + 60})).await);
        is_nobody(&bank.says(&json!({"iat": later, "exp": later + 60})).await);
        is_nobody(&bank.pushes(&bank.app.asks(), &json!({"nbf": later, "exp": later + 60})).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_par_test_array_as_audience_fails() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        is_nobody(&bank.says(&json!({"aud": [issuer()]})).await);
        is_nobody(&bank.says(&json!({"aud": [issuer(), endpoint("token")]})).await);
        is_nobody(&bank.pushes(&bank.app.asks(), &json!({"aud": [issuer()]})).await);
    })
    .await;
}

#[tokio::test]
async fn fapi2_par_test_par_endpoint_url_as_audience_fails() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        let here = json!({"aud": endpoint("ext/par/request")});
        is_nobody(&bank.pushes(&bank.app.asks(), &here).await);
        assert_eq!(bank.pushes(&bank.app.asks(), &json!({})).await.status, 201, "the issuer");
        // Elsewhere the address that is asked may be named (RFC 9126 §2).
        let rp = with_key(world, "rp", Signer::new("ES256", "one"), &[]).await;
        assert_eq!(rp.pushes(&rp.app.asks(), &here).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn fapi2_par_test_token_endpoint_url_as_audience_fails() {
    on_each_database(async |world| {
        let bank = bank(world).await;
        let token = json!({"aud": endpoint("token")});
        is_nobody(&bank.says(&token).await);
        is_nobody(&bank.pushes(&bank.app.asks(), &token).await);
    })
    .await;
}
