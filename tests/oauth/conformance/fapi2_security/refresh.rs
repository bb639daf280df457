//! What the plans ask of refresh tokens: bound to their client, worth nothing without its key, and lasting.

use guichet::clock::Duration;
use serde_json::json;

use super::checks::refuses;
use super::party::Party;
use super::stage::{By, Stage, Variant};
use crate::support::client_app::{Tokens, claims, tokens};
use crate::support::holder::Holder;

pub(crate) async fn refresh_token(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let (mut bank, other) = (stage.first(variant).await, stage.second(variant).await);
        let asked = bank.asks();
        let given = bank.happy(&mut browser, &asked).await;
        let token = given.refresh_token.as_deref().unwrap();
        refuses(&other.refreshes(token).await, 400, &["invalid_grant"]);
        needs_all(stage, &mut bank, token).await;
        stage.world.advance(Duration::from_secs(5));
        // Core §12.2: an ID token that comes later should have no `nonce`.
        let asked = asked.with("nonce", "");
        let renewed = bank.takes(&asked, &bank.refreshes(token).await).await;
        is_of_the_same(&renewed, &given);
        // FAPI 2.0 §5.3.2.1: the earlier token is good half a minute later, whatever came of its use.
        stage.world.advance(Duration::from_secs(30));
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", "openid profile email")];
        let later = bank.takes(&asked, &bank.token(&form).await).await;
        assert_eq!(later.refresh_token.as_deref(), Some(token), "it stays");
        if variant.binds == By::Jwt {
            may_change_its_key(&mut bank, token).await;
        }
        let second = other.happy(&mut browser, &other.asks()).await;
        refuses(&bank.refreshes(second.refresh_token.as_deref().unwrap()).await, 400, &["invalid_grant"]);
    }
}

/// Neither without authentication, nor without the key that tokens are bound to.
async fn needs_all(stage: &Stage<'_>, bank: &mut Party, token: &str) {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let shown = bank.tls.clone();
    if bank.variant.authenticates == By::Certificate {
        bank.tls = stage.tls.clone();
    }
    let unknown = bank.posts_as(&bank.naming_itself(), "token", &form, &bank.proofs("token")).await;
    refuses(&unknown, 401, &["invalid_client"]);
    bank.tls = match bank.variant.binds {
        By::Jwt => shown.clone(),
        By::Certificate => stage.tls.clone(),
    };
    let unbound = bank.posts("token", &form, &[]).await;
    match (bank.variant.authenticates, bank.variant.binds) {
        (_, By::Jwt) => refuses(&unbound, 400, &["invalid_dpop_proof"]),
        (By::Jwt, By::Certificate) => refuses(&unbound, 400, &["invalid_request"]),
        (By::Certificate, By::Certificate) => refuses(&unbound, 401, &["invalid_client"]),
    }
    bank.tls = shown;
}

/// Core §12.2.
fn is_of_the_same(renewed: &Tokens, given: &Tokens) {
    let (now, then) = (claims(&renewed.id_token), claims(&given.id_token));
    for same in ["iss", "sub", "aud", "azp", "auth_time"] {
        assert_eq!(now[same], then[same], "{same}");
    }
    assert_ne!(now["iat"], then["iat"]);
    assert_ne!(renewed.access_token, given.access_token);
}

/// RFC 9449 §5: the refresh tokens of a confidential client are its own by its authentication.
async fn may_change_its_key(bank: &mut Party, token: &str) {
    let before = std::mem::replace(&mut bank.holder, Holder::new("ES256"));
    let changed = tokens(&bank.refreshes(token).await).access_token;
    assert_eq!(claims(&changed)["cnf"], json!({"jkt": bank.holder.thumbprint()}));
    assert_eq!(bank.userinfo(&changed).await.status, 200);
    bank.holder = before;
    assert_eq!(bank.userinfo(&changed).await.status, 401);
}
