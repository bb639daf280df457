//! The happy flow, what becomes of its code, and what clients prove themselves by.

use guichet::clock::Duration;
use serde_json::{Value, json};

use crate::oauth::conformance::duties::{exchanges, gives, identifies, tells};
use crate::oauth::conformance::metadata;
use crate::oauth::conformance::registered::{Suite, key, opens, refusal};
use crate::oauth::conformance::run::{Mode, Run, declared};
use crate::oauth::{header, refused};
use crate::support::client_app::{ClientApp, Presents, claims};
use crate::support::world::World;

pub(in crate::oauth::conformance) async fn oidcc_server(world: &mut World, mode: Mode) {
    let mut run = Run::declared(world, mode, &[]).await;
    let mut asked = run.asks();
    // As long as the suite's longest.
    asked.state = "0123456789abcdef".repeat(8);
    let asked = asked.clone().with("state", &asked.state);
    assert!(run.goes(&asked).await, "somebody has to sign in");
    run.redeems(&asked).await;
}

pub(in crate::oauth::conformance) async fn oidcc_idtoken_signature(world: &mut World, mode: Mode) {
    opens(world).await;
    let suite = Suite::registers(world, "client_secret_basic", key(), &json!({})).await;
    assert_eq!(suite.client.told["id_token_signed_response_alg"], "RS256", "no algorithm was registered");
    let mut run = Run::of(world, suite, mode).await;
    let given = run.completes(&run.asks()).await;
    let header = header(&given.id_token);
    assert_eq!(header["alg"], "RS256");
    assert!(header["kid"].is_string());
    run.rp.ends(world).await;
}

/// Skipped: `none` is not announced. Who registers it all the same is refused.
pub(in crate::oauth::conformance) async fn oidcc_idtoken_unsigned(world: &mut World, _: Mode) {
    opens(world).await;
    let said = metadata::of(&world.portal()).await;
    assert!(!metadata::lists(&said, "id_token_signing_alg_values_supported", "none"));
    let told = refusal(world, &json!({"id_token_signed_response_alg": "none"})).await;
    assert_eq!(told, "invalid_client_metadata");
}

pub(in crate::oauth::conformance) async fn oidcc_server_client_secret_post(world: &mut World, mode: Mode) {
    let method = ("token_endpoint_auth_method", "\"client_secret_post\"");
    let mut run = Run::declared(world, mode, &[method]).await;
    run.rp.presents = Presents::Post;
    run.completes(&run.asks()).await;
}

pub(in crate::oauth::conformance) async fn oidcc_ensure_request_with_valid_pkce_succeeds(
    world: &mut World,
    mode: Mode,
) {
    let mut run = Run::declared(world, mode, &[]).await;
    let with_pkce = run.rp.asks();
    let mut asked = run.asks();
    for name in ["code_challenge", "code_challenge_method"] {
        let value = with_pkce.parameters.iter().find(|(other, _)| other == name).unwrap().1.clone();
        asked = asked.with(name, &value);
    }
    asked.verifier = with_pkce.verifier;
    run.completes(&asked).await;
    // The challenge was kept: without its verifier the code is worth nothing.
    run.goes(&asked).await;
    let code = run.rp.code(&asked, &run.answer());
    let bare = exchanges(&run.rp, &run.asks(), &code).await;
    assert_eq!((bare.status.as_u16(), refused(&bare)), (400, "invalid_grant".into()));
}

/// The code of a finished flow is sent twice; the answer to the first time.
async fn sends_twice(world: &mut World, mode: Mode, later: Duration) -> (Run<ClientApp>, Value) {
    let mut run = Run::declared(world, mode, &[]).await;
    let asked = run.asks();
    run.goes(&asked).await;
    let code = run.rp.code(&asked, &run.answer());
    let first = gives(&exchanges(&run.rp, &asked, &code).await);
    identifies(&run.rp, &asked, &first).await;
    tells(&run.rp.userinfo(&first.access_token).await);
    world.advance(later);
    let again = exchanges(&run.rp, &asked, &code).await;
    assert_eq!((again.status.as_u16(), refused(&again)), (400, "invalid_grant".into()));
    (run, first.answer)
}

pub(in crate::oauth::conformance) async fn oidcc_codereuse(world: &mut World, mode: Mode) {
    sends_twice(world, mode, Duration::from_secs(0)).await;
}

pub(in crate::oauth::conformance) async fn oidcc_codereuse_30seconds(world: &mut World, mode: Mode) {
    let (run, first) = sends_twice(world, mode, Duration::from_secs(30)).await;
    let userinfo = run.rp.userinfo(first["access_token"].as_str().unwrap()).await;
    assert_eq!(userinfo.status, 401, "what the code bought is refused as well");
}

pub(in crate::oauth::conformance) async fn oidcc_refresh_token(world: &mut World, mode: Mode) {
    let other = declared(world, "rp2", &[]).await;
    let mut run = Run::declared(world, mode, &[]).await;
    assert!(metadata::lists(&metadata::of(&run.rp).await, "scopes_supported", "offline_access"));
    let asked = run.asks().with("scope", "openid offline_access").with("prompt", "consent");
    let first = run.completes(&asked).await;
    world.advance(Duration::from_secs(5));
    let refresh_token = first.refresh_token.as_deref().unwrap();
    let stolen = other.refreshes(refresh_token).await;
    assert_eq!((stolen.status.as_u16(), refused(&stolen)), (400, "invalid_grant".into()));

    let mut refresh_token = refresh_token.to_owned();
    for scope in [None, Some("openid offline_access")] {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
        form.extend(scope.map(|scope| ("scope", scope)));
        let second = gives(&run.rp.token(&form).await);
        assert_eq!(second.answer["token_type"], "Bearer");
        is_the_same_but_newer(&claims(&first.id_token), &claims(&second.id_token));
        let told = tells(&run.rp.userinfo(&second.access_token).await);
        assert_eq!(told["sub"], claims(&first.id_token)["sub"]);
        refresh_token = second.refresh_token.unwrap_or(refresh_token);
    }
}

/// OpenID Connect Core §12.2.
pub(in crate::oauth::conformance) fn is_the_same_but_newer(then: &Value, now: &Value) {
    for same in ["iss", "sub", "aud", "azp", "auth_time"] {
        assert_eq!(now[same], then[same], "{same}");
    }
    assert!(now["iat"].as_i64() > then["iat"].as_i64());
}
