//! "Choose a new password": a link, and a short code for the page that waits.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, minutes};
use crate::identity::identifier::IssuedIdentifier;
use crate::mail::sheet::{Action, Shown, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResetPassword {
    /// How to greet.
    pub first_name: String,
    /// What the account signs in with, where its realm issued that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<IssuedIdentifier>,
    /// The full address of the landing page, token included.
    pub link: Secret<String>,
    /// The code for another device.
    pub code: Secret<String>,
    /// When both end.
    pub ends: Timestamp,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl ResetPassword {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let life = self.asked.at.until(self.ends);
        let ends = |phrase: Phrase| phrase.span("life", life).clock("ends", self.ends).words("zone", reader.zone);
        Sheet {
            subject: Phrase::new("mail.reset_password.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.reset_password.preview").span("life", life),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.reset_password.lead").words("realm", reader.realm),
            place: self.asked.asked(reader.of(self.identifier.as_ref())),
            actions: vec![Action::new("mail.reset_password.action", self.link.expose())],
            code: Some(Shown::on_another_device(&self.code)),
            life: Some(ends(Phrase::new("mail.reset_password.life"))),
            not_you: Phrase::new("mail.reset_password.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            identifier: who.identifier(),
            link: samples::secret_page("link/reset?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
            code: Secret::new("482913".to_owned()),
            ends: now + minutes(30),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
