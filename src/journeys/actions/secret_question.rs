//! Setting the secret question: an extra hurdle after a mailed link, never a credential of its own (SR-34, SR-35).
//!
//! The answer is plain text that may be pasted, and it is never sent back.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::identity::language::Localized;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Choisissez une question secrète ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SecretQuestionPage {
    /// Question and answer.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// Questions to choose from.
    pub(crate) catalogue: Vec<Localized>,
    /// Whether people may write their own; the list then holds suggestions.
    pub(crate) own_question: bool,
    /// Whether `Renault` differs from `renault`.
    pub(crate) exact: bool,
    /// Fewest characters of an answer.
    pub(crate) least: usize,
}

impl Page for SecretQuestionPage {
    const NAME: &'static str = "secret-question";
    const TEMPLATE: &'static str = "secret_question.html";

    fn title(&self) -> Phrase {
        Phrase::new("secret_question.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let catalogue = vec![
            Localized { fr: "Marque de la première voiture ?".into(), en: "Make of the first car?".into() },
            Localized { fr: "Nom de la première école ?".into(), en: "Name of the first school?".into() },
        ];
        let first = || Self {
            form: samples::form(),
            notice: None,
            catalogue: Vec::new(),
            own_question: true,
            exact: true,
            least: 4,
        };
        let typed = || samples::form().keep(Field::Question, "Marque de la première voiture ?");
        let refused = |words| Self { form: typed().refuse(Field::Answer, words), ..first() };
        let empty = samples::form()
            .refuse(Field::Question, refusals::question_empty())
            .refuse(Field::Answer, refusals::answer_empty());
        let foreign = samples::form().refuse(Field::Question, refusals::question_unknown());
        let listed = |own_question| Self { catalogue: catalogue.clone(), own_question, exact: false, ..first() };
        vec![
            sample("first-visit", first()),
            sample("suggestions", listed(true)),
            sample("list", Self { form: typed(), ..listed(false) }),
            sample("not-in-list", Self { form: foreign, ..listed(false) }),
            sample("empty", Self { form: empty, ..first() }),
            sample("short-answer", refused(refusals::answer_short(4))),
            sample("guessable-answer", refused(refusals::answer_guessable())),
            sample("long-answer", refused(refusals::too_long(Field::Answer, 128))),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), form: typed(), ..first() }),
        ]
    }
}
