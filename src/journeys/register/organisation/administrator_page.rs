//! « Informations sur l’administrateur du compte client »: who runs the account, and how they are reached.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::actions::update_password::Criterion;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The second step of registering an organisation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RegisterAdministratorPage {
    /// Names, telephone, the address twice; the password twice where it is chosen now.
    pub(super) form: FormState,
    /// The name of the organisation.
    pub(super) organisation: String,
    /// What the password must be; empty where none is chosen now.
    pub(super) criteria: Vec<Criterion>,
    /// Back to the first step.
    pub(super) back: String,
    /// « Annuler », where an application waits for an answer.
    pub(super) cancel: Option<String>,
}

impl Page for RegisterAdministratorPage {
    const NAME: &'static str = "register-administrator";
    const TEMPLATE: &'static str = "register_administrator.html";

    fn title(&self) -> Phrase {
        Phrase::new("register_administrator.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with = |form| Self {
            form,
            organisation: "EXEMPLE SAS".to_owned(),
            criteria: Vec::new(),
            back: samples::NEXT.to_owned(),
            cancel: Some(samples::NEXT.to_owned()),
        };
        let typed = |again: &str| {
            let form = samples::form().keep(Field::FirstName, "Camille").keep(Field::LastName, "Durand");
            let form = form.keep(Field::PhoneNumber, "03 20 20 20 20").keep(Field::Email, samples::ADDRESS);
            form.keep(Field::EmailConfirm, again)
        };
        let empty = samples::form()
            .refuse(Field::FirstName, refusals::first_name_empty())
            .refuse(Field::LastName, refusals::last_name_empty())
            .refuse(Field::PhoneNumber, refusals::entry_empty(Field::PhoneNumber))
            .refuse(Field::Email, refusals::email_empty())
            .refuse(Field::EmailConfirm, refusals::email_confirmation_empty());
        let differs = typed("marie.durant@exemple.fr");
        let differs = differs.refuse(Field::EmailConfirm, refusals::email_confirmation_differs());
        let phone = typed(samples::ADDRESS).keep(Field::PhoneNumber, "12");
        let phone = phone.refuse(Field::PhoneNumber, refusals::phone_unreadable());
        let long = samples::form()
            .keep(Field::FirstName, samples::LONG_NAME)
            .keep(Field::LastName, samples::LONG_NAME)
            .keep(Field::Email, samples::LONG_ADDRESS)
            .refuse(Field::FirstName, refusals::too_long(Field::FirstName, 60));
        let chosen = |form| Self { criteria: Criterion::of(&samples::FOUR_KINDS), ..with(form) };
        let no_password = typed(samples::ADDRESS).refuse(Field::PasswordNew, refusals::new_password_empty());
        vec![
            sample("first-visit", with(samples::form())),
            sample("by-itself", Self { cancel: None, ..with(samples::form()) }),
            sample("empty", with(empty)),
            sample("differs", with(differs)),
            sample("phone", with(phone)),
            sample("long", Self { organisation: samples::LONG_NAME.repeat(2), ..with(long) }),
            sample("throttled", with(typed(samples::ADDRESS).refuse_all(refusals::throttled(now)))),
            sample("with-password", chosen(samples::form())),
            sample("without-password", chosen(no_password)),
        ]
    }
}
