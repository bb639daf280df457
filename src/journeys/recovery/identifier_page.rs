//! Asking for what one signs in with: one e-mail field.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Identifiant oublié ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecoverIdentifierPage {
    /// The address.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// Back to sign-in.
    pub(crate) sign_in: String,
}

impl Page for RecoverIdentifierPage {
    const NAME: &'static str = "recover-identifier";
    const TEMPLATE: &'static str = "recover_identifier.html";

    fn title(&self) -> Phrase {
        Phrase::new("recover_identifier.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let with = |form| Self { form, notice: None, sign_in: samples::NEXT.to_owned() };
        let typed = |text: &str| samples::form().keep(Field::Email, text);
        let refused = |text, words| with(typed(text).refuse(Field::Email, words));
        vec![
            sample("first-visit", with(samples::form())),
            sample("empty", refused("", refusals::email_empty())),
            sample("without-at", refused("marie.durand", refusals::email_without_at())),
            sample("malformed", refused("marie@exemple", refusals::email_malformed())),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..with(typed(samples::ADDRESS)) }),
        ]
    }
}
