//! What the plans ask of client assertions (`private_key_jwt`): addressed to the issuer alone, signed by what FAPI takes,
//! and of now.

use serde_json::{Value, json};

use super::checks::{kept, refuses};
use super::party::{Credentials, PAR, Party};
use super::stage::{Stage, Variant};
use crate::oauth::referring;
use crate::support::browser::Browser;
use crate::support::client_app::{endpoint, issuer};

/// Who shows these is nobody, at either endpoint that they go to; and the code is given for a good one afterwards.
async fn is_nobody(browser: &mut Browser, bank: &Party, [at_par, at_token]: [Credentials; 2]) {
    refuses(&bank.pushes_as(&at_par, &bank.asks()).await, 401, &["invalid_client"]);
    let (asked, code) = bank.gets_a_code(browser).await;
    let form = bank.app.redemption(&code, &asked);
    let answer = bank.posts_as(&at_token, "token", &form, &bank.proofs("token")).await;
    refuses(&answer, 401, &["invalid_client"]);
    bank.takes(&asked, &bank.exchanges(&code, &asked).await).await;
}

/// In each variant the first client is nobody with its assertions so changed.
async fn fails(stage: &mut Stage<'_>, changes: impl Fn(&Party) -> Value) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ASSERTING {
        let bank = stage.first(variant).await;
        let assertion = || bank.asserting(&changes(&bank));
        is_nobody(&mut browser, &bank, [assertion(), assertion()]).await;
    }
}

pub(crate) async fn ensure_signed_client_assertion_with_rs256_fails(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ASSERTING {
        // The same key by its other algorithm, and all else as it should be.
        let bank = stage.signing(variant, "PS256").await.by("RS256");
        let assertions = [bank.asserting(&json!({})), bank.asserting(&json!({}))];
        is_nobody(&mut browser, &bank.by("PS256"), assertions).await;
    }
}

pub(crate) async fn ensure_client_assertion_in_token_endpoint(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ASSERTING {
        let bank = stage.first(variant).await;
        is_nobody(&mut browser, &bank, [bank.naming_itself(), bank.naming_itself()]).await;
    }
}

pub(crate) async fn ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(stage: &mut Stage<'_>) {
    fails(stage, |bank| {
        let now = bank.app.now().seconds();
        json!({"iat": now - 360, "exp": now - 300})
    })
    .await;
}

pub(crate) async fn ensure_client_assertion_with_wrong_aud_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"aud": "https://example.com"})).await;
    fails(stage, |_| json!({"aud": null})).await;
}

pub(crate) async fn ensure_client_assertion_with_no_sub_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"sub": null})).await;
}

pub(crate) async fn par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ASSERTING {
        let bank = stage.first(variant).await;
        let (asked, soon) = (bank.asks(), bank.app.now().seconds() + 8);
        let (uri, _) = kept(&bank.pushes_as(&bank.asserting(&json!({"nbf": soon, "iat": soon})), &asked).await);
        browser.opens(&referring(&bank.app, &uri)).await;
        bank.completes(&asked, &browser).await;
    }
}

pub(crate) async fn par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(stage: &mut Stage<'_>) {
    for member in ["nbf", "iat"] {
        fails(stage, |bank| {
            let later = bank.app.now().seconds() + 61;
            json!({ member: later, "exp": later + 60 })
        })
        .await;
    }
}

pub(crate) async fn par_test_array_as_audience_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"aud": [issuer(), "https://other.example"]})).await;
    fails(stage, |_| json!({"aud": [issuer()]})).await;
}

pub(crate) async fn par_test_par_endpoint_url_as_audience_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"aud": endpoint(PAR)})).await;
    fails(stage, |bank| json!({"aud": bank.url(PAR)})).await;
}

pub(crate) async fn par_test_token_endpoint_url_as_audience_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"aud": endpoint("token")})).await;
    fails(stage, |bank| json!({"aud": bank.url("token")})).await;
}
