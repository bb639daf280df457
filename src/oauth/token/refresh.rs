//! `grant_type=refresh_token`: a refresh token becomes the next one, and a used one ends the family (RFC 9700 §4.14).
//!
//! With a grace (SR-142) the direct predecessor gets the very same answer again: it is kept sealed under the used
//! token's hash for as long as the grace lasts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::code::{about, policy};
use super::no_good;
use super::signing::{Issue, sign};
use crate::app::App;
use crate::entropy;
use crate::event::EventKind;
use crate::keys::sealing::Place;
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::protocol::client_authentication::AuthenticatedClient;
use crate::protocol::refresh::{Refresh, decide};
use crate::protocol::token_request::RefreshRequest;
use crate::protocol::token_response::TokenResponse;
use crate::secret::{Secret, SecretHash};
use crate::store::{Tx, grants, submissions};

/// What a kept answer is called.
const KEPT: &str = "refresh_tokens.answer";

/// Judges the token, and puts the next one in its place.
pub(super) async fn refresh(
    caller: &Caller,
    client: &AuthenticatedClient,
    request: &RefreshRequest,
) -> Result<Answer, Fault> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.arrival.now);
    let policy = policy(&realm.tokens);
    let hash = request.refresh_token.hash();
    let tx = app.store.begin().await?;
    let Some(token) = grants::refresh(&tx, &realm.name, &hash, now).await? else {
        tx.commit(&caller.event_of(client, EventKind::RefreshRejected)).await?;
        return Err(no_good());
    };
    match decide(&token, client, request.scope.as_ref(), &policy, now) {
        Refresh::Rotate(scope) => {
            let next = entropy::token(&*app.entropy);
            if !grants::rotate(&tx, &hash, &next.hash(), now).await? {
                // Somebody was quicker with the same token, and this transaction saw it too late: a replay (SR-143).
                grants::revoke(&tx, token.grant.id(), now).await?;
                tx.commit(&about(&token.grant, caller.event_of(client, EventKind::RefreshReplayed))).await?;
                return Err(no_good());
            }
            let end = policy.end(&token.grant, now);
            grants::keep_refresh(&tx, token.grant.id(), &next.hash(), now, end).await?;
            let issue = Issue { grant: &token.grant, scope, nonce: None, refresh: Some(next), confirmation: None };
            let response = Answer::New(sign(caller, client, issue)?);
            if !policy.grace.is_zero() {
                keep(app, &tx, &hash, &response, now + policy.grace).await?;
            }
            tx.commit(&about(&token.grant, caller.event_of(client, EventKind::Refreshed))).await?;
            Ok(response)
        }
        Refresh::Repeat => again(app, &tx, &hash).await,
        Refresh::Refuse(error) => {
            tx.commit(&about(&token.grant, caller.event_of(client, EventKind::RefreshRejected))).await?;
            Err(Fault::Client(error))
        }
        Refresh::Revoke(grant) => {
            grants::revoke(&tx, grant, now).await?;
            tx.commit(&about(&token.grant, caller.event_of(client, EventKind::RefreshReplayed))).await?;
            Err(no_good())
        }
    }
}

/// Tokens made now, or the answer of a moment ago.
#[derive(serde::Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    /// Made now.
    New(TokenResponse),
    /// As it was given before.
    Again(serde_json::Value),
}

async fn keep(
    app: &App,
    tx: &Tx,
    used: &SecretHash,
    answer: &Answer,
    until: crate::clock::Timestamp,
) -> Result<(), Fault> {
    let plain = serde_json::to_vec(answer).map_err(|fault| Fault::server("an answer cannot be written", fault))?;
    let sealed = app.sealer.seal(Place { kind: KEPT, id: &drawer(used) }, &Secret::new(plain), &*app.entropy);
    let sealed = sealed.map_err(|fault| Fault::server("an answer could not be sealed", fault))?;
    submissions::record(tx, used.as_bytes(), sealed, until).await?;
    Ok(())
}

/// Each answer is sealed for its own token: one put in the place of another does not open.
fn drawer(used: &SecretHash) -> String {
    URL_SAFE_NO_PAD.encode(used.as_bytes())
}

async fn again(app: &App, tx: &Tx, used: &SecretHash) -> Result<Answer, Fault> {
    let Some(sealed) = submissions::outcome(tx, used.as_bytes()).await? else { return Err(no_good()) };
    let plain = app.sealer.open(Place { kind: KEPT, id: &drawer(used) }, &sealed);
    let plain = plain.map_err(|fault| Fault::server("a kept answer does not open", fault))?;
    let value = serde_json::from_slice(plain.expose());
    Ok(Answer::Again(value.map_err(|fault| Fault::server("a kept answer does not read", fault))?))
}
