//! The landing page of a good link: what it does, for whom, asked when and from where, and one button.

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::samples;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

use super::{Device, Purpose};

/// « Confirmez votre adresse e-mail » or « Choisissez un nouveau mot de passe ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfirmLinkPage {
    /// Sent as `do=confirm`, or as `do=refuse` by « Ce n’est pas moi ».
    pub(crate) form: FormState,
    /// What the link is for.
    pub(crate) purpose: Purpose,
    /// Its address, masked, for whoever opens the link may not be its owner; or what the realm issued, which the mail says.
    pub(crate) account: String,
    /// When the link was asked for.
    pub(crate) asked_at: Timestamp,
    /// From which browser, when that is known.
    pub(crate) asked_from: Option<Device>,
}

impl Page for ConfirmLinkPage {
    const NAME: &'static str = "link-confirm";
    const TEMPLATE: &'static str = "link_confirm.html";

    fn title(&self) -> Phrase {
        Phrase::new(match self.purpose {
            Purpose::VerifyEmail => "link_confirm.verify_title",
            Purpose::ResetPassword => "link_confirm.reset_title",
        })
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with = |purpose, asked_from| Self {
            form: samples::form(),
            purpose,
            account: samples::MASKED.to_owned(),
            asked_at: now - Duration::from_mins(3),
            asked_from,
        };
        vec![
            sample("verify", with(Purpose::VerifyEmail, Some(Device::sample()))),
            sample("reset", with(Purpose::ResetPassword, Some(Device::sample()))),
            sample("issued", Self { account: "EK700962".to_owned(), ..with(Purpose::ResetPassword, None) }),
            sample("unknown-browser", with(Purpose::VerifyEmail, None)),
        ]
    }
}
