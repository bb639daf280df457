//! Registration with a chosen password: names, address and password now, and the account once the mailed link is followed.
//!
//! What follows is the same page for every address, known or not (SR-1); the password waits, hashed, with this browser
//! (SR-62).

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::actions::update_password::Criterion;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Créer un compte », with the password.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RegisterWithPasswordPage {
    /// First name, last name, e-mail address, the password twice.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// What the password must be.
    pub(crate) criteria: Vec<Criterion>,
    /// « J’ai déjà un compte »
    pub(crate) sign_in: String,
    /// « Annuler », where an application waits for an answer.
    pub(crate) cancel: Option<String>,
}

impl Page for RegisterWithPasswordPage {
    const NAME: &'static str = "register-password";
    const TEMPLATE: &'static str = "register_password.html";

    fn title(&self) -> Phrase {
        Phrase::new("register.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with = |form| Self {
            form,
            notice: None,
            criteria: Criterion::of(&samples::FOUR_KINDS),
            sign_in: samples::NEXT.to_owned(),
            cancel: Some(samples::NEXT.to_owned()),
        };
        let typed = |email| {
            samples::form().keep(Field::FirstName, "Marie").keep(Field::LastName, "Durand").keep(Field::Email, email)
        };
        let refused = |met: [bool; 3], words| {
            let criteria = Criterion::of(&samples::FOUR_KINDS).into_iter().zip(met);
            let criteria = criteria.map(|(criterion, met)| Criterion { met: Some(met), ..criterion }).collect();
            Self { criteria, ..with(typed(samples::ADDRESS).refuse(Field::PasswordNew, words)) }
        };
        let empty = samples::form()
            .refuse(Field::FirstName, refusals::first_name_empty())
            .refuse(Field::LastName, refusals::last_name_empty())
            .refuse(Field::Email, refusals::email_empty())
            .refuse(Field::PasswordNew, refusals::new_password_empty())
            .refuse(Field::PasswordConfirm, refusals::confirmation_empty());
        let unconfirmed = typed(samples::ADDRESS).refuse(Field::PasswordConfirm, refusals::confirmation_differs());
        let long = samples::form()
            .keep(Field::FirstName, samples::LONG_NAME)
            .keep(Field::LastName, samples::LONG_NAME)
            .keep(Field::Email, samples::LONG_ADDRESS)
            .refuse(Field::FirstName, refusals::too_long(Field::FirstName, 60));
        vec![
            sample("first-visit", with(samples::form())),
            sample("by-itself", Self { cancel: None, ..with(samples::form()) }),
            sample("empty", with(empty)),
            sample("short", refused([false, true, true], refusals::password_short(8, 7))),
            sample("plain", refused([true, false, true], refusals::password_plain(4))),
            sample("common", refused([true, true, false], refusals::password_common())),
            sample("not-confirmed", with(unconfirmed)),
            sample("long", with(long)),
            sample("throttled", with(typed(samples::ADDRESS).refuse_all(refusals::throttled(now)))),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..with(typed(samples::ADDRESS)) }),
        ]
    }
}
