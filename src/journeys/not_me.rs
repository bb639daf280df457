//! `GET`, `POST /realms/{realm}/not-me`: where the links of mails land that tell of something done to an account.
//!
//! Opening one is harmless (SR-47), works in any browser, and signs nobody in (SR-49). The button takes away and never gives
//! (docs/adr/0049): it closes every session, makes the present password good for nothing, and has a link to choose another
//! sent to the mailbox. A link that tells of a new session closes that one.

use axum::response::Response;
use http::{Method, StatusCode};
use serde::Serialize;

use super::caller::{Caller, append_cookie};
use super::dispatch::{self, Outcome};
use super::link::codes::device;
use super::link::{Device, LinkIncompletePage, landing};
use super::login::sign_in::hash;
use super::posted::Posted;
use super::problem::Problem;
use super::recovery::ask;
use super::samples;
use crate::app::cookies::{self, Name};
use crate::app::warnings::LANDING;
use crate::authentication::journey::{self, Journey, Typed};
use crate::clock::{Duration, Timestamp, days};
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::identity::identifier::EmailAddress;
use crate::identity::user::User;
use crate::ids::SessionId;
use crate::secret::SecretHash;
use crate::store::warnings::{self, Warning};
use crate::store::{Access, StoreError, credentials, devices, email_changes, submissions, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// Where one chooses a new password, below the realm.
const RECOVERY: &str = "recover/password";

/// What the mails tell of, by their kind, as the page repeats it.
const TOLD: [(&str, &str); 15] = [
    ("password_changed", "not_me.password_changed"),
    ("secret_question_changed", "not_me.secret_question_changed"),
    ("challenge_questions_changed", "not_me.challenge_questions_changed"),
    ("signed_in_after_failures", "not_me.signed_in_after_failures"),
    ("new_device", "not_me.new_device"),
    ("totp_added", "not_me.totp_added"),
    ("totp_removed", "not_me.totp_removed"),
    ("passkey_added", "not_me.passkey_added"),
    ("passkey_removed", "not_me.passkey_removed"),
    ("certificate_added", "not_me.certificate_added"),
    ("certificate_removed", "not_me.certificate_removed"),
    ("second_factors_reset", "not_me.second_factors_reset"),
    ("recovery_codes_replaced", "not_me.recovery_codes_replaced"),
    ("recovery_code_used", "not_me.recovery_code_used"),
    ("codes_guessed", "not_me.codes_guessed"),
];

/// « Ce n’était pas vous ? », as one of these links finds the account.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NotMePage {
    /// The one button.
    pub(crate) form: FormState,
    /// What can be done, or was.
    pub(crate) standing: Standing,
    /// What the mail told of.
    pub(crate) told: Phrase,
    /// The address, masked: whoever opens the link may not be its owner.
    pub(crate) address: String,
    /// When it happened.
    pub(crate) happened_at: Timestamp,
    /// In which browser, when that is known.
    pub(crate) happened_from: Option<Device>,
    /// How long the link lives.
    pub(crate) lived: Duration,
    /// Until when.
    pub(crate) until: Timestamp,
    /// When it was used.
    pub(crate) used_at: Option<Timestamp>,
    /// The next step.
    pub(crate) go_on: String,
}

/// What can be done with such a link, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// The button closes everything.
    Deny,
    /// Everything was closed.
    Denied,
    /// The button closes the one session.
    Close,
    /// The session was closed.
    Closed,
    /// The link's time is over.
    Expired,
    /// The account has another address by now, or is none that is open (SR-44).
    Over,
}

impl Standing {
    fn of(warning: &Warning, owner: Option<&User>, now: Timestamp) -> Self {
        let closes_one = warning.session.is_some();
        match (warning.spent_at, owner) {
            (Some(_), _) if closes_one => Self::Closed,
            (Some(_), _) => Self::Denied,
            _ if now >= warning.ends_at => Self::Expired,
            (None, None) => Self::Over,
            (None, Some(_)) if closes_one => Self::Close,
            (None, Some(_)) => Self::Deny,
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Deny | Self::Close | Self::Closed => StatusCode::OK,
            Self::Denied | Self::Expired | Self::Over => StatusCode::GONE,
        }
    }
}

