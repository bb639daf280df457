//! « Choisissez un compte »: the client asks for the choice (`prompt=select_account`), and a session is open.
//!
//! Shown at the sign-in page's address; the answers are those of [`continue_as`](super::continue_as).

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::samples;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The open session's account, or another one.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SelectAccountPage {
    /// Sent as `do=continue`, or as `do=switch` to use another account.
    pub(crate) form: FormState,
    /// Whose session is open.
    pub(crate) name: String,
    /// What they sign in with.
    pub(crate) address: String,
}

impl Page for SelectAccountPage {
    const NAME: &'static str = "select-account";
    const TEMPLATE: &'static str = "select_account.html";

    fn title(&self) -> Phrase {
        Phrase::new("select_account.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let of = |name: &str, address: &str| Self {
            form: samples::form(),
            name: name.to_owned(),
            address: address.to_owned(),
        };
        vec![
            sample("open", of("Marie Durand", samples::ADDRESS)),
            sample("long-name", of(samples::LONG_NAME, samples::LONG_ADDRESS)),
        ]
    }
}
