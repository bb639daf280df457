//! `GET`, `POST …/protocol/openid-connect/userinfo` (OpenID Connect Core §5.3): what the access token's scopes tell, and
//! what its request asked for by name.
//!
//! The token comes in the header or the form body, never in the query (SR-164). Our signature is checked, then whether
//! the grant still stands: reads, no write.

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::{AUTHORIZATION, CACHE_CONTROL};

use super::caller::Caller;
use super::fault::Fault;
use crate::protocol::claims::{self, Person};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::grant::Standing;
use crate::protocol::parameters::Parameters;
use crate::protocol::scope::OPENID;
use crate::store::{grants, users};

const CHALLENGE: &str = "Bearer error=\"invalid_token\"";

/// `GET`
pub(crate) async fn by_get(caller: Caller) -> Result<Response, Fault> {
    let token = bearer(&caller).ok_or_else(missing)?;
    tell(&caller, &token).await
}

/// `POST`
pub(crate) async fn by_post(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    let parameters = Parameters::parse(&body).map_err(|fault| Fault::Client(fault.into()))?;
    let in_body = parameters.single("access_token").map_err(|fault| Fault::Client(fault.into()))?;
    let token = match (bearer(&caller), in_body) {
        // RFC 6750 §2: "Clients MUST NOT use more than one method to transmit the token in each request."
        (Some(_), Some(_)) => return Err(Fault::Client(Error::invalid_request("two access tokens in one request"))),
        (header, in_body) => header.or_else(|| in_body.map(str::to_owned)).ok_or_else(missing)?,
    };
    tell(&caller, &token).await
}

fn bearer(caller: &Caller) -> Option<String> {
    let mut headers = caller.headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (headers.next()?, headers.next());
    let (scheme, token) = first.to_str().ok()?.split_once(' ')?;
    (second.is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim().to_owned())
}

/// RFC 6750 §3.1: a request without any token gets no error code.
fn missing() -> Fault {
    Fault::Challenged(Error::new(ErrorCode::InvalidToken, "an access token is missing"), "Bearer")
}

fn refused() -> Fault {
    Fault::Challenged(Error::new(ErrorCode::InvalidToken, "the access token is not valid"), CHALLENGE)
}

async fn tell(caller: &Caller, token: &str) -> Result<Response, Fault> {
    let (house, now, reads) = (&caller.house, caller.arrival.now, caller.app.store.reads());
    let token = house.keys.access_token(token, &house.issuer, now).ok_or_else(refused)?;
    // A client that was removed from the realm's files is nobody's client from then on.
    if caller.app.client(house, token.client_id().as_str()).await?.is_none() {
        return Err(refused());
    }
    let grant = token.grant_id().filter(|_| token.is_for(house.issuer.as_str())).ok_or_else(refused)?;
    let held = grants::held(&reads, &house.realm.name, grant, now).await?;
    let Some((user, Standing::Sound)) = held else { return Err(refused()) };
    if !token.scope().contains(OPENID) {
        let error = Error::new(ErrorCode::InsufficientScope, "the access token has no openid scope");
        return Err(Fault::Challenged(error, "Bearer error=\"insufficient_scope\", scope=\"openid\""));
    }
    let user = users::by_id(&reads, user).await?.ok_or_else(refused)?;
    let person = Person::of(&user, token.subject());
    let by_name = grants::claims(&reads, grant).await?;
    let mut response = Json(claims::told(token.scope(), by_name.userinfo(), &person)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
