//! The introspection endpoint: `POST …/protocol/openid-connect/token/introspect` (RFC 7662 §2).
//!
//! Only a client that proves itself may ask, and only about tokens that concern it; of all others it hears the same
//! (SR-162). The kind of token is found out, whatever the hint says.

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};

use super::caller::Caller;
use super::fault::Fault;
use super::from_client::FromClient;
use super::token::refresh_policy;
use crate::app::standing::stands;
use crate::identity::user::User;
use crate::ids::UserId;
use crate::protocol::client_authentication::AuthenticatedClient;
use crate::protocol::error::Error;
use crate::protocol::introspection::{Introspection, SignedIntrospection, SpokenFor, concerns};
use crate::protocol::scope::{PROFILE, Scope};
use crate::secret::SecretHash;
use crate::store::{StoreError, held, users};

/// `POST`
pub(crate) async fn introspect(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    let FromClient { client, parameters } = FromClient::read(&caller, &body).await?;
    // RFC 7662 §2.1: "the endpoint MUST also require some form of authorization": a name alone is none.
    if client.is_public() {
        return Err(Fault::Client(Error::invalid_client()));
    }
    parameters.none_repeated().map_err(|fault| Fault::Client(fault.into()))?;
    let token = parameters.single("token").map_err(|fault| Fault::Client(fault.into()))?;
    let token = token.ok_or(Fault::Client(Error::invalid_request("token is missing")))?;
    let answer = match access_token(&caller, &client, token).await? {
        Some(answer) => answer,
        None => refresh_token(&caller, &client, token).await?.unwrap_or(Introspection::inactive()),
    };
    told(&caller, &client, answer)
}

async fn access_token(
    caller: &Caller,
    client: &AuthenticatedClient,
    token: &str,
) -> Result<Option<Introspection>, StoreError> {
    let (house, now) = (&caller.house, caller.arrival.now);
    let token = house.keys.access_token(token, &house.issuer, now);
    let Some(token) = token.filter(|token| concerns(token, client, &house.realm.resources)) else { return Ok(None) };
    let Some(stands) = stands(caller, &token).await? else { return Ok(None) };
    let who = match stands.held {
        Some(held) => {
            let account = if tells_username(token.scope()) { held.account()? } else { None };
            spoken_for(caller, client, held.user(), account.as_ref())
        }
        None => SpokenFor { subject: token.subject().clone(), username: None },
    };
    Ok(Some(Introspection::of_access_token(&token, who)))
}

/// A refresh token concerns nobody but the client that it was issued to.
async fn refresh_token(
    caller: &Caller,
    client: &AuthenticatedClient,
    token: &str,
) -> Result<Option<Introspection>, StoreError> {
    let (house, now, policy) = (&caller.house, caller.arrival.now, refresh_policy(&caller.house.realm.tokens));
    let reads = caller.app.store.reads();
    let token = held::by_refresh_token(&reads, &house.realm.name, &SecretHash::of(token), now).await?;
    let Some(token) = token.filter(|token| token.is_good_for(client, &policy, now)) else { return Ok(None) };
    let user = token.grant.authentication().user;
    let account = if tells_username(token.grant.scope()) { users::by_id(&reads, user).await? } else { None };
    let who = spoken_for(caller, client, user, account.as_ref());
    Ok(Some(Introspection::of_refresh_token(&house.issuer, &token, &policy, who)))
}

/// What people sign in with goes with the scope that tells it (SR-203).
fn tells_username(scope: &Scope) -> bool {
    scope.contains(PROFILE)
}

/// The person as this client knows them.
fn spoken_for(caller: &Caller, client: &AuthenticatedClient, user: UserId, account: Option<&User>) -> SpokenFor {
    let username = account.map(|account| account.sign_in_name().to_owned());
    SpokenFor { subject: caller.app.subjects.of(client, user), username }
}

/// As JSON, or signed for whoever asks for that (RFC 9701 §4).
fn told(caller: &Caller, client: &AuthenticatedClient, answer: Introspection) -> Result<Response, Fault> {
    let mut response = if wants_signature(caller) {
        let (house, now) = (&caller.house, caller.arrival.now);
        let claims = SignedIntrospection::new(&house.issuer, client, now, answer);
        let signed = house.keys.sign(client.signs.introspection, &claims);
        let signed = signed.map_err(|fault| Fault::server("an introspection could not be signed", fault))?;
        let media_type = HeaderValue::from_static(SignedIntrospection::MEDIA_TYPE);
        ([(CONTENT_TYPE, media_type)], signed.expose().clone()).into_response()
    } else {
        Json(answer).into_response()
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn wants_signature(caller: &Caller) -> bool {
    let accepted = caller.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|list| list.split(',')).map(|kind| kind.split(';').next().unwrap_or_default());
    kinds.any(|kind| kind.trim().eq_ignore_ascii_case(SignedIntrospection::MEDIA_TYPE))
}
