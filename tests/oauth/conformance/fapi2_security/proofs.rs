//! What the plans ask of DPoP proofs that are good, or off by little, and of codes that are bound to a key
//! (RFC 9449 §10).

use serde_json::{Value, json};

use super::checks::{kept, refuses};
use super::party::{PAR, Party};
use super::stage::{Stage, Variant};
use crate::oauth::referring;
use crate::support::browser::Browser;
use crate::support::client_app::Asked;
use crate::support::holder::Holder;

/// The code for a request that was pushed with these proofs.
async fn code_for(browser: &mut Browser, bank: &Party, asked: &Asked, proofs: &[String]) -> String {
    let (uri, _) = kept(&bank.pushes(asked, proofs).await);
    browser.opens(&referring(&bank.app, &uri)).await;
    bank.code(asked, browser).await
}

/// The whole way with proofs so changed: at PAR, at the token endpoint, at the resource.
async fn succeeds(stage: &mut Stage<'_>, changes: impl Fn(i64) -> Value) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::PROVING {
        let bank = stage.first(variant).await;
        let changes = changes(bank.app.now().seconds());
        let asked = bank.asks();
        let code = code_for(&mut browser, &bank, &asked, &[bank.proof(PAR, None, &changes)]).await;
        let proofs = [bank.proof("token", None, &changes)];
        let answer = bank.posts("token", &bank.app.redemption(&code, &asked), &proofs).await;
        let token = bank.takes(&asked, &answer).await.access_token;
        let told = bank.shows("DPoP", &token, &[bank.proof("userinfo", Some(&token), &changes)], &[]).await;
        assert_eq!(told.status, 200, "{}", told.body);
    }
}

/// Proofs so changed are refused at each of the three.
async fn fails(stage: &mut Stage<'_>, changes: impl Fn(i64) -> Value) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::PROVING {
        let bank = stage.first(variant).await;
        let changes = changes(bank.app.now().seconds());
        let asked = bank.asks();
        refuses(&bank.pushes(&asked, &[bank.proof(PAR, None, &changes)]).await, 400, &["invalid_dpop_proof"]);
        let code = code_for(&mut browser, &bank, &asked, &[]).await;
        let proofs = [bank.proof("token", None, &changes)];
        let answer = bank.posts("token", &bank.app.redemption(&code, &asked), &proofs).await;
        refuses(&answer, 400, &["invalid_dpop_proof"]);
        let token = bank.takes(&asked, &bank.exchanges(&code, &asked).await).await.access_token;
        let told = bank.shows("DPoP", &token, &[bank.proof("userinfo", Some(&token), &changes)], &[]).await;
        assert_eq!((told.status.as_u16(), told.json()["error"].as_str()), (401, Some("invalid_dpop_proof")));
    }
}

pub(crate) async fn check_dpop_proof_nbf_exp(stage: &mut Stage<'_>) {
    succeeds(stage, |now| json!({"nbf": now, "exp": now + 300})).await;
}

pub(crate) async fn ensure_dpopproof_with_iat_10seconds_before_succeeds(stage: &mut Stage<'_>) {
    succeeds(stage, |now| json!({"iat": now - 10})).await;
    fails(stage, |now| json!({"iat": now - 3600})).await;
}

pub(crate) async fn ensure_dpopproof_with_iat_10seconds_after_succeeds(stage: &mut Stage<'_>) {
    succeeds(stage, |now| json!({"iat": now + 10})).await;
    fails(stage, |now| json!({"iat": now + 3600})).await;
}

pub(crate) async fn ensure_mismatched_dpop_jkt_fails(stage: &mut Stage<'_>) {
    for variant in Variant::PROVING {
        let bank = stage.first(variant).await;
        let proof = || [bank.proof(PAR, None, &json!({}))];
        let other = bank.asks().with("dpop_jkt", &Holder::new("ES256").thumbprint());
        refuses(&bank.pushes(&other, &proof()).await, 400, &["invalid_request", "invalid_dpop_proof"]);
        let own = bank.asks().with("dpop_jkt", &bank.holder.thumbprint());
        kept(&bank.pushes(&own, &proof()).await);
    }
}

pub(crate) async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::PROVING {
        let mut bank = stage.first(variant).await;
        let asked = bank.asks();
        let proofs = [bank.proof(PAR, None, &json!({}))];
        let code = code_for(&mut browser, &bank, &asked, &proofs).await;
        bank.holder = Holder::new("ES256");
        refuses(&bank.exchanges(&code, &asked).await, 400, &["invalid_dpop_proof"]);
    }
}

pub(crate) async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::PROVING {
        let bank = stage.first(variant).await;
        let asked = bank.asks().with("dpop_jkt", &Holder::new("ES256").thumbprint());
        let code = code_for(&mut browser, &bank, &asked, &[]).await;
        refuses(&bank.exchanges(&code, &asked).await, 400, &["invalid_dpop_proof"]);
    }
}

pub(crate) async fn ensure_dpopproof_at_par_endpoint_binding_success(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::PROVING {
        let mut bank = stage.first(variant).await;
        bank.holder = Holder::new("EdDSA");
        let asked = bank.asks();
        let proofs = [bank.proof(PAR, None, &json!({}))];
        let code = code_for(&mut browser, &bank, &asked, &proofs).await;
        bank.takes(&asked, &bank.exchanges(&code, &asked).await).await;
    }
}

pub(crate) async fn ensure_dpop_auth_code_binding_success(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::PROVING {
        let mut bank = stage.first(variant).await;
        bank.holder = Holder::new("PS256");
        let asked = bank.asks().with("dpop_jkt", &bank.holder.thumbprint());
        let proofs = [bank.proof(PAR, None, &json!({}))];
        for proofs in [&[][..], &proofs] {
            let code = code_for(&mut browser, &bank, &asked, proofs).await;
            bank.takes(&asked, &bank.exchanges(&code, &asked).await).await;
        }
    }
}
