//! Dynamic client registration: `POST …/clients-registrations/openid-connect` (RFC 7591 §3, OpenID Connect Registration).
//!
//! Who may come is in [`access`], what becomes of what they ask in [`draft`], how a client manages itself afterwards in
//! [`manage`] (RFC 7592). Nothing is fetched and nothing kept for somebody who may not come.

mod access;
mod draft;
pub(super) mod manage;
mod sector;

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use self::access::Admission;
use self::draft::Draft;
use super::caller::Caller;
use super::fault::Fault;
use super::kept_by_nobody;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::keys::strict_json;
use crate::protocol::error::Error;
use crate::protocol::issuer::Endpoint;
use crate::realm::registration::request::Asked;
use crate::secret::Secret;
use crate::store::clients::{self, NewClient};

/// Most bytes of what is asked (SR-207).
const LONGEST: usize = 64 * 1024;

/// `POST`
pub(crate) async fn register(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.arrival.now);
    let admission = access::admit(&caller).await?;
    let asked = asked(&caller, &body)?;
    let client_id = access::new_name(&caller);
    let draft = Draft::new(&caller, &client_id, &asked, None)?;
    sector::check(&caller, &asked, &draft.client).await?;
    let token = entropy::token(&*app.entropy);

    let tx = app.store.begin().await?;
    let admitted_by = match admission {
        Admission::Open => None,
        Admission::By(initial) => Some(access::spend(&tx, &caller, &initial).await?),
    };
    let (document, particulars) = (draft.document.as_str(), draft.particulars.as_str());
    let new = NewClient { client_id: &client_id, document, particulars, token: token.hash(), admitted_by };
    clients::insert(&tx, &realm.name, &new, now).await?;
    // The trail says which initial token it came with.
    let reason = admitted_by.map(|token| token.to_string());
    tx.commit(&Event { reason, ..caller.event_of(&draft.client, EventKind::ClientRegistered) }).await?;
    let told = told(&caller, &draft, now.seconds(), &token);
    Ok(kept_by_nobody((StatusCode::CREATED, Json(told)).into_response()))
}

/// What the client is told, once: RFC 7591 §3.2.1, RFC 7592 §3.
fn told(caller: &Caller, draft: &Draft, issued_at: i64, token: &Secret<String>) -> Map<String, Value> {
    let mut told = draft.metadata();
    let id = draft.client.client_id.as_str();
    told.insert("client_id_issued_at".to_owned(), issued_at.into());
    told.insert("registration_client_uri".to_owned(), address(caller, id).into());
    told.insert("registration_access_token".to_owned(), token.expose().as_str().into());
    if let Some(secret) = &draft.secret {
        told.insert("client_secret".to_owned(), secret.expose().as_str().into());
    }
    if draft.client.authentication.has_secret() {
        // It does not end: RFC 7591 §3.2.1 writes that as 0.
        told.insert("client_secret_expires_at".to_owned(), 0.into());
    }
    told
}

/// RFC 7592 §1.3.
fn address(caller: &Caller, client_id: &str) -> String {
    format!("{}/{client_id}", caller.house.issuer.endpoint(Endpoint::Registration))
}

/// Reads what is asked: JSON that says so (SR-109), strict, bounded, and an object.
fn asked<'a>(caller: &'a Caller, body: &Bytes) -> Result<Asked<'a>, Fault> {
    if !is_json(&caller.headers) {
        return Err(Fault::Client(Error::invalid_request("the body is not application/json")));
    }
    let members = Some(body).filter(|body| body.len() <= LONGEST).and_then(|body| strict_json::read(body));
    let members = members.ok_or(Fault::Client(Error::invalid_client_metadata("the body is not a JSON object")))?;
    Asked::read(members, &caller.house.realm.client_registration).map_err(Fault::Client)
}

fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}
