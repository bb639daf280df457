//! `GET`, `POST /realms/{realm}/account/challenge-questions`: another set of questions, after a recent sign-in (SR-41).
//!
//! The present ones are not shown: they stand where they are asked, and nowhere else (SR-36).

use axum::response::Response;
use http::StatusCode;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::event::EventKind;
use crate::journeys::actions::challenge_questions::{page_of, pairs, policy, questions_of};
use crate::journeys::problem::Problem;
use crate::journeys::questions::setting;
use crate::journeys::warning::tell;
use crate::mail::message::Mail;
use crate::store::{questions, users};
use crate::themes::form::FormState;
use crate::themes::phrase::Phrase;

/// The line of the home page.
pub(super) fn told(are_set: bool) -> Line {
    let says = if are_set { Phrase::new("account_questions.set") } else { Phrase::new("account_questions.unset") };
    Line::new(Phrase::new("account.questions")).says(says)
}

/// The line of the home page, in realms that have such questions.
pub(super) async fn line(owner: &Owner) -> Result<Option<Line>, Problem> {
    if owner.house.realm.challenge_questions.is_none() {
        return Ok(None);
    }
    let account = users::account(&owner.app.store.reads(), owner.user.id).await?;
    let are_set = account.is_some_and(|account| account.has_challenge_questions);
    Ok(Some(told(are_set).changed_at(owner.path("account/challenge-questions"))))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    let pairs = pairs(policy(&owner)?);
    owner.fresh().await?;
    let form = owner.resumed(owner.form(), &questions_of(&pairs)).await?;
    show(&owner, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    let pairs = pairs(policy(&act)?);
    let shown = questions_of(&pairs);
    let fresh = act.fresh(&shown).await?;
    let form = setting::judge(&act, act.again(&shown), (&act.fields, &pairs), &act.user).await?;
    if form.has_errors() {
        return show(&act, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    let kept = setting::kept(&act, (&act.fields, &pairs), fresh.user()).await?;
    let tx = act.begin().await?;
    questions::replace_set(&tx, fresh.user(), &kept, act.now()).await?;
    tell(&act, &tx, &act.user, Mail::ChallengeQuestionsChanged).await?;
    let event = act.event(EventKind::ChallengeQuestionsChanged);
    act.leads_to("account?done=challenge-questions", Vec::new(), (tx, event)).await
}

fn show(owner: &Owner, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    owner.show(status, &page_of(policy(owner)?, form))
}
