//! An order, and its validation: the moment at which an account is needed.
//!
//! Whoever is signed in has their order validated at once; anybody else is sent to the provider and comes back to an
//! order that is validated (DOMAIN.md §9.4).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::Portal;
use super::home::remembering;
use super::login::{Towards, leave};
use super::pages;
use super::visitor::Visitor;

/// `GET /order`
pub(super) async fn page(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    remembering(&portal, &visitor, pages::order(&portal, &visitor))
}

/// `GET /order/validate`
pub(super) async fn validate(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let known = visitor.cookie(&portal.cookie_name("session")).and_then(|key| portal.sessions.find(key));
    let Some(session) = known else { return leave(&portal, &visitor, Towards::Order).await };
    session.lock().await.orders.push(portal.settings.clock.now());
    Redirect::to("/requests").into_response()
}
