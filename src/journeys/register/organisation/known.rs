//! `GET`, `POST /realms/{realm}/register/exists`: the number has a customer account already.
//!
//! Reached at either step, and by whoever proved their address too late: that person has an account, without the
//! organisation, and goes on from here.

use axum::response::Response;

use super::{ACCESS, ENTITY, OrganisationKnownPage, enrolment, go};
use crate::authentication::journey::Place;
use crate::event::EventKind;
use crate::identity::organisation::Organisation;
use crate::journeys::caller::see_other;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::store::organisations;

/// The organisation that this journey came upon, as long as it is a customer.
pub(crate) async fn found(visit: &Visit) -> Result<Option<Organisation>, Problem> {
    let enrolled = visit.journey().organisation.as_ref().and_then(|enrolment| enrolment.enrolled.as_ref());
    let Some(enrolled) = enrolled.filter(|_| is_here(visit)) else { return Ok(None) };
    let reads = visit.app.store.reads();
    Ok(organisations::by_number(&reads, &visit.house.realm.name, &enrolled.number).await?)
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if !is_here(&visit) {
        return visit.elsewhere(&Place::OrganisationKnown);
    }
    let has_account = visit.journey().attempt.user().is_some();
    let enrolled = visit.journey().organisation.as_ref().and_then(|enrolment| enrolment.enrolled.as_ref());
    let number = enrolled.ok_or(Problem::JourneyLost)?.number.shown();
    // It may have ended meanwhile: its number is free for whoever is still registering.
    if !has_account && found(&visit).await?.is_none() {
        return Ok(see_other(&visit.step(ENTITY), &[]));
    }
    visit.show(&OrganisationKnownPage { form: visit.form(), number, request: visit.step(ACCESS), has_account })
}

/// `POST`: another number, the sign-in page, or wherever the journey leads.
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    if !is_here(&submission.visit) {
        return submission.visit.elsewhere(&Place::OrganisationKnown);
    }
    enrolment(&mut submission.visit).taken = false;
    if submission.fields.raw("do") == "correct" && submission.visit.journey().attempt.user().is_none() {
        return go(submission, EventKind::OrganisationEntered, ENTITY).await;
    }
    submission.visit.flow.journey.organisation = None;
    let (tx, event) = (submission.begin().await?, submission.visit.event(EventKind::OrganisationEntered));
    submission.follow(tx, event).await
}

fn is_here(visit: &Visit) -> bool {
    visit.place() == Place::OrganisationKnown
}
