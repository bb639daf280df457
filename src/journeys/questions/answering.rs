//! What somebody is asked, whoever asks: opened, counted before it is looked at, compared, and told to the owner.
//!
//! Of several questions all must be right, and nobody is told which was not. A set is locked for a day by five misses in a
//! row, in recovery and in step-up alike (DOMAIN.md §8); signing in is unaffected (SR-39).

use serde::Serialize;

use super::Kind;
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::caller::Caller;
use crate::journeys::fields::Fields;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::warning::warn;
use crate::keys::sealing::Place as Drawer;
use crate::mail::message::Mail;
use crate::proofs::question::{self, AnswerComparison, AnswerProof};
use crate::secret::Secret;
use crate::store::questions::{self, StoredQuestion};
use crate::store::{Access, StoreError, Tx, users};
use crate::themes::form::{Field, FormState};
use crate::themes::phrase::Phrase;
use crate::throttle::Slowed;

/// The questions that stand before somebody.
pub(crate) struct Hurdle {
    user: UserId,
    kind: Kind,
    comparison: AnswerComparison,
    kept: Vec<StoredQuestion>,
}

/// One question, as it is asked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asked {
    /// The field of the answer.
    pub(crate) field: Field,
    /// The question, in its author's words.
    pub(crate) question: String,
}

impl Hurdle {
    /// What is asked of that account here; `None` where nothing is (SR-34). The same until it is answered (SR-40).
    pub(crate) async fn of(caller: &Caller, access: &impl Access, user: UserId) -> Result<Option<Self>, StoreError> {
        let realm = &caller.house.realm;
        let Some((kind, policy)) = Kind::of(realm) else { return Ok(None) };
        let kept = match (kind, &realm.challenge_questions) {
            (Kind::Set, Some(challenge)) => {
                let set = questions::set_of(access, user).await?;
                question::asked(set, challenge.asked, |kept| kept.answered_at)
            }
            _ => questions::secret(access, user).await?.into_iter().collect(),
        };
        Ok((!kept.is_empty()).then_some(Self { user, kind, comparison: policy.comparison, kept }))
    }

    /// Whether `Renault` differs from `renault`.
    pub(crate) fn is_exact(&self) -> bool {
        self.comparison == AnswerComparison::Exact
    }

    /// The questions in their authors' words, and the fields of their answers.
    pub(crate) fn asked(&self, caller: &Caller) -> Result<Vec<Asked>, Problem> {
        let fields = self.fields();
        let open = |(kept, field): (&StoredQuestion, Field)| {
            let (kind, id) = self.kind.drawer(self.user, kept.place);
            let plain = caller.app.sealer.open(Drawer { kind, id: &id }, &kept.sealed);
            let plain = plain.map_err(|fault| Problem::ours("a question does not open", fault))?;
            let question = String::from_utf8(plain.expose().clone());
            let question = question.map_err(|fault| Problem::ours("a question does not read", fault))?;
            Ok(Asked { field, question })
        };
        self.kept.iter().zip(fields).map(open).collect()
    }

    fn fields(&self) -> Vec<Field> {
        self.kind.pairs(self.kept.len()).into_iter().map(|pair| pair.answer).collect()
    }

    /// The form with what was left out.
    pub(crate) fn left_out(&self, form: FormState, fields: &Fields) -> FormState {
        let empty = self.fields().into_iter().filter(|field| fields.text(*field).is_empty());
        empty.fold(form, |form, field| form.refuse(field, refusals::answer_empty()))
    }

    /// The form with what is said of wrong answers.
    pub(crate) fn wrong(&self, form: FormState) -> FormState {
        match self.kind {
            Kind::Secret => form.refuse(Field::Answer, refusals::answer_wrong()),
            Kind::Set => form.refuse_all(refusals::answers_wrong()),
        }
    }

    /// What is said while answers are not looked at.
    pub(crate) fn slowed(&self, slowed: Slowed) -> Phrase {
        match self.kind {
            Kind::Secret => refusals::throttled(slowed.until),
            Kind::Set => refusals::answers_locked(slowed.until),
        }
    }

    /// Counts one guess before it is looked at (SR-11), and says whether it locks the questions, should it be wrong. The
    /// caller commits at once.
    pub(crate) async fn reserve(&self, caller: &Caller, tx: &Tx) -> Result<Result<bool, Slowed>, StoreError> {
        let (throttle, now) = (&caller.app.throttle, caller.now());
        match self.kind {
            Kind::Secret => Ok(throttle.answer(tx, self.user, now).await?.map(|()| false)),
            Kind::Set => throttle.challenge(tx, self.user, now).await,
        }
    }

    /// The proof that all answers are right.
    pub(crate) async fn verify(&self, caller: &Caller, fields: &Fields) -> Result<Option<AnswerProof>, Problem> {
        let (pepper, comparison, user, now) = (caller.app.pepper.clone(), self.comparison, self.user, caller.now());
        let stored: Vec<_> = self.kept.iter().map(|kept| kept.answer.clone()).collect();
        let answers: Vec<Secret<String>> = self.fields().into_iter().map(|field| fields.secret(field)).collect();
        let verify = move || question::verify(&pepper, comparison, (user, &stored), &answers, now);
        Ok(caller.app.gate.run(verify).await?)
    }

    /// They were right: misses are forgotten, and others are asked before these are again.
    pub(crate) async fn met(&self, caller: &Caller, tx: &Tx) -> Result<(), StoreError> {
        if self.kind == Kind::Set {
            caller.app.throttle.challenge_met(tx, self.user).await?;
            let places: Vec<_> = self.kept.iter().map(|kept| kept.place).collect();
            questions::answered(tx, self.user, &places, caller.now()).await?;
        }
        Ok(())
    }

    /// Tells the owner that somebody failed too often.
    pub(crate) async fn tell_the_owner(&self, caller: &Caller, tx: &Tx) -> Result<(), StoreError> {
        let Some(owner) = users::by_id(tx, self.user).await?.filter(User::is_active) else { return Ok(()) };
        match self.kind {
            Kind::Secret => warn(caller, tx, Some(&owner), Mail::RecoveryRefused).await,
            Kind::Set => warn(caller, tx, Some(&owner), Mail::ChallengeLocked).await,
        }
    }
}
