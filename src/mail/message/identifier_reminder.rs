//! "Your identifiers": what the accounts of an address sign in with, since when there are, and when they were last used.
//!
//! Nothing in it opens anything: a mailbox that is read by somebody else gives away a name, and no more (SR-59).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, days};
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdentifierReminder {
    /// How to greet.
    pub first_name: String,
    /// What the accounts sign in with, the oldest first.
    pub identifiers: Vec<Reminded>,
    /// Whether the realm issued them; elsewhere people sign in with this very address.
    pub issued: bool,
    /// The address of the sign-in page.
    pub sign_in: String,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

/// One account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reminded {
    /// What it signs in with.
    pub identifier: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last used, as far as we remember.
    pub used: Option<Timestamp>,
}

impl Reminded {
    fn line(&self) -> Phrase {
        let phrase = match self.used {
            Some(used) => Phrase::new("mail.identifier_reminder.used").day("used", used),
            None => Phrase::new("mail.identifier_reminder.unused"),
        };
        phrase.words("identifier", &self.identifier).day("created", self.created)
    }
}

impl IdentifierReminder {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let lead = if self.issued { "mail.identifier_reminder.lead" } else { "mail.identifier_reminder.lead_address" };
        Sheet {
            subject: Phrase::new("mail.identifier_reminder.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.identifier_reminder.preview"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new(lead).words("realm", reader.realm),
            place: self.asked.asked_for_address(reader),
            actions: vec![Action::new("mail.identifier_reminder.action", &self.sign_in)],
            code: None,
            life: None,
            not_you: Phrase::new("mail.identifier_reminder.not_you"),
            remedy: None,
        }
    }

    /// A line for each account.
    pub(super) fn besides(&self) -> Vec<Phrase> {
        self.identifiers.iter().map(Reminded::line).collect()
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        let reminded = |identifier: &str, created, used| Reminded { identifier: identifier.to_owned(), created, used };
        Self {
            first_name: who.first_name.to_owned(),
            identifiers: vec![
                reminded("EK700962", now - days(400), Some(now - days(2))),
                reminded("BT104417", now - days(12), None),
            ],
            issued: true,
            sign_in: samples::page("sign-in"),
            asked: samples::occasion(who.user_agent, now),
        }
    }

    /// The same where people sign in with their address.
    pub(super) fn sample_of_an_address(who: &Who, now: Timestamp) -> Self {
        let identifier = "marie.durand@exemple.example".to_owned();
        let used = Some(now - days(2));
        let identifiers = vec![Reminded { identifier, created: now - days(400), used }];
        Self { identifiers, issued: false, ..Self::sample(who, now) }
    }
}
