//! What the plans ask of codes at the token endpoint: whose they are, how often and how long they are good, and what has
//! to be shown for them.

use guichet::clock::Duration;
use serde_json::json;

use super::checks::{has_modern_tls, refuses};
use super::party::Credentials;
use super::stage::{By, Stage, Variant};
use crate::support::client_app::Tokens;

pub(crate) async fn ensure_client_id_in_token_endpoint(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let (bank, other) = (stage.first(variant).await, stage.second(variant).await);
        let (asked, code) = bank.gets_a_code(&mut browser).await;
        let form = bank.app.redemption(&code, &asked);
        // The other's name with what proves the first: its signature under the other's claims, or beside them.
        let names: Vec<Credentials> = match variant.authenticates {
            By::Certificate => vec![other.naming_itself()],
            By::Jwt => vec![
                [other.naming_itself(), bank.asserting(&json!({}))].concat(),
                bank.asserting(&json!({"iss": other.app.id, "sub": other.app.id})),
            ],
        };
        for credentials in names {
            let answer = bank.posts_as(&credentials, "token", &form, &bank.proofs("token")).await;
            refuses(&answer, 401, &["invalid_client"]);
        }
        // The code was not looked at.
        bank.takes(&asked, &bank.exchanges(&code, &asked).await).await;
    }
}

pub(crate) async fn ensure_holder_of_key_required(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let mut bank = stage.first(variant).await;
        let (asked, code) = bank.gets_a_code(&mut browser).await;
        let shown = bank.tls.clone();
        if variant.binds == By::Certificate {
            bank.tls = stage.tls.clone();
        }
        let answer = bank.posts("token", &bank.app.redemption(&code, &asked), &[]).await;
        match (variant.authenticates, variant.binds) {
            (_, By::Jwt) => refuses(&answer, 400, &["invalid_dpop_proof"]),
            (By::Jwt, By::Certificate) => refuses(&answer, 400, &["invalid_request"]),
            // Without its certificate it is nobody.
            (By::Certificate, By::Certificate) => refuses(&answer, 401, &["invalid_client"]),
        }
        bank.tls = shown;
        bank.takes(&asked, &bank.exchanges(&code, &asked).await).await;
    }
    has_modern_tls(&stage.tls).await;
}

pub(crate) async fn ensure_authorization_code_is_bound_to_client(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let (bank, thief) = (stage.first(variant).await, stage.second(variant).await);
        let (asked, code) = bank.gets_a_code(&mut browser).await;
        // The client is all that differs: its address is the first one's.
        refuses(&thief.token(&bank.app.redemption(&code, &asked)).await, 400, &["invalid_grant"]);
        let (asked, code) = thief.gets_a_code(&mut browser).await;
        thief.takes(&asked, &thief.exchanges(&code, &asked).await).await;
    }
}

pub(crate) async fn attempt_reuse_authorization_code_after_one_second(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let (asked, code) = bank.gets_a_code(&mut browser).await;
        let Tokens { access_token, refresh_token, .. } = bank.takes(&asked, &bank.exchanges(&code, &asked).await).await;
        stage.world.advance(Duration::from_secs(1));
        refuses(&bank.exchanges(&code, &asked).await, 400, &["invalid_grant"]);
        assert_eq!(bank.userinfo(&access_token).await.status, 401, "what it bought is revoked");
        refuses(&bank.refreshes(&refresh_token.unwrap()).await, 400, &["invalid_grant"]);
    }
}

pub(crate) async fn ensure_token_endpoint_fails_with_expired_auth_code(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let (asked, code) = bank.gets_a_code(&mut browser).await;
        stage.world.advance(Duration::from_secs(62));
        refuses(&bank.exchanges(&code, &asked).await, 400, &["invalid_grant"]);
    }
}

/// In each variant a code is not given for that verifier, or for none.
async fn is_refused(stage: &mut Stage<'_>, verifier: Option<&str>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let (asked, code) = bank.gets_a_code(&mut browser).await;
        let mut form = bank.app.redemption(&code, &asked).to_vec();
        form.retain(|(name, _)| *name != "code_verifier");
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        refuses(&bank.token(&form).await, 400, &["invalid_grant"]);
        let (asked, code) = bank.gets_a_code(&mut browser).await;
        bank.takes(&asked, &bank.exchanges(&code, &asked).await).await;
    }
}

pub(crate) async fn ensure_pkce_code_verifier_required(stage: &mut Stage<'_>) {
    is_refused(stage, None).await;
}

pub(crate) async fn incorrect_pkce_code_verifier_rejected(stage: &mut Stage<'_>) {
    is_refused(stage, Some(&"w".repeat(43))).await;
}
