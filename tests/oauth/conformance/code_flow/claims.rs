//! What userinfo tells, by scope and by name, and in what ways it may be asked.

use http::Method;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::oauth::conformance::duties::tells;
use crate::oauth::conformance::run::{Mode, Run, SCOPES};
use crate::oauth::conformance::{metadata, test_user};
use crate::support::client_app::{claims, endpoint};
use crate::support::world::World;

/// Where an access token stands in a request (RFC 6750 §2.1, §2.2).
enum Bearer {
    Header,
    Body,
}

/// Userinfo asked in that way, with every claim in reach.
async fn is_told(world: &mut World, mode: Mode, method: Method, bearer: Bearer) {
    let mut run = Run::declared(world, mode, &[]).await;
    let given = run.completes(&run.asks().with("scope", SCOPES)).await;
    let header = format!("Bearer {}", given.access_token);
    let (headers, body) = match bearer {
        Bearer::Header => (vec![(AUTHORIZATION, header.as_str())], String::new()),
        Bearer::Body => (Vec::new(), format!("access_token={}", given.access_token)),
    };
    let told = tells(&run.rp.sends(&method, &endpoint("userinfo"), &headers, body).await);
    assert_eq!(told["sub"], claims(&given.id_token)["sub"]);
    assert!(told["updated_at"].is_number() && told["address"].is_object() && told["email_verified"].is_boolean());
}

pub(in crate::oauth::conformance) async fn oidcc_userinfo_get(world: &mut World, mode: Mode) {
    is_told(world, mode, Method::GET, Bearer::Header).await;
}

pub(in crate::oauth::conformance) async fn oidcc_userinfo_post_header(world: &mut World, mode: Mode) {
    is_told(world, mode, Method::POST, Bearer::Header).await;
}

pub(in crate::oauth::conformance) async fn oidcc_userinfo_post_body(world: &mut World, mode: Mode) {
    is_told(world, mode, Method::POST, Bearer::Body).await;
}

/// Within that scope exactly these claims are told, by userinfo alone; scope and claims are announced.
async fn within(world: &mut World, mode: Mode, scope: &str, wanted: &[Value]) {
    let mut run = Run::declared(world, mode, &[]).await;
    let given = run.completes(&run.asks().with("scope", scope)).await;
    if let Some(granted) = given.answer["scope"].as_str() {
        let words = |scope: &str| scope.split(' ').map(ToOwned::to_owned).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(words(granted), words(scope));
    }
    let mut told = tells(&run.rp.userinfo(&given.access_token).await);
    assert_eq!(told.as_object_mut().unwrap().remove("sub"), Some(claims(&given.id_token)["sub"].clone()));
    let said = metadata::of(&run.rp).await;
    assert!(scope.split(' ').all(|scope| metadata::lists(&said, "scopes_supported", scope)));
    assert!(told.as_object().unwrap().keys().all(|claim| metadata::lists(&said, "claims_supported", claim)), "{told}");
    if scope.contains("profile") {
        let updated = told.as_object_mut().unwrap().remove("updated_at");
        assert_eq!(updated.and_then(|time| time.as_i64()), Some(world.now().seconds()));
    }
    let wanted = wanted.iter().flat_map(|claims| claims.as_object().unwrap().clone()).collect();
    assert_eq!(told, Value::Object(wanted));
}

pub(in crate::oauth::conformance) async fn oidcc_scope_profile(world: &mut World, mode: Mode) {
    let profile = test_user::profile();
    assert_eq!(profile.as_object().unwrap().len() + 1, 14, "with updated_at, every claim of Core §5.4");
    within(world, mode, "openid profile", &[profile]).await;
}

pub(in crate::oauth::conformance) async fn oidcc_scope_email(world: &mut World, mode: Mode) {
    within(world, mode, "openid email", &[test_user::email()]).await;
}

pub(in crate::oauth::conformance) async fn oidcc_scope_address(world: &mut World, mode: Mode) {
    within(world, mode, "openid address", &[test_user::address()]).await;
}

pub(in crate::oauth::conformance) async fn oidcc_scope_phone(world: &mut World, mode: Mode) {
    within(world, mode, "openid phone", &[test_user::phone()]).await;
}

pub(in crate::oauth::conformance) async fn oidcc_scope_all(world: &mut World, mode: Mode) {
    let all = [test_user::profile(), test_user::email(), test_user::address(), test_user::phone()];
    within(world, mode, SCOPES, &all).await;
}

pub(in crate::oauth::conformance) async fn oidcc_claims_essential(world: &mut World, mode: Mode) {
    let mut run = Run::declared(world, mode, &[]).await;
    assert_eq!(metadata::of(&run.rp).await["claims_parameter_supported"], true);
    let wanted = json!({"userinfo": {"name": {"essential": true}}}).to_string();
    // That the name stays out of the ID token is among the duties.
    let given = run.completes(&run.asks().with("claims", &wanted)).await;
    let told = tells(&run.rp.userinfo(&given.access_token).await);
    assert_eq!(told, json!({"sub": claims(&given.id_token)["sub"], "name": "Marie Durand"}));
}
