//! What clients read before they ask: metadata, public keys, and the realm in one line. Written once, served as they are.

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use serde_json::json;

use super::caller::Caller;

/// OpenID Connect Discovery §4, RFC 8414 §3: one document at both addresses.
pub(crate) async fn metadata(caller: Caller) -> Response {
    public(caller.house.metadata.clone())
}

/// RFC 7517 §5.
pub(crate) async fn jwks(caller: Caller) -> Response {
    public(caller.house.jwks.clone())
}

/// The realm's public face, as Keycloak's adapters read it.
pub(crate) async fn realm(caller: Caller) -> Response {
    let issuer = caller.house.issuer.as_str();
    Json(json!({
        "realm": caller.house.realm.name.as_str(),
        "token-service": format!("{issuer}/protocol/openid-connect"),
        "account-service": format!("{issuer}/account"),
    }))
    .into_response()
}

/// Public to every origin, and kept for five minutes: shorter than a key is announced ahead of its turn (SR-158).
fn public(json: Bytes) -> Response {
    let mut response = json.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
