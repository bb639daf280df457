//! What an operator does to an account from the command line.

use anyhow::{Context as _, bail};

use crate::app::App;
use crate::app::second_factors::Acting;
use crate::clock::{Duration, days};
use crate::event::{Event, EventKind};
use crate::identity::identifier::Canonical;
use crate::identity::user::{User, UserState};
use crate::ids::RealmName;
use crate::journeys::recovery::triggered;
use crate::mail::browser::Browser;
use crate::mail::sheet::Occasion;
use crate::protocol::client::ClientId;
use crate::protocol::consent::Agreement;
use crate::store::{closings, consents, email_changes, links, users};

/// The account that signs in with `identifier`.
pub(super) async fn find(app: &App, realm: &RealmName, identifier: &str) -> anyhow::Result<Option<User>> {
    Ok(users::by_identifier(&app.store.reads(), realm, &Canonical::of_typed(identifier)).await?)
}

/// Changes what an account says of its owner, all of it or nothing (OpenID Connect Core §5.1).
pub(super) async fn set(app: &App, realm: &RealmName, user: &User, claims: &[(String, String)]) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut profile = user.profile.clone();
    for (claim, value) in claims {
        profile.set(claim, value).with_context(|| format!("{claim} was not set"))?;
    }
    let tx = app.store.begin().await?;
    if !users::set_profile(&tx, user, &profile, now).await? {
        bail!("the account was changed meanwhile: look at it and try again")
    }
    tx.commit(&Event { user: Some(user.id), ..app.own_event(EventKind::ProfileChanged, realm, now) }).await?;
    Ok(())
}

/// What a person agreed to for one application, for an operator's eyes.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ConsentLine {
    /// The application.
    pub client: String,
    /// What it may do.
    pub scope: String,
    /// Where, beside the provider itself.
    pub resources: Vec<String>,
    /// When the person agreed last, in seconds.
    pub given_at: i64,
}

/// All that a person agreed to.
pub(super) async fn consents(app: &App, user: &User) -> anyhow::Result<Vec<ConsentLine>> {
    let all = consents::all(&app.store.reads(), user.id).await?;
    let line = |(client, agreement): (ClientId, Agreement)| ConsentLine {
        client: client.to_string(),
        scope: agreement.to.scope.to_string(),
        resources: agreement.to.resources.into_iter().collect(),
        given_at: agreement.given.seconds(),
    };
    Ok(all.into_iter().map(line).collect())
}

/// Takes back what a person agreed to for that application, with all that it was given; `false` when it had nothing.
pub(super) async fn take_back(app: &App, realm: &RealmName, user: &User, client: &str) -> anyhow::Result<bool> {
    let (now, client) = (app.clock.now(), ClientId::new(client));
    let tx = app.store.begin().await?;
    if !consents::take_back(&tx, user.id, &client, now).await? {
        return Ok(false);
    }
    let client = Some(client.to_string());
    tx.commit(&Event { user: Some(user.id), client, ..app.own_event(EventKind::ConsentTakenBack, realm, now) }).await?;
    Ok(true)
}

/// Carries out the ends of accounts that have come, each in a transaction of its own.
pub(super) async fn close_due(app: &App) -> anyhow::Result<u64> {
    let (now, mut closed) = (app.clock.now(), 0);
    for closing in closings::due(&app.store.reads(), now).await? {
        let Some(house) = app.house(closing.realm.as_str()) else { continue };
        closed += u64::from(app.close(&house, &closing, now).await?);
    }
    Ok(closed)
}

/// How long an account waits for its address to be proven (DOMAIN.md §10).
const UNPROVEN: Duration = days(7);

/// Forgets accounts that were issued and never used, each in a transaction of its own; returns how many.
pub(super) async fn forget_unproven(app: &App) -> anyhow::Result<u64> {
    let (now, mut gone) = (app.clock.now(), 0);
    for (realm, user) in users::unproven(&app.store.reads(), now - UNPROVEN).await? {
        gone += u64::from(app.forget_unproven((&realm, user), now).await?);
    }
    Ok(gone)
}

/// Takes app, recovery codes and passkeys from an account whose owner has lost them, and tells the owner (SR-82);
/// `false` when there was none of them.
pub(super) async fn reset_second_factors(app: &App, realm: &RealmName, user: &User) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let Some(house) = app.house(realm.as_str()) else { bail!("there is no live realm {realm}") };
    let tx = app.store.begin().await?;
    let happened = Occasion { at: now, browser: Browser::default() };
    let acting = Acting { house: &house, user, happened };
    if !app.reset_second_factors(&tx, acting).await? {
        return Ok(false);
    }
    let event = app.own_event(EventKind::SecondFactorsRemoved, realm, now);
    tx.commit(&Event { user: Some(user.id), ..event }).await?;
    Ok(true)
}

/// Has a link to choose a new password sent to an account's own address (SR-31).
pub(super) async fn reset(app: &App, realm: &RealmName, user: &User) -> anyhow::Result<()> {
    let Some(house) = app.house(realm.as_str()) else { bail!("there is no live realm {realm}") };
    if !user.is_active() {
        bail!("the account is switched off: switch it on first")
    }
    let tx = app.store.begin().await?;
    let event = triggered::send(app, &house, &tx, user).await?;
    tx.commit(&event).await?;
    Ok(())
}

/// Switches an account on or off; off ends its sessions, grants and links on every node at once (SR-54, SR-102).
pub(super) async fn switch(app: &App, realm: &RealmName, user: &User, on: bool) -> anyhow::Result<()> {
    let now = app.clock.now();
    let (state, kind) = if on {
        (UserState::Active, EventKind::AccountEnabled)
    } else {
        (UserState::Disabled, EventKind::AccountDisabled)
    };
    let tx = app.store.begin().await?;
    users::set_state(&tx, user.id, state, now).await?;
    if !on {
        let Some(house) = app.house(realm.as_str()) else { bail!("there is no live realm {realm}") };
        app.end_sessions_of(&tx, &house, user.id, now).await?;
        links::void_of_user(&tx, Some(user.id), now).await?;
        email_changes::cancel(&tx, user.id, now).await?;
    }
    tx.commit(&Event { user: Some(user.id), ..app.own_event(kind, realm, now) }).await?;
    Ok(())
}
