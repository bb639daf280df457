//! « Ce compte client existe déjà »: that, and who to turn to, and never who created it (DOMAIN.md §9.3).

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::samples;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The number has a customer account already.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OrganisationKnownPage {
    /// Its buttons.
    pub(super) form: FormState,
    /// The number, as people read it.
    pub(super) number: String,
    /// Where its administrators are asked for access.
    pub(super) request: String,
    /// Whether the person has an account all the same, made while somebody else took the number.
    pub(super) has_account: bool,
}

impl Page for OrganisationKnownPage {
    const NAME: &'static str = "organisation-known";
    const TEMPLATE: &'static str = "organisation_known.html";

    fn title(&self) -> Phrase {
        Phrase::new("organisation_known.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |has_account| Self {
            form: samples::form(),
            number: "000 001 016 00013".to_owned(),
            request: samples::NEXT.to_owned(),
            has_account,
        };
        vec![sample("before", page(false)), sample("meanwhile", page(true))]
    }
}
