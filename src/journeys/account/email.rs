//! `GET`, `POST /realms/{realm}/account/email`: another address, in force once its mailbox was read (SR-65).
//!
//! Whether somebody else has the wished address is told to nobody: the page is the same, the same rows are written, and
//! the mail differs (SR-1). The old mailbox is told in any case, with a link that undoes it.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::app::letters::{self, Recipient};
use crate::clock::{Duration, Timestamp, days, hours};
use crate::entropy;
use crate::event::EventKind;
use crate::identity::identifier::{EmailAddress, NotAnEmailAddress};
use crate::identity::user::User;
use crate::ids::EmailChangeId;
use crate::journeys::link::codes::written;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::mail::message::{AddressChanging, AddressInUse, ConfirmNewAddress, Mail};
use crate::secret::{Secret, SecretHash};
use crate::store::email_changes::{self, EmailChange};
use crate::store::{Tx, users};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/email";
/// Where both links land.
pub(super) const LANDING: &str = "email-change";
/// How long a change may be confirmed (SR-46).
const CONFIRMED_WITHIN: Duration = hours(24);
/// How long it may be undone (UX.md §3).
const UNDONE_WITHIN: Duration = days(7);

/// « Modifier l’adresse e-mail ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EmailPage {
    /// The new address.
    pub(crate) form: FormState,
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// The address in force.
    pub(crate) address: String,
    /// The change that waits for its mailbox.
    pub(crate) waiting: Option<WaitingAddress>,
}

/// A change that waits for its mailbox.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WaitingAddress {
    /// Sent as `do=cancel`.
    pub(crate) form: FormState,
    /// The address wished for, as it was typed.
    pub(crate) address: String,
    /// Until when its link is good.
    pub(crate) until: Timestamp,
}

impl Page for EmailPage {
    const NAME: &'static str = "account-email";
    const TEMPLATE: &'static str = "account_email.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_email.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with = |form: FormState| Self { form, notice: None, address: samples::ADDRESS.to_owned(), waiting: None };
        let typed = |address: &str| samples::form().keep(Field::Email, address);
        let refused = |address, words| with(typed(address).refuse(Field::Email, words));
        let waiting = |address: &str| WaitingAddress {
            form: samples::form(),
            address: address.to_owned(),
            until: now + Duration::from_hours(23),
        };
        let waits = |address| Self { waiting: Some(waiting(address)), ..with(samples::form()) };
        vec![
            sample("usual", with(samples::form())),
            sample("empty", refused("", refusals::email_empty())),
            sample("no-at", refused("marie.durand.exemple.fr", refusals::email_without_at())),
            sample("malformed", refused("marie@", refusals::email_malformed())),
            sample("same", refused(samples::ADDRESS, refusals::email_same())),
            sample("waiting", waits("m.durand@exemple.fr")),
            sample("waiting-long", waits(samples::LONG_ADDRESS)),
            sample("cancelled", Self { notice: Some(cancelled()), ..with(samples::form()) }),
        ]
    }
}

fn cancelled() -> Notice {
    Notice::done(Phrase::new("account_email.cancelled"))
}

/// The line of the home page, with the change that waits.
pub(super) fn told(address: &str, waiting: Option<&str>) -> Line {
    let line = Line::new(Phrase::new("account.email")).words(address);
    match waiting {
        Some(new) => line.says(Phrase::new("account_email.waits").words("address", new)),
        None => line,
    }
}

/// The line of the home page.
pub(super) async fn line(owner: &Owner) -> Result<Line, Problem> {
    let waiting = email_changes::waiting(&owner.app.store.reads(), owner.user.id, owner.now()).await?;
    let new = waiting.as_ref().map(|change| change.new.as_str());
    Ok(told(owner.user.email.as_str(), new).changed_at(owner.path(PAGE)))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    owner.fresh().await?;
    let form = owner.resumed(owner.form(), &[Field::Email]).await?;
    show(&owner, StatusCode::OK, form).await
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    act.fresh(&[Field::Email]).await?;
    if act.fields.raw("do") == "cancel" {
        return cancel(&act).await;
    }
    match EmailAddress::parse(act.fields.text(Field::Email)) {
        Ok(new) if new.canonical() == act.user.email.canonical() => refuse(&act, refusals::email_same()).await,
        Ok(new) => ask(&act, new).await,
        Err(NotAnEmailAddress::Empty) => refuse(&act, refusals::email_empty()).await,
        Err(NotAnEmailAddress::NoAt) => refuse(&act, refusals::email_without_at()).await,
        Err(_) => refuse(&act, refusals::email_malformed()).await,
    }
}

