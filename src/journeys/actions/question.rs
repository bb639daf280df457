//! `GET`, `POST /realms/{realm}/required-actions/set-secret-question`.
//!
//! The question is sealed and the answer hashed: neither is ever readable by an operator (SR-36, SR-37).

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::first_password::owner;
use super::secret_question::SecretQuestionPage;
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::event::EventKind;
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::caller::Caller;
use crate::journeys::fields::Fields;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::keys::sealing::Place as Drawer;
use crate::proofs::question::{self, AnswerComparison, Lack, SecretQuestionPolicy};
use crate::secret::Secret;
use crate::store::credentials::{self, StoredQuestion};
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
    let user = owner(&submission.visit, submission.visit.journey().attempt.user()).await?;
    let form = judge(submission.again(&[Field::Question]), &submission.fields, policy(&submission.visit)?, &user);
    if form.has_errors() {
        return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    let kept = kept(&submission.visit, &submission.fields, user.id).await?;
    let tx = submission.begin().await?;
    credentials::set_question(&tx, user.id, &kept, submission.visit.now()).await?;
    submission.visit.flow.journey.settled.push(RequiredActionKind::SetSecretQuestion);
    let event = submission.visit.event(EventKind::SecretQuestionChanged);
    submission.follow(tx, event).await
}

/// The question as it is kept: sealed, and its answer hashed.
pub(crate) async fn kept(caller: &Caller, fields: &Fields, user: UserId) -> Result<StoredQuestion, Problem> {
    let (app, comparison) = (Arc::clone(&caller.app), policy(caller)?.comparison);
    let (question, answer) = (fields.text(Field::Question).trim().to_owned(), fields.secret(Field::Answer));
    let (pepper, entropy) = (app.pepper.clone(), Arc::clone(&app.entropy));
    let hashed = app.gate.run(move || question::hash(&pepper, comparison, &answer, &*entropy)).await?;
    let name = user.to_string();
    let sealed = app.sealer.seal(drawer(&name), &Secret::new(question.into_bytes()), &*app.entropy);
    Ok(StoredQuestion {
        sealed: sealed.map_err(|fault| Problem::ours("a question could not be sealed", fault))?,
        answer: hashed.map_err(|fault| Problem::ours("an answer could not be hashed", fault))?,
    })
}

/// The question of an account, for the one page that may show it.
pub(crate) fn open(visit: &Visit, user: UserId, kept: &StoredQuestion) -> Result<String, Problem> {
    let plain = visit.app.sealer.open(drawer(&user.to_string()), &kept.sealed);
    let plain = plain.map_err(|fault| Problem::ours("a secret question does not open", fault))?;
    String::from_utf8(plain.expose().clone()).map_err(|fault| Problem::ours("a secret question does not read", fault))
}

/// The realm's policy; a realm without one has no such page (SR-34).
pub(crate) fn policy(caller: &Caller) -> Result<&SecretQuestionPolicy, Problem> {
    caller.house.realm.secret_question.as_ref().ok_or(Problem::NotFound)
}

const fn drawer(user: &str) -> Drawer<'_> {
    Drawer { kind: "secret_questions.question", id: user }
}

/// The form with all that is to be mended in the question and its answer.
pub(crate) fn judge(mut form: FormState, fields: &Fields, policy: &SecretQuestionPolicy, user: &User) -> FormState {
    let (question, answer) = (fields.text(Field::Question).trim(), fields.secret(Field::Answer));
    let [first, last, email, named] = user.own_words();
    let context = [first, last, email, named, &user.full_name()];
    let longest = u64::try_from(question::LONGEST).unwrap_or(0);
    let least = u64::try_from(policy.min_answer_length).unwrap_or(0);
    for lack in question::lacks(policy, question, &answer, &context) {
        form = match lack {
            Lack::NoQuestion => form.refuse(Field::Question, refusals::question_empty()),
            Lack::LongQuestion => form.refuse(Field::Question, refusals::too_long(Field::Question, longest)),
            Lack::UnknownQuestion => form.refuse(Field::Question, refusals::question_unknown()),
            Lack::NoAnswer => form.refuse(Field::Answer, refusals::answer_empty()),
            Lack::LongAnswer => form.refuse(Field::Answer, refusals::too_long(Field::Answer, longest)),
            Lack::ShortAnswer => form.refuse(Field::Answer, refusals::answer_short(least)),
            Lack::AnswerIsKnown => form.refuse(Field::Answer, refusals::answer_guessable()),
        };
    }
    form
}

/// The page under the realm's policy.
pub(crate) fn page_of(policy: &SecretQuestionPolicy, form: FormState) -> SecretQuestionPage {
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
