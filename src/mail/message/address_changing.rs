//! "Your address is about to change": word to the mailbox that is to be left, with the link that undoes it (SR-65).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, days};
use crate::mail::sheet::{Action, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddressChanging {
    /// How to greet.
    pub first_name: String,
    /// The address wished for, masked.
    pub new: String,
    /// The full address of the page that undoes it, token included.
    pub link: Secret<String>,
    /// Until when it can be undone.
    pub ends: Timestamp,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl AddressChanging {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let life = self.asked.at.until(self.ends);
        let ends = Phrase::new("mail.address_changing.life").span("life", life).moment("ends", self.ends);
        Sheet {
            subject: Phrase::new("mail.address_changing.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.nothing_to_do"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.address_changing.lead").words("realm", reader.realm).words("new", &self.new),
            place: self.asked.asked(reader),
            actions: Vec::new(),
            code: None,
            life: Some(ends.words("zone", reader.zone)),
            not_you: Phrase::new("mail.address_changing.not_you"),
            remedy: Some(Action::new("mail.address_changing.undo", self.link.expose())),
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            new: "m.dur•••@exemple.fr".to_owned(),
            link: samples::secret_page("email-change?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
            ends: now + days(7),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
