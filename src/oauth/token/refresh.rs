//! `grant_type=refresh_token`: a refresh token becomes the next one, and a used one ends the family (RFC 9700 §4.14);
//! or it stays, for a client that proves itself otherwise.
//!
//! With a grace (SR-142) the direct predecessor gets the very same answer again: it is kept sealed under the used
//! token's hash for as long as the grace lasts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::code::{about, policy};
use super::no_good;
use super::signing::{Issue, sign};
use super::told::told;
use crate::app::App;
use crate::app::letters::{self, Recipient};
use crate::app::terms;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::identity::user::User;
use crate::keys::sealing::Place;
use crate::mail::message::{AccessRevoked, Mail};
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::oauth::possession::Possession;
use crate::protocol::client_authentication::AuthenticatedClient;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::grant::Grant;
use crate::protocol::refresh::{Refresh, decide, outward};
use crate::protocol::resource::Reach;
use crate::protocol::sender::Requester;
use crate::protocol::token_request::RefreshRequest;
use crate::protocol::token_response::TokenResponse;
use crate::secret::{Secret, SecretHash};
use crate::store::grants::{self, NewRefresh};
use crate::store::{Tx, held, submissions, users};

/// What a kept answer is called.
const KEPT: &str = "refresh_tokens.answer";

/// Judges the token, and puts the next one in its place.
pub(super) async fn refresh(
    caller: &Caller,
    client: &AuthenticatedClient,
    shown: Possession,
    request: &RefreshRequest,
) -> Result<Answer, Fault> {
    let (realm, now) = (&caller.house.realm, caller.arrival.now);
    let hash = request.refresh_token.hash();
    let tx = caller.app.store.begin().await?;
    let sender = shown.spend(caller, &tx).await?;
    let from = Requester { client, sender: &sender };
    // Whoever was a moment too late judges once more, by the row as the quicker one left it (SR-143): a replay, or
    // within a grace the direct predecessor (SR-142).
    for _ in 0..2 {
        let Some(token) = held::by_refresh_token(&tx, &realm.name, &hash, now).await? else { break };
        let about = |kind| about(&token.grant, caller.event_of(client, kind));
        let decision = decide(&token, &from, request.wish.scope.as_ref(), &policy(&realm.tokens), now);
        let resources = match (&decision, token.grant.narrowed(&request.wish.resources)) {
            (Refresh::Rotate(_) | Refresh::Keep(_), Err(error)) => {
                tx.commit(&about(EventKind::RefreshRejected)).await?;
                return Err(Fault::Client(error));
            }
            (_, resources) => resources.unwrap_or_default(),
        };
        if matches!(decision, Refresh::Rotate(_) | Refresh::Keep(_)) && owes_terms(caller, &tx, &token.grant).await? {
            // Nothing is used up: once the person has accepted, the same token is good again (DOMAIN.md §7).
            tx.commit(&Event { reason: Some("terms".into()), ..about(EventKind::RefreshRejected) }).await?;
            let told = "the end-user has to accept the terms of use first";
            return Err(Fault::Client(Error::new(ErrorCode::InvalidGrant, told)));
        }
        match decision {
            Refresh::Rotate(scope) => {
                let reach = Reach { scope, resources };
                if let Some(answer) = rotate(caller, &from, &tx, &hash, &token.grant, reach).await? {
                    tx.commit(&about(EventKind::Refreshed)).await?;
                    return Ok(answer);
                }
            }
            Refresh::Keep(scope) => {
                let reach = Reach { scope, resources };
                let end = policy(&realm.tokens).end(&token.grant, now);
                if grants::used(&tx, &hash, now, end).await? {
                    let refresh = request.refresh_token.clone();
                    let answer = Answer::New(issue(caller, &from, &tx, &token.grant, reach, refresh).await?);
                    tx.commit(&about(EventKind::Refreshed)).await?;
                    return Ok(answer);
                }
            }
            Refresh::Repeat => {
                let answer = again(&caller.app, &tx, &hash).await?;
                tx.commit(&Event { reason: Some("repeated".into()), ..about(EventKind::Refreshed) }).await?;
                return Ok(answer);
            }
            Refresh::Refuse(error) => {
                tx.commit(&about(EventKind::RefreshRejected)).await?;
                return Err(Fault::Client(error));
            }
            Refresh::Revoke(grant) => {
                grants::revoke(&tx, grant, now).await?;
                tell_the_owner(caller, client, &tx, &token.grant).await?;
                tx.commit(&about(EventKind::RefreshReplayed)).await?;
                return Err(no_good());
            }
        }
    }
    tx.commit(&caller.event_of(client, EventKind::RefreshRejected)).await?;
    Err(no_good())
}

/// Whether new terms of use are in force since the person gave this: their way leads past a page of ours again.
async fn owes_terms(caller: &Caller, tx: &Tx, grant: &Grant) -> Result<bool, Fault> {
    let (user, now) = (grant.authentication().user, caller.arrival.now);
    Ok(!terms::owed(tx, &caller.house.realm, user, now).await?.is_empty())
}

/// The next token in the place of the used one, and the answer that carries it; `None` when somebody was quicker.
async fn rotate(
    caller: &Caller,
    from: &Requester<'_>,
    tx: &Tx,
    used: &SecretHash,
    grant: &Grant,
    reach: Reach,
) -> Result<Option<Answer>, Fault> {
    let (app, now, policy) = (&caller.app, caller.arrival.now, policy(&caller.house.realm.tokens));
    let expires = policy.end(grant, now);
    let next = outward(from.client, entropy::token(&*app.entropy), now, expires);
    if !grants::rotate(tx, used, &next.hash(), now).await? {
        return Ok(None);
    }
    let hash = next.hash();
    let new = NewRefresh { grant: grant.id(), hash: &hash, bound: from.binding(), issued: now, expires };
    grants::keep_refresh(tx, new).await?;
    let answer = Answer::New(issue(caller, from, tx, grant, reach, next).await?);
    if !policy.grace.is_zero() {
        keep(app, tx, used, &answer, now + policy.grace).await?;
    }
    Ok(Some(answer))
}

/// A replay is told to the person whose access it was (SR-141).
async fn tell_the_owner(caller: &Caller, client: &AuthenticatedClient, tx: &Tx, grant: &Grant) -> Result<(), Fault> {
    let owner = users::by_id(tx, grant.authentication().user).await?;
    let Some(owner) = owner.filter(User::is_active) else { return Ok(()) };
    let mail = Mail::AccessRevoked(AccessRevoked {
        first_name: owner.first_name.as_str().to_owned(),
        application: client.name.in_language(owner.language).to_owned(),
        recover: format!("{}/recover/password", caller.house.issuer.as_str()),
        at: caller.arrival.now,
    });
    let to = Recipient { address: owner.email.as_str().to_owned(), language: owner.language, held: false };
    letters::post(&caller.app, tx, &caller.house.realm.name, to, &mail, caller.arrival.now).await?;
    Ok(())
}

/// What the grant is worth once more, bound to what the sender holds now.
async fn issue(
    caller: &Caller,
    from: &Requester<'_>,
    tx: &Tx,
    grant: &Grant,
    reach: Reach,
    refresh: Secret<String>,
) -> Result<TokenResponse, Fault> {
    let (Reach { scope, resources }, told) = (reach, told(tx, &caller.house, from.client, grant).await?);
    let (refresh, confirmation) = (Some(refresh), from.sender.confirmation().cloned());
    sign(caller, from.client, Issue { grant, scope, resources, told, nonce: None, refresh, confirmation })
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
