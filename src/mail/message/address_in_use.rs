//! "This address serves an account already": what its holder gets when another account wants it (SR-1).
//!
//! Greets nobody by name, and carries no secret: whoever asked learns nothing, and their page says what it always does.

use serde::{Deserialize, Serialize};

use super::samples;
use super::{Occasion, Reader, Sheet};
use crate::clock::Timestamp;
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddressInUse {
    /// The address of the account pages.
    pub sign_in: String,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl AddressInUse {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new("mail.address_in_use.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.address_in_use.preview"),
            greeting: greeting(""),
            lead: Phrase::new("mail.address_in_use.lead").words("realm", reader.realm),
            place: self.asked.asked(reader),
            actions: vec![Action::new("mail.address_in_use.sign_in", &self.sign_in)],
            code: None,
            life: None,
            not_you: Phrase::new("mail.address_in_use.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(now: Timestamp) -> Self {
        Self { sign_in: samples::page("account"), asked: samples::occasion(samples::FIREFOX, now) }
    }
}
