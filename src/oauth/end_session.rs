//! RP-initiated logout: `GET`, `POST …/protocol/openid-connect/logout` (OpenID Connect RP-Initiated Logout 1.0).
//!
//! At once with an ID token of the open session; otherwise the hosted page asks, with the same parameters (SR-165).
//! Where applications are to be told in the browser, a page of ours does that before the browser goes on.

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
use crate::protocol::logout::{self, Conduct, LogoutRefusal, LogoutRequest};
use crate::protocol::parameters::Parameters;

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
            let client_id = request.client_id.as_ref().map(ToString::to_string);
            let own = caller.event(EventKind::SignedOut);
            let event = Event { session: Some(session), user, client: client_id, ..own };
            act(&caller, session, &event, request).await
        }
        Conduct::Ask(_) => Ok(see_other(&format!("/realms/{realm}/sign-out?{}", parameters.encoded()), None)),
        Conduct::AlreadyDone => {
            let here = request.goodbye(realm);
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

async fn act(caller: &Caller, session: SessionId, event: &Event, request: LogoutRequest) -> Result<Response, Fault> {
    let failed = |error| Fault::page("a session could not be ended", error);
    let (app, house) = (&caller.app, &caller.house);
    let tx = app.store.begin().await.map_err(failed)?;
    let farewell = app.end_session(&tx, house, session, caller.arrival.now).await.map_err(failed)?;
    tx.commit(event).await.map_err(failed)?;
    let onward = request.destination.clone().unwrap_or_else(|| request.goodbye(&house.realm.name));
    if !farewell.frames.is_empty() {
        return Err(Fault::Person(Trouble::SignedOut { farewell, onward }));
    }
    let mut response = see_other(&onward, None);
    let headers = response.headers_mut();
    for name in [Name::Session(&house.realm.name), Name::State(&house.realm.name)] {
        if let Ok(forget) = HeaderValue::from_str(&cookies::forget(name)) {
            headers.append(SET_COOKIE, forget);
        }
    }
    // SR-113
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
