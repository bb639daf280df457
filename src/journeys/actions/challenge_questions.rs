//! `GET`, `POST /realms/{realm}/required-actions/set-challenge-questions`: a set of questions, of which some will be asked.
//!
//! An extra hurdle, never a credential of its own (SR-35). Answers are plain text that may be pasted, and none is ever sent
//! back.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::first_password::owner;
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::language::Localized;
use crate::journeys::caller::Caller;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::questions::{Kind, Pair, setting};
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples, steps};
use crate::proofs::question::{AnswerComparison, ChallengePolicy};
use crate::store::questions;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

const PLACE: Place = Place::Action(RequiredActionKind::SetChallengeQuestions);

/// « Choisissez vos questions ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChallengeQuestionsPage {
    /// Questions and answers.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// The fields of each question and its answer.
    pub(crate) pairs: Vec<Fields>,
    /// How many will be asked.
    pub(crate) asked: u64,
    /// Questions to choose from.
    pub(crate) catalogue: Vec<Localized>,
    /// Whether people may write their own; the list then holds suggestions.
    pub(crate) own_question: bool,
    /// Whether `Renault` differs from `renault`.
    pub(crate) exact: bool,
    /// Fewest characters of an answer.
    pub(crate) least: usize,
}

/// The fields of one pair.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Fields {
    question: Field,
    answer: Field,
}

impl Page for ChallengeQuestionsPage {
    const NAME: &'static str = "challenge-questions";
    const TEMPLATE: &'static str = "challenge_questions.html";

    fn title(&self) -> Phrase {
        Phrase::new("challenge_questions.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let questions = [
            ("Marque de la première voiture ?", "Make of the first car?"),
            ("Nom de la première école ?", "Name of the first school?"),
            ("Ville de naissance de votre mère ?", "In which town was your mother born?"),
        ];
        let catalogue = || questions.map(|(fr, en)| Localized { fr: fr.into(), en: en.into() }).to_vec();
        let of = |many| Kind::Set.pairs(many);
        let first = || Self {
            form: samples::form(),
            notice: None,
            pairs: fields(&of(3)),
            asked: 3,
            catalogue: Vec::new(),
            own_question: true,
            exact: true,
            least: 4,
        };
        let typed = || {
            let typed = of(3).into_iter().zip(questions);
            typed.fold(samples::form(), |form, (pair, (fr, _))| form.keep(pair.question, fr))
        };
        let refused = |place: usize, words: Phrase| {
            let at = of(3).into_iter().skip(place).take(1);
            Self { form: at.fold(typed(), |form, pair| form.refuse(pair.answer, words.clone())), ..first() }
        };
        let repeated = of(3).into_iter().skip(1).take(1);
        let repeated = repeated.fold(typed(), |form, pair| form.refuse(pair.question, refusals::question_repeated()));
        let empty = of(3).into_iter().fold(samples::form(), |form, pair| {
            form.refuse(pair.question, refusals::question_empty()).refuse(pair.answer, refusals::answer_empty())
        });
        let listed = |own_question| Self { catalogue: catalogue(), own_question, exact: false, ..first() };
        vec![
            sample("first-visit", first()),
            sample("suggestions", listed(true)),
            sample("list", Self { form: typed(), ..listed(false) }),
            sample("some-asked", Self { pairs: fields(&of(6)), asked: 2, ..first() }),
            sample("one", Self { pairs: fields(&of(1)), asked: 1, ..first() }),
            sample("empty", Self { form: empty, ..first() }),
            sample("repeated", Self { form: repeated, ..first() }),
            sample("short-answer", refused(0, refusals::answer_short(4))),
            sample("guessable-answer", refused(2, refusals::answer_guessable())),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), form: typed(), ..first() }),
            sample("last-step", first()).in_steps(steps::sampled(4)),
        ]
    }
}

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
    let (visit, typed) = (&submission.visit, &submission.fields);
    let user = owner(visit, visit.journey().attempt.user()).await?;
    let pairs = pairs(policy(visit)?);
    let form = setting::judge(visit, submission.again(&questions_of(&pairs)), (typed, &pairs), &user).await?;
    if form.has_errors() {
        return show(visit, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    let kept = setting::kept(visit, (typed, &pairs), user.id).await?;
    let tx = submission.begin().await?;
    questions::replace_set(&tx, user.id, &kept, submission.visit.now()).await?;
    submission.visit.flow.journey.settled.push(RequiredActionKind::SetChallengeQuestions);
    let event = submission.visit.event(EventKind::ChallengeQuestionsChanged);
    submission.follow(tx, event).await
}

/// The realm's policy; a realm without one has no such page (SR-34).
pub(crate) fn policy(caller: &Caller) -> Result<&ChallengePolicy, Problem> {
    caller.house.realm.challenge_questions.as_ref().ok_or(Problem::NotFound)
}

/// The fields of a whole set.
pub(crate) fn pairs(policy: &ChallengePolicy) -> Vec<Pair> {
    Kind::Set.pairs(policy.set)
}

/// The fields that are no secret.
pub(crate) fn questions_of(pairs: &[Pair]) -> Vec<Field> {
    pairs.iter().map(|pair| pair.question).collect()
}

fn fields(pairs: &[Pair]) -> Vec<Fields> {
    pairs.iter().map(|Pair { question, answer }| Fields { question: *question, answer: *answer }).collect()
}

/// The page under the realm's policy.
pub(crate) fn page_of(policy: &ChallengePolicy, form: FormState) -> ChallengeQuestionsPage {
    let questions = &policy.questions;
    ChallengeQuestionsPage {
        form,
        notice: None,
        pairs: fields(&pairs(policy)),
        asked: u64::try_from(policy.asked).unwrap_or(0),
        catalogue: questions.catalogue.clone(),
        own_question: questions.own_question,
        exact: questions.comparison == AnswerComparison::Exact,
        least: questions.min_answer_length,
    }
}

fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    visit.show_as(status, &page_of(policy(visit)?, form))
}
