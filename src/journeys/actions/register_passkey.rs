//! `GET`, `POST /realms/{realm}/required-actions/register-passkey`: a passkey is offered, after a password was right.
//!
//! « Plus tard » is an answer like any other, and keeps the offer away for thirty days; so is closing the browser's own
//! question, which sends nothing at all. Only where a second factor is demanded and there is no other kind does the
//! offer stay (UX.md P15).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::first_password::owner;
use super::protection;
use crate::app::second_factors::Acting;
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::journeys::ceremony::{Ceremony, answered};
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::proofs::passkey::Refusal;
use crate::store::passkeys;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

const PLACE: Place = Place::Action(RequiredActionKind::RegisterPasskey);
const LATER: &str = "register_passkey.later";
const CANCEL: &str = "register_passkey.cancel";

/// « Créez une clé d’accès »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RegisterPasskeyPage {
    /// « Plus tard », and what was wrong with the last try.
    pub(crate) form: FormState,
    /// « Créer »
    pub(crate) passkey: Ceremony,
    /// « Plus tard », or « Annuler » for whoever came for it; nothing where it may not wait.
    pub(crate) later: Option<Phrase>,
    /// Whether other sessions end with it.
    pub(crate) closes_others: bool,
}

impl Page for RegisterPasskeyPage {
    const NAME: &'static str = "register-passkey";
    const TEMPLATE: &'static str = "register_passkey.html";

    fn title(&self) -> Phrase {
        Phrase::new("register_passkey.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |form, later: Option<&'static str>| Self {
            form,
            passkey: Ceremony::sample(),
            later: later.map(Phrase::new),
            closes_others: true,
        };
        vec![
            sample("first-visit", page(samples::form(), Some(LATER))),
            sample("wanted", page(samples::form(), Some(CANCEL))),
            sample("one-more", Self { closes_others: false, ..page(samples::form(), Some(CANCEL)) }),
            sample("demanded", page(samples::form(), None)),
            sample("refused", page(samples::form().refuse_all(refusals::passkey_not_added()), Some(LATER))),
            sample("late", page(samples::form().refuse_all(refusals::passkey_late()), Some(LATER))),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    show(&visit, StatusCode::OK, visit.form()).await
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let visit = &submission.visit;
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    if submission.fields.raw("do") == "later" && later(visit).is_some() {
        return Box::pin(put_off(submission)).await;
    }
    let user = owner(visit, visit.journey().attempt.user()).await?;
    let place = visit.flow.id.to_string();
    let tx = submission.begin().await?;
    let acting = Acting { house: &visit.house, user: &user, happened: visit.occasion() };
    let proof = match visit.app.add_passkey(&tx, acting, answered(&submission.fields, &place)).await? {
        Ok(proof) => proof,
        Err(why) => {
            let reason = Some(why.reason().to_owned());
            tx.commit(&Event { reason, ..visit.event(EventKind::PasskeyNotAdded) }).await?;
            return show(visit, StatusCode::UNPROCESSABLE_ENTITY, visit.form().refuse_all(words(why))).await;
        }
    };
    protection::ends_what_was_open(&submission.visit, &tx, user.id).await?;
    let journey = &mut submission.visit.flow.journey;
    let accepted = std::mem::take(&mut journey.attempt).accept_passkey(&proof);
    journey.attempt = accepted.map_err(|fault| Problem::ours("a journey of two people", fault))?;
    journey.settled.push(RequiredActionKind::RegisterPasskey);
    let event = submission.visit.event(EventKind::PasskeyAdded);
    submission.follow(tx, event).await
}

async fn put_off(mut submission: Submission) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let visit = &mut submission.visit;
    // Whoever came for one and turns back has not been offered any.
    let offered = visit.policy().wanted.is_none();
    if let Some(user) = visit.journey().attempt.user().filter(|_| offered) {
        passkeys::put_off(&tx, user, visit.now()).await?;
    }
    visit.flow.journey.declined.push(RequiredActionKind::RegisterPasskey);
    let event = visit.event(EventKind::PasskeyPutOff);
    submission.follow(tx, event).await
}

/// What a person is told of a passkey that was not kept.
fn words(why: Refusal) -> Phrase {
    if why == Refusal::Expired { refusals::passkey_late() } else { refusals::passkey_not_added() }
}

/// The words of the way past it, if there is one.
fn later(visit: &Visit) -> Option<&'static str> {
    let spared = visit.account.as_ref().is_none_or(|account| visit.policy().spares_a_passkey(account));
    let wanted = visit.policy().wanted == Some(RequiredActionKind::RegisterPasskey);
    spared.then_some(if wanted { CANCEL } else { LATER })
}

async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let user = owner(visit, visit.journey().attempt.user()).await?;
    let place = visit.flow.id.to_string();
    let offer = visit.app.offer_passkey(&visit.house, (&user, &place), visit.now()).await?;
    // `PLACE` is reached where the realm has passkeys; whoever has enough of them is not sent here.
    let passkey = Ceremony::of(offer.ok_or(Problem::NotFound)?, visit.form());
    let (later, closes_others) = (later(visit).map(Phrase::new), protection::is_the_first(visit));
    visit.show_as(status, &RegisterPasskeyPage { form, passkey, later, closes_others })
}
