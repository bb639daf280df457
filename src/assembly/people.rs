//! What an operator does to an account from the command line.

use anyhow::bail;

use crate::app::App;
use crate::event::{Event, EventKind};
use crate::identity::identifier::Canonical;
use crate::identity::user::{User, UserState};
use crate::ids::RealmName;
use crate::store::{links, users};

/// The account that signs in with `identifier`.
pub(super) async fn find(app: &App, realm: &RealmName, identifier: &str) -> anyhow::Result<Option<User>> {
    Ok(users::by_identifier(&app.store.reads(), realm, &Canonical::of_typed(identifier)).await?)
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
    }
    tx.commit(&Event { user: Some(user.id), ..app.own_event(kind, realm, now) }).await?;
    Ok(())
}
