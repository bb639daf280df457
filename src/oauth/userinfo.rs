//! `GET`, `POST …/protocol/openid-connect/userinfo` (OpenID Connect Core §5.3): what the access token's scopes tell, and
//! what its request asked for by name.
//!
//! Whether the token is taken is for [`bearer`] to say.

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Map, Value};

use super::caller::Caller;
use super::facts::Facts;
use super::fault::Fault;
use crate::app::bearer::{self, PresentedAccessToken, Resource};
use crate::protocol::claims::{self, SignedUserInfo};
use crate::protocol::client::Client;
use crate::protocol::error::Error;
use crate::protocol::issuer::Endpoint;
use crate::protocol::parameters::Parameters;
use crate::protocol::scope::OPENID;

/// `GET`
pub(crate) async fn by_get(caller: Caller) -> Response {
    let answer = tell(&caller, None).await;
    bearer::answered(&caller, answer)
}

/// `POST`
pub(crate) async fn by_post(caller: Caller, body: Bytes) -> Response {
    let answer = match in_form(&body) {
        Ok(token) => tell(&caller, token.as_deref()).await,
        Err(error) => Err(Fault::Client(error)),
    };
    bearer::answered(&caller, answer)
}

/// RFC 6750 §2.2.
fn in_form(body: &Bytes) -> Result<Option<String>, Error> {
    let parameters = Parameters::parse(body)?;
    Ok(parameters.single("access_token")?.map(str::to_owned))
}

async fn tell(caller: &Caller, in_body: Option<&str>) -> Result<Response, Fault> {
    let own = Resource { audience: caller.house.issuer.as_str(), addresses: caller.addresses(Endpoint::UserInfo) };
    let token = PresentedAccessToken::read(caller, in_body, &own).await?;
    let held = token.held_within(OPENID)?;
    let (user, grant) = (held.account()?.ok_or_else(|| token.refused())?, held.grant()?);
    // What the client may no longer have is told no more (SR-164).
    let by_name = claims::within(grant.claims().userinfo().iter().map(String::as_str), &token.client.scopes);
    let scope = token.claims.scope();
    let facts = Facts::read(&caller.app.store.reads(), &caller.house, &grant, (scope, &by_name)).await?;
    let told = claims::told(scope, &by_name, token.claims.subject(), facts.known(&user));
    tell_of(caller, &token.client, told)
}

/// As JSON, or as the JWT that the client registered for (Core §5.3.2).
fn tell_of(caller: &Caller, client: &Client, told: Map<String, Value>) -> Result<Response, Fault> {
    let house = &caller.house;
    let mut response = match client.signs.userinfo {
        None => Json(told).into_response(),
        Some(algorithm) => {
            let signed = house.keys.sign(algorithm, &SignedUserInfo::new(&house.issuer, &client.client_id, told));
            let signed = signed.map_err(|fault| Fault::server("what is told could not be signed", fault))?;
            ([(CONTENT_TYPE, "application/jwt")], signed.expose().clone()).into_response()
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
