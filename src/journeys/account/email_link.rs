//! `GET`, `POST /realms/{realm}/email-change`: where the two links of a change of address land.
//!
//! The one from the new mailbox puts the address in force, the one from the old mailbox undoes it, before or after. Opening
//! them is harmless (SR-47), works in any browser, and signs nobody in (SR-49). Who undoes a change did not ask for it:
//! every session ends, and a new password is the next step.

use axum::response::Response;
use http::{Method, StatusCode};
use serde::Serialize;

use super::email::LANDING;
use crate::app::cookies::Name;
use crate::clock::{Duration, Timestamp};
use crate::event::{Event, EventKind};
use crate::identity::user::User;
use crate::journeys::caller::{Caller, append_cookie};
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::link::codes::device;
use crate::journeys::link::{Device, LinkIncompletePage, landing};
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::secret::SecretHash;
use crate::store::email_changes::{self, EmailChange, Side};
use crate::store::{Tx, addresses, devices, links, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// A change of address, as one of its links finds it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EmailLinkPage {
    /// The one button.
    pub(crate) form: FormState,
    /// Where the change stands, for this link.
    pub(crate) standing: Standing,
    /// The address wished for, masked: whoever opens the link may not be its owner.
    pub(crate) address: String,
    /// When it was asked for.
    pub(crate) asked_at: Timestamp,
    /// From which browser, when that is known.
    pub(crate) asked_from: Option<Device>,
    /// Until when the link was good.
    pub(crate) until: Timestamp,
    /// The next step, where there is one.
    pub(crate) go_on: String,
}

/// Where a change stands, for one of its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// The button puts the address in force.
    Confirm,
    /// The address is in force.
    Confirmed,
    /// The button undoes the change.
    Undo,
    /// It was undone, or cancelled.
    Undone,
    /// The link's time is over.
    Expired,
    /// The change was cancelled, or another took its place.
    Over,
    /// Somebody else has the address by now.
    Taken,
}

impl Standing {
    fn of(change: &EmailChange, side: Side, now: Timestamp) -> Self {
        match side {
            Side::New if change.ended_at.is_some() => Self::Over,
            Side::New if change.confirmed_at.is_some() => Self::Confirmed,
            Side::New if change.waits(now) => Self::Confirm,
            Side::Old if change.may_be_undone(now) => Self::Undo,
            Side::Old if change.ended_at.is_some() => Self::Undone,
            Side::New | Side::Old => Self::Expired,
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Confirm | Self::Confirmed | Self::Undo | Self::Undone => StatusCode::OK,
            Self::Expired | Self::Over => StatusCode::GONE,
            Self::Taken => StatusCode::CONFLICT,
        }
    }
}

impl Page for EmailLinkPage {
    const NAME: &'static str = "email-change";
    const TEMPLATE: &'static str = "email_change.html";

    fn title(&self) -> Phrase {
        match self.standing {
            Standing::Confirm => Phrase::new("email_change.confirm_title"),
            Standing::Confirmed => Phrase::new("email_change.confirmed_title"),
            Standing::Undo => Phrase::new("email_change.undo_title"),
            Standing::Undone => Phrase::new("email_change.undone_title"),
            Standing::Expired => Phrase::new("link_expired.title"),
            Standing::Over => Phrase::new("email_change.over_title"),
            Standing::Taken => Phrase::new("email_change.taken_title"),
        }
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |standing, asked_from| Self {
            form: samples::form(),
            standing,
            address: samples::MASKED.to_owned(),
            asked_at: now - Duration::from_mins(3),
            asked_from,
            until: now + Duration::from_hours(24),
            go_on: samples::NEXT.to_owned(),
        };
        vec![
            sample("confirm", page(Standing::Confirm, Some(Device::sample()))),
            sample("confirmed", page(Standing::Confirmed, None)),
            sample("undo", page(Standing::Undo, None)),
            sample("undone", page(Standing::Undone, None)),
            sample("expired", page(Standing::Expired, None)),
            sample("over", page(Standing::Over, None)),
            sample("taken", page(Standing::Taken, None)),
        ]
    }
}

