//! RP-initiated logout: `GET`, `POST …/protocol/openid-connect/logout` (OpenID Connect RP-Initiated Logout 1.0).
//!
//! At once with an ID token of the open session; otherwise the hosted page asks, with the same parameters (SR-165).

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::response::Response;
use http::HeaderValue;
use http::header::SET_COOKIE;

use super::caller::{Caller, see_other};
use super::fault::Fault;
use crate::app::cookies::{self, Name};
use crate::app::trouble::Trouble;
use crate::event::{Event, EventKind};
use crate::ids::SessionId;
use crate::protocol::issuer::Endpoint;
use crate::protocol::logout::{self, Conduct, LogoutRefusal};
use crate::protocol::parameters::Parameters;
use crate::store::sessions;

/// `GET`
pub(crate) async fn by_get(caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    end(caller, &read(query.unwrap_or_default().as_bytes())?).await
}

/// `POST`
pub(crate) async fn by_post(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    let parameters = read(&body)?;
    match caller.without_cookies(Endpoint::EndSession, &parameters) {
        Some(detour) => Ok(detour),
        None => end(caller, &parameters).await,
    }
}

fn read(encoded: &[u8]) -> Result<Parameters, Fault> {
    Parameters::parse(encoded).map_err(|fault| refused(fault.into()))
}

async fn end(caller: Caller, parameters: &Parameters) -> Result<Response, Fault> {
    let failed = |error| Fault::page("a session could not be ended", error);
    let current = caller.session().await.map_err(failed)?;
    let asked = logout::read(parameters, &|token| caller.id_token_hint(token)).map_err(refused)?;
    let client = match asked.client_id() {
        Some(id) => caller.app.client(&caller.house, id).await.map_err(failed)?,
        None => None,
    };
    let open = current.as_ref().map(|session| session.id);
    let request = asked.judge(parameters, client.as_deref(), open).map_err(refused)?;
    let realm = &caller.house.realm.name;
    match request.conduct {
        Conduct::Act(session) => {
            let user = current.map(|session| session.authenticated.user());
            let event = Event { session: Some(session), user, ..caller.event(EventKind::SignedOut) };
            act(&caller, session, &event, request.destination).await
        }
        Conduct::Ask(_) => Ok(see_other(&format!("/realms/{realm}/sign-out?{}", parameters.encoded()), None)),
        Conduct::AlreadyDone => {
            let here = format!("/realms/{realm}/signed-out");
            Ok(see_other(request.destination.as_deref().unwrap_or(&here), None))
        }
    }
}

/// A refusal is a page of ours: no address was proven.
fn refused(refusal: LogoutRefusal) -> Fault {
    tracing::info!(%refusal, "a logout request was refused");
    Fault::Person(match refusal {
        LogoutRefusal::ClientMismatch => Trouble::UnknownApplication,
        LogoutRefusal::ClientMissing | LogoutRefusal::RedirectUriMismatch => Trouble::UndeclaredAddress,
        LogoutRefusal::Unreadable(_) | LogoutRefusal::HintInvalid => Trouble::MalformedRequest,
    })
}

async fn act(
    caller: &Caller,
    session: SessionId,
    event: &Event,
    destination: Option<String>,
) -> Result<Response, Fault> {
    let failed = |error| Fault::page("a session could not be ended", error);
    let tx = caller.app.store.begin().await.map_err(failed)?;
    sessions::end(&tx, session, caller.arrival.now).await.map_err(failed)?;
    tx.commit(event).await.map_err(failed)?;
    let here = format!("/realms/{}/signed-out", caller.house.realm.name);
    let mut response = see_other(destination.as_deref().unwrap_or(&here), None);
    let headers = response.headers_mut();
    if let Ok(forget) = HeaderValue::from_str(&cookies::forget(Name::Session(&caller.house.realm.name))) {
        headers.append(SET_COOKIE, forget);
    }
    // SR-113
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
