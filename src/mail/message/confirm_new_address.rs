//! "Confirm your new address": a link to the mailbox that somebody wants to use for their account (SR-65).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, hours};
use crate::mail::sheet::{Action, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmNewAddress {
    /// How to greet.
    pub first_name: String,
    /// The full address of the landing page, token included.
    pub link: Secret<String>,
    /// When it ends.
    pub ends: Timestamp,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl ConfirmNewAddress {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let life = self.asked.at.until(self.ends);
        let ends = Phrase::new("mail.confirm_new_address.life").span("life", life).moment("ends", self.ends);
        Sheet {
            subject: Phrase::new("mail.confirm_new_address.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.confirm_new_address.preview").span("life", life),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.confirm_new_address.lead").words("realm", reader.realm),
            place: self.asked.asked(reader),
            actions: vec![Action::new("mail.confirm_new_address.action", self.link.expose())],
            code: None,
            life: Some(ends.words("zone", reader.zone)),
            not_you: Phrase::new("mail.confirm_new_address.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            link: samples::secret_page("email-change?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
            ends: now + hours(24),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
