//! `GET`, `POST /realms/{realm}/challenge`: an application wants the person's questions answered, for one request of a fresh
//! sign-in (DOMAIN.md §8).
//!
//! Five misses in a row lock the questions for a day, here and in recovery: the application is told, the owner is, and the
//! person is signed in all the same (SR-39).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::answering::{Asked, Hurdle};
use crate::authentication::journey::Place;
use crate::clock::{Duration, Timestamp};
use crate::event::EventKind;
use crate::journeys::login::continue_as;
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::problem::Problem;
use crate::journeys::recovery::several;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Répondez à vos questions ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChallengePage {
    /// The answers.
    pub(crate) form: FormState,
    /// The questions, in their authors' words.
    pub(crate) asked: Vec<Asked>,
    /// Whether `Renault` differs from `renault`.
    pub(crate) exact: bool,
}

impl Page for ChallengePage {
    const NAME: &'static str = "challenge";
    const TEMPLATE: &'static str = "challenge.html";

    fn title(&self) -> Phrase {
        Phrase::new("challenge.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let first = || Self { form: samples::form(), asked: several(), exact: true };
        let refused = |words| Self { form: samples::form().refuse_all(words), ..first() };
        let empty = several()
            .into_iter()
            .fold(samples::form(), |form, asked| form.refuse(asked.field, refusals::answer_empty()));
        let one = several().into_iter().take(1).collect();
        vec![
            sample("first-visit", first()),
            sample("one", Self { asked: one, exact: false, ..first() }),
            sample("empty", Self { form: empty, ..first() }),
            sample("wrong", refused(refusals::answers_wrong())),
            sample("locked", refused(refusals::answers_locked(now + Duration::from_hours(24)))),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::Challenge {
        return visit.elsewhere(&Place::Challenge);
    }
    let hurdle = hurdle(&visit).await?;
    let form = visit.form();
    show(&visit, &hurdle, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != Place::Challenge {
        return submission.visit.elsewhere(&Place::Challenge);
    }
    if submission.fields.raw("do") == "switch" {
        return Box::pin(continue_as::switch(submission)).await;
    }
    let visit = &submission.visit;
    let hurdle = hurdle(visit).await?;
    let left_out = hurdle.left_out(visit.form(), &submission.fields);
    if left_out.has_errors() {
        return show(visit, &hurdle, StatusCode::UNPROCESSABLE_ENTITY, left_out);
    }
    // SR-11: counted in a transaction of its own before it is looked at.
    let tx = submission.begin().await?;
    let reserved = hurdle.reserve(visit, &tx).await?;
    tx.commit_housekeeping().await?;
    let last = match reserved {
        Ok(last) => last,
        Err(slowed) => {
            let form = visit.form().refuse_all(hurdle.slowed(slowed));
            let response = show(visit, &hurdle, StatusCode::TOO_MANY_REQUESTS, form)?;
            return Ok(retry_after(response, visit.now(), slowed.until));
        }
    };
    let proof = hurdle.verify(visit, &submission.fields).await?;
    let tx = submission.begin().await?;
    let journey = &mut submission.visit.flow.journey;
    if let Some(proof) = proof {
        let accepted = std::mem::take(&mut journey.attempt).accept_answers(&proof);
        journey.attempt = accepted.map_err(|fault| Problem::ours("a journey of two people", fault))?;
        hurdle.met(&submission.visit, &tx).await?;
        let event = submission.visit.event(EventKind::ChallengeAnswered);
        return submission.follow(tx, event).await;
    }
    if last {
        journey.missed = true;
        hurdle.tell_the_owner(&submission.visit, &tx).await?;
        let event = submission.visit.event(EventKind::ChallengeLocked);
        return submission.follow(tx, event).await;
    }
    tx.commit(&submission.visit.event(EventKind::ChallengeRefused)).await?;
    let form = hurdle.wrong(submission.visit.form());
    show(&submission.visit, &hurdle, StatusCode::UNPROCESSABLE_ENTITY, form)
}

/// What this person is asked. `Place::Challenge` is reached with questions only; those that were given up a moment ago send
/// on to where the person stands now.
async fn hurdle(visit: &Visit) -> Result<Hurdle, Problem> {
    let again = || Problem::Overtaken(visit.step("go-on"));
    let user = visit.journey().attempt.user().ok_or_else(again)?;
    Hurdle::of(visit, &visit.app.store.reads(), user).await?.ok_or_else(again)
}

fn show(visit: &Visit, hurdle: &Hurdle, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    visit.show_as(status, &ChallengePage { form, asked: hurdle.asked(visit)?, exact: hurdle.is_exact() })
}
