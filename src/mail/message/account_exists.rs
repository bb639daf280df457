//! "You already have an account": the answer by mail to a registration with a known address (SR-1).
//!
//! Greets nobody by name: what the stranger typed is not repeated, and the owner's own name is not the stranger's
//! business on a shared screen. Carries no secret; both pages are open to everybody.

use serde::{Deserialize, Serialize};

use super::samples;
use super::{Occasion, Reader, Sheet};
use crate::clock::Timestamp;
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountExists {
    /// The address of the sign-in page.
    pub sign_in: String,
    /// The address of the page that asks for a reset link.
    pub reset: String,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl AccountExists {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new("mail.account_exists.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.account_exists.preview"),
            greeting: greeting(""),
            lead: Phrase::new("mail.account_exists.lead").words("realm", reader.realm),
            place: self.asked.asked(reader),
            actions: vec![
                Action::new("mail.account_exists.sign_in", &self.sign_in),
                Action::new("mail.account_exists.reset", &self.reset),
            ],
            code: None,
            life: None,
            not_you: Phrase::new("mail.account_exists.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(now: Timestamp) -> Self {
        Self {
            sign_in: samples::page("sign-in"),
            reset: samples::page("recover/password"),
            asked: samples::occasion(samples::FIREFOX, now),
        }
    }
}
