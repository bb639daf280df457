//! What an operator does to relying parties from the command line: lets them register, looks at them, ends them.

use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::app::clients::judged;
use crate::app::houses::House;
use crate::clock::{Duration, Timestamp};
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::ids::{InitialTokenId, RealmName};
use crate::realm::registration::answer;
use crate::secret::Secret;
use crate::store::clients::{self, RegisteredClient};
use crate::store::registrations::{self, NewInitialToken};
use crate::store::{consents, grants};

/// An initial access token, told once.
#[derive(Debug)]
pub struct InitialToken {
    /// What the audit trail knows it by.
    pub id: InitialTokenId,
    /// The token itself.
    pub token: Secret<String>,
    /// When it ends, in seconds since the Unix epoch.
    pub expires_at: i64,
}

/// A client as `guichet client list` and `show` tell it.
#[derive(Debug, Serialize)]
pub struct ClientLine {
    /// Its identifier.
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// Where it comes from: `file` or `registered`.
    pub origin: &'static str,
    /// `active`, `disabled`, or `unfit` when this binary does not take it.
    pub state: &'static str,
    /// Since when it is registered, in seconds since the Unix epoch.
    pub registered_at: Option<i64>,
    /// When it last proved itself, by the day.
    pub used_at: Option<i64>,
    /// The initial access token that it came with.
    pub admitted_by: Option<InitialTokenId>,
    /// What it is, in the words of RFC 7591; no secret is among it.
    pub metadata: Map<String, Value>,
}

pub(super) async fn initial_token(
    app: &App,
    realm: &RealmName,
    uses: u32,
    lives: Duration,
) -> anyhow::Result<InitialToken> {
    let house = app.house(realm.as_str()).with_context(|| format!("there is no live realm {realm}"))?;
    if !house.realm.registers_clients() {
        bail!("{realm} registers no clients: say otherwise under [client_registration] in its realm.toml");
    }
    let now = app.clock.now();
    let token = entropy::token(&*app.entropy);
    let (id, expires_at) = (InitialTokenId::new(now, &*app.entropy), now + lives);
    let tx = app.store.begin().await?;
    registrations::keep(&tx, realm, &NewInitialToken { id, token: token.hash(), uses, expires_at }, now).await?;
    let event = app.own_event(EventKind::InitialTokenMade, realm, now);
    tx.commit(&Event { reason: Some(id.to_string()), ..event }).await?;
    Ok(InitialToken { id, token, expires_at: expires_at.seconds() })
}

pub(super) async fn lines(app: &App, realm: &RealmName) -> anyhow::Result<Vec<ClientLine>> {
    let house = app.house(realm.as_str()).with_context(|| format!("there is no live realm {realm}"))?;
    let declared = house.realm.clients.iter().map(|client| ClientLine {
        client_id: client.client_id.to_string(),
        name: client.name.en.clone(),
        origin: "file",
        state: "active",
        registered_at: None,
        used_at: None,
        admitted_by: None,
        metadata: answer::in_force(client),
    });
    let registered = clients::all(&app.store.reads(), realm).await?;
    Ok(declared.chain(registered.into_iter().map(|kept| line(&house, kept))).collect())
}

fn line(house: &House, kept: RegisteredClient) -> ClientLine {
    let client = judged(house, &kept);
    let state = match (&client, kept.disabled_at) {
        (_, Some(_)) => "disabled",
        (Some(_), None) => "active",
        (None, None) => "unfit",
    };
    let particulars = serde_json::from_str(&kept.particulars).unwrap_or_default();
    let metadata = client.as_ref().map(|client| answer::metadata(client, &kept.document, particulars));
    ClientLine {
        name: client.map(|client| client.name.en.clone()).unwrap_or_default(),
        client_id: kept.client_id,
        origin: "registered",
        state,
        registered_at: Some(kept.created_at.seconds()),
        used_at: Some(kept.used_at.seconds()),
        admitted_by: kept.admitted_by,
        metadata: metadata.unwrap_or_default(),
    }
}

/// Off ends what it was given on every node at once, and no registration token switches it on again (SR-151, SR-191).
pub(super) async fn switch(app: &App, realm: &RealmName, client_id: &str, on: bool) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    if !clients::switch(&tx, realm, client_id, on, now).await? {
        return Ok(false);
    }
    if !on {
        grants::revoke_of_client(&tx, realm, client_id, now).await?;
    }
    let kind = if on { EventKind::ClientEnabled } else { EventKind::ClientDisabled };
    tx.commit(&about(app, realm, client_id, kind, now)).await?;
    Ok(true)
}

pub(super) async fn delete(app: &App, realm: &RealmName, client_id: &str) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    if !clients::delete(&tx, realm, client_id).await? {
        return Ok(false);
    }
    grants::revoke_of_client(&tx, realm, client_id, now).await?;
    consents::forget_client(&tx, realm, client_id).await?;
    tx.commit(&about(app, realm, client_id, EventKind::ClientDeleted, now)).await?;
    Ok(true)
}

/// Each in a transaction of its own, with its event: what proves itself meanwhile stays.
pub(super) async fn forget_unused(app: &App) -> anyhow::Result<usize> {
    let (now, mut forgotten) = (app.clock.now(), 0);
    for house in app.houses.all() {
        let (realm, before) = (&house.realm.name, now - house.realm.client_registration.unused);
        for client_id in clients::unused(&app.store.reads(), realm, before).await? {
            let tx = app.store.begin().await?;
            if clients::forget(&tx, realm, &client_id, before).await? {
                grants::revoke_of_client(&tx, realm, &client_id, now).await?;
                consents::forget_client(&tx, realm, &client_id).await?;
                tx.commit(&about(app, realm, &client_id, EventKind::ClientForgotten, now)).await?;
                forgotten += 1;
            }
        }
    }
    Ok(forgotten)
}

fn about(app: &App, realm: &RealmName, client_id: &str, kind: EventKind, now: Timestamp) -> Event {
    Event { client: Some(client_id.to_owned()), ..app.own_event(kind, realm, now) }
}
