//! Notices that a session ended, delivered: each with a token of this moment, to clients that have time of their own.
//!
//! Any node may deliver any notice; a claim keeps others away from it, and spares its host others (`store::notices`).
//! A node that dies in the middle is waited for, and then another delivers: a client may hear a thing twice, never not.

use crate::app::App;
use crate::app::houses::House;
use crate::clock::Timestamp;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::protocol::logout_notice::{LIFETIME, LogoutToken, next_try};
use crate::protocol::token::Stamp;
use crate::store::StoreError;
use crate::store::notices::{self, ClaimedNotice, Party};
use crate::store::sessions::{self, Overdue};

/// What became of one try.
enum Outcome {
    /// The client took it.
    Told,
    /// It was not reached, or did not take it.
    Failed(String),
    /// Nobody wants it any more, or it cannot be made.
    Unwanted(&'static str),
}

/// The next notice that is due, claimed for this node.
pub(crate) async fn claim(app: &App) -> Result<Option<ClaimedNotice>, StoreError> {
    notices::claim(&app.store, app.clock.now()).await
}

/// Delivers a claimed notice and writes down what became of it.
pub(crate) async fn deliver(app: &App, notice: ClaimedNotice) -> Result<(), StoreError> {
    let outcome = attempt(app, &notice).await?;
    let now = app.clock.now();
    let (kind, reason) = match outcome {
        Outcome::Told => (EventKind::LogoutTold, None),
        Outcome::Unwanted(reason) => (EventKind::LogoutNotTold, Some(reason.to_owned())),
        Outcome::Failed(reason) => match next_try(notice.attempts, now) {
            Some(at) => {
                let client_id = &notice.party.client_id;
                tracing::warn!(realm = %notice.realm, %client_id, reason, "a client will be told again of a logout");
                return notices::retry(&app.store, notice.id, at, &reason).await;
            }
            None => (EventKind::LogoutNotTold, Some(reason)),
        },
    };
    let tx = app.store.begin().await?;
    match &reason {
        None => notices::told(&tx, notice.id, now).await?,
        Some(reason) => notices::gave_up(&tx, notice.id, reason, now).await?,
    }
    tx.commit(&Event { reason, ..about(app, &notice, kind, now) }).await
}

/// Makes the token and posts it. The status is all that is read of the answer (Back-Channel Logout §2.8).
async fn attempt(app: &App, notice: &ClaimedNotice) -> Result<Outcome, StoreError> {
    let Party { client_id, sid, subject, .. } = &notice.party;
    // What this node does not know, another one may: a node can be behind the others.
    let Some(house) = app.house(notice.realm.as_str()) else { return Ok(Outcome::Failed("realm_unknown".to_owned())) };
    let Some(client) = app.client(&house, client_id.as_str()).await? else {
        return Ok(Outcome::Failed("client_unknown".to_owned()));
    };
    let Some(address) = &client.logout.back_channel else { return Ok(Outcome::Unwanted("not_asked_any_more")) };
    let stamp = Stamp { jti: entropy::nonce(&*app.entropy), now: app.clock.now(), lifetime: LIFETIME };
    let token = LogoutToken::new(&house.issuer, client_id, subject, *sid, &stamp);
    let Ok(token) = house.keys.sign(client.signs.id_token, &token) else {
        return Ok(Outcome::Failed("unsigned".to_owned()));
    };
    let fields = [("logout_token", token.expose().as_str())];
    Ok(match app.documents.outbound().post_form(address.uri.as_str(), &fields).await {
        Ok(status) if status.is_success() => Outcome::Told,
        Ok(status) => Outcome::Failed(format!("status_{}", status.as_u16())),
        Err(_) => Outcome::Failed("unreachable".to_owned()),
    })
}

fn about(app: &App, notice: &ClaimedNotice, kind: EventKind, now: Timestamp) -> Event {
    let Party { client_id, sid, user, .. } = &notice.party;
    let (user, client, session) = (Some(*user), Some(client_id.to_string()), Some(*sid));
    Event { user, client, session, ..app.own_event(kind, &notice.realm, now) }
}

/// Ends the sessions whose time is over (SR-102); how many these were. Realms that are not live have no clients to be
/// told, and their sessions open nothing. One that cannot be ended keeps no other waiting.
pub(crate) async fn expire(app: &App) -> Result<usize, StoreError> {
    let mut ended = 0;
    for house in app.houses.all() {
        for session in sessions::overdue(&app.store.reads(), &house.realm.name, app.clock.now()).await? {
            match end(app, &house, &session).await {
                Ok(over) => ended += usize::from(over),
                Err(error) => tracing::error!(session = %session.id, %error, "a session could not be ended"),
            }
        }
    }
    Ok(ended)
}

/// Ends one of them; `false` when somebody was quicker, or its person came back.
async fn end(app: &App, house: &House, session: &Overdue) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    if !app.expire_session(&tx, house, session.id, now).await? {
        return Ok(false);
    }
    let own = app.own_event(EventKind::SessionExpired, &house.realm.name, now);
    tx.commit(&Event { user: Some(session.user), session: Some(session.id), ..own }).await?;
    Ok(true)
}
