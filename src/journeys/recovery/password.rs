//! Asking for a reset link: one identifier field.

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Mot de passe oublié ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecoverPasswordPage {
    /// The identifier.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// Whether people sign in by e-mail address alone.
    pub(crate) by_email: bool,
    /// Back to sign-in.
    pub(crate) sign_in: String,
}

impl Page for RecoverPasswordPage {
    const NAME: &'static str = "recover-password";
    const TEMPLATE: &'static str = "recover_password.html";

    fn title(&self) -> Phrase {
        Phrase::new("recover_password.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with = |form| Self { form, notice: None, by_email: true, sign_in: samples::NEXT.to_owned() };
        let typed = || samples::form().keep(Field::Username, samples::ADDRESS);
        let refused = |words| with(typed().refuse(Field::Username, words));
        vec![
            sample("first-visit", with(samples::form())),
            sample("from-sign-in", with(typed())),
            sample("by-identifier", Self { by_email: false, ..with(samples::form()) }),
            sample("empty", with(samples::form().refuse(Field::Username, refusals::username_empty()))),
            sample("throttled", refused(refusals::throttled(now + Duration::from_mins(10)))),
            sample("answers-used-up", with(typed().refuse_all(refusals::answers_used_up()))),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..with(typed()) }),
        ]
    }
}
