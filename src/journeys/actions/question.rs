//! `GET`, `POST /realms/{realm}/required-actions/set-secret-question`.

use axum::response::Response;
use http::StatusCode;

use super::first_password::owner;
use super::secret_question::SecretQuestionPage;
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::event::EventKind;
use crate::journeys::caller::Caller;
use crate::journeys::problem::Problem;
use crate::journeys::questions::{Kind, setting};
use crate::journeys::visit::{Submission, Visit};
use crate::proofs::question::{AnswerComparison, QuestionPolicy};
use crate::store::questions;
use crate::themes::form::{Field, FormState};

const PLACE: Place = Place::Action(RequiredActionKind::SetSecretQuestion);

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let form = visit.form();
    show(&visit, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != PLACE {
        return submission.visit.elsewhere(&PLACE);
    }
    let (visit, fields) = (&submission.visit, &submission.fields);
    let user = owner(visit, visit.journey().attempt.user()).await?;
    let pairs = Kind::Secret.pairs(1);
    let form = setting::judge(visit, submission.again(&[Field::Question]), (fields, &pairs), &user).await?;
    if form.has_errors() {
        return show(visit, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    let kept = setting::kept(visit, (fields, &pairs), user.id).await?;
    let tx = submission.begin().await?;
    for question in &kept {
        questions::set_secret(&tx, user.id, question, submission.visit.now()).await?;
    }
    submission.visit.flow.journey.settled.push(RequiredActionKind::SetSecretQuestion);
    let event = submission.visit.event(EventKind::SecretQuestionChanged);
    submission.follow(tx, event).await
}

/// The realm's policy; a realm without one has no such page (SR-34).
pub(crate) fn policy(caller: &Caller) -> Result<&QuestionPolicy, Problem> {
    caller.house.realm.secret_question.as_ref().ok_or(Problem::NotFound)
}

/// The page under the realm's policy.
pub(crate) fn page_of(policy: &QuestionPolicy, form: FormState) -> SecretQuestionPage {
    SecretQuestionPage {
        form,
        notice: None,
        catalogue: policy.catalogue.clone(),
        own_question: policy.own_question,
        exact: policy.comparison == AnswerComparison::Exact,
        least: policy.min_answer_length,
    }
}

fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    visit.show_as(status, &page_of(policy(visit)?, form))
}
