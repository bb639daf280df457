//! Registration by a verified e-mail address: names and address now, the password after the mailed link.
//!
//! What follows is the same page for every address, known or not (SR-1).

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Créer un compte ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RegisterPage {
    /// First name, last name, e-mail address.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// Back to sign-in.
    pub(crate) sign_in: String,
}

impl Page for RegisterPage {
    const NAME: &'static str = "register";
    const TEMPLATE: &'static str = "register.html";

    fn title(&self) -> Phrase {
        Phrase::new("register.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with = |form| Self { form, notice: None, sign_in: samples::NEXT.to_owned() };
        let typed = |email| {
            samples::form().keep(Field::FirstName, "Marie").keep(Field::LastName, "Durand").keep(Field::Email, email)
        };
        let refused = |email, words| with(typed(email).refuse(Field::Email, words));
        let empty = samples::form()
            .refuse(Field::FirstName, refusals::first_name_empty())
            .refuse(Field::LastName, refusals::last_name_empty())
            .refuse(Field::Email, refusals::email_empty());
        let long = samples::form()
            .keep(Field::FirstName, samples::LONG_NAME)
            .keep(Field::LastName, samples::LONG_NAME)
            .keep(Field::Email, samples::LONG_ADDRESS)
            .refuse(Field::FirstName, refusals::too_long(Field::FirstName, 60))
            .refuse(Field::LastName, refusals::unreadable(Field::LastName));
        vec![
            sample("first-visit", with(samples::form())),
            sample("empty", with(empty)),
            sample("no-at", refused("marie.durand.exemple.fr", refusals::email_without_at())),
            sample("malformed", refused("marie@", refusals::email_malformed())),
            sample("long", with(long)),
            sample("throttled", with(typed(samples::ADDRESS).refuse_all(refusals::throttled(now)))),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..with(typed(samples::ADDRESS)) }),
        ]
    }
}
