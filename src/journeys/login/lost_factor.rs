//! `GET /realms/{realm}/sign-in/lost`: "I no longer have my telephone". Nobody is left at a code that they cannot have.
//!
//! It tells the two ways out and opens none by itself: a mailed link would make the mailbox the second factor.

use axum::response::Response;
use serde::Serialize;

use crate::authentication::journey::Place;
use crate::clock::Timestamp;
use crate::journeys::problem::Problem;
use crate::journeys::visit::Visit;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Vous n’avez plus votre téléphone »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LostFactorPage {
    /// Whether it is a passkey that is lost.
    pub(crate) passkey: bool,
    /// « Utiliser un code de secours »
    pub(crate) recover: String,
    /// Back to the code of the app, or to the passkey.
    pub(crate) back: String,
    /// Where people write for help.
    pub(crate) contact: String,
    /// Where they call.
    pub(crate) phone: Option<String>,
}

impl Page for LostFactorPage {
    const NAME: &'static str = "lost-factor";
    const TEMPLATE: &'static str = "lost_factor.html";

    fn title(&self) -> Phrase {
        Phrase::new(if self.passkey { "lost_factor.title_passkey" } else { "lost_factor.title" })
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |phone: Option<&str>| Self {
            passkey: false,
            recover: "/realms/certinomis/sign-in/recovery-code".to_owned(),
            back: "/realms/certinomis/sign-in/code".to_owned(),
            contact: "assistance@certinomis.example".to_owned(),
            phone: phone.map(str::to_owned),
        };
        let passkey = Self { passkey: true, ..page(None) };
        vec![
            sample("by-mail", page(None)),
            sample("passkey", passkey),
            sample("by-phone", page(Some("01\u{a0}23\u{a0}45\u{a0}67\u{a0}89"))),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::SecondFactor {
        return visit.elsewhere(&Place::SecondFactor);
    }
    let operator = &visit.house.realm.operator;
    visit.show(&LostFactorPage {
        passkey: super::passkey::is_the_only_factor(&visit),
        recover: visit.step("sign-in/recovery-code"),
        back: visit.step("sign-in/code"),
        contact: operator.support_email.clone(),
        phone: operator.support_phone.clone(),
    })
}
