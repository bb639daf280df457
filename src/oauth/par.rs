//! Pushed authorization requests: `POST …/protocol/openid-connect/ext/par/request` (RFC 9126).
//!
//! The client proves itself, its request passes the same row of checks as any other, and what it asked stays with us; the
//! browser will bring a reference and nothing else (SR-133).

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::authorize;
use super::caller::Caller;
use super::fault::Fault;
use super::from_client::FromClient;
use super::possession::Possession;
use super::presented::{self, Obstacle};
use crate::app::possession::with_fresh_nonce;
use crate::entropy;
use crate::event::EventKind;
use crate::protocol::request::presented::Presented;
use crate::protocol::request::pushed::{PushedReference, PushedRequest};
use crate::protocol::request::{Rejection, dpop_jkt};
use crate::secret::Secret;
use crate::store::pushed::{self, Pushed};

/// RFC 9126 §2.2.
#[derive(Serialize)]
struct Answer {
    request_uri: Secret<String>,
    expires_in: u64,
}

/// `POST`
pub(crate) async fn push(caller: Caller, body: Bytes) -> Response {
    let answer = keep(&caller, &body).await.into_response();
    with_fresh_nonce(&caller, answer)
}

async fn keep(caller: &Caller, body: &Bytes) -> Result<Response, Fault> {
    let FromClient { client, parameters } = FromClient::read(caller, body).await?;
    let shown = Possession::with_request(caller, &client).map_err(Fault::Client)?;
    let presented = presented::by_client(caller, &client, &parameters).await.map_err(|obstacle| match obstacle {
        Obstacle::Told(error) => Fault::Client(error),
        Obstacle::Ours(fault) => fault,
    })?;
    let parameters = dpop_jkt::shown(presented.parameters, shown.key()).map_err(Fault::Client)?;
    let presented = Presented { parameters, ..presented };
    // §2.3: whatever is wrong is told to the client itself, address or not.
    authorize::judge(caller, Some(&client), &presented).map_err(|rejection| match rejection {
        Rejection::Refused(refusal) => Fault::Client(refusal.into()),
        Rejection::Answered(response) => Fault::Client(*response.error()),
    })?;
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.arrival.now);
    let (request_uri, reference) = PushedReference::new(&entropy::token(&*app.entropy));
    let tx = app.store.begin().await?;
    // A public client is anybody: what they make us keep has a bound (SR-76). One that proved itself pushes for all its
    // people from one place.
    if client.is_public()
        && let Err(slowed) = app.throttle.journey(&tx, &caller.arrival.source.network(), now).await?
    {
        tx.commit_housekeeping().await?;
        return Err(Fault::Slowed(slowed.seconds(now)));
    }
    shown.spend(caller, &tx).await?;
    let kept = Pushed { realm: &realm.name, client: &client.client_id, reference };
    pushed::keep(&tx, kept, &PushedRequest::of(&presented), now, now + realm.tokens.pushed_request).await?;
    tx.commit(&caller.event_of(&client, EventKind::RequestPushed)).await?;
    let answer = Answer { request_uri, expires_in: realm.tokens.pushed_request.as_secs() };
    let mut response = (StatusCode::CREATED, Json(answer)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
