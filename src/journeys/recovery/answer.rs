//! `GET`, `POST /realms/{realm}/recover/password/question`: the extra hurdle after a mailed link (SR-35).
//!
//! A wrong answer is counted before it is looked at; the fifth makes the link void and tells the owner (SR-39).

use axum::response::Response;
use http::StatusCode;

use super::RecoverQuestionPage;
use crate::authentication::journey::{MOST_WRONG_ANSWERS, Notice, Place, Recovery};
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::problem::Problem;
use crate::journeys::questions::answering::Hurdle;
use crate::journeys::visit::{Submission, Visit};
use crate::store::{Tx, flows};
use crate::themes::form::FormState;

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let Some((_, hurdle)) = hurdle(&visit).await? else { return visit.elsewhere(&Place::RecoveryQuestion) };
    let form = visit.form();
    show(&visit, &hurdle, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let Some((user, hurdle)) = hurdle(&submission.visit).await? else {
        return submission.visit.elsewhere(&Place::RecoveryQuestion);
    };
    let left_out = hurdle.left_out(submission.visit.form(), &submission.fields);
    if left_out.has_errors() {
        return show(&submission.visit, &hurdle, StatusCode::UNPROCESSABLE_ENTITY, left_out);
    }
    let last = match reserve(&mut submission, &hurdle).await? {
        Ok(last) => last,
        Err(response) => return Ok(response),
    };
    let proof = hurdle.verify(&submission.visit, &submission.fields).await?;
    let tx = submission.begin().await?;
    if let Some(proof) = proof {
        hurdle.met(&submission.visit, &tx).await?;
        let journey = &mut submission.visit.flow.journey;
        journey.recovery = journey.recovery.as_ref().and_then(|stage| stage.answered(&proof));
        let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryAnswered) };
        return submission.follow(tx, event).await;
    }
    if last {
        return Box::pin(void(submission, &hurdle, (tx, user))).await;
    }
    let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryAnswerRefused) };
    tx.commit(&event).await?;
    let form = hurdle.wrong(submission.visit.form());
    show(&submission.visit, &hurdle, StatusCode::UNPROCESSABLE_ENTITY, form)
}

/// The link is void, and its owner is told.
async fn void(mut submission: Submission, hurdle: &Hurdle, (tx, user): (Tx, UserId)) -> Result<Response, Problem> {
    hurdle.tell_the_owner(&submission.visit, &tx).await?;
    submission.visit.flow.journey.recovery = None;
    submission.visit.flow.journey.notice = Some(Notice::AnswersUsedUp);
    let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryVoided) };
    submission.follow(tx, event).await
}

/// What stands before this person, and whose it is.
async fn hurdle(visit: &Visit) -> Result<Option<(UserId, Hurdle)>, Problem> {
    let Some(Recovery::MailRead { user, .. }) = visit.journey().recovery else { return Ok(None) };
    Ok(Hurdle::of(visit, &visit.app.store.reads(), user).await?.map(|hurdle| (user, hurdle)))
}

/// Counts this answer as wrong, in a transaction of its own, before it is looked at (SR-11); says whether it is the last
/// of this link.
async fn reserve(submission: &mut Submission, hurdle: &Hurdle) -> Result<Result<bool, Response>, Problem> {
    let now = submission.visit.now();
    let tx = submission.begin().await?;
    let locks = match hurdle.reserve(&submission.visit, &tx).await? {
        Ok(locks) => locks,
        Err(slowed) => {
            tx.commit_housekeeping().await?;
            let form = submission.visit.form().refuse_all(hurdle.slowed(slowed));
            let response = show(&submission.visit, hurdle, StatusCode::TOO_MANY_REQUESTS, form)?;
            return Ok(Err(retry_after(response, now, slowed.until)));
        }
    };
    let Some(Recovery::MailRead { misses, .. }) = &mut submission.visit.flow.journey.recovery else {
        return Err(Problem::JourneyLost);
    };
    *misses += 1;
    let last = locks || *misses >= MOST_WRONG_ANSWERS;
    if !flows::save(&tx, &submission.visit.flow, now).await? {
        return Err(Problem::Overtaken(submission.visit.step("recover/password/question")));
    }
    tx.commit_housekeeping().await?;
    submission.visit.flow.version += 1;
    Ok(Ok(last))
}

fn show(visit: &Visit, hurdle: &Hurdle, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let asked = hurdle.asked(visit)?;
    visit.show_as(status, &RecoverQuestionPage { form, notice: None, asked, exact: hurdle.is_exact() })
}
