//! What the plan asks of signed request objects at the endpoint for pushed requests (FAPI 2.0 Message Signing §5.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::oauth::conformance::fapi2_security::checks::{kept, refuses};
use crate::oauth::conformance::fapi2_security::party::Party;
use crate::oauth::conformance::fapi2_security::stage::{Stage, Variant};
use crate::oauth::referring;
use crate::support::client_app::{Asked, issuer};

/// An hour and ten minutes.
const TOO_LONG: i64 = 70 * 60;

/// Pushes that object; it is refused, and the same request in a good one is not.
async fn is_refused(bank: &Party, asked: &Asked, object: &str) {
    let answer = bank.pushes_form(&bank.holding(object), &[]).await;
    refuses(&answer, 400, &["invalid_request_object"]);
    bank.pushed(asked).await;
}

/// In each variant an object so changed is refused.
async fn fails(stage: &mut Stage<'_>, changes: impl Fn(i64) -> Value) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        is_refused(&bank, &asked, &bank.signed(&asked, &changes(bank.app.now().seconds()))).await;
    }
}

/// In each variant an object so changed is obeyed to the end.
async fn succeeds(stage: &mut Stage<'_>, changes: impl Fn(i64) -> Value) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        let object = bank.signed(&asked, &changes(bank.app.now().seconds()));
        let (uri, _) = kept(&bank.pushes_form(&bank.holding(&object), &[]).await);
        browser.opens(&referring(&bank.app, &uri)).await;
        bank.completes(&asked, &browser).await;
    }
}

pub(crate) async fn ensure_request_object_with_multiple_aud_succeeds(stage: &mut Stage<'_>) {
    succeeds(stage, |_| json!({"aud": ["https://other1.example", issuer(), "invalid"]})).await;
}

pub(crate) async fn ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(stage: &mut Stage<'_>) {
    succeeds(stage, |now| json!({"nbf": now + 8})).await;
}

pub(crate) async fn ensure_request_object_without_exp_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"exp": null})).await;
}

pub(crate) async fn ensure_request_object_without_nbf_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"nbf": null})).await;
}

pub(crate) async fn ensure_expired_request_object_fails(stage: &mut Stage<'_>) {
    fails(stage, |now| json!({"nbf": now - 360, "iat": now - 360, "exp": now - 300})).await;
}

pub(crate) async fn ensure_request_object_with_bad_aud_fails(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"aud": "https://www.other1.example/"})).await;
    fails(stage, |_| json!({"aud": ["https://www.other1.example/"]})).await;
    fails(stage, |_| json!({"aud": null})).await;
}

pub(crate) async fn ensure_request_object_with_exp_over_60_fails(stage: &mut Stage<'_>) {
    fails(stage, |now| json!({"exp": now + TOO_LONG})).await;
}

pub(crate) async fn ensure_request_object_with_nbf_over_60_fails(stage: &mut Stage<'_>) {
    fails(stage, |now| json!({"nbf": now - TOO_LONG})).await;
}

pub(crate) async fn ensure_signed_request_object_with_rs256_fails(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.signing(variant, "PS256").await;
        let asked = bank.asks();
        // The same key by its other algorithm; what the client proves itself by is as it should be.
        let bank = bank.by("RS256");
        let object = bank.signed(&asked, &json!({}));
        let bank = bank.by("PS256");
        is_refused(&bank, &asked, &object).await;
    }
}

pub(crate) async fn ensure_request_object_signature_algorithm_is_not_none(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        let claims = URL_SAFE_NO_PAD.encode(bank.object(&asked, &json!({})).to_string());
        for algorithm in ["none", "None"] {
            let header = json!({"alg": algorithm, "typ": "oauth-authz-req+jwt"});
            let object = format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(header.to_string()));
            is_refused(&bank, &asked, &object).await;
        }
    }
}

pub(crate) async fn ensure_request_object_with_invalid_signature_fails(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        let (good, other) = (bank.signed(&asked, &json!({})), bank.signed(&bank.asks(), &json!({})));
        let (signed, _) = good.rsplit_once('.').unwrap();
        let (_, signature) = other.rsplit_once('.').unwrap();
        is_refused(&bank, &asked, &format!("{signed}.{signature}")).await;
    }
}

pub(crate) async fn ensure_matching_key_in_authorization_request(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let (bank, other) = (stage.first(variant).await, stage.second(variant).await);
        let asked = bank.asks();
        is_refused(&bank, &asked, &other.signer.signs(&bank.object(&asked, &json!({})))).await;
    }
}

pub(crate) async fn ensure_unsigned_request_at_par_endpoint_fails(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        refuses(&bank.pushes_form(&asked.parameters, &[]).await, 400, &["invalid_request"]);
        bank.pushed(&asked).await;
    }
}

pub(crate) async fn par_authorization_request_containing_request_uri(stage: &mut Stage<'_>) {
    fails(stage, |_| json!({"request_uri": "urn:ietf:params:oauth:request_uri:0123456789"})).await;
}
