//! Notices that a session ended, delivered: each with a token of this moment, to clients that have time of their own.
//!
//! Any node may deliver any notice; a claim keeps others away from it, and a host hears one at a time (`store::notices`).
//! A node that dies in the middle is waited for, and then another delivers: a client may hear a thing twice, never not.

use crate::app::App;
use crate::clock::Timestamp;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::protocol::logout_notice::{LIFETIME, LogoutToken, next_try};
use crate::protocol::token::Stamp;
use crate::store::notices::{self, ClaimedNotice, Party};
use crate::store::{StoreError, sessions};

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
    let Some(house) = app.house(notice.realm.as_str()) else { return Ok(Outcome::Unwanted("realm_gone")) };
    let client = app.client(&house, client_id.as_str()).await?;
    let Some((client, address)) =
        client.as_ref().and_then(|client| Some((client, client.logout.back_channel.as_ref()?)))
    else {
        return Ok(Outcome::Unwanted("not_asked_any_more"));
    };
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

/// Ends the sessions whose time is over (SR-102); how many these were.
pub(crate) async fn expire(app: &App) -> Result<usize, StoreError> {
    let mut ended = 0;
    for session in sessions::overdue(&app.store.reads(), app.clock.now()).await? {
        // A realm that is not live has no clients to be told, and its sessions open nothing.
        let Some(house) = app.house(session.realm.as_str()) else { continue };
        let now = app.clock.now();
        let tx = app.store.begin().await?;
        if app.expire_session(&tx, &house, session.id, now).await? {
            let own = app.own_event(EventKind::SessionExpired, &session.realm, now);
            tx.commit(&Event { user: Some(session.user), session: Some(session.id), ..own }).await?;
            ended += 1;
        }
    }
    Ok(ended)
}
