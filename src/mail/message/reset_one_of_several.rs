//! "Choose a new password", where an address has several accounts: a link for each, and no code, which could not say whose
//! password is meant (docs/adr/0062).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, minutes};
use crate::mail::sheet::{Action, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResetOneOfSeveral {
    /// How to greet.
    pub first_name: String,
    /// The accounts, the newest first.
    pub accounts: Vec<AccountLink>,
    /// When the links end.
    pub ends: Timestamp,
    /// When they were asked for, and from where.
    pub asked: Occasion,
}

/// The link of one account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountLink {
    /// What the account signs in with.
    pub identifier: String,
    /// The full address of the landing page, token included.
    pub link: Secret<String>,
}

impl ResetOneOfSeveral {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let life = self.asked.at.until(self.ends);
        let ends = |phrase: Phrase| phrase.span("life", life).clock("ends", self.ends).words("zone", reader.zone);
        let action = |account: &AccountLink| {
            let label = Phrase::new("mail.reset_one_of_several.action").words("identifier", &account.identifier);
            Action::of(label, account.link.expose())
        };
        Sheet {
            subject: Phrase::new("mail.reset_password.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.reset_one_of_several.preview").span("life", life),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.reset_one_of_several.lead").words("realm", reader.realm),
            place: self.asked.asked_for_address(reader),
            actions: self.accounts.iter().map(action).collect(),
            code: None,
            life: Some(ends(Phrase::new("mail.reset_one_of_several.life"))),
            not_you: Phrase::new("mail.reset_one_of_several.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        let account = |identifier: &str, token: &str| AccountLink {
            identifier: identifier.to_owned(),
            link: samples::secret_page(&format!("link?token={token}")),
        };
        Self {
            first_name: who.first_name.to_owned(),
            accounts: vec![
                account("EK700962", "q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
                account("BT104417", "Zr4TnB6yHq0WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxT"),
            ],
            ends: now + minutes(30),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
