//! Requests that come as objects (OpenID Connect Core §6). Nobody may leave them unsigned: the discovery document says so, and
//! the suite skips these modules; who sends one all the same is told what is wrong, and never sent to a default.

use serde_json::json;

use crate::oauth::conformance::duties::refuses;
use crate::oauth::conformance::metadata;
use crate::oauth::conformance::run::{DECLARED, Mode, Run};
use crate::oauth::par::MALFORMED;
use crate::oauth::request_object::object;
use crate::oauth::{is_a_page, jwks_line};
use crate::support::client_app::ClientApp;
use crate::support::peer::Reply;
use crate::support::signer::Signer;
use crate::support::world::World;

/// An object that nobody signed: all of a request, and the algorithm `none`.
pub(in crate::oauth::conformance) fn unsigned(claims: &serde_json::Value) -> String {
    let signed = Signer::sharing("nobody").signs_under(&json!({"alg": "none"}), claims);
    let (bare, _) = signed.rsplit_once('.').unwrap();
    format!("{bare}.")
}

/// Why the suite skips what is unsigned.
pub(in crate::oauth::conformance) async fn none_is_not_announced(app: &ClientApp) {
    let said = metadata::of(app).await;
    assert!(said["request_object_signing_alg_values_supported"].is_array());
    assert!(!metadata::lists(&said, "request_object_signing_alg_values_supported", "none"));
}

pub(in crate::oauth::conformance) async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    world: &mut World,
    mode: Mode,
) {
    let mut run = Run::declared(world, mode, &[]).await;
    none_is_not_announced(&run.rp).await;
    let asked = run.asks();
    let jwt = unsigned(&object(world, &asked, &json!({})));
    run.goes(&asked.clone().with("request", &jwt)).await;
    assert_eq!(refuses(&run.rp, &asked, &run.is_refused_on_a_page(DECLARED)), "invalid_request_object");
}

pub(in crate::oauth::conformance) async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    world: &mut World,
    mode: Mode,
) {
    let uri = "https://rp.example/requestobject#fragment";
    let mut run = Run::declared(world, mode, &[("request_uris", &format!("[\"{uri}\"]"))]).await;
    none_is_not_announced(&run.rp).await;
    let asked = run.asks();
    let peer = world.outside.peer("rp.example").await;
    peer.says(Reply::document("application/jwt", unsigned(&object(world, &asked, &json!({})))));
    run.goes(&asked.clone().with("request_uri", uri)).await;
    assert_eq!(refuses(&run.rp, &asked, &run.is_refused_on_a_page(DECLARED)), "invalid_request_object");
    assert_eq!(peer.heard().len(), 1, "it was fetched, and judged");
}

/// The object holds the good address, the request beside it a bad one.
pub(in crate::oauth::conformance) async fn oidcc_ensure_request_object_with_redirect_uri(
    world: &mut World,
    mode: Mode,
) {
    let key = Signer::new("RS256", "").nameless();
    let jwks = jwks_line(&key);
    let (name, value) = jwks.trim().split_once(" = ").unwrap();
    let mut run = Run::declared(world, mode, &[(name, value)]).await;
    none_is_not_announced(&run.rp).await;
    let asked = run.asks();
    let claims = object(world, &asked, &json!({}));
    let outside = asked.clone().with("redirect_uri", "https://ailleurs.example/");
    run.goes(&outside.clone().with("request", &unsigned(&claims))).await;
    is_a_page(&run.browser, 400, MALFORMED);
    assert!(!run.leads_to("https://ailleurs.example/") && !run.leads_to(&run.rp.redirect_uri), "nor to a default");
    // Signed, it is obeyed: the address inside is the one that counts.
    run.goes(&outside.with("request", &key.signs(&claims))).await;
    run.redeems(&asked).await;
}
