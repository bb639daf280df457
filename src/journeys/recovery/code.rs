//! `GET`, `POST /realms/{realm}/recover/password/sent`: the neutral page, and the code for this same tab.

use axum::response::Response;
use http::StatusCode;

use super::{RecoverSentPage, ask};
use crate::app::letters;
use crate::authentication::journey::{self, Place, Recovery};
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::journeys::actions::verification::awaited;
use crate::journeys::caller::Caller;
use crate::journeys::link::codes;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::questions::answering::Hurdle;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::store::Tx;
use crate::store::links::{Link, Purpose};
use crate::themes::form::{Field, FormState};
use crate::themes::phrase::Phrase;

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let form = visit.form();
    show(&visit, StatusCode::OK, form).await
}

/// `POST`: the code, or another mail.
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let Some(Recovery::Asked { again_at, .. }) = submission.visit.journey().recovery else {
        return submission.visit.elsewhere(&Place::RecoverySent);
    };
    if submission.fields.raw("do") != "resend" {
        return Box::pin(redeem(submission)).await;
    }
    if submission.visit.now() < again_at {
        let form = submission.visit.form().refuse_all(refusals::resend_later(again_at));
        return show(&submission.visit, StatusCode::TOO_MANY_REQUESTS, form).await;
    }
    let tx = submission.begin().await?;
    let event = ask::ask(&mut submission.visit, &tx).await?;
    submission.follow(tx, event).await
}

async fn redeem(mut submission: Submission) -> Result<Response, Problem> {
    let digits = match codes::read(&submission.fields.secret(Field::Code)) {
        Ok(digits) => digits,
        Err(slip) => return refuse(&submission.visit, slip).await,
    };
    let tx = submission.begin().await?;
    // Only the newest mail is good for a reset (SR-54).
    let spent = match codes::redeem(&submission.visit, &tx, (Purpose::ResetPassword, 1), &digits).await? {
        Ok(spent) => spent,
        Err(refusal) => {
            tx.commit(&submission.visit.event(EventKind::CodeRefused)).await?;
            return refuse(&submission.visit, refusal).await;
        }
    };
    let user = spent.user.ok_or(Problem::JourneyLost)?;
    submission.visit.flow.journey.recovery = Some(stage(&submission.visit, &tx, &spent, user).await?);
    let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryMailRead) };
    submission.follow(tx, event).await
}

async fn refuse(visit: &Visit, why: Phrase) -> Result<Response, Problem> {
    let form = visit.form().refuse(Field::Code, why);
    show(visit, StatusCode::UNPROCESSABLE_ENTITY, form).await
}

/// The stage that a spent reset link leads to; where the realm has no questions, none is asked (SR-34).
pub(crate) async fn stage(caller: &Caller, tx: &Tx, spent: &Link, user: UserId) -> Result<Recovery, Problem> {
    let asked = Hurdle::of(caller, tx, user).await?.is_some();
    let proof = spent.proves(user, caller.now()).ok_or(Problem::JourneyLost)?;
    Ok(Recovery::mail_read(&proof, asked))
}

async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let Some(Recovery::Asked { at, again_at }) = visit.journey().recovery else {
        return visit.elsewhere(&Place::RecoverySent);
    };
    let late = letters::are_late(&visit.app, &visit.house.realm.name, visit.now()).await?;
    let notice = match visit.journey().notice {
        Some(journey::Notice::Secured) => Some(Notice::secured()),
        _ if late => Some(Notice::mail_delayed()),
        // Nobody waits for another mail before a second one was asked for.
        _ => (again_at > at).then(|| Notice::sent_again(at)),
    };
    let page = RecoverSentPage {
        notice: notice.filter(|_| !form.has_errors()),
        form,
        typed: visit.typed().identifier.clone(),
        change: visit.step("recover/password"),
        shared: visit.house.realm.issued.is_some(),
        code: awaited(visit, at, again_at, visit.house.realm.links.reset_password),
    };
    visit.show_as(status, &page)
}
