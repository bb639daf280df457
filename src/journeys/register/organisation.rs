//! Registering an organisation, in two steps: what it is, and who administers it (DOMAIN.md §9.1 to §9.3).
//!
//! What is typed waits with the journey, whatever goes wrong; that an organisation is a customer already is told, who its
//! people are never is (SR-1).

pub(crate) mod administrator;
mod administrator_page;
mod asking;
pub(crate) mod entity;
mod entity_page;
pub(crate) mod known;
mod known_page;
mod lists;
pub(crate) mod opening;
mod words;

pub(crate) use self::administrator_page::RegisterAdministratorPage;
pub(crate) use self::entity_page::RegisterOrganisationPage;
pub(crate) use self::known_page::OrganisationKnownPage;

use axum::response::Response;
use http::StatusCode;

use super::start;
use crate::authentication::journey::Place;
use crate::event::EventKind;
use crate::identity::enrolment::Enrolment;
use crate::journeys::actions::verification;
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::fields::Fields;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::realm::model::{OrganisationPolicy, Realm};
use crate::store::flows;

/// The page that says what the organisation is.
pub(crate) const ENTITY: &str = "register";
/// The page that says who administers it.
pub(crate) const ADMINISTRATOR: &str = "register/administrator";
/// The page that says that it is a customer already.
pub(crate) const KNOWN: &str = "register/exists";
/// The page where its administrators are asked for access.
pub(crate) const ACCESS: &str = "register/access";

/// The page of where somebody is who cannot be registering; `None` for whoever may.
fn registers(visit: &Visit) -> Result<Option<Response>, Problem> {
    verification::registration_is_open(visit)?;
    if start::is_open(visit) { Ok(None) } else { visit.elsewhere(&Place::SignIn).map(Some) }
}

/// What the realm asks of organisations; where it asks nothing, these pages do not exist.
fn policy(visit: &Visit) -> Result<&OrganisationPolicy, Problem> {
    visit.house.realm.organisations.as_ref().ok_or(Problem::NotFound)
}

/// The registration as far as it has come.
fn enrolment(visit: &mut Visit) -> &mut Enrolment {
    visit.flow.journey.organisation.get_or_insert_default()
}

/// The page on which a realm asks who registers: where an address that was mistyped is put right.
pub(crate) const fn where_addresses_are_typed(realm: &Realm) -> &'static str {
    if realm.organisations.is_some() { ADMINISTRATOR } else { ENTITY }
}

/// Keeps the step, and goes to a page of the registration.
async fn go(submission: Submission, kind: EventKind, page: &str) -> Result<Response, Problem> {
    let Submission { visit, form, .. } = submission;
    let outcome = Outcome { location: visit.step(page), cookies: Vec::new() };
    dispatch::settle(&visit, &form, &outcome, visit.event(kind)).await?;
    Ok(outcome.response())
}

/// Keeps what was typed although something is to be mended: another language, another tab and another hour show it too.
async fn keep(visit: &Visit) -> Result<(), Problem> {
    let tx = visit.app.store.begin().await?;
    if !flows::save(&tx, &visit.flow, visit.now()).await? {
        return Err(Problem::Overtaken(visit.step(ENTITY)));
    }
    Ok(tx.commit_housekeeping().await?)
}

/// A form of these pages was open for too long: what it sent stays, and the journey starts again at that page.
pub(crate) fn start_again(visit: &mut Visit, fields: &Fields) -> Option<&'static str> {
    visit.house.realm.organisations.as_ref()?;
    let (path, _) = visit.here().split_once('?')?;
    if path.ends_with(ADMINISTRATOR) {
        administrator::take(visit, fields);
    } else if path.ends_with(ENTITY) {
        entity::take(enrolment(visit), fields);
    } else {
        return None;
    }
    Some(ENTITY)
}

/// The status of a page with something to mend.
const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
