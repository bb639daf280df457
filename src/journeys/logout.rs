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
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct SignedOutPage {
    /// Where one can sign in again, when the realm has a page for that without an application's request.
    pub(crate) sign_in: Option<String>,
    /// Addresses of applications that hear of it by being loaded (Front-Channel Logout §2).
    pub(crate) frames: Vec<String>,
    /// Where the browser goes when they were: by itself, and by a link for whoever has no scripts or no patience.
    pub(crate) go_on: Option<String>,
}

impl Page for SignedOutPage {
    const NAME: &'static str = "signed-out";
    const TEMPLATE: &'static str = "signed_out.html";

    fn title(&self) -> Phrase {
        Phrase::new("signed_out.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let frames: Vec<_> =
            ["https://portail.example/out?iss=https%3A%2F%2Fid.example&sid=1", "https://shop.example/out"]
                .map(str::to_owned)
                .into();
        // Where the page leads, it goes: in a gallery to itself.
        let go_on = Some("#contenu".to_owned());
        vec![
            sample("signed-out", Self::default()),
            sample("with-sign-in", Self { sign_in: Some(samples::NEXT.to_owned()), ..Self::default() }),
            sample("telling-applications", Self { frames: frames.clone(), ..Self::default() }),
            sample("on-the-way-back", Self { frames, go_on, ..Self::default() }),
        ]
    }
}
