//! What is asked after a mailed link: the secret question, or several, and only once the link was proven in this browser
//! (SR-36).

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::notice::Notice;
use crate::journeys::questions::Kind;
use crate::journeys::questions::answering::Asked;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Répondez à votre question secrète », or « Répondez à vos questions ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecoverQuestionPage {
    /// The answers.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// The questions, in their authors' words.
    pub(crate) asked: Vec<Asked>,
    /// Whether `Renault` differs from `renault`.
    pub(crate) exact: bool,
}

impl Page for RecoverQuestionPage {
    const NAME: &'static str = "recover-question";
    const TEMPLATE: &'static str = "recover_question.html";

    fn title(&self) -> Phrase {
        Phrase::new(if self.asked.len() > 1 { "recover_question.title_of_several" } else { "recover_question.title" })
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let one = |question: &str| vec![Asked { field: Field::Answer, question: question.to_owned() }];
        let first =
            || Self {
                form: samples::form(), notice: None, asked: one("Marque de la première voiture ?"), exact: true
            };
        let several = || Self { asked: several(), ..first() };
        let refused = |words| Self { form: samples::form().refuse(Field::Answer, words), ..first() };
        let long = "Quel est le nom complet de la rue où se trouvait la maison de vos grands-parents maternels, \
                    telle qu’elle s’écrivait alors ?";
        let locked = refusals::answers_locked(now + Duration::from_hours(24));
        vec![
            sample("first-visit", first()),
            sample("folded", Self { exact: false, ..first() }),
            sample("empty", refused(refusals::answer_empty())),
            sample("wrong", refused(refusals::answer_wrong())),
            sample("throttled", refused(refusals::throttled(now + Duration::from_mins(5)))),
            sample("long-question", Self { asked: one(long), ..first() }),
            sample("several", several()),
            sample("several-wrong", Self { form: samples::form().refuse_all(refusals::answers_wrong()), ..several() }),
            sample("several-locked", Self { form: samples::form().refuse_all(locked), ..several() }),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..first() }),
        ]
    }
}

/// Three questions for samples.
pub(crate) fn several() -> Vec<Asked> {
    let questions =
        ["Marque de la première voiture ?", "Nom de la première école ?", "Ville de naissance de votre mère ?"];
    let asked = Kind::Set.pairs(3).into_iter().zip(questions);
    asked.map(|(pair, question)| Asked { field: pair.answer, question: question.to_owned() }).collect()
}