async fn refuse(act: &Act, words: Phrase) -> Result<Response, Problem> {
    let form = act.again(&[Field::Email]).refuse(Field::Email, words);
    show(act, StatusCode::UNPROCESSABLE_ENTITY, form).await
}

async fn cancel(act: &Act) -> Result<Response, Problem> {
    let tx = act.begin().await?;
    if !email_changes::cancel(&tx, act.user.id, act.now()).await? {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    let event = act.event(EventKind::EmailChangeCancelled);
    act.leads_to("account/email?done=cancelled", Vec::new(), (tx, event)).await
}

/// Keeps the change and queues both mails; for an address that somebody else has, the same rows are written.
async fn ask(act: &Act, new: EmailAddress) -> Result<Response, Problem> {
    let (app, now) = (&act.app, act.now());
    let tx = act.begin().await?;
    app.throttle.request_for_mail(&tx, &act.network(), now).await?.map_err(Problem::Slowed)?;
    let allowed = app.throttle.mail(&tx, &new.canonical(), now).await?;
    let holder = users::by_identifier(&tx, &act.house.realm.name, &new.canonical()).await?;
    let holder = holder.filter(|holder| holder.id != act.user.id);
    let (confirm, undo) = (entropy::token(&*app.entropy), entropy::token(&*app.entropy));
    let change = change(act, new, (confirm.hash(), undo.hash()));
    if !email_changes::ask(&tx, &change).await? {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    tell_the_new(act, &tx, (&change, &confirm), holder.as_ref(), allowed).await?;
    tell_the_old(act, &tx, (&change, &undo)).await?;
    act.leads_to(PAGE, Vec::new(), (tx, act.event(EventKind::EmailChangeAsked))).await
}

fn change(act: &Act, new: EmailAddress, (confirm, undo): (SecretHash, SecretHash)) -> EmailChange {
    let now = act.now();
    EmailChange {
        id: EmailChangeId::new(now, &*act.app.entropy),
        realm: act.house.realm.name.clone(),
        user: act.user.id,
        old: act.user.email.clone(),
        new,
        confirm,
        undo,
        requested_from: written(act.agent),
        asked_at: now,
        confirm_until: now + CONFIRMED_WITHIN,
        undo_until: now + UNDONE_WITHIN,
        confirmed_at: None,
        ended_at: None,
    }
}

/// The link to the new mailbox; whoever has that address already is told so at the one they registered with (SR-55).
async fn tell_the_new(
    act: &Act,
    tx: &Tx,
    (change, confirm): (&EmailChange, &Secret<String>),
    holder: Option<&User>,
    allowed: bool,
) -> Result<(), Problem> {
    let mail = match holder {
        Some(_) => Mail::AddressInUse(AddressInUse { sign_in: act.address("account"), asked: act.occasion() }),
        None => Mail::ConfirmNewAddress(ConfirmNewAddress {
            first_name: act.user.first_name.as_str().to_owned(),
            link: link(act, confirm),
            ends: change.confirm_until,
            asked: act.occasion(),
        }),
    };
    let to = Recipient {
        address: holder.map_or(&change.new, |holder| &holder.email).as_str().to_owned(),
        language: holder.map_or(act.user.language, |holder| holder.language),
        held: !allowed,
    };
    letters::post(&act.app, tx, &act.house.realm.name, to, &mail, act.now()).await?;
    Ok(())
}

async fn tell_the_old(act: &Act, tx: &Tx, (change, undo): (&EmailChange, &Secret<String>)) -> Result<(), Problem> {
    let mail = Mail::AddressChanging(AddressChanging {
        first_name: act.user.first_name.as_str().to_owned(),
        new: change.new.masked(),
        link: link(act, undo),
        ends: change.undo_until,
        asked: act.occasion(),
    });
    let to = Recipient { address: change.old.as_str().to_owned(), language: act.user.language, held: false };
    letters::post(&act.app, tx, &act.house.realm.name, to, &mail, act.now()).await?;
    Ok(())
}

fn link(act: &Act, token: &Secret<String>) -> Secret<String> {
    Secret::new(act.address(&format!("{LANDING}?token={}", token.expose())))
}

async fn show(owner: &Owner, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let waiting = email_changes::waiting(&owner.app.store.reads(), owner.user.id, owner.now()).await?;
    let waiting = waiting.map(|change| WaitingAddress {
        form: owner.form(),
        address: change.new.as_str().to_owned(),
        until: change.confirm_until,
    });
    let notice = (owner.parameter("done") == Some("cancelled")).then(cancelled);
    let address = owner.user.email.as_str().to_owned();
    owner.show(status, &EmailPage { form, notice, address, waiting })
}
