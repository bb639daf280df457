//! A realm's signing keys: made when they lack, unsealed, parsed once, moved on when it is time (SR-157, SR-158).

use std::collections::BTreeSet;

use anyhow::{Context as _, anyhow};
use serde::Serialize;

use crate::app::App;
use crate::clock::{Duration, days};
use crate::event::EventKind;
use crate::ids::{KeyId, RealmName};
use crate::keys::ring::KeyRing;
use crate::keys::rotation::{self, Change, KeyRecord, KeyState, RotationPolicy};
use crate::keys::sealing::Place;
use crate::keys::signing::SigningKey;
use crate::protocol::client::SigningAlgorithm;
use crate::realm::model::Realm;
use crate::store::Tx;
use crate::store::clients;
use crate::store::keys::{self, StoredKey};

/// Where the private half lies.
const PRIVATE: &str = "keys.private";

/// Published a day ahead, signing for ninety days, believed for as long as a remembered session's ID token is a hint.
fn policy(realm: &Realm, algorithms: BTreeSet<SigningAlgorithm>) -> RotationPolicy {
    let longest = realm.sessions.remembered.max(realm.sessions.absolute).max(realm.tokens.access_token);
    RotationPolicy {
        algorithms,
        published_ahead: days(1),
        active: days(90),
        believed: longest + Duration::from_hours(1),
    }
}

/// What a realm signs with. Clients that register themselves may choose every algorithm, and keep what they chose when
/// no other may come any more; a realm without any is spared the slow keys (docs/adr/0022).
async fn wanted(app: &App, realm: &Realm) -> anyhow::Result<BTreeSet<SigningAlgorithm>> {
    let anybody = realm.registers_clients() || clients::any(&app.store.reads(), &realm.name).await?;
    Ok(if anybody { SigningAlgorithm::ALL.into() } else { realm.signing_algorithms() })
}

/// The ring of a realm, with the keys made that it lacks.
pub(super) async fn ring(app: &App, realm: &Realm) -> anyhow::Result<KeyRing> {
    let stored = keys::of_realm(&app.store.reads(), &realm.name).await?;
    let lacks = wanted(app, realm)
        .await?
        .iter()
        .any(|algorithm| !stored.iter().any(|key| key.algorithm == *algorithm && key.state == "active"));
    if lacks {
        tend(app, realm).await?;
    }
    let stored = keys::of_realm(&app.store.reads(), &realm.name).await?;
    let held = stored.iter().map(|key| Ok((state(key)?, open(app, key)?))).collect::<anyhow::Result<_>>()?;
    KeyRing::new(held).context("the keys of the realm")
}

/// Does what is due; returns whether anything changed.
pub(crate) async fn tend(app: &App, realm: &Realm) -> anyhow::Result<bool> {
    let records = records(app, &realm.name).await?;
    let policy = policy(realm, wanted(app, realm).await?);
    carry_out(app, realm, rotation::due(&records, &policy, app.clock.now())).await
}

/// Other keys sign from now on; withdrawn ones are neither published nor believed any more.
pub(super) async fn rotate(app: &App, realm: &Realm, withdraw: bool) -> anyhow::Result<()> {
    let records = records(app, &realm.name).await?;
    let (wanted, mut changes) = (wanted(app, realm).await?, Vec::new());
    for algorithm in SigningAlgorithm::ALL {
        let signs = records.iter().find(|key| key.algorithm == algorithm && key.state == KeyState::Active);
        changes.extend(match signs {
            Some(key) if withdraw => rotation::revoke(&records, key),
            None if !wanted.contains(&algorithm) => Vec::new(),
            _ => rotation::rotate_now(&records, algorithm),
        });
    }
    carry_out(app, realm, changes).await?;
    Ok(())
}

/// A key as `guichet keys list` shows it.
#[derive(Debug, Serialize)]
pub struct KeyLine {
    /// Whose.
    pub realm: RealmName,
    /// What it signs with.
    pub algorithm: &'static str,
    /// Where it stands.
    pub state: String,
    /// Its `kid`.
    pub id: KeyId,
    /// Since when, in seconds since the Unix epoch.
    pub since: i64,
}

/// The keys of all live realms.
pub(super) async fn lines(app: &App) -> anyhow::Result<Vec<KeyLine>> {
    let mut lines = Vec::new();
    for house in app.houses.all() {
        let realm = &house.realm.name;
        for key in keys::of_realm(&app.store.reads(), realm).await? {
            let (algorithm, since) = (key.algorithm.as_str(), key.since.seconds());
            lines.push(KeyLine { realm: realm.clone(), algorithm, state: key.state, id: key.id, since });
        }
    }
    Ok(lines)
}

async fn records(app: &App, realm: &RealmName) -> anyhow::Result<Vec<KeyRecord>> {
    let stored = keys::of_realm(&app.store.reads(), realm).await?;
    let record =
        |key: &StoredKey| Ok(KeyRecord { id: key.id, algorithm: key.algorithm, state: state(key)?, since: key.since });
    stored.iter().map(record).collect()
}

async fn carry_out(app: &App, realm: &Realm, changes: Vec<Change>) -> anyhow::Result<bool> {
    if changes.is_empty() {
        return Ok(false);
    }
    // RSA keys take seconds to make: before the transaction, off the threads that serve.
    let now = app.clock.now();
    let mut made = Vec::new();
    for change in &changes {
        if let Change::Create(algorithm, state) = *change {
            let (id, bits) = (KeyId::new(now, &*app.entropy), realm.rsa_bits);
            let key = tokio::task::spawn_blocking(move || SigningKey::generate(id, algorithm, bits)).await??;
            made.push((key, state));
        }
    }
    let tx = app.store.begin().await?;
    for change in &changes {
        if let Change::Move(id, state) = change {
            keys::move_to(&tx, *id, state.as_str(), now).await?;
        }
    }
    for (key, state) in made {
        keep(app, &tx, realm, &key, state).await?;
    }
    tx.commit(&app.own_event(EventKind::KeyRotated, &realm.name, now)).await?;
    Ok(true)
}

async fn keep(app: &App, tx: &Tx, realm: &Realm, key: &SigningKey, state: KeyState) -> anyhow::Result<()> {
    let name = key.id().to_string();
    let private = app.sealer.seal(Place { kind: PRIVATE, id: &name }, &key.to_pkcs8()?, &*app.entropy)?;
    let stored = StoredKey {
        id: key.id(),
        algorithm: key.algorithm(),
        state: state.as_str().to_owned(),
        private,
        since: app.clock.now(),
    };
    // Another node may have been quicker: then its key stands, and this one is never used.
    keys::insert(tx, &realm.name, &stored).await?;
    Ok(())
}

fn open(app: &App, key: &StoredKey) -> anyhow::Result<SigningKey> {
    let name = key.id.to_string();
    let der = app.sealer.open(Place { kind: PRIVATE, id: &name }, &key.private)?;
    Ok(SigningKey::from_pkcs8(key.id, key.algorithm, &der)?)
}

fn state(key: &StoredKey) -> anyhow::Result<KeyState> {
    KeyState::parse(&key.state).ok_or_else(|| anyhow!("key {} is in no state that we know", key.id))
}
