//! Questions that people set and answer, wherever that is: one home for judging, sealing, asking, comparing and counting.
//!
//! A realm has one secret question of each person, or a set of which some are asked. Set as a required action or at the
//! account pages ([`setting`]); asked after a mailed link, or because an application wants them answered ([`answering`]).
//! Never a factor, and never shown to anybody who has not proven more than that (SR-35, SR-36).

pub(crate) mod answering;
pub(crate) mod challenge;
pub(crate) mod setting;

use crate::ids::UserId;
use crate::proofs::question::QuestionPolicy;
use crate::realm::model::Realm;
use crate::themes::form::{AnswerAt, Field, Nth, QuestionAt};

/// How many questions people have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One each.
    Secret,
    /// A set.
    Set,
}

/// The fields of one question and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Of the question.
    pub(crate) question: Field,
    /// Of the answer.
    pub(crate) answer: Field,
}

impl Kind {
    /// What the realm has, if it has any (SR-34).
    pub(crate) fn of(realm: &Realm) -> Option<(Self, &QuestionPolicy)> {
        let set = || realm.challenge_questions.as_ref().map(|challenge| (Self::Set, &challenge.questions));
        realm.secret_question.as_ref().map(|policy| (Self::Secret, policy)).or_else(set)
    }

    /// The first `many` pairs of fields.
    pub(crate) fn pairs(self, many: usize) -> Vec<Pair> {
        match self {
            Self::Secret => vec![Pair { question: Field::Question, answer: Field::Answer }],
            Self::Set => {
                let pair =
                    |nth| Pair { question: Field::QuestionAt(QuestionAt(nth)), answer: Field::AnswerAt(AnswerAt(nth)) };
                Nth::ALL.into_iter().take(many).map(pair).collect()
            }
        }
    }

    /// Where a question is sealed for: no other account, and no other place of the set.
    fn drawer(self, user: UserId, place: u8) -> (&'static str, String) {
        match self {
            Self::Secret => ("secret_questions.question", user.to_string()),
            Self::Set => ("challenge_questions.question", format!("{user}/{place}")),
        }
    }
}
