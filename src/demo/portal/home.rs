//! The front page, the person's own pages, and the way out.
//!
//! Name and address are asked of the provider at each visit: the portal keeps no copy that could grow old. When the
//! provider has ended the grant, the portal's session ends with it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use openidconnect::LocalizedClaim;

use super::login::{failed, with};
use super::pages::{self, Person, Trouble};
use super::provider::{Failure, UserInfo};
use super::visitor::{Visitor, forget, keep};
use super::words::List;
use super::{Offer, Portal};
use crate::clock::days;

/// `GET /`
pub(super) async fn front(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let known = visitor.cookie(&portal.cookie_name("session")).is_some_and(|key| portal.sessions.find(key).is_some());
    if known && !visitor.chosen {
        return Redirect::to(portal.home()).into_response();
    }
    let ended = visitor.parameter("ended").is_some();
    remembering(&portal, &visitor, pages::front(&portal, &visitor, ended))
}

/// `GET /home`
pub(super) async fn home(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    match portal.settings.offer {
        Offer::Overview | Offer::Organisations => {
            for_person(&portal, &visitor, |person| pages::home(&portal, &visitor, person)).await
        }
        Offer::Orders => Redirect::to(portal.home()).into_response(),
    }
}

/// `GET /requests`
pub(super) async fn requests(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    list(&portal, &visitor, List::Requests).await
}

/// `GET /drivers`
pub(super) async fn drivers(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    list(&portal, &visitor, List::Drivers).await
}

/// `GET /account`
pub(super) async fn account(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    for_person(&portal, &visitor, |person| pages::account(&portal, &visitor, person)).await
}

/// `GET /certificates`
pub(super) async fn certificates(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    list(&portal, &visitor, List::Certificates).await
}

/// `GET /expiries`
pub(super) async fn expiries(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    list(&portal, &visitor, List::Expiries).await
}

async fn list(portal: &Portal, visitor: &Visitor, list: List) -> Response {
    for_person(portal, visitor, |person| pages::list(portal, visitor, person, list)).await
}

/// `POST /sign-out`
pub(super) async fn sign_out(State(portal): State<Arc<Portal>>, visitor: Visitor, headers: HeaderMap) -> Response {
    // SameSite=Lax keeps other sites out; a neighbour on another port of this host is told by its origin.
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if origin.is_some_and(|origin| origin != portal.settings.base_url) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let cookie = portal.cookie_name("session");
    let session = visitor.cookie(&cookie).and_then(|key| portal.sessions.close(key));
    let out = with(vec![forget(&portal, cookie)]);
    let Some(session) = session else { return (out, Redirect::to("/")).into_response() };
    let session = session.lock().await;
    match portal.provider.end_session_url(&session, visitor.language).await {
        Ok(Some(address)) => (out, Redirect::to(address.as_str())).into_response(),
        Ok(None) => (out, Redirect::to("/")).into_response(),
        Err(failure) => (out, failed(&portal, &visitor, &failure)).into_response(),
    }
}

/// Everything else.
pub(super) async fn not_found(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    pages::trouble(&portal, &visitor, &Trouble::NotFound)
}

/// A page for somebody signed in; anybody else is led to the front page.
pub(super) async fn for_person(portal: &Portal, visitor: &Visitor, page: impl FnOnce(&Person) -> Response) -> Response {
    let cookie = portal.cookie_name("session");
    let Some((key, session)) = visitor.cookie(&cookie).and_then(|key| Some((key, portal.sessions.find(key)?))) else {
        return Redirect::to("/").into_response();
    };
    let mut session = session.lock().await;
    match portal.provider.person(&mut session).await {
        Ok(claims) => {
            let person = Person { orders: session.orders.clone(), ..person(&claims) };
            remembering(portal, visitor, page(&person))
        }
        Err(Failure::Unreachable(cause)) => failed(portal, visitor, &Failure::Unreachable(cause)),
        Err(failure) => {
            tracing::info!(client_id = portal.settings.client_id, %failure, "session over at the demo portal");
            portal.sessions.close(key);
            (with(vec![forget(portal, cookie)]), Redirect::to("/?ended")).into_response()
        }
    }
}

fn person(claims: &UserInfo) -> Person {
    let email = claims.email().map(|email| email.to_string());
    let whole = first(claims.name()).map(|name| name.to_string());
    let parts: Vec<String> = [
        first(claims.given_name()).map(|name| name.to_string()),
        first(claims.family_name()).map(|name| name.to_string()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let name = whole.or_else(|| (!parts.is_empty()).then(|| parts.join(" "))).or_else(|| email.clone());
    let organisation = claims.additional_claims().organisation();
    let name = name.unwrap_or_else(|| claims.subject().to_string());
    Person { name, email, organisation, orders: Vec::new() }
}

fn first<T>(claim: Option<&LocalizedClaim<T>>) -> Option<&T> {
    claim.and_then(|claim| claim.get(None))
}

/// Keeps a language chosen on this page for the next ones.
pub(super) fn remembering(portal: &Portal, visitor: &Visitor, page: Response) -> Response {
    if !visitor.chosen {
        return page;
    }
    let chosen = keep(portal, portal.cookie_name("language"), visitor.language.tag().to_owned(), Some(days(365)));
    (with(vec![chosen]), page).into_response()
}
