//! `GET`, `POST /realms/{realm}/recover/password/sent`: the neutral page, and the code for this same tab.

use axum::response::Response;
use http::StatusCode;

use super::{RecoverSentPage, ask};
use crate::app::letters;
use crate::authentication::journey::{Place, Recovery};
use crate::event::{Event, EventKind};
use crate::journeys::actions::verification::awaited;
use crate::journeys::link::codes::{self, Typed};
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::store::links::{self, Link, Purpose};
use crate::store::{Access, credentials};
use crate::themes::form::{Field, FormState};

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
        return redeem(submission).await;
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
    let typed = submission.fields.secret(Field::Code);
    let now = submission.visit.now();
    let tx = submission.begin().await?;
    // Only the newest mail is good for a reset (SR-54).
    let newest: Vec<Link> =
        links::newest(&tx, submission.visit.flow.id, Purpose::ResetPassword).await?.into_iter().take(1).collect();
    let link = match codes::judge(&submission.visit.app, &tx, &newest, &typed, now).await? {
        Typed::Right(link) => link,
        Typed::Wrong(refusal) => {
            tx.commit(&submission.visit.event(EventKind::CodeRefused)).await?;
            let form = submission.visit.form().refuse(Field::Code, refusal);
            return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, form).await;
        }
    };
    let spent = links::spend_code(&tx, link, &codes::written(submission.visit.agent), now).await?;
    let Some((spent, user)) = spent.and_then(|spent| spent.user.map(|user| (spent, user))) else {
        let form = submission.visit.form().refuse(Field::Code, refusals::code_spent());
        return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    submission.visit.flow.journey.recovery = Some(stage(&tx, &spent, user, now).await?);
    let event = Event { user: Some(user), ..submission.visit.event(EventKind::RecoveryMailRead) };
    submission.follow(tx, event).await
}

/// The stage that a spent reset link leads to.
pub(crate) async fn stage(
    access: &impl Access,
    spent: &Link,
    user: crate::ids::UserId,
    now: crate::clock::Timestamp,
) -> Result<Recovery, Problem> {
    let question = credentials::question(access, user).await?;
    let proof = spent.proves(user, now).ok_or(Problem::JourneyLost)?;
    Ok(Recovery::mail_read(&proof, question.is_some()))
}

async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let Some(Recovery::Asked { at, again_at }) = visit.journey().recovery else {
        return visit.elsewhere(&Place::RecoverySent);
    };
    let mails = links::newest(&visit.app.store.reads(), visit.flow.id, Purpose::ResetPassword).await?.len();
    let late = letters::are_late(&visit.app, &visit.house.realm.name, visit.now()).await?;
    let notice = if late { Some(Notice::mail_delayed()) } else { (mails > 1).then(|| Notice::sent_again(at)) };
    let page = RecoverSentPage {
        notice: notice.filter(|_| !form.has_errors()),
        form,
        typed: visit.typed().identifier.clone(),
        change: visit.step("recover/password"),
        code: awaited(visit, at, again_at, visit.house.realm.links.reset_password),
    };
    visit.show_as(status, &page)
}
