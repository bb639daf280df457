//! The secret question, asked only after the mailed link was proven in this browser (SR-36).

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Répondez à votre question secrète ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecoverQuestionPage {
    /// The answer.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// The question, in its author's words.
    pub(crate) question: String,
    /// Whether `Renault` differs from `renault`.
    pub(crate) exact: bool,
}

impl Page for RecoverQuestionPage {
    const NAME: &'static str = "recover-question";
    const TEMPLATE: &'static str = "recover_question.html";

    fn title(&self) -> Phrase {
        Phrase::new("recover_question.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let first = || Self {
            form: samples::form(),
            notice: None,
            question: "Marque de la première voiture ?".to_owned(),
            exact: true,
        };
        let refused = |words| Self { form: samples::form().refuse(Field::Answer, words), ..first() };
        let long = "Quel est le nom complet de la rue où se trouvait la maison de vos grands-parents maternels, \
                    telle qu’elle s’écrivait alors ?";
        vec![
            sample("first-visit", first()),
            sample("folded", Self { exact: false, ..first() }),
            sample("empty", refused(refusals::answer_empty())),
            sample("wrong", refused(refusals::answer_wrong())),
            sample("throttled", refused(refusals::throttled(now + Duration::from_mins(5)))),
            sample("long-question", Self { question: long.to_owned(), ..first() }),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..first() }),
        ]
    }
}