impl Page for NotMePage {
    const NAME: &'static str = "not-me";
    const TEMPLATE: &'static str = "not_me.html";

    fn title(&self) -> Phrase {
        Phrase::new(match self.standing {
            Standing::Deny => "not_me.deny_title",
            Standing::Close => "not_me.close_title",
            Standing::Closed => "not_me.closed_title",
            Standing::Denied => "link_used.title",
            Standing::Expired => "link_expired.title",
            Standing::Over => "email_change.over_title",
        })
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |standing, kind, happened_from| Self {
            form: samples::form(),
            standing,
            told: told(kind),
            address: samples::MASKED.to_owned(),
            happened_at: now - Duration::from_mins(20),
            happened_from,
            lived: days(7),
            until: now + days(7),
            used_at: Some(now - Duration::from_mins(3)),
            go_on: samples::NEXT.to_owned(),
        };
        let deny = TOLD.iter().filter(|(kind, _)| *kind != "new_device");
        let mut samples: Vec<_> =
            deny.map(|(kind, _)| sample(kind, page(Standing::Deny, kind, Some(Device::sample())))).collect();
        samples.extend([
            sample("unknown-browser", page(Standing::Deny, "password_changed", None)),
            sample("denied", page(Standing::Denied, "password_changed", None)),
            sample("close", page(Standing::Close, "new_device", Some(Device::sample()))),
            sample("closed", page(Standing::Closed, "new_device", None)),
            sample("expired", page(Standing::Expired, "password_changed", None)),
            sample("over", page(Standing::Over, "password_changed", None)),
        ]);
        samples
    }
}

/// What a mail of that kind told; one of a later release is told in general words.
fn told(kind: &str) -> Phrase {
    Phrase::new(TOLD.iter().find(|(known, _)| *known == kind).map_or("not_me.something", |(_, key)| key))
}

/// `GET`, `HEAD`
pub(crate) async fn page(caller: Caller, method: Method) -> Result<Response, Problem> {
    if let Some(token) = caller.parameter("token") {
        return Ok(landing::out_of_the_address(&caller, &method, token, LANDING));
    }
    let (browser, fresh) = caller.browser_or_new();
    let mut response = match presented(&caller).await? {
        Some(warning) => show(&caller, &browser, &warning).await?,
        None => caller.show(StatusCode::NOT_FOUND, &LinkIncompletePage { start: caller.path(RECOVERY) })?,
    };
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// A button that was pressed.
struct Press {
    caller: Caller,
    warning: Warning,
    browser: SecretHash,
    form: SecretHash,
}

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    let again = || Problem::CookiesRefused { again: posted.caller.here().to_owned() };
    let warning = presented(&posted.caller).await?.ok_or_else(again)?;
    let (browser, form) = posted.check(warning.id.uuid().as_bytes())?;
    let caller = posted.caller;
    if let Some(sealed) = submissions::outcome(&caller.app.store.reads(), form.as_bytes()).await? {
        return Err(Problem::Answered(Outcome::open(&caller.app, &form, &sealed)?));
    }
    let press = Press { caller, warning, browser, form };
    match press.warning.session {
        Some(session) => close(press, session).await,
        None => Box::pin(deny(press)).await,
    }
}

/// Closes the session that the mail told of.
async fn close(press: Press, session: SessionId) -> Result<Response, Problem> {
    let Press { caller, warning, browser, form } = press;
    let now = caller.now();
    let tx = caller.app.store.begin().await?;
    let owner = owner(&tx, &warning).await?;
    let spent = if owner.is_some() { warnings::spend(&tx, warning.id, now).await? } else { None };
    if spent.is_none() {
        drop(tx);
        return show(&caller, &browser, &warning).await;
    }
    caller.app.end_session(&tx, &caller.house, session, now).await?;
    let outcome = Outcome { location: caller.path(LANDING), cookies: Vec::new() };
    dispatch::answer(&caller, &tx, &form, &outcome).await?;
    let event = caller.event(EventKind::SessionDenied);
    tx.commit(&Event { user: Some(warning.user), session: Some(session), ..event }).await?;
    Ok(outcome.response())
}

