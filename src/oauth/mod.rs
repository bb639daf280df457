//! The protocol's endpoints, a file each: what is decided is in [`protocol`](crate::protocol), what is kept in `store`.
//!
//! Addresses are Keycloak's (DESIGN.md §3), so that a portal moves by changing a host name.

mod authorize;
mod caller;
mod discovery;
mod end_session;
mod fault;
mod from_client;
mod resume;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// Every endpoint.
pub(crate) fn endpoints() -> Router<Arc<App>> {
    let base = "/realms/{realm}/protocol/openid-connect";
    Router::new()
        .route("/realms/{realm}/.well-known/openid-configuration", get(discovery::metadata))
        .route("/.well-known/oauth-authorization-server/realms/{realm}", get(discovery::metadata))
        .route("/realms/{realm}", get(discovery::realm))
        .route(&format!("{base}/certs"), get(discovery::jwks))
        .route(&format!("{base}/auth"), get(authorize::by_get).post(authorize::by_post))
        .route(&format!("{base}/registrations"), get(authorize::registrations))
        .route(&format!("{base}/auth/resume"), get(resume::resume))
        .route(&format!("{base}/auth/cancel"), get(resume::cancel))
        .route(&format!("{base}/token"), post(token::endpoint))
        .route(&format!("{base}/userinfo"), get(userinfo::by_get).post(userinfo::by_post))
        .route(&format!("{base}/logout"), get(end_session::by_get).post(end_session::by_post))
}
