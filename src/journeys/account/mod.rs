//! The account pages: what somebody sees of their account, and changes by themselves (UX.md P16, P17).
//!
//! They stand behind the browser's session, and are no application: no token is asked for them. Each section is a file
//! that holds its page and its line of the home page; [`home`] lists the lines.

pub(crate) mod activity;
pub(crate) mod applications;
pub(crate) mod certificates;
pub(crate) mod close;
pub(crate) mod email;
pub(crate) mod email_link;
pub(crate) mod export;
pub(crate) mod home;
pub(crate) mod identity;
pub(crate) mod lasting;
pub(crate) mod organisation;
mod owner;
pub(crate) mod passkeys;
pub(crate) mod password;
pub(crate) mod question;
pub(crate) mod questions;
pub(crate) mod second_factors;
pub(crate) mod sessions;

use crate::journeys::link::codes::device;
use crate::themes::phrase::Phrase;

/// A browser out of a column, as people know it.
fn browser(written: &str) -> Phrase {
    match device(written) {
        Some(device) => Phrase::new("account.browser").words("browser", device.browser).words("system", device.system),
        None => Phrase::new("account.unknown_browser"),
    }
}
