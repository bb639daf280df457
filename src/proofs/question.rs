//! The secret question: an extra hurdle after a mailed link, never a factor (deviation D-1, SR-35).
//!
//! Answers are hashed as passwords are (SR-37). Compared exactly, `Renault` is not `renault`: the seeds' procedure
//! says so on the page.

use unicode_normalization::UnicodeNormalization as _;

use super::password::{self, HashingFailed, Pepper, StoredHash};
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::identity::language::Localized;
use crate::ids::UserId;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// Most code points of a question or an answer.
pub const LONGEST: usize = 128;

/// What a secret question and its answer must be (SR-34 to SR-41).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretQuestionPolicy {
    /// Whether people may write their own.
    pub own_question: bool,
    /// Questions to choose from.
    pub catalogue: Vec<Localized>,
    /// Fewest code points of an answer.
    pub min_answer_length: usize,
    /// How answers are compared.
    pub comparison: AnswerComparison,
}

/// How answers are compared (SR-37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerComparison {
    /// After NFC only: `Renault` is not `renault`.
    Exact,
    /// Case, compatibility forms and spaces do not count.
    Folded,
}

/// Somebody answered this account's question, having proven its mailbox before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerProof {
    user: UserId,
    at: Timestamp,
}

impl AnswerProof {
    /// Whose question.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Hashes an answer for keeping.
pub fn hash(
    pepper: &Pepper,
    comparison: AnswerComparison,
    answer: &Secret<String>,
    entropy: &dyn Entropy,
) -> Result<StoredHash, HashingFailed> {
    password::hash(pepper, &normal_form(comparison, answer), entropy)
}

/// Verifies an answer.
pub fn verify(
    pepper: &Pepper,
    comparison: AnswerComparison,
    account: (UserId, &StoredHash),
    submitted: &Secret<String>,
    now: Timestamp,
) -> Option<AnswerProof> {
    let (user, stored) = account;
    password::matches(pepper, Some(stored), normal_form(comparison, submitted).expose())
        .then_some(AnswerProof { user, at: now })
}

/// What a new question and answer still lack (SR-38).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// No question.
    NoQuestion,
    /// The question is longer than we take.
    LongQuestion,
    /// The realm wants one of its own questions.
    UnknownQuestion,
    /// No answer.
    NoAnswer,
    /// Fewer code points than asked.
    ShortAnswer,
    /// Longer than we take.
    LongAnswer,
    /// The answer is the question, a name, an address or an identifier.
    AnswerIsKnown,
}

/// What `question` and `answer` lack under `policy`; `context` holds names and addresses of the person.
pub fn lacks(policy: &SecretQuestionPolicy, question: &str, answer: &Secret<String>, context: &[&str]) -> Vec<Lack> {
    let question = question.trim();
    let mut lacks = Vec::new();
    let listed = policy.catalogue.iter().any(|known| known.fr == question || known.en == question);
    if question.is_empty() {
        lacks.push(Lack::NoQuestion);
    } else if question.chars().count() > LONGEST {
        lacks.push(Lack::LongQuestion);
    } else if !policy.own_question && !listed {
        lacks.push(Lack::UnknownQuestion);
    }
    lacks.extend(answer_lacks(policy, question, answer.expose(), context));
    lacks
}

fn answer_lacks(policy: &SecretQuestionPolicy, question: &str, answer: &str, context: &[&str]) -> Option<Lack> {
    let length = answer.trim().chars().count();
    let folded = answer.trim().to_lowercase();
    if length == 0 {
        Some(Lack::NoAnswer)
    } else if answer.chars().count() > LONGEST {
        Some(Lack::LongAnswer)
    } else if length < policy.min_answer_length {
        Some(Lack::ShortAnswer)
    } else {
        context.iter().chain([&question]).any(|known| known.to_lowercase() == folded).then_some(Lack::AnswerIsKnown)
    }
}

fn normal_form(comparison: AnswerComparison, answer: &Secret<String>) -> Secret<String> {
    Secret::new(match comparison {
        AnswerComparison::Exact => answer.expose().nfc().collect(),
        AnswerComparison::Folded => {
            answer.expose().nfkc().collect::<String>().to_lowercase().split_whitespace().collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn sr_37_answers_compare_exactly_or_folded() {
        let pepper = Pepper::new(1, Secret::new(vec![3; 32]));
        let now = Timestamp::from_seconds(1);
        let user = UserId::new(now, &SeededEntropy::new(1));
        for (comparison, kept, given, right) in [
            (AnswerComparison::Exact, "Renault", "Renault", true),
            (AnswerComparison::Exact, "Renault", "renault", false),
            (AnswerComparison::Exact, "Renault", "Renault ", false),
            (AnswerComparison::Exact, "Citroën", "Citroe\u{308}n", true),
            (AnswerComparison::Folded, "Renault", " rEnAuLt ", true),
            (AnswerComparison::Folded, "Deux Chevaux", "deuxchevaux", true),
            (AnswerComparison::Folded, "Renault", "Peugeot", false),
        ] {
            let stored = hash(&pepper, comparison, &Secret::new(kept.to_owned()), &SeededEntropy::new(2)).unwrap();
            let proof = verify(&pepper, comparison, (user, &stored), &Secret::new(given.to_owned()), now);
            assert_eq!(proof.is_some(), right, "{comparison:?} {kept} {given}");
        }
    }

    #[test]
    fn sr_38_what_a_question_and_an_answer_lack() {
        let policy = SecretQuestionPolicy {
            own_question: true,
            catalogue: vec![],
            min_answer_length: 4,
            comparison: AnswerComparison::Exact,
        };
        for (question, answer, lacked) in [
            ("Marque de la première voiture ?", "Renault", vec![]),
            ("", "Renault", vec![Lack::NoQuestion]),
            ("Marque ?", "", vec![Lack::NoAnswer]),
            ("Marque ?", "abc", vec![Lack::ShortAnswer]),
            ("Marque ?", "marque ?", vec![Lack::AnswerIsKnown]),
            ("Marque ?", "durand", vec![Lack::AnswerIsKnown]),
            (" ", " ", vec![Lack::NoQuestion, Lack::NoAnswer]),
        ] {
            let answer = Secret::new(answer.to_owned());
            assert_eq!(lacks(&policy, question, &answer, &["Marie", "Durand"]), lacked, "{question}");
        }
        let closed = SecretQuestionPolicy { own_question: false, ..policy };
        assert_eq!(lacks(&closed, "Marque ?", &Secret::new("Renault".into()), &[]), vec![Lack::UnknownQuestion]);
    }
}
