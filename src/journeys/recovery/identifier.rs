//! `GET`, `POST /realms/{realm}/recover/identifier` and `…/sent`: "I no longer know how I sign in here".
//!
//! The answer on screen is the same for every address, in the same time; what we know leaves by mail only, to an address
//! that is proven, and nothing leaves for any other (SR-1, SR-5, SR-59). Opens nothing, ever.

use std::slice;

use axum::response::Response;
use http::{Method, StatusCode};

use super::{IdentifierSentPage, RecoverIdentifierPage, accounts};
use crate::app::letters::{self, Recipient};
use crate::authentication::journey::{self, Journey, Place, Recovery};
use crate::event::{Event, EventKind};
use crate::identity::identifier::{EmailAddress, NotAnEmailAddress};
use crate::identity::user::User;
use crate::journeys::actions::verification::PAUSE;
use crate::journeys::beginning;
use crate::journeys::caller::Caller;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::mail::message::{IdentifierReminder, Mail, Reminded};
use crate::store::{Tx, users};
use crate::themes::form::{Field, FormState};

/// `GET`; without a journey, as mails and bookmarks lead here, one begins.
pub(crate) async fn page(method: Method, caller: Caller, visit: Result<Visit, Problem>) -> Result<Response, Problem> {
    let visit = match visit {
        Ok(visit) => visit,
        // SR-108: whoever looks only whether there is a page begins nothing.
        Err(Problem::JourneyLost) if method == Method::HEAD => return Ok(Response::default()),
        Err(Problem::JourneyLost) if caller.parameter("flow").is_none() => {
            let page = caller.path("recover/identifier");
            return Ok(beginning::begin(&caller, &page, Journey::default()).await?.response());
        }
        Err(problem) => return Err(problem),
    };
    if !visit.place().is_before_anybody() {
        return visit.elsewhere(&Place::SignIn);
    }
    let form = visit.form().keep(Field::Email, visit.typed().email.clone());
    show(&visit, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    if !submission.visit.place().is_before_anybody() {
        return submission.visit.elsewhere(&Place::SignIn);
    }
    let typed = submission.fields.text(Field::Email).trim().to_owned();
    let address = match EmailAddress::parse(&typed) {
        Ok(address) => address,
        Err(wrong) => {
            let words = match wrong {
                NotAnEmailAddress::Empty => refusals::email_empty(),
                NotAnEmailAddress::NoAt => refusals::email_without_at(),
                _ => refusals::email_malformed(),
            };
            let form = submission.again(&[Field::Email]).refuse(Field::Email, words);
            return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, form);
        }
    };
    let tx = submission.begin().await?;
    submission.visit.flow.journey.typed.email = typed;
    let journey = &mut submission.visit.flow.journey;
    let asked = journey.recovery.take();
    journey.waits_no_more();
    journey.recovery = asked;
    let event = ask(&mut submission.visit, &tx, &address).await?;
    submission.follow(tx, event).await
}

/// `GET …/sent`
pub(crate) async fn sent(visit: Visit) -> Result<Response, Problem> {
    let form = visit.form();
    show_sent(&visit, StatusCode::OK, form).await
}

/// `POST …/sent`: another mail.
pub(crate) async fn again(mut submission: Submission) -> Result<Response, Problem> {
    let Some(Recovery::IdentifierAsked { again_at, .. }) = submission.visit.journey().recovery else {
        return submission.visit.elsewhere(&Place::IdentifierSent);
    };
    if submission.visit.now() < again_at {
        let form = submission.visit.form().refuse_all(refusals::resend_later(again_at));
        return show_sent(&submission.visit, StatusCode::TOO_MANY_REQUESTS, form).await;
    }
    let address = EmailAddress::parse(&submission.visit.typed().email).map_err(|_| Problem::JourneyLost)?;
    let tx = submission.begin().await?;
    let event = ask(&mut submission.visit, &tx, &address).await?;
    submission.follow(tx, event).await
}

/// Queues the mail that lists the identifiers; for nobody the same mail is written and held back (SR-4, SR-5).
async fn ask(visit: &mut Visit, tx: &Tx, address: &EmailAddress) -> Result<Event, Problem> {
    let (app, realm, now) = (&visit.app, &visit.house.realm, visit.now());
    app.throttle.request_for_mail(tx, &visit.network(), now).await?.map_err(Problem::Slowed)?;
    let canonical = address.canonical();
    let found = accounts::of_proven_address(tx, realm, &canonical).await?;
    let used = users::last_uses(tx, &realm.name, &canonical).await?;
    let allowed = app.throttle.mail(tx, &canonical, now).await?;
    let reminded = |user: &User| Reminded {
        identifier: user.sign_in_name().to_owned(),
        created: user.created_at,
        used: used.get(&user.id).copied(),
    };
    let addressee = found.first().cloned().map_or_else(users::nobody, Ok)?;
    let listed = if found.is_empty() { slice::from_ref(&addressee) } else { &found };
    let mail = Mail::IdentifierReminder(IdentifierReminder {
        first_name: addressee.first_name.as_str().to_owned(),
        identifiers: listed.iter().map(reminded).collect(),
        issued: realm.issued.is_some(),
        sign_in: visit.address("sign-in"),
        asked: visit.occasion(),
    });
    let sent = allowed && !found.is_empty();
    let recipient = Recipient {
        // SR-55: to the address as it is stored, never to what was typed.
        address: addressee.email.as_str().to_owned(),
        language: addressee.language,
        held: !sent,
    };
    letters::post(app, tx, &realm.name, recipient, &mail, now).await?;
    let kind = if sent { EventKind::IdentifiersSent } else { EventKind::IdentifiersNotSent };
    let owner = found.first().filter(|_| found.len() == 1).map(|user| user.id);
    let event = Event { user: owner, ..visit.event(kind) };
    let again = matches!(visit.journey().recovery, Some(Recovery::IdentifierAsked { .. }));
    let again_at = if again { now + PAUSE } else { now };
    visit.flow.journey.recovery = Some(Recovery::IdentifierAsked { at: now, again_at });
    visit.flow.journey.notice = None;
    Ok(event)
}

fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let again = visit.journey().notice == Some(journey::Notice::StartedAgain);
    let notice = (again && status == StatusCode::OK).then(Notice::flow_expired);
    visit.show_as(status, &RecoverIdentifierPage { form, notice, sign_in: visit.step("sign-in") })
}

async fn show_sent(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let Some(Recovery::IdentifierAsked { at, again_at }) = visit.journey().recovery else {
        return visit.elsewhere(&Place::IdentifierSent);
    };
    let late = letters::are_late(&visit.app, &visit.house.realm.name, visit.now()).await?;
    let notice = if late { Some(Notice::mail_delayed()) } else { (again_at > at).then(|| Notice::sent_again(at)) };
    let page = IdentifierSentPage {
        notice: notice.filter(|_| !form.has_errors()),
        form,
        typed: visit.typed().email.clone(),
        change: visit.step("recover/identifier"),
        sender: visit.house.realm.mail.from_name.clone(),
        resend_from: (visit.now() < again_at).then_some(again_at),
        sign_in: visit.step("sign-in"),
    };
    visit.show_as(status, &page)
}
