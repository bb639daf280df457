//! Signing out: at once when the request is known, after a question when it is not (RP-Initiated Logout §2).

use serde::Serialize;

use crate::clock::Timestamp;
use crate::journeys::samples;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Se déconnecter ? »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SignOutPage {
    /// Sent as `do=sign-out`.
    pub(crate) form: FormState,
    /// Whose session it is.
    pub(crate) name: String,
}

impl Page for SignOutPage {
    const NAME: &'static str = "sign-out";
    const TEMPLATE: &'static str = "sign_out.html";

    fn title(&self) -> Phrase {
        Phrase::new("sign_out.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let of = |name: &str| Self { form: samples::form(), name: name.to_owned() };
        vec![sample("asked", of("Marie Durand")), sample("long-name", of(samples::LONG_NAME))]
    }
}

/// « Déconnexion effectuée ». The way back to the application is the frame's.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SignedOutPage {
    /// Where one can sign in again, when the realm has a page for that without an application's request.
    pub(crate) sign_in: Option<String>,
}

impl Page for SignedOutPage {
    const NAME: &'static str = "signed-out";
    const TEMPLATE: &'static str = "signed_out.html";

    fn title(&self) -> Phrase {
        Phrase::new("signed_out.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![
            sample("signed-out", Self { sign_in: None }),
            sample("with-sign-in", Self { sign_in: Some(samples::NEXT.to_owned()) }),
        ]
    }
}
