//! `GET`, `POST /realms/{realm}/register`: names and an address, and the same answer for every address.
//!
//! A known address is told by mail that it has an account (SR-6). Known or not, the same rows are written: the answer
//! takes as long (SR-4).

use axum::response::Response;
use http::StatusCode;

use super::verified_email::RegisterPage;
use crate::authentication::journey::{self, Place};
use crate::event::EventKind;
use crate::identity::identifier::{EmailAddress, NotAnEmailAddress};
use crate::identity::name::PersonName;
use crate::identity::user::Registrant;
use crate::journeys::actions::verification;
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::themes::form::{Field, FormState};

/// The fields of the page.
const FIELDS: [Field; 3] = [Field::FirstName, Field::LastName, Field::Email];

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    verification::registration_is_open(&visit)?;
    if !matches!(visit.place(), Place::SignIn | Place::VerifyEmail) {
        return visit.elsewhere(&Place::SignIn);
    }
    let typed = visit.typed();
    let form = visit
        .form()
        .keep(Field::FirstName, typed.first_name.clone())
        .keep(Field::LastName, typed.last_name.clone())
        .keep(Field::Email, typed.email.clone());
    show(&visit, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    verification::registration_is_open(&submission.visit)?;
    if !matches!(submission.visit.place(), Place::SignIn | Place::VerifyEmail) {
        return submission.visit.elsewhere(&Place::SignIn);
    }
    let who = match read(&submission) {
        Ok(who) => who,
        Err(form) => return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, *form),
    };
    let tx = submission.begin().await?;
    let (network, now) = (submission.visit.network(), submission.visit.now());
    if let Err(slowed) = submission.visit.app.throttle.registration(&tx, &network, now).await? {
        tx.commit(&submission.visit.event(EventKind::RegistrationThrottled)).await?;
        let form = submission.again(&FIELDS).refuse_all(refusals::throttled(slowed.until));
        return Ok(retry_after(show(&submission.visit, StatusCode::TOO_MANY_REQUESTS, form)?, now, slowed.until));
    }
    let typed = &mut submission.visit.flow.journey.typed;
    submission.fields.text(Field::FirstName).clone_into(&mut typed.first_name);
    submission.fields.text(Field::LastName).clone_into(&mut typed.last_name);
    submission.fields.text(Field::Email).clone_into(&mut typed.email);
    let kind = verification::ask(&mut submission.visit, &tx, who).await?;
    submission.visit.flow.journey.notice = None;
    let event = submission.visit.event(kind);
    submission.follow(tx, event).await
}

/// Who registers, or the form with all that is to be mended.
fn read(submission: &Submission) -> Result<Registrant, Box<FormState>> {
    let mut form = submission.again(&FIELDS);
    let first_name = PersonName::parse(submission.fields.text(Field::FirstName));
    let last_name = PersonName::parse(submission.fields.text(Field::LastName));
    let email = EmailAddress::parse(submission.fields.text(Field::Email));
    for (field, name) in [(Field::FirstName, &first_name), (Field::LastName, &last_name)] {
        if let Err(wrong) = name {
            form = form.refuse(field, refusals::name(field, wrong));
        }
    }
    match email {
        Ok(_) => {}
        Err(NotAnEmailAddress::Empty) => form = form.refuse(Field::Email, refusals::email_empty()),
        Err(NotAnEmailAddress::NoAt) => form = form.refuse(Field::Email, refusals::email_without_at()),
        Err(_) => form = form.refuse(Field::Email, refusals::email_malformed()),
    }
    match (first_name, last_name, email) {
        (Ok(first_name), Ok(last_name), Ok(email)) => {
            Ok(Registrant { first_name, last_name, email, language: submission.visit.language })
        }
        _ => Err(Box::new(form)),
    }
}

fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let again = visit.journey().notice == Some(journey::Notice::StartedAgain);
    let page = RegisterPage {
        form,
        notice: (again && status == StatusCode::OK).then(Notice::flow_expired),
        sign_in: visit.step("sign-in"),
    };
    visit.show_as(status, &page)
}