/// Closes everything, and leads to a new password by way of the mailbox (SR-53, SR-57).
async fn deny(press: Press) -> Result<Response, Problem> {
    let Press { caller, warning, browser, form } = press;
    let (user, now) = (warning.user, caller.now());
    let nobodys = hash(&caller, &entropy::token(&*caller.app.entropy)).await?;
    let mut tx = caller.app.store.begin().await?;
    let owner = owner(&tx, &warning).await?;
    let spent = if owner.is_some() { warnings::spend(&tx, warning.id, now).await? } else { None };
    let Some((owner, _)) = owner.zip(spent) else {
        drop(tx);
        return show(&caller, &browser, &warning).await;
    };
    warnings::settle(&tx, user, now).await?;
    caller.app.end_sessions_of(&tx, &caller.house, user, now).await?;
    credentials::lock_password(&tx, user, &nobodys, now).await?;
    email_changes::cancel(&tx, user, now).await?;
    devices::forget_all(&tx, user).await?;
    let denied = Event { user: Some(user), ..caller.event(EventKind::ChangeDenied) };
    let typed = Typed { identifier: owner.sign_in_name().to_owned(), ..Typed::default() };
    let mut visit = landing::begun(caller, &tx, &browser, Journey { typed, ..Journey::default() }).await?;
    let cookies = vec![cookies::forget(Name::Link)];
    match ask::ask(&mut visit, &tx).await {
        Ok(asked) => {
            visit.flow.journey.notice = Some(journey::Notice::Secured);
            let outcome = Outcome { location: dispatch::address(&visit, &tx).await?, cookies };
            dispatch::keep(&visit, &tx, &form, &outcome).await?;
            tx.note(&asked).await?;
            tx.commit(&denied).await?;
            Ok(outcome.response())
        }
        // This network asks for many mails: what was open is closed all the same, and the page asks once more.
        Err(Problem::Slowed(_)) => {
            let outcome = Outcome { location: visit.step(RECOVERY), cookies };
            dispatch::keep(&visit, &tx, &form, &outcome).await?;
            tx.commit(&denied).await?;
            Ok(outcome.response())
        }
        Err(problem) => Err(problem),
    }
}

/// The warning that this browser carries the link of.
async fn presented(caller: &Caller) -> Result<Option<Warning>, Problem> {
    let Some(token) = caller.cookie(Name::Link) else { return Ok(None) };
    Ok(warnings::by_token(&caller.app.store.reads(), &caller.house.realm.name, &token.hash()).await?)
}

/// Whose link it is, as long as the account is open and has the address that it was sent to (SR-44).
async fn owner(access: &impl Access, warning: &Warning) -> Result<Option<User>, StoreError> {
    let user = users::by_id(access, warning.user).await?;
    Ok(user.filter(User::is_active).filter(|user| user.email.as_str() == warning.email))
}

async fn show(caller: &Caller, browser: &SecretHash, warning: &Warning) -> Result<Response, Problem> {
    let reads = caller.app.store.reads();
    // As it is now: another press may have been quicker.
    let now = warnings::by_token(&reads, &caller.house.realm.name, &warning.token).await?;
    let warning = now.as_ref().unwrap_or(warning);
    let standing = Standing::of(warning, owner(&reads, warning).await?.as_ref(), caller.now());
    let token = caller.app.forms.token(browser, warning.id.uuid().as_bytes(), &*caller.app.entropy);
    let page = NotMePage {
        form: FormState::new(token),
        standing,
        told: told(&warning.about),
        address: EmailAddress::parse(&warning.email).map(|address| address.masked()).unwrap_or_default(),
        happened_at: warning.happened_at,
        happened_from: device(&warning.happened_from),
        lived: warning.happened_at.until(warning.ends_at),
        until: warning.ends_at,
        used_at: warning.spent_at,
        go_on: caller.path(RECOVERY),
    };
    caller.show(standing.status(), &page)
}
