//! Registration where the realm issues what people sign in with: names, and the address twice (DOMAIN.md §9.2).
//!
//! An address may have several accounts: a known one gets another account as an unknown one does, and the same page follows
//! (SR-1, docs/adr/0061). The account lets nobody in before the mailed password was used (SR-61).

use axum::response::Response;
use serde::Serialize;

use super::organisation::opening;
use crate::app::issuing::Drawn;
use crate::authentication::journey::Issued;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::identity::identifier::EmailAddress;
use crate::identity::user::{Registrant, User};
use crate::ids::UserId;
use crate::journeys::actions::verification::PAUSE;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::store::{Tx, users};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Créer un compte », with the address twice.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RegisterIssuedPage {
    /// First name, last name, e-mail address, the same once more.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// Back to sign-in.
    pub(crate) sign_in: String,
}

impl Page for RegisterIssuedPage {
    const NAME: &'static str = "register-issued";
    const TEMPLATE: &'static str = "register_issued.html";

    fn title(&self) -> Phrase {
        Phrase::new("register.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with = |form| Self { form, notice: None, sign_in: samples::NEXT.to_owned() };
        let typed = |email, again| {
            let form = samples::form().keep(Field::FirstName, "Marie").keep(Field::LastName, "Durand");
            form.keep(Field::Email, email).keep(Field::EmailConfirm, again)
        };
        let both = || typed(samples::ADDRESS, samples::ADDRESS);
        let empty = samples::form()
            .refuse(Field::FirstName, refusals::first_name_empty())
            .refuse(Field::LastName, refusals::last_name_empty())
            .refuse(Field::Email, refusals::email_empty())
            .refuse(Field::EmailConfirm, refusals::email_confirmation_empty());
        let differs = typed(samples::ADDRESS, "marie.durant@exemple.fr");
        let differs = differs.refuse(Field::EmailConfirm, refusals::email_confirmation_differs());
        let malformed = typed("marie@", "marie@").refuse(Field::Email, refusals::email_malformed());
        let long = typed(samples::LONG_ADDRESS, samples::LONG_ADDRESS)
            .keep(Field::FirstName, samples::LONG_NAME)
            .keep(Field::LastName, samples::LONG_NAME)
            .refuse(Field::FirstName, refusals::too_long(Field::FirstName, 60));
        vec![
            sample("first-visit", with(samples::form())),
            sample("empty", with(empty)),
            sample("malformed", with(malformed)),
            sample("differs", with(differs)),
            sample("long", with(long)),
            sample("throttled", with(both().refuse_all(refusals::throttled(now)))),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..with(both()) }),
        ]
    }
}

/// Compares the address with what was typed the second time; what is to be mended goes into the form.
pub(crate) fn confirm(form: FormState, submission: &Submission, email: Option<&EmailAddress>) -> FormState {
    let again = submission.fields.text(Field::EmailConfirm);
    if again.trim().is_empty() {
        return form.refuse(Field::EmailConfirm, refusals::email_confirmation_empty());
    }
    // An address that is none was told already: one slip, one error.
    let differs = email.is_some_and(|email| !EmailAddress::parse(again).is_ok_and(|again| again.is_spelled_as(email)));
    if differs { form.refuse(Field::EmailConfirm, refusals::email_confirmation_differs()) } else { form }
}

/// What was typed holds: the account is made, and its two mails leave.
pub(super) async fn register(mut submission: Submission, who: Registrant) -> Result<Response, Problem> {
    let drawn = submission.visit.app.draw_temporary().await?;
    let mut tx = submission.begin().await?;
    let event = issue(&mut submission.visit, &mut tx, who, &drawn).await?;
    submission.visit.flow.journey.notice = None;
    submission.follow(tx, event).await
}

/// Makes the account, unless its address has had enough mails for now (SR-18): then it waits to be asked for once more, and
/// the page is the same. An organisation that registers with it is opened first: whoever comes second to its number gets no
/// account either.
pub(super) async fn issue(visit: &mut Visit, tx: &mut Tx, who: Registrant, drawn: &Drawn) -> Result<Event, Problem> {
    let (user, kind) = if may_mail(visit, tx, &who.email).await? {
        // An address that was mistyped must not hold the number of an organisation: what was issued to it in this very
        // journey, and never used, gives way.
        if let Some(enrolled) = &who.organisation
            && let Some(former) = opening::own(visit, tx, &enrolled.number).await?
        {
            users::forget_unproven(tx, former).await?;
        }
        let opened = match &who.organisation {
            Some(enrolled) => match opening::open(visit, tx, enrolled).await? {
                Some(id) => Some((id, enrolled)),
                None => return Ok(opening::overtaken(visit, enrolled)),
            },
            None => None,
        };
        let user = visit.app.issue(tx, &visit.house, (&who, drawn), visit.occasion()).await?;
        if let Some((id, enrolled)) = opened {
            opening::administer(visit, tx, (id, user), enrolled).await?;
        }
        (Some(user), EventKind::CredentialsIssued)
    } else {
        (None, EventKind::CredentialsWithheld)
    };
    let event = Event { user, ..visit.event(kind) };
    visit.flow.journey.issued = Some(waiting(who, user, visit.now()));
    Ok(event)
}

/// What a journey knows of an account that was issued in it; whoever issues one by other forms keeps this too.
pub(crate) fn waiting(who: Registrant, user: Option<UserId>, now: Timestamp) -> Issued {
    Issued { who, user, resent: false, asked_at: now, again_at: now + PAUSE }
}

/// Counts a request for mail, and says whether the address may have it. The two mails of an account count as one.
pub(crate) async fn may_mail(visit: &Visit, tx: &Tx, email: &EmailAddress) -> Result<bool, Problem> {
    let (app, now) = (&visit.app, visit.now());
    app.throttle.request_for_mail(tx, &visit.network(), now).await?.map_err(Problem::Slowed)?;
    Ok(app.throttle.mail(tx, &email.canonical(), now).await?)
}

/// Mails another temporary password to an account that still stands with one, of that day where a day is given; to any
/// other account, nothing. Whoever asks learns nothing of it.
pub(crate) async fn renew(
    visit: &Visit,
    tx: &Tx,
    (user, since): (UserId, Option<Timestamp>),
    drawn: &Drawn,
) -> Result<Event, Problem> {
    let withheld = Event { user: Some(user), ..visit.event(EventKind::CredentialsWithheld) };
    let owner = users::by_id(tx, user).await?.filter(User::is_active);
    let account = users::account(tx, user).await?.filter(|account| account.password_temporary);
    let stands = account.filter(|account| since.is_none() || account.password_since == since);
    let (Some(owner), Some(account)) = (owner, stands) else {
        visit.app.throttle.request_for_mail(tx, &visit.network(), visit.now()).await?.map_err(Problem::Slowed)?;
        return Ok(withheld);
    };
    if !may_mail(visit, tx, &owner.email).await? {
        return Ok(withheld);
    }
    if !visit.app.renew_temporary(tx, &visit.house, (&owner, &account, drawn), visit.occasion()).await? {
        return Ok(withheld);
    }
    Ok(Event { kind: EventKind::CredentialsRenewed, ..withheld })
}
