//! `GET`, `POST /realms/{realm}/register/administrator`: who administers the organisation of the page before.
//!
//! *Valider* does what the realm's way of registering does; the organisation goes with the person. Where identifiers are
//! issued it is opened with the account, elsewhere once the address is proven: until then nobody holds its number.

use axum::response::Response;
use http::StatusCode;

use super::administrator_page::RegisterAdministratorPage;
use super::{ENTITY, KNOWN, WRONG, enrolment, go, keep, opening, policy, registers, words};
use crate::event::EventKind;
use crate::identity::enrolment::{Enrolled, Entry, Way};
use crate::identity::territory::PhoneNumber;
use crate::identity::user::Registrant;
use crate::journeys::actions::update_password::Criterion;
use crate::journeys::caller::see_other;
use crate::journeys::dispatch;
use crate::journeys::fields::Fields;
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::register::{issued, start};
use crate::journeys::visit::{Submission, Visit};
use crate::realm::model::RegistrationKind;
use crate::secret::Secret;
use crate::themes::form::{Field, FormState};
use crate::themes::phrase::Phrase;

/// The fields of the page, in its order.
const ORDER: [Field; 7] = [
    Field::FirstName,
    Field::LastName,
    Field::PhoneNumber,
    Field::Email,
    Field::EmailConfirm,
    Field::PasswordNew,
    Field::PasswordConfirm,
];

/// What is kept beside the names and the address.
const FIELDS: [Entry; 2] = [Entry::DirectPhone, Entry::EmailAgain];

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    policy(&visit)?;
    if let Some(elsewhere) = registers(&visit)? {
        return Ok(elsewhere);
    }
    if enrolled(&visit).is_none() {
        return Ok(see_other(&visit.step(ENTITY), &[]));
    }
    let (form, criteria) = (filled(&visit), criteria(&visit));
    show(&visit, StatusCode::OK, form, criteria)
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    policy(&submission.visit)?;
    if let Some(elsewhere) = registers(&submission.visit)? {
        return Ok(elsewhere);
    }
    let Some(enrolled) = enrolled(&submission.visit).cloned() else {
        return Ok(see_other(&submission.visit.step(ENTITY), &[]));
    };
    start::keep_typed(&mut submission);
    take(&mut submission.visit, &submission.fields);
    let (who, password) = match read(&submission, enrolled) {
        Ok(read) => read,
        Err(wrong) => return again(&submission.visit, WRONG, wrong.0, wrong.1).await,
    };
    if let Err(slowed) = start::admit(&submission).await? {
        let visit = &submission.visit;
        let form = filled(visit).refuse_all(refusals::throttled(slowed.until));
        let response = again(visit, StatusCode::TOO_MANY_REQUESTS, form, criteria(visit)).await?;
        return Ok(retry_after(response, visit.now(), slowed.until));
    }
    // Somebody may have opened the account of the organisation while its administrator was typing.
    if let Some(enrolled) = &who.organisation
        && opening::is_taken(&submission.visit, &enrolled.number).await?
    {
        enrolment(&mut submission.visit).taken = true;
        return go(submission, EventKind::OrganisationKnown, KNOWN).await;
    }
    match submission.visit.house.realm.registration {
        Some(RegistrationKind::IssuedCredentials) => Box::pin(issued::register(submission, who)).await,
        _ => Box::pin(start::ask(submission, who, password)).await,
    }
}

/// Takes what a form of this page sent, beside the names and the address.
pub(crate) fn take(visit: &mut Visit, fields: &Fields) {
    let enrolment = enrolment(visit);
    for entry in FIELDS {
        enrolment.keep(entry, fields.text(words::field(entry)));
    }
}

/// The organisation of the page before.
fn enrolled(visit: &Visit) -> Option<&Enrolled> {
    visit.journey().organisation.as_ref()?.enrolled.as_deref()
}

/// Somebody who registers, and their password where the realm asks for one now.
type Chosen = (Registrant, Option<Secret<String>>);

/// Who registers with their organisation, and the password they chose where the realm asks for one now; or the form with all
/// that is to be mended.
fn read(submission: &Submission, enrolled: Enrolled) -> Result<Chosen, (FormState, Vec<Criterion>)> {
    let visit = &submission.visit;
    let (form, phone) = match phone(visit, &enrolled) {
        Ok(phone) => (filled(visit), Some(phone)),
        Err(words) => (filled(visit).refuse(Field::PhoneNumber, words), None),
    };
    let (who, password, start::Shown { form, criteria }) = start::read(submission, form);
    match who {
        Some(who) if !form.has_errors() => {
            let organisation = Some(Box::new(Enrolled { direct_phone: phone, ..enrolled }));
            Ok((Registrant { organisation, ..who }, password))
        }
        _ => Err((form.in_order_of(&ORDER), if chooses_password(visit) { criteria } else { Vec::new() })),
    }
}

/// Their direct number; one without a country code is in the organisation's country.
fn phone(visit: &Visit, enrolled: &Enrolled) -> Result<PhoneNumber, Phrase> {
    let enrolment = visit.journey().organisation.as_deref().cloned().unwrap_or_default();
    let read = enrolment.phone(Entry::DirectPhone, enrolled.details.address.country);
    read.map_err(|wrong| words::refusal(Way::Siret, Entry::DirectPhone, wrong))
}

/// The form with what was typed so far.
fn filled(visit: &Visit) -> FormState {
    let typed = visit.typed();
    let form = visit
        .form()
        .keep(Field::FirstName, typed.first_name.clone())
        .keep(Field::LastName, typed.last_name.clone())
        .keep(Field::Email, typed.email.clone());
    let kept = |entry| visit.journey().organisation.as_ref().map(|enrolment| enrolment.typed(entry).to_owned());
    FIELDS.into_iter().fold(form, |form, entry| form.keep(words::field(entry), kept(entry).unwrap_or_default()))
}

fn criteria(visit: &Visit) -> Vec<Criterion> {
    if chooses_password(visit) { Criterion::of(&visit.house.realm.password) } else { Vec::new() }
}

/// Whether the password is chosen with the registration.
fn chooses_password(visit: &Visit) -> bool {
    visit.house.realm.registration == Some(RegistrationKind::ChosenPassword)
}

async fn again(
    visit: &Visit,
    status: StatusCode,
    form: FormState,
    criteria: Vec<Criterion>,
) -> Result<Response, Problem> {
    keep(visit).await?;
    show(visit, status, form, criteria)
}

fn show(visit: &Visit, status: StatusCode, form: FormState, criteria: Vec<Criterion>) -> Result<Response, Problem> {
    let organisation = enrolled(visit).map(|enrolled| enrolled.details.legal_name.as_str().to_owned());
    visit.show_as(
        status,
        &RegisterAdministratorPage {
            form,
            organisation: organisation.unwrap_or_default(),
            criteria,
            back: visit.step(ENTITY),
            cancel: visit.request().map(|_| visit.step(dispatch::TURN_BACK)),
        },
    )
}
