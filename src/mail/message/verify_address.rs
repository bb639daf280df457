//! "Confirm your e-mail address": a link, and a short code for the page that waits.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, hours, minutes};
use crate::mail::sheet::{Action, Shown, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VerifyAddress {
    /// How to greet; written by whoever registered, so quoted with care.
    pub first_name: String,
    /// The full address of the landing page, token included.
    pub link: Secret<String>,
    /// The code for another device.
    pub code: Secret<String>,
    /// When the link ends.
    pub link_ends: Timestamp,
    /// When the code ends.
    pub code_ends: Timestamp,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl VerifyAddress {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let link_life = self.asked.at.until(self.link_ends);
        let code_life = self.asked.at.until(self.code_ends);
        Sheet {
            subject: Phrase::new("mail.verify_address.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.verify_address.preview")
                .span("link_life", link_life)
                .span("code_life", code_life),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.verify_address.lead").words("realm", reader.realm),
            place: self.asked.asked(reader),
            actions: vec![Action::new("mail.verify_address.action", self.link.expose())],
            code: Some(Shown::on_another_device(&self.code)),
            life: Some(
                Phrase::new("mail.verify_address.life")
                    .span("link_life", link_life)
                    .moment("link_ends", self.link_ends)
                    .span("code_life", code_life)
                    .clock("code_ends", self.code_ends)
                    .words("zone", reader.zone),
            ),
            not_you: Phrase::new("mail.verify_address.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            link: samples::secret_page("link/verify?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
            code: Secret::new("482913".to_owned()),
            link_ends: now + hours(24),
            code_ends: now + minutes(30),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
