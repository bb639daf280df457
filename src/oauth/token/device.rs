//! `grant_type=urn:ietf:params:oauth:grant-type:device_code`: a device asks whether its person has answered (RFC 8628 §3.4).
//!
//! What the person gave is spent by one statement; that the account still stands is asked then, as for a code.

use serde_json::Map;

use super::code::{about, refresh_for};
use super::no_good;
use super::signing::{Issue, sign};
use crate::event::{Event, EventKind};
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::oauth::possession::Possession;
use crate::protocol::client_authentication::AuthenticatedClient;
use crate::protocol::device::{Poll, poll};
use crate::protocol::grant::Standing;
use crate::protocol::sender::Requester;
use crate::protocol::token_response::TokenResponse;
use crate::secret::Secret;
use crate::store::{device_authorizations, held};

/// Tells the device where it stands, or signs what its person gave.
pub(super) async fn redeem(
    caller: &Caller,
    client: &AuthenticatedClient,
    shown: Possession,
    device_code: &Secret<String>,
) -> Result<TokenResponse, Fault> {
    let (realm, now) = (&caller.house.realm.name, caller.arrival.now);
    let rejected = || caller.event_of(client, EventKind::DeviceRejected);
    let tx = caller.app.store.begin().await?;
    let sender = shown.spend(caller, &tx).await?;
    let from = Requester { client, sender: &sender };
    let Some(device) = device_authorizations::by_device_code(&tx, realm, &device_code.hash()).await? else {
        tx.commit(&rejected()).await?;
        return Err(no_good());
    };
    match poll(&device, client, now) {
        Poll::Wait(interval, error) => {
            device_authorizations::asked(&tx, device.id, interval, now).await?;
            tx.commit_housekeeping().await?;
            return Err(Fault::Client(error));
        }
        Poll::Refuse(error) => {
            tx.commit(&Event { reason: Some(error.code().as_str().to_owned()), ..rejected() }).await?;
            return Err(Fault::Client(error));
        }
        Poll::Redeem => {}
    }
    let spent = match device_authorizations::spend(&tx, device.id).await? {
        Some(grant) => held::by_id(&tx, realm, grant, now).await?,
        None => None,
    };
    let Some(held) = spent.filter(|held| held.standing() == Standing::Sound) else {
        // Spent it stays: an account that is barred now gets nothing from this device later either.
        tx.commit(&rejected()).await?;
        return Err(no_good());
    };
    let grant = held.grant()?;
    let refresh = refresh_for(caller, &from, &tx, &grant).await?;
    let (scope, resources, told) = (grant.scope().clone(), grant.resources().clone(), Map::new());
    let confirmation = sender.confirmation().cloned();
    let issue = Issue { grant: &grant, scope, resources, told, nonce: None, refresh, confirmation };
    let response = sign(caller, client, issue)?;
    tx.commit(&about(&grant, caller.event_of(client, EventKind::DeviceRedeemed))).await?;
    Ok(response)
}
