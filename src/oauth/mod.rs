//! The protocol's endpoints, a file each: what is decided is in [`protocol`](crate::protocol), what is kept in `store`.
//!
//! Addresses are Keycloak's (DESIGN.md §3), so that a portal moves by changing a host name.

mod authorize;
mod caller;
mod check_session;
mod client_assertion;
mod client_certificate;
mod cors;
mod device;
mod discovery;
mod end_session;
mod facts;
mod fault;
mod from_client;
mod introspect;
mod par;
mod possession;
mod presented;
mod registration;
mod resume;
mod revoke;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, PRAGMA};

use crate::app::App;
use crate::protocol::issuer::Endpoint;

/// Every endpoint, and around them who may read what they answer.
pub(crate) fn endpoints(app: &Arc<App>) -> Router<Arc<App>> {
    let base = "/realms/{realm}/protocol/openid-connect";
    let registrations = "/realms/{realm}/clients-registrations/openid-connect";
    let managed = get(registration::manage::read).put(registration::manage::replace);
    Router::new()
        .route("/realms/{realm}/.well-known/openid-configuration", get(discovery::metadata))
        .route("/.well-known/oauth-authorization-server/realms/{realm}", get(discovery::metadata))
        .route("/realms/{realm}", get(discovery::realm))
        .route(&format!("{base}/certs"), get(discovery::jwks))
        .route(&format!("{base}/auth"), get(authorize::by_get).post(authorize::by_post).head(without_effect))
        .route(&format!("{base}/registrations"), get(authorize::registrations).head(without_effect))
        .route(&format!("{base}/auth/resume"), get(resume::resume).head(without_effect))
        .route(&format!("{base}/auth/cancel"), get(resume::cancel))
        .route(registrations, post(registration::register))
        .route(&format!("{registrations}/{{client_id}}"), managed.delete(registration::manage::delete))
        .route(&format!("{base}/logout"), get(end_session::by_get).post(end_session::by_post).head(without_effect))
        .route(&format!("{base}/login-status-iframe.html"), get(check_session::frame))
        .route(&format!("{base}/3p-cookies/step1.html"), get(check_session::embedded_cookies))
        .merge(for_machines())
        .layer(from_fn_with_state(Arc::clone(app), cors::layer))
}

/// Those that clients and resources ask by themselves, without a person's browser: served where certificates are shown
/// as well, and announced there as `mtls_endpoint_aliases` (RFC 8705 §5).
pub(crate) fn for_machines() -> Router<Arc<App>> {
    let at = |endpoint: Endpoint| format!("/realms/{{realm}}{}", endpoint.path());
    Router::new()
        .route(&at(Endpoint::PushedAuthorizationRequest), post(par::push))
        .route(&at(Endpoint::DeviceAuthorization), post(device::endpoint))
        .route(&at(Endpoint::Token), post(token::endpoint))
        .route(&at(Endpoint::Introspection), post(introspect::introspect))
        .route(&at(Endpoint::Revocation), post(revoke::revoke))
        .route(&at(Endpoint::UserInfo), get(userinfo::by_get).post(userinfo::by_post))
}

/// An answer that holds something secret: in no cache, old ones included (RFC 6749 §5.1, RFC 7591 §3.2.1).
fn kept_by_nobody(mut answer: Response) -> Response {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

/// HEAD, where GET begins a journey, issues a code or ends a session: nothing of it (SR-108). There is no telling what
/// GET would answer without doing it, and RFC 9110 §9.3.2 lets go of header fields that only the content would bring.
async fn without_effect(_: caller::Caller) -> impl IntoResponse {
    [(CACHE_CONTROL, "no-store")]
}
