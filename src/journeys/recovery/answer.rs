//! `GET`, `POST /realms/{realm}/recover/password/question`: the extra hurdle after a mailed link (SR-35).
//!
//! A wrong answer is counted before it is looked at; the fifth makes the link void and tells the owner (SR-39).

use axum::response::Response;
use http::StatusCode;

use super::RecoverQuestionPage;
use crate::authentication::journey::{MOST_WRONG_ANSWERS, Place, Recovery};
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::journeys::actions::question as secret;
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::warning::warn;
use crate::mail::message::Mail;
use crate::proofs::question::{self, AnswerComparison, AnswerProof};
use crate::store::credentials::StoredQuestion;
use crate::store::{Tx, credentials, flows, users};
use crate::themes::form::{Field, FormState};

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let form = visit.form();
    show(&visit, StatusCode::OK, form).await
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let Some((user, kept)) = question_of(&submission.visit).await? else {
        return submission.visit.elsewhere(&Place::RecoveryQuestion);
    };
    if submission.fields.text(Field::Answer).is_empty() {
        let form = submission.visit.form().refuse(Field::Answer, refusals::answer_empty());
        return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    }
    let misses = match reserve(&mut submission, user).await? {
        Ok(misses) => misses,
        Err(response) => return Ok(response),
    };
    let proof = verify(&submission, user, &kept).await?;
    let tx = submission.begin().await?;
    if let Some(proof) = proof {
        let journey = &mut submission.visit.flow.journey;
        journey.recovery = journey.recovery.as_ref().and_then(|stage| stage.answered(&proof));
        let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryAnswered) };
        return submission.follow(tx, event).await;
    }
    if misses < MOST_WRONG_ANSWERS {
        let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryAnswerRefused) };
        tx.commit(&event).await?;
        let form = submission.visit.form().refuse(Field::Answer, refusals::answer_wrong());
        return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    }
    tell_the_owner(&submission.visit, &tx, user).await?;
    submission.visit.flow.journey.recovery = None;
    submission.visit.flow.journey.notice = Some(crate::authentication::journey::Notice::AnswersUsedUp);
    let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryVoided) };
    submission.follow(tx, event).await
}

/// The question that stands before this person, and whose it is.
async fn question_of(visit: &Visit) -> Result<Option<(UserId, StoredQuestion)>, Problem> {
    let Some(Recovery::MailRead { user, .. }) = visit.journey().recovery else { return Ok(None) };
    let kept = credentials::question(&visit.app.store.reads(), user).await?;
    Ok(kept.map(|kept| (user, kept)))
}

/// Counts this answer as wrong, in a transaction of its own, before it is looked at (SR-11).
async fn reserve(submission: &mut Submission, user: UserId) -> Result<Result<u32, Response>, Problem> {
    let now = submission.visit.now();
    let tx = submission.begin().await?;
    if let Err(slowed) = submission.visit.app.throttle.answer(&tx, user, now).await? {
        tx.commit_housekeeping().await?;
        let form = submission.visit.form().refuse_all(refusals::throttled(slowed.until));
        let response = show(&submission.visit, StatusCode::TOO_MANY_REQUESTS, form).await?;
        return Ok(Err(retry_after(response, now, slowed.until)));
    }
    let Some(Recovery::MailRead { misses, .. }) = &mut submission.visit.flow.journey.recovery else {
        return Err(Problem::JourneyLost);
    };
    *misses += 1;
    let count = *misses;
    if !flows::save(&tx, &submission.visit.flow, now).await? {
        return Err(Problem::Overtaken(submission.visit.step("recover/password/question")));
    }
    tx.commit_housekeeping().await?;
    submission.visit.flow.version += 1;
    Ok(Ok(count))
}

async fn verify(submission: &Submission, user: UserId, kept: &StoredQuestion) -> Result<Option<AnswerProof>, Problem> {
    let visit = &submission.visit;
    let comparison = secret::policy(visit)?.comparison;
    let (pepper, stored, now) = (visit.app.pepper.clone(), kept.answer.clone(), visit.now());
    let answer = submission.fields.secret(Field::Answer);
    let verify = move || question::verify(&pepper, comparison, (user, &stored), &answer, now);
    Ok(visit.app.gate.run(verify).await?)
}

async fn tell_the_owner(visit: &Visit, tx: &Tx, user: UserId) -> Result<(), Problem> {
    let Some(user) = users::by_id(tx, user).await? else { return Ok(()) };
    Ok(warn(visit, tx, Some(&user), Mail::RecoveryRefused).await?)
}

async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let Some((user, kept)) = question_of(visit).await? else { return visit.elsewhere(&Place::RecoveryQuestion) };
    let page = RecoverQuestionPage {
        form,
        notice: None,
        question: secret::open(visit, user, &kept)?,
        exact: secret::policy(visit)?.comparison == AnswerComparison::Exact,
    };
    visit.show_as(status, &page)
}
