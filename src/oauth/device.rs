//! The device authorization endpoint: `POST …/protocol/openid-connect/auth/device` (RFC 8628 §3.1).
//!
//! A device that can show a code and ask, and no more. What its person does is in `journeys::device`; its questions are
//! answered at the token endpoint.

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;

use super::caller::Caller;
use super::fault::Fault;
use super::from_client::FromClient;
use crate::entropy;
use crate::event::EventKind;
use crate::ids::DeviceId;
use crate::protocol::device::{
    DeviceAuthorization, DeviceRequest, DeviceResponse, INTERVAL, LIFETIME, State, UserCode,
};
use crate::store::Tx;
use crate::store::device_authorizations::{self, Names};

/// How often a user code is drawn that waits already, before something must be wrong.
const DRAWS: usize = 4;

/// `POST`
pub(crate) async fn endpoint(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    let asked = FromClient::read(&caller, &body).await?;
    let request = DeviceRequest::read(&asked.parameters, &asked.client).map_err(Fault::Client)?;
    let (app, now) = (&caller.app, caller.arrival.now);
    let tx = app.store.begin().await?;
    // A public client is anybody: what they make us keep has a bound (SR-76).
    if let Err(slowed) = app.throttle.journey(&tx, &caller.arrival.source.network(), now).await? {
        tx.commit_housekeeping().await?;
        return Err(Fault::Slowed(slowed.seconds(now)));
    }
    let device = DeviceAuthorization {
        id: DeviceId::new(now, &*app.entropy),
        client_id: asked.client.client_id.clone(),
        scope: request.scope,
        state: State::Pending,
        interval: INTERVAL,
        polled: None,
        expires: now + LIFETIME,
    };
    let answer = keep(&caller, &tx, &device).await?;
    tx.commit(&caller.event_of(&asked.client, EventKind::DeviceAsked)).await?;
    let mut response = Json(answer).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Keeps the device under codes that no other waits under.
async fn keep(caller: &Caller, tx: &Tx, device: &DeviceAuthorization) -> Result<DeviceResponse, Fault> {
    let (app, house) = (&caller.app, &caller.house);
    for _ in 0..DRAWS {
        let (device_code, user_code) = (entropy::token(&*app.entropy), UserCode::new(&*app.entropy));
        let realm = &house.realm.name;
        let names = Names { device_code: device_code.hash(), user_code: app.keyed(realm, &user_code) };
        if device_authorizations::insert(tx, realm, device, &names, caller.arrival.now).await? {
            return Ok(DeviceResponse::new(&house.issuer, &device_code, user_code));
        }
    }
    Err(Fault::server("a user code could not be drawn", "each waits already"))
}
