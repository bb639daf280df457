//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange`: an access token becomes another one (RFC 8693).

use super::signing::{Ask, sign_alone, stamp};
use crate::app::standing::{Stands, stands};
use crate::event::{Event, EventKind};
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::protocol::exchange::{ExchangeRequest, Exchanged, Presented, decide, unfit};
use crate::protocol::token::AccessToken;
use crate::protocol::token_response::TokenResponse;
use crate::secret::Secret;

/// Judges both tokens, and signs what they are worth.
pub(super) async fn exchange(ask: Ask<'_>, request: &ExchangeRequest) -> Result<TokenResponse, Fault> {
    let Ask { caller, client, .. } = ask;
    let house = &caller.house;
    let subject = presented(caller, &request.subject_token).await?;
    let actor = match &request.actor_token {
        Some(token) => Some(presented(caller, token).await?),
        None => None,
    };
    let decided = match (&subject, &actor) {
        (None, _) | (_, Some(None)) => Err(unfit()),
        (Some((token, stands)), actor) => {
            let actor = actor.as_ref().and_then(|actor| actor.as_ref().map(|(token, _)| token));
            let subject = Presented { token, client: &stands.client };
            let realm = (&house.issuer, house.realm.resources.as_slice());
            decide(client, request, subject, actor, realm).map(|exchanged| (token, stands.user(), exchanged))
        }
    };
    let tx = caller.app.store.begin().await?;
    let about = |kind| {
        let user = subject.as_ref().and_then(|(_, stands)| stands.user());
        Event { user, ..caller.event_of(client, kind) }
    };
    let (token, user, Exchanged { reach, act }) = match decided {
        Ok(decided) => decided,
        Err(error) => {
            tx.commit(&about(EventKind::ExchangeRejected)).await?;
            return Err(Fault::Client(error));
        }
    };
    let known = user.map_or_else(|| token.subject().clone(), |user| caller.app.subjects.of(client, user));
    let token = token.exchanged(&client.client_id, known, ask.purpose(reach), act, &stamp(caller));
    let response = sign_alone(caller, client, &token)?.exchanged(request.requested);
    tx.commit(&about(EventKind::TokenExchanged)).await?;
    Ok(response)
}

/// An access token of this realm that stands, with the client that it was issued to.
async fn presented(caller: &Caller, token: &Secret<String>) -> Result<Option<(AccessToken, Stands)>, Fault> {
    let (house, now) = (&caller.house, caller.arrival.now);
    let Some(token) = house.keys.access_token(token.expose(), &house.issuer, now) else { return Ok(None) };
    Ok(stands(caller, &token).await?.map(|stands| (token, stands)))
}
