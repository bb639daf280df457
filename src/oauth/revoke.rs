//! The revocation endpoint: `POST …/protocol/openid-connect/revoke` (RFC 7009 §2).
//!
//! A token that a client was given ends with all that hangs on the same grant, for good and on every node at once: what a
//! refresh brings out at the same moment hangs on it too (SR-163). Only a token by a grant that is somebody else's, or by
//! none, ends alone. Whether a token was known, and whose it is, nobody learns here.

use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::header::CACHE_CONTROL;

use super::caller::Caller;
use super::fault::Fault;
use super::from_client::FromClient;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::{GrantId, SessionId, UserId};
use crate::protocol::client::Client;
use crate::protocol::error::Error;
use crate::protocol::grant::Standing;
use crate::secret::SecretHash;
use crate::store::{StoreError, grants, held, revoked};

/// What is to end.
enum Found {
    /// A grant of the client's, and all that hangs on it.
    Family { grant: GrantId, user: UserId, session: Option<SessionId> },
    /// One access token.
    Alone { jti: String, ends: Timestamp },
}

/// `POST`
pub(crate) async fn revoke(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    let FromClient { client, parameters } = FromClient::read(&caller, &body).await?;
    parameters.none_repeated().map_err(|fault| Fault::Client(fault.into()))?;
    let token = parameters.single("token").map_err(|fault| Fault::Client(fault.into()))?;
    let token = token.ok_or(Fault::Client(Error::invalid_request("token is missing")))?;
    // RFC 7009 §2.1: where the hint does not help, the search goes on; we need none.
    let found = match access_token(&caller, &client, token).await? {
        Some(found) => Some(found),
        None => refresh_token(&caller, &client, token).await?,
    };
    if let Some(found) = found {
        end(&caller, &client, found).await?;
    }
    // RFC 7009 §2.2: "invalid tokens do not cause an error response".
    Ok([(CACHE_CONTROL, "no-store")].into_response())
}

async fn access_token(caller: &Caller, client: &Client, token: &str) -> Result<Option<Found>, StoreError> {
    let (house, now) = (&caller.house, caller.arrival.now);
    let token = house.keys.access_token(token, &house.issuer, now);
    let Some(token) = token.filter(|token| *token.client_id() == client.client_id) else { return Ok(None) };
    let parties = match token.grant_id() {
        Some(grant) => grants::parties(&caller.app.store.reads(), grant).await?.map(|parties| (grant, parties)),
        None => None,
    };
    Ok(Some(match parties {
        Some((grant, (user, session, owner))) if owner == client.client_id.as_str() => {
            Found::Family { grant, user, session: Some(session).filter(|session| !session.uuid().is_nil()) }
        }
        _ => Found::Alone { jti: token.jti().to_owned(), ends: token.ends() },
    }))
}

async fn refresh_token(caller: &Caller, client: &Client, token: &str) -> Result<Option<Found>, StoreError> {
    let (reads, realm) = (caller.app.store.reads(), &caller.house.realm.name);
    let token = held::by_refresh_token(&reads, realm, &SecretHash::of(token), caller.arrival.now).await?;
    let own = token.filter(|token| token.grant.belongs_to(client) && token.standing != Standing::Revoked);
    Ok(own.map(|token| {
        let authentication = token.grant.authentication();
        Found::Family { grant: token.grant.id(), user: authentication.user, session: authentication.session }
    }))
}

async fn end(caller: &Caller, client: &Client, found: Found) -> Result<(), StoreError> {
    let tx = caller.app.store.begin().await?;
    let event = caller.event_of(client, EventKind::TokenRevoked);
    let event = match found {
        Found::Family { grant, user, session } => {
            grants::revoke(&tx, grant, caller.arrival.now).await?;
            Event { user: Some(user), session, ..event }
        }
        Found::Alone { jti, ends } => {
            revoked::add(&tx, &jti, ends).await?;
            event
        }
    };
    tx.commit(&event).await
}
