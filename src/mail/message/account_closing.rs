//! "Your account will close": asked for by its person, with the link that keeps it (SR-202).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, days};
use crate::mail::sheet::{Action, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountClosing {
    /// How to greet.
    pub first_name: String,
    /// The full address of the page that keeps it, token included.
    pub link: Secret<String>,
    /// When the account closes.
    pub closes: Timestamp,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl AccountClosing {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let life = self.asked.at.until(self.closes);
        let told = |key| Phrase::new(key).moment("closes", self.closes).words("realm", reader.realm);
        Sheet {
            subject: told("mail.account_closing.subject"),
            preview: Phrase::new("mail.account_closing.preview").span("life", life),
            greeting: greeting(&self.first_name),
            lead: told("mail.account_closing.lead").words("zone", reader.zone),
            place: self.asked.asked(reader),
            actions: vec![Action::new("mail.account_closing.keep", self.link.expose())],
            code: None,
            life: None,
            not_you: Phrase::new("mail.account_closing.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            link: samples::secret_page("keep-account?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
            closes: now + days(30),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
