//! `grant_type=authorization_code`: a code becomes tokens, once (RFC 6749 §4.1.3).

use super::signing::{Issue, sign};
use super::told::told;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::oauth::possession::Possession;
use crate::protocol::client::GrantType;
use crate::protocol::client_authentication::AuthenticatedClient;
use crate::protocol::code;
use crate::protocol::grant::Grant;
use crate::protocol::refresh::{RefreshPolicy, outward};
use crate::protocol::sender::Requester;
use crate::protocol::token_request::CodeExchange;
use crate::protocol::token_response::TokenResponse;
use crate::realm::model::TokenPolicy;
use crate::secret::Secret;
use crate::store::Tx;
use crate::store::grants::{self, NewRefresh};

/// Claims the code, judges it, and signs what it is worth.
pub(super) async fn redeem(
    caller: &Caller,
    client: &AuthenticatedClient,
    shown: Possession,
    exchange: &CodeExchange,
) -> Result<TokenResponse, Fault> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.arrival.now);
    let tx = app.store.begin().await?;
    let sender = shown.spend(caller, &tx).await?;
    let from = Requester { client, sender: &sender };
    let claim = grants::claim(&tx, &realm.name, &exchange.code.hash(), now).await?;
    let redemption = match code::redeem(claim, exchange, &from, now) {
        Ok(redemption) => redemption,
        Err(refused) => {
            let mut event = caller.event_of(client, EventKind::CodeRejected);
            if let Some(grant) = refused.revoke {
                // SR-138: whoever comes second may be the thief or the robbed; what the code bought ends either way.
                grants::revoke(&tx, grant, now).await?;
                event.kind = EventKind::CodeReplayed;
                let parties = grants::parties(&tx, grant).await?;
                event.user = parties.as_ref().map(|(user, ..)| *user);
                event.session = parties.map(|(_, session, _)| session);
            }
            // The code stays burnt, whatever was wrong (SR-137).
            tx.commit(&event).await?;
            return Err(Fault::Client(refused.error));
        }
    };
    let grant = redemption.grant;
    let refresh = refresh_for(caller, &from, &tx, &grant).await?;
    let (scope, confirmation) = (grant.scope().clone(), sender.confirmation().cloned());
    let (resources, told) = (redemption.resources, told(&tx, &caller.house, client, &grant).await?);
    let first = grant.clone().saying(redemption.once);
    let issue = Issue { grant: &first, scope, resources, told, nonce: redemption.nonce, refresh, confirmation };
    let response = sign(caller, client, issue)?;
    tx.commit(&about(&grant, caller.event_of(client, EventKind::CodeRedeemed))).await?;
    Ok(response)
}

/// The refresh token that a family begins with, for a client that may have one.
pub(super) async fn refresh_for(
    caller: &Caller,
    from: &Requester<'_>,
    tx: &Tx,
    grant: &Grant,
) -> Result<Option<Secret<String>>, Fault> {
    if !from.grant_types.contains(&GrantType::RefreshToken) {
        return Ok(None);
    }
    let now = caller.arrival.now;
    let expires = policy(&caller.house.realm.tokens).end(grant, now);
    let token = outward(from.client, entropy::token(&*caller.app.entropy), now, expires);
    let hash = token.hash();
    let new = NewRefresh { grant: grant.id(), hash: &hash, bound: from.binding(), issued: now, expires };
    grants::keep_refresh(tx, new).await?;
    Ok(Some(token))
}

/// The realm's lifetimes as the refresh rules read them.
pub(in crate::oauth) const fn policy(tokens: &TokenPolicy) -> RefreshPolicy {
    RefreshPolicy { idle: tokens.refresh_idle, absolute: tokens.refresh_absolute, grace: tokens.refresh_grace }
}

pub(super) fn about(grant: &Grant, event: Event) -> Event {
    let authentication = grant.authentication();
    Event { user: Some(authentication.user), session: authentication.session, ..event }
}
