//! The authority's own door: what a client of its reads and decides, by itself, over JSON (docs/how-to/verify-roles.md).
//!
//! Nothing is open: the first thing that a handler asks for is a [`Permitted`](permitted::Permitted), which names the right
//! that it needs and is made from an access token of a client that has it (SR-183). Addresses are Keycloak's, below
//! `/admin/realms/{realm}`.

mod members;
mod organisations;
mod page;
mod permitted;
mod problem;
mod roles;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, put};

use self::problem::Problem;
use crate::app::App;

/// Every route. Whatever is not one of them is nothing, also for who may do everything.
pub(crate) fn routes() -> Router<Arc<App>> {
    let base = "/admin/realms/{realm}";
    let organisation = format!("{base}/organizations/{{organization}}");
    Router::new()
        .route(&format!("{base}/organizations"), get(organisations::search).fallback(not_so))
        .route(&organisation, get(organisations::read).fallback(not_so))
        .route(&format!("{organisation}/members"), get(members::list).fallback(not_so))
        .route(&format!("{organisation}/members/{{user}}/roles/{{role}}"), put(roles::judge).fallback(not_so))
        .route("/admin/{*rest}", any(nowhere))
}

async fn not_so() -> Problem {
    Problem::Method
}

async fn nowhere() -> Problem {
    Problem::NotFound
}
