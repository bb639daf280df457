//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`: somebody whom the realm trusts vouches for a person or for the
//! client itself (RFC 7523 §2.1).
//!
//! Each assertion counts once on every node. What comes of it is short: no refresh token, for whoever vouched can again.

use super::client_credentials;
use super::no_good;
use super::signing::{Ask, sign_alone, stamp};
use crate::app::selection::without_asking;
use crate::event::{Event, EventKind};
use crate::identity::identifier::Canonical;
use crate::identity::user::{User, UserState};
use crate::ids::{GrantId, UserId};
use crate::keys::foreign::{Kind, claimed_issuer};
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::protocol::bearer_assertion::{AssertionRequest, BearerAssertion, TrustedIssuer, Vouched, judge};
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::grant::Grant;
use crate::protocol::resource::{of_client, reach};
use crate::protocol::scope::{OFFLINE_ACCESS, Scope};
use crate::protocol::token::AccessToken;
use crate::protocol::token_response::TokenResponse;
use crate::store::spent::{self, Bearer, Name};
use crate::store::{StoreError, Tx, grants, users};

/// Opens the assertion, spends it, and signs what it is worth.
pub(super) async fn redeem(ask: Ask<'_>, request: &AssertionRequest) -> Result<TokenResponse, Fault> {
    let Ask { caller, client, .. } = ask;
    let mut trusted = caller.house.realm.trusted_issuers.iter().filter(|issuer| issuer.is_presented_by(client));
    let claimed = claimed_issuer(request.assertion.expose());
    let Some(issuer) = trusted.find(|issuer| claimed.as_deref() == Some(&issuer.issuer)) else {
        return reject(ask, "issuer", None).await;
    };
    let keys = caller.app.issuer_keys(&caller.house, issuer, caller.arrival.now);
    let opened = keys.open(request.assertion.expose(), Kind::BearerAssertion, &ClientAlgorithm::ASYMMETRIC).await;
    let opened = match opened {
        Ok(opened) => opened,
        Err(unopened) => {
            tracing::info!(issuer = issuer.issuer, %unopened, "an assertion was refused");
            return reject(ask, "signature", None).await;
        }
    };
    let assertion = match judge(&opened.claims, issuer, &caller.house.issuer, caller.arrival.now) {
        Ok(assertion) => assertion,
        Err(unfit) => return reject(ask, &unfit.to_string(), None).await,
    };
    let tx = caller.app.store.begin().await?;
    if !spend(caller, &tx, issuer, &assertion).await? {
        return reject(ask, "replay", Some(tx)).await;
    }
    match issuer.subjects {
        Vouched::User => for_user(ask, request, &assertion, tx).await,
        Vouched::Client => for_client(ask, request, &assertion, tx).await,
    }
}

/// A token that speaks for a person, by a grant of its own that no session stands behind.
async fn for_user(
    ask: Ask<'_>,
    request: &AssertionRequest,
    assertion: &BearerAssertion,
    tx: Tx,
) -> Result<TokenResponse, Fault> {
    let Ask { caller, client, .. } = ask;
    let (app, house, now) = (&caller.app, &caller.house, caller.arrival.now);
    let user = account(caller, &tx, &assertion.subject).await?;
    let Some(user) = user.filter(|user| user.state == UserState::Active) else {
        return reject(ask, "account", Some(tx)).await;
    };
    // Nobody is away who was never there: access while a person is gone is for the person to give.
    let allowed = Scope::of(client.scopes.clone()).without(OFFLINE_ACCESS);
    let reach = match reach(client, &request.wish, &allowed, &house.realm.resources) {
        Ok(reach) => reach,
        Err(error) => {
            tx.commit(&Event { user: Some(user.id), ..caller.event_of(client, EventKind::AssertionRejected) }).await?;
            return Err(Fault::Client(error));
        }
    };
    let purpose = ask.purpose(reach.clone());
    let grant = Grant::vouched(GrantId::new(now, &*app.entropy), client, user.id, reach, now);
    let organisation = without_asking(&tx, house, grant.scope(), user.id).await?;
    let grant = grant.known_as(app.subjects.of(client, user.id)).on_behalf_of(organisation);
    let token = AccessToken::of_grant(&house.issuer, &grant, purpose, &stamp(caller));
    let response = sign_alone(caller, client, &token)?;
    grants::keep(&tx, &house.realm.name, &grant, house.realm.tokens.access_token).await?;
    tx.commit(&Event { user: Some(user.id), ..caller.event_of(client, EventKind::AssertionRedeemed) }).await?;
    Ok(response)
}

/// A token by which the client speaks for itself: the assertion is about it, and nobody else.
async fn for_client(
    ask: Ask<'_>,
    request: &AssertionRequest,
    assertion: &BearerAssertion,
    tx: Tx,
) -> Result<TokenResponse, Fault> {
    let Ask { caller, client, .. } = ask;
    if assertion.subject != client.client_id.as_str() {
        return reject(ask, "account", Some(tx)).await;
    }
    let response = match of_client(client, &request.wish, &caller.house.realm.resources) {
        Ok(reach) => client_credentials::signed(ask, reach)?,
        Err(error) => {
            tx.commit(&caller.event_of(client, EventKind::AssertionRejected)).await?;
            return Err(Fault::Client(error));
        }
    };
    tx.commit(&caller.event_of(client, EventKind::AssertionRedeemed)).await?;
    Ok(response)
}

/// One answer for every cause (RFC 7523 §3.1); the trail knows more. What was spent stays so.
async fn reject(ask: Ask<'_>, reason: &str, tx: Option<Tx>) -> Result<TokenResponse, Fault> {
    let Ask { caller, client, .. } = ask;
    let tx = match tx {
        Some(tx) => tx,
        None => caller.app.store.begin().await?,
    };
    let event = caller.event_of(client, EventKind::AssertionRejected);
    tx.commit(&Event { reason: Some(reason.to_owned()), ..event }).await?;
    Err(no_good())
}

async fn spend(
    caller: &Caller,
    tx: &Tx,
    issuer: &TrustedIssuer,
    assertion: &BearerAssertion,
) -> Result<bool, StoreError> {
    let parts = [caller.house.realm.name.as_str(), &issuer.issuer, &assertion.jti];
    spent::spend(tx, Name { bearer: Bearer::Grant, parts: &parts, until: assertion.until }).await
}

/// The account that `sub` names: by its own identifier, or by what its person signs in with.
async fn account(caller: &Caller, tx: &Tx, subject: &str) -> Result<Option<User>, StoreError> {
    let realm = &caller.house.realm.name;
    match subject.parse::<UserId>() {
        Ok(id) => users::in_realm(tx, realm, id).await,
        Err(_) => users::by_identifier(tx, realm, &Canonical::of_typed(subject)).await,
    }
}
