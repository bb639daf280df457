//! How a registered client manages itself: GET, PUT and DELETE at its own address (RFC 7592).
//!
//! Its token stays the same for as long as the registration does: an answer that gets lost must not lock the client out
//! of its own registration. Its secret is told when it is made, and never again. A client that an operator switched off
//! manages nothing, and none can become more than its realm allows (SR-151).

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;

use super::draft::Draft;
use super::{access, asked, sector, told};
use crate::app::App;
use crate::app::clients::judged;
use crate::event::EventKind;
use crate::keys::client_secret::ClientSecrets;
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::oauth::kept_by_nobody;
use crate::protocol::client::Client;
use crate::protocol::error::Error;
use crate::realm::registration::request::Asked;
use crate::secret::SecretHash;
use crate::store::clients::RegisteredClient;
use crate::store::{clients, consents, grants};

/// The last part of a registration's address; empty when it cannot be anybody's.
pub(crate) struct Named(String);

impl FromRequestParts<Arc<App>> for Named {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let path = RawPathParams::from_request_parts(parts, app).await.ok();
        let name = path.iter().flatten().find(|(key, _)| *key == "client_id").map(|(_, value)| value.to_owned());
        Ok(Self(name.unwrap_or_default()))
    }
}

/// `GET`: what is registered (RFC 7592 §2.1).
pub(crate) async fn read(caller: Caller, named: Named) -> Result<Response, Fault> {
    let (kept, token) = access::manager(&caller, &named.0).await?;
    let client = known(&caller, &kept)?;
    let tx = caller.app.store.begin().await?;
    tx.commit(&caller.event_of(&client, EventKind::ClientRead)).await?;
    let RegisteredClient { document, particulars, created_at, .. } = kept;
    let draft = Draft { client: Client::clone(&client), document, particulars, secret: None };
    Ok(kept_by_nobody(Json(told(&caller, &draft, created_at.seconds(), &token)).into_response()))
}

/// `PUT`: something else in its place, as a whole (RFC 7592 §2.2).
pub(crate) async fn replace(caller: Caller, named: Named, body: Bytes) -> Result<Response, Fault> {
    let (kept, token) = access::manager(&caller, &named.0).await?;
    let client = known(&caller, &kept)?;
    let asked = asked(&caller, &body)?;
    is_about(&caller, &asked, &client)?;
    let draft = Draft::new(&caller, &kept.client_id, &asked, Some(&client))?;
    sector::check(&caller, &asked, &draft.client).await?;
    let (realm, now) = (&caller.house.realm, caller.arrival.now);
    let tx = caller.app.store.begin().await?;
    let said = (draft.document.as_str(), draft.particulars.as_str());
    if !clients::replace(&tx, &realm.name, &kept, said, now).await? {
        return Err(Fault::Client(Error::invalid_request("the registration changed meanwhile: read it again")));
    }
    tx.commit(&caller.event_of(&draft.client, EventKind::ClientReplaced)).await?;
    Ok(kept_by_nobody(Json(told(&caller, &draft, kept.created_at.seconds(), &token)).into_response()))
}

/// `DELETE`: its end, and the end of all that it was given (RFC 7592 §2.3).
pub(crate) async fn delete(caller: Caller, named: Named) -> Result<Response, Fault> {
    let (kept, _) = access::manager(&caller, &named.0).await?;
    let (realm, now) = (&caller.house.realm.name, caller.arrival.now);
    let tx = caller.app.store.begin().await?;
    if !clients::delete(&tx, realm, &kept.client_id).await? {
        return Err(access::refused());
    }
    grants::revoke_of_client(&tx, realm, &kept.client_id, now).await?;
    consents::forget_client(&tx, realm, &kept.client_id).await?;
    let event = caller.event(EventKind::ClientDeleted);
    tx.commit(&crate::event::Event { client: Some(kept.client_id), ..event }).await?;
    Ok(kept_by_nobody(StatusCode::NO_CONTENT.into_response()))
}

fn known(caller: &Caller, kept: &RegisteredClient) -> Result<Arc<Client>, Fault> {
    judged(&caller.house, kept).ok_or_else(|| Fault::server("a registered client no longer passes", &kept.client_id))
}

/// RFC 7592 §2.2: `client_id` is said and right, and so is the secret when one is said; it cannot be chosen.
fn is_about(caller: &Caller, asked: &Asked<'_>, client: &Client) -> Result<(), Fault> {
    let right = asked.said("client_id") == Some(client.client_id.as_str())
        && asked.said("client_secret").is_none_or(|secret| has_secret(caller, client, secret));
    if right { Ok(()) } else { Err(Fault::Client(Error::invalid_request("client_id or client_secret is another"))) }
}

fn has_secret(caller: &Caller, client: &Client, said: &str) -> bool {
    let secrets = ClientSecrets::of(&caller.app.sealer, &caller.house.realm.name);
    let opened = client.sealed_secrets.iter().filter_map(|sealed| secrets.open(&client.client_id, sealed).ok());
    let hashes = opened.filter_map(|secret| Some(SecretHash::of(std::str::from_utf8(secret.expose()).ok()?)));
    client.secrets.iter().copied().chain(hashes).any(|hash| hash.matches(said))
}
