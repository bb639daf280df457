//! `GET`, `POST /realms/{realm}/account/secret-question`: another question, after a recent sign-in (SR-41).
//!
//! The present one is not shown: it stands on the page of a recovery, and nowhere else (SR-36).

use axum::response::Response;
use http::StatusCode;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::event::EventKind;
use crate::journeys::actions::question::{page_of, policy};
use crate::journeys::problem::Problem;
use crate::journeys::questions::{Kind, setting};
use crate::journeys::warning::tell;
use crate::mail::message::Mail;
use crate::store::{questions, users};
use crate::themes::form::{Field, FormState};
use crate::themes::phrase::Phrase;

/// The line of the home page.
pub(super) fn told(is_set: bool) -> Line {
    let says = if is_set { Phrase::new("account_question.set") } else { Phrase::new("account_question.unset") };
    Line::new(Phrase::new("account.question")).says(says)
}

/// The line of the home page, in realms that have such questions.
pub(super) async fn line(owner: &Owner) -> Result<Option<Line>, Problem> {
    if owner.house.realm.secret_question.is_none() {
        return Ok(None);
    }
    let account = users::account(&owner.app.store.reads(), owner.user.id).await?;
    let is_set = account.is_some_and(|account| account.has_secret_question);
    Ok(Some(told(is_set).changed_at(owner.path("account/secret-question"))))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    policy(&owner)?;
    owner.fresh().await?;
    let form = owner.resumed(owner.form(), &[Field::Question]).await?;
    show(&owner, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    policy(&act)?;
    let fresh = act.fresh(&[Field::Question]).await?;
    let pairs = Kind::Secret.pairs(1);
    let form = setting::judge(&act, act.again(&[Field::Question]), (&act.fields, &pairs), &act.user).await?;
    if form.has_errors() {
        return show(&act, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    let kept = setting::kept(&act, (&act.fields, &pairs), fresh.user()).await?;
    let tx = act.begin().await?;
    for question in &kept {
        questions::set_secret(&tx, fresh.user(), question, act.now()).await?;
    }
    tell(&act, &tx, &act.user, Mail::SecretQuestionChanged).await?;
    let event = act.event(EventKind::SecretQuestionChanged);
    act.leads_to("account?done=secret-question", Vec::new(), (tx, event)).await
}

fn show(owner: &Owner, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    owner.show(status, &page_of(policy(owner)?, form))
}