/// `GET`, `HEAD`
pub(crate) async fn page(caller: Caller, method: Method) -> Result<Response, Problem> {
    if let Some(token) = caller.parameter("token") {
        return Ok(landing::out_of_the_address(&caller, &method, token, LANDING));
    }
    let (browser, fresh) = caller.browser_or_new();
    let mut response = if let Some((change, side)) = presented(&caller).await? {
        show(&caller, &browser, &change, Standing::of(&change, side, caller.now()))?
    } else {
        caller.show(StatusCode::NOT_FOUND, &LinkIncompletePage { start: caller.path("account") })?
    };
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    let again = || Problem::CookiesRefused { again: posted.caller.here().to_owned() };
    let (change, side) = presented(&posted.caller).await?.ok_or_else(again)?;
    let (browser, form) = posted.check(change.id.uuid().as_bytes())?;
    let caller = &posted.caller;
    let standing = match side {
        Side::New => confirm(caller, &form, &change).await?,
        Side::Old => undo(caller, &form, &change).await?,
    };
    match standing {
        Some(response) => Ok(response),
        // Another press was quicker, or the time is over: the page says how it stands.
        None => show(caller, &browser, &change, after(caller, &change, side).await?),
    }
}

async fn after(caller: &Caller, change: &EmailChange, side: Side) -> Result<Standing, Problem> {
    let token = if side == Side::New { &change.confirm } else { &change.undo };
    let found = email_changes::by_token(&caller.app.store.reads(), &caller.house.realm.name, token).await?;
    let standing = found.map_or(Standing::Over, |(change, side)| Standing::of(&change, side, caller.now()));
    // What could be done and was not: somebody else has the address.
    Ok(if standing == Standing::Confirm { Standing::Taken } else { standing })
}

/// The change that this browser carries a link of.
async fn presented(caller: &Caller) -> Result<Option<(EmailChange, Side)>, Problem> {
    let Some(token) = caller.cookie(Name::Link) else { return Ok(None) };
    Ok(email_changes::by_token(&caller.app.store.reads(), &caller.house.realm.name, &token.hash()).await?)
}

/// Puts the new address in force; `None` when it cannot be any more. Uniqueness is asked again here (SR-65), and what
/// was mailed to the old address before is void (SR-54).
async fn confirm(caller: &Caller, form: &SecretHash, change: &EmailChange) -> Result<Option<Response>, Problem> {
    let (realm, now) = (&caller.house.realm.name, caller.now());
    let tx = caller.app.store.begin().await?;
    let Some(change) = email_changes::confirm(&tx, change.id, now).await? else { return Ok(None) };
    let user = users::by_id(&tx, change.user).await?.filter(User::is_active);
    let Some(user) = user else { return Ok(None) };
    let rests = caller.app.rests(&tx, (realm, &change.new.canonical()), now).await?;
    if rests || !addresses::move_to(&tx, realm, user.id, &change.new, now).await? {
        return Ok(None);
    }
    links::void_of_user(&tx, Some(user.id), now).await?;
    settle(caller, form, (tx, EventKind::EmailChanged), &change).await.map(Some)
}

/// Undoes the change, confirmed or not, with every later one; `None` when it cannot be any more.
async fn undo(caller: &Caller, form: &SecretHash, change: &EmailChange) -> Result<Option<Response>, Problem> {
    let (realm, now) = (&caller.house.realm.name, caller.now());
    let tx = caller.app.store.begin().await?;
    let Some(change) = email_changes::undo(&tx, change.id, now).await? else { return Ok(None) };
    if change.confirmed_at.is_some() {
        if !addresses::move_to(&tx, realm, change.user, &change.old, now).await? {
            return Ok(None);
        }
        addresses::keep_only(&tx, change.user, &change.old).await?;
        email_changes::end_all(&tx, change.user, now).await?;
    }
    caller.app.end_sessions_of(&tx, &caller.house, change.user, now).await?;
    links::void_of_user(&tx, Some(change.user), now).await?;
    devices::forget_all(&tx, change.user).await?;
    settle(caller, form, (tx, EventKind::EmailChangeUndone), &change).await.map(Some)
}

async fn settle(
    caller: &Caller,
    form: &SecretHash,
    (tx, kind): (Tx, EventKind),
    change: &EmailChange,
) -> Result<Response, Problem> {
    let outcome = Outcome { location: caller.path("email-change"), cookies: Vec::new() };
    dispatch::answer(caller, &tx, form, &outcome).await?;
    tx.commit(&Event { user: Some(change.user), ..caller.event(kind) }).await?;
    Ok(outcome.response())
}

fn show(caller: &Caller, browser: &SecretHash, change: &EmailChange, standing: Standing) -> Result<Response, Problem> {
    let form = FormState::new(caller.app.forms.token(browser, change.id.uuid().as_bytes(), &*caller.app.entropy));
    let undone = standing == Standing::Undone;
    let page = EmailLinkPage {
        form,
        standing,
        address: change.new.masked(),
        asked_at: change.asked_at,
        asked_from: device(&change.requested_from),
        until: if standing == Standing::Undo { change.undo_until } else { change.confirm_until },
        go_on: caller.path(if undone { "recover/password" } else { "account" }),
    };
    caller.show(standing.status(), &page)
}
