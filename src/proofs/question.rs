//! Questions that somebody answers: an extra hurdle after a mailed link, or for one request of a fresh sign-in, never a
//! factor (deviation D-1, SR-35).
//!
//! A realm has one secret question of each person, or a set of which some are asked; either way all that is asked must be
//! right. Answers are hashed as passwords are (SR-37). Compared exactly, `Renault` is not `renault`: the seeds' procedure
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

/// Most questions of one set.
pub const MOST: usize = 6;

/// What a question and its answer must be (SR-34 to SR-41).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionPolicy {
    /// Whether people may write their own.
    pub own_question: bool,
    /// Questions to choose from.
    pub catalogue: Vec<Localized>,
    /// Fewest code points of an answer.
    pub min_answer_length: usize,
    /// How answers are compared.
    pub comparison: AnswerComparison,
}

/// A set of questions, of which some are asked (DOMAIN.md §8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengePolicy {
    /// What each question and its answer must be.
    pub questions: QuestionPolicy,
    /// How many are set.
    pub set: usize,
    /// How many of them are asked.
    pub asked: usize,
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

/// Somebody answered what this account was asked, having proven more than that before.
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

/// Verifies the answers to what an account was asked. All of them are looked at, whichever is wrong, and all must be right:
/// neither words nor time tell one from another.
pub fn verify(
    pepper: &Pepper,
    comparison: AnswerComparison,
    account: (UserId, &[StoredHash]),
    submitted: &[Secret<String>],
    now: Timestamp,
) -> Option<AnswerProof> {
    let (user, stored) = account;
    let is_right = |(stored, submitted): &(&StoredHash, &Secret<String>)| {
        password::matches(pepper, Some(stored), normal_form(comparison, submitted).expose())
    };
    let right = stored.iter().zip(submitted).filter(is_right).count();
    (!stored.is_empty() && right == stored.len()).then_some(AnswerProof { user, at: now })
}

/// Which of a set are asked: those that were answered longest ago, or never, in their own order. So the same are asked until
/// they are answered (SR-40), and the others afterwards.
pub fn asked<T>(mut set: Vec<T>, asked: usize, answered: impl Fn(&T) -> Option<Timestamp>) -> Vec<T> {
    set.sort_by_key(answered);
    set.truncate(asked);
    set
}

/// The proof that an answer stands for, in tests of what follows from it.
#[cfg(test)]
pub const fn answered(user: UserId, at: Timestamp) -> AnswerProof {
    AnswerProof { user, at }
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
    /// Another of the set asks the same.
    RepeatedQuestion,
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
pub fn lacks(policy: &QuestionPolicy, question: &str, answer: &Secret<String>, context: &[&str]) -> Vec<Lack> {
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

/// What each pair of a set lacks, by its place in it; the first of two that ask the same may stay.
pub fn set_lacks(policy: &QuestionPolicy, pairs: &[(&str, Secret<String>)], context: &[&str]) -> Vec<(usize, Lack)> {
    let same = |question: &str| question.trim().nfkc().collect::<String>().to_lowercase();
    let mut lacking = Vec::new();
    for (place, (question, answer)) in pairs.iter().enumerate() {
        let lacks = lacks(policy, question, answer, context);
        let asks_nothing = lacks.contains(&Lack::NoQuestion);
        lacking.extend(lacks.into_iter().map(|lack| (place, lack)));
        let earlier = pairs.iter().take(place).any(|(earlier, _)| same(earlier) == same(question));
        lacking.extend((earlier && !asks_nothing).then_some((place, Lack::RepeatedQuestion)));
    }
    lacking
}

fn answer_lacks(policy: &QuestionPolicy, question: &str, answer: &str, context: &[&str]) -> Option<Lack> {
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
            let stored = [hash(&pepper, comparison, &Secret::new(kept.to_owned()), &SeededEntropy::new(2)).unwrap()];
            let proof = verify(&pepper, comparison, (user, &stored), &[Secret::new(given.to_owned())], now);
            assert_eq!(proof.is_some(), right, "{comparison:?} {kept} {given}");
        }
    }

    #[test]
    fn sr_37_all_that_is_asked_must_be_right() {
        let pepper = Pepper::new(1, Secret::new(vec![3; 32]));
        let (now, comparison) = (Timestamp::from_seconds(1), AnswerComparison::Exact);
        let user = UserId::new(now, &SeededEntropy::new(1));
        let secret = |answer: &&str| Secret::new((*answer).to_owned());
        let stored = ["Renault", "Lille", "Médor"]
            .map(|answer| hash(&pepper, comparison, &secret(&answer), &SeededEntropy::new(2)).unwrap());
        for (given, right) in [
            (&["Renault", "Lille", "Médor"][..], true),
            (&["Renault", "Lille", "médor"], false),
            (&["Peugeot", "Lille", "Médor"], false),
            (&["Lille", "Renault", "Médor"], false),
            (&["Renault", "Lille"], false),
            (&[], false),
        ] {
            let given: Vec<_> = given.iter().map(secret).collect();
            let proof = verify(&pepper, comparison, (user, &stored), &given, now);
            assert_eq!(proof.is_some(), right, "{given:?}");
        }
        assert_eq!(verify(&pepper, comparison, (user, &[]), &[], now), None, "nothing was asked, nothing is proven");
    }

    #[test]
    fn sr_40_the_same_are_asked_until_they_are_answered() {
        let at = Timestamp::from_seconds;
        for (answered, expected) in [
            ([None, None, None, None], ["a", "b"]),
            ([Some(at(2)), Some(at(2)), None, None], ["c", "d"]),
            ([Some(at(2)), Some(at(2)), Some(at(5)), Some(at(5))], ["a", "b"]),
            ([Some(at(9)), Some(at(9)), Some(at(5)), None], ["d", "c"]),
        ] {
            let set: Vec<_> = ["a", "b", "c", "d"].into_iter().zip(answered).collect();
            let names: Vec<_> = asked(set, 2, |(_, answered)| *answered).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, expected, "{answered:?}");
        }
    }

    #[test]
    fn sr_38_what_a_set_lacks() {
        let policy = QuestionPolicy {
            own_question: true,
            catalogue: vec![],
            min_answer_length: 2,
            comparison: AnswerComparison::Exact,
        };
        let secret = |answer: &str| Secret::new(answer.to_owned());
        let pairs = [
            ("Marque ?", secret("Renault")),
            ("Ville ?", secret("ville ?")),
            (" marque ? ", secret("Peugeot")),
            ("", secret("x")),
        ];
        let expected =
            [(1, Lack::AnswerIsKnown), (2, Lack::RepeatedQuestion), (3, Lack::NoQuestion), (3, Lack::ShortAnswer)];
        assert_eq!(set_lacks(&policy, &pairs, &["Marie"]), expected);
    }

    #[test]
    fn sr_38_what_a_question_and_an_answer_lack() {
        let policy = QuestionPolicy {
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
        let closed = QuestionPolicy { own_question: false, ..policy };
        assert_eq!(lacks(&closed, "Marque ?", &Secret::new("Renault".into()), &[]), vec![Lack::UnknownQuestion]);
    }
}
