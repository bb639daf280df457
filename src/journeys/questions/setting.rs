//! Setting questions: what was typed is judged, then sealed and hashed; neither is ever readable by an operator (SR-36,
//! SR-37, SR-38).

use std::sync::Arc;

use super::{Kind, Pair};
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::caller::Caller;
use crate::journeys::fields::Fields;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::keys::sealing::Place as Drawer;
use crate::proofs::password;
use crate::proofs::question::{self, Lack, QuestionPolicy};
use crate::secret::Secret;
use crate::store::credentials;
use crate::store::questions::StoredQuestion;
use crate::themes::form::FormState;
use crate::themes::phrase::Phrase;

/// The form with all that is to be mended in what was typed into those fields.
pub(crate) async fn judge(
    caller: &Caller,
    mut form: FormState,
    (fields, pairs): (&Fields, &[Pair]),
    user: &User,
) -> Result<FormState, Problem> {
    let (_, policy) = Kind::of(&caller.house.realm).ok_or(Problem::NotFound)?;
    let [first, last, email, named] = user.own_words();
    let context = [first, last, email, named, &user.full_name()];
    let typed: Vec<_> = pairs.iter().map(|pair| (fields.text(pair.question), fields.secret(pair.answer))).collect();
    for (place, lack) in question::set_lacks(policy, &typed, &context) {
        if let Some(pair) = pairs.get(place) {
            form = refuse(form, *pair, lack, policy);
        }
    }
    if !form.has_errors() {
        let answers = typed.into_iter().map(|(_, answer)| answer).collect();
        for place in passwords_among(caller, user.id, answers).await? {
            if let Some(pair) = pairs.get(place) {
                form = form.refuse(pair.answer, refusals::answer_guessable());
            }
        }
    }
    Ok(form)
}

fn refuse(form: FormState, pair: Pair, lack: Lack, policy: &QuestionPolicy) -> FormState {
    let longest = u64::try_from(question::LONGEST).unwrap_or(0);
    let least = u64::try_from(policy.min_answer_length).unwrap_or(0);
    let question = |words: Phrase| (pair.question, words);
    let answer = |words: Phrase| (pair.answer, words);
    let (field, words) = match lack {
        Lack::NoQuestion => question(refusals::question_empty()),
        Lack::LongQuestion => question(refusals::too_long(pair.question, longest)),
        Lack::UnknownQuestion => question(refusals::question_unknown()),
        Lack::RepeatedQuestion => question(refusals::question_repeated()),
        Lack::NoAnswer => answer(refusals::answer_empty()),
        Lack::LongAnswer => answer(refusals::too_long(pair.answer, longest)),
        Lack::ShortAnswer => answer(refusals::answer_short(least)),
        Lack::AnswerIsKnown => answer(refusals::answer_guessable()),
    };
    form.refuse(field, words)
}

/// Which of these answers are the password of the account: whoever reads them would know that as well.
async fn passwords_among(caller: &Caller, user: UserId, answers: Vec<Secret<String>>) -> Result<Vec<usize>, Problem> {
    let Some(stored) = credentials::password(&caller.app.store.reads(), user).await? else { return Ok(Vec::new()) };
    let (pepper, now) = (caller.app.pepper.clone(), caller.now());
    let find = move || {
        let is_it = |answer: &Secret<String>| password::verify(&pepper, Some((user, &stored)), answer, now).is_some();
        let places = answers.iter().enumerate().filter(|(_, answer)| is_it(answer));
        places.map(|(place, _)| place).collect()
    };
    Ok(caller.app.gate.run(find).await?)
}

/// The questions as they are kept: sealed, and their answers hashed, each with a salt of its own.
pub(crate) async fn kept(
    caller: &Caller,
    (fields, pairs): (&Fields, &[Pair]),
    user: UserId,
) -> Result<Vec<StoredQuestion>, Problem> {
    let (kind, policy) = Kind::of(&caller.house.realm).ok_or(Problem::NotFound)?;
    let (app, comparison) = (Arc::clone(&caller.app), policy.comparison);
    let answers: Vec<_> = pairs.iter().map(|pair| fields.secret(pair.answer)).collect();
    let (pepper, entropy) = (app.pepper.clone(), Arc::clone(&app.entropy));
    let hash = move || {
        let hashed = answers.iter().map(|answer| question::hash(&pepper, comparison, answer, &*entropy));
        hashed.collect::<Result<Vec<_>, _>>()
    };
    let hashed = app.gate.run(hash).await?.map_err(|fault| Problem::ours("an answer could not be hashed", fault))?;
    let mut kept = Vec::new();
    for ((place, pair), answer) in (0_u8..).zip(pairs).zip(hashed) {
        let question = fields.text(pair.question).trim().to_owned();
        let (drawer, id) = kind.drawer(user, place);
        let plain = Secret::new(question.into_bytes());
        let sealed = app.sealer.seal(Drawer { kind: drawer, id: &id }, &plain, &*app.entropy);
        let sealed = sealed.map_err(|fault| Problem::ours("a question could not be sealed", fault))?;
        kept.push(StoredQuestion { place, sealed, answer, answered_at: None });
    }
    Ok(kept)
}
