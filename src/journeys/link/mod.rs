//! Where mailed links land. Opening one changes nothing (SR-108): mail scanners open them all; only the button acts.

pub(crate) mod codes;
mod confirm;
mod done;
mod ended;
pub(crate) mod landing;

use serde::Serialize;

pub(crate) use confirm::ConfirmLinkPage;
pub(crate) use done::LinkDonePage;
pub(crate) use ended::{LinkExpiredPage, LinkIncompletePage, LinkRefusedPage, LinkReplacedPage, LinkUsedPage};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// To prove an address.
    VerifyEmail,
    /// To choose a new password.
    ResetPassword,
}

/// A browser in words, as far as it can be told: "Firefox" on "Windows".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Device {
    /// The browser.
    pub(crate) browser: String,
    /// The system it runs on.
    pub(crate) system: String,
}

impl Device {
    pub(crate) fn sample() -> Self {
        Self { browser: "Firefox".to_owned(), system: "Windows".to_owned() }
    }
}
