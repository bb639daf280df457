//! "Your account is closed": the last mail to an address (SR-202).

use serde::{Deserialize, Serialize};

use super::samples::Who;
use super::{Reader, Sheet};
use crate::clock::Timestamp;
use crate::mail::sheet::greeting;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountClosed {
    /// How to greet.
    pub first_name: String,
    /// When.
    pub at: Timestamp,
}

impl AccountClosed {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new("mail.account_closed.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.account_closed.preview"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.account_closed.lead").words("realm", reader.realm),
            place: Phrase::new("mail.happened.by_itself").words("account", reader.account).moment("at", self.at),
            actions: Vec::new(),
            code: None,
            life: None,
            not_you: Phrase::new("mail.account_closed.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self { first_name: who.first_name.to_owned(), at: now }
    }
}
