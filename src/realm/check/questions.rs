//! Questions that people answer, judged: one of each, or a set of which some are asked.
//!
//! Off unless declared, and declaring either shows the deviation (SR-34). A realm has one kind: two hurdles of the same
//! sort are no better than the higher of them.

use super::{Judge, localized};
use crate::code::Code;
use crate::realm::document::written::{LocalizedText, Written};
use crate::realm::document::{ChallengeQuestionsDocument, RealmDocument, SecretQuestionDocument};
use crate::realm::model::{AnswerComparison, ChallengePolicy, QuestionPolicy};

/// What both tables say of questions.
struct Said<'a> {
    own_question: Option<&'a Written<bool>>,
    catalogue: Option<&'a Vec<Written<LocalizedText>>>,
    min_answer_length: Option<&'a Written<usize>>,
    comparison: Option<&'a Written<AnswerComparison>>,
}

impl Judge<'_> {
    pub(super) fn secret_question(
        &mut self,
        document: Option<&Written<SecretQuestionDocument>>,
    ) -> Option<QuestionPolicy> {
        let written = document?;
        let SecretQuestionDocument { own_question, catalogue, min_answer_length, comparison } = written.get();
        let said = Said {
            own_question: own_question.as_ref(),
            catalogue: catalogue.as_ref(),
            min_answer_length: min_answer_length.as_ref(),
            comparison: comparison.as_ref(),
        };
        self.deviates(written, "secret questions are on (deviation D-1): an extra hurdle, never a factor");
        Some(self.questions(written, &said, 1))
    }

    pub(super) fn challenge_questions(&mut self, document: &RealmDocument) -> Option<ChallengePolicy> {
        let written = document.challenge_questions.as_ref()?;
        let ChallengeQuestionsDocument { set, asked, own_question, catalogue, min_answer_length, comparison } =
            written.get();
        let said = Said {
            own_question: own_question.as_ref(),
            catalogue: catalogue.as_ref(),
            min_answer_length: min_answer_length.as_ref(),
            comparison: comparison.as_ref(),
        };
        self.deviates(written, "challenge questions are on (deviation D-1): an extra hurdle, never a factor");
        if document.secret_question.is_some() {
            let hint = "keep one of the tables [secret_question] and [challenge_questions]".to_owned();
            self.refuse(Code::E0115, written, "questions of both kinds").hint = Some(hint);
        }
        let (set, asks) = (set.as_ref().map_or(3, |set| *set.get()), asked.as_ref().map_or(3, |asked| *asked.get()));
        if asks > set {
            let place = asked.as_ref().map_or_else(|| written.span(), Written::span);
            let message = format!("{asks} questions are asked, and {set} are set");
            let finding = self.source.finding(Code::E0115, place, message);
            self.found.push(finding.hint("ask no more than are set"));
        }
        Some(ChallengePolicy { questions: self.questions(written, &said, set), set, asked: asks })
    }

    fn deviates<T>(&mut self, written: &Written<T>, message: &str) {
        self.found.push(self.source.finding(Code::E0117, written.span(), message).warning());
    }

    /// What each question must be, where so many are `set`.
    fn questions<T>(&mut self, written: &Written<T>, said: &Said<'_>, set: usize) -> QuestionPolicy {
        let own_question = said.own_question.is_none_or(|own| *own.get());
        let listed = said.catalogue.into_iter().flatten();
        let catalogue: Vec<_> = listed.map(|question| localized(self, question)).collect();
        if !own_question && catalogue.len() < set {
            let message = if catalogue.is_empty() {
                "no question to choose and none to write".to_owned()
            } else {
                format!("{set} different questions are set, and {} are listed", catalogue.len())
            };
            let finding = self.source.finding(Code::E0115, written.span(), message);
            self.found.push(finding.hint("set `own_question = true`, or list questions in `catalogue`"));
        }
        QuestionPolicy {
            own_question,
            catalogue,
            min_answer_length: said.min_answer_length.map_or(4, |least| *least.get()),
            comparison: said.comparison.map_or(AnswerComparison::Exact, |comparison| *comparison.get()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realm::check::{NoThemes, check};
    use crate::realm::finding::Severity;
    use crate::realm::preset::Preset;

    /// The codes of errors, and of the deviation, when this stands in the place of the secret question.
    fn codes(table: &str, action: &str) -> Vec<Code> {
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        let realm = bundle.files.get_mut("realm.toml").unwrap();
        let (start, end) = (realm.find("[secret_question]").unwrap(), realm.find("# Codes of an app").unwrap());
        realm.replace_range(start..end, table);
        *realm = realm.replace("\"set_secret_question\"", action);
        let told = check(&bundle, &NoThemes).findings.list;
        let counts = |code: Code, severity| severity == Severity::Error || code == Code::E0117;
        told.iter().filter(|told| counts(told.code, told.severity)).map(|told| told.code).collect()
    }

    #[test]
    fn sr_34_questions_are_off_unless_declared_and_declaring_them_shows_the_deviation() {
        let (secret, set) = ("[secret_question]\n", "[challenge_questions]\n");
        let closed = "own_question = false\ncatalogue = [{ fr = \"Ville\", en = \"Town\" }]\n";
        for (table, action, told) in [
            ("", "\"update_password\"", vec![Code::E0114]),
            ("", "\"set_challenge_questions\"", vec![Code::E0114]),
            (secret, "\"set_challenge_questions\"", vec![Code::E0114, Code::E0117]),
            (set, "\"set_secret_question\"", vec![Code::E0114, Code::E0117]),
            (secret, "\"set_secret_question\"", vec![Code::E0117]),
            (set, "\"set_challenge_questions\"", vec![Code::E0117]),
            (&*format!("{secret}{set}"), "\"set_challenge_questions\"", vec![Code::E0117, Code::E0115, Code::E0117]),
            (&*format!("{set}set = 4\nasked = 2\n"), "\"set_challenge_questions\"", vec![Code::E0117]),
            (&*format!("{set}set = 2\n"), "\"set_challenge_questions\"", vec![Code::E0115, Code::E0117]),
            (&*format!("{set}set = 2\nasked = 3\n"), "\"set_challenge_questions\"", vec![Code::E0117, Code::E0115]),
            (&*format!("{set}set = 7\n"), "\"set_challenge_questions\"", vec![Code::E0117, Code::E0109]),
            (&*format!("{set}min_answer_length = 1\n"), "\"set_challenge_questions\"", vec![Code::E0117, Code::E0109]),
            (&*format!("{set}{closed}"), "\"set_challenge_questions\"", vec![Code::E0115, Code::E0117]),
            (&*format!("{set}set = 1\nasked = 1\n{closed}"), "\"set_challenge_questions\"", vec![Code::E0117]),
        ] {
            assert_eq!(codes(table, action), told, "{table}{action}");
        }
    }
}
