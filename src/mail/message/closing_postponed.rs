//! "Your account could not be closed yet": somebody has to take an organisation over first (DOMAIN.md §10).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Reader, Sheet};
use crate::clock::{Timestamp, days};
use crate::mail::quoted;
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClosingPostponed {
    /// How to greet.
    pub first_name: String,
    /// What the organisation is called.
    pub organisation: String,
    /// The full address of the page that says what to do.
    pub page: String,
    /// When it was to be closed.
    pub at: Timestamp,
    /// When it is tried again.
    pub closes: Timestamp,
}

impl ClosingPostponed {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let organisation = quoted::organisation(&self.organisation);
        let told = |key| Phrase::new(key).words("organisation", &organisation).words("realm", reader.realm);
        Sheet {
            subject: Phrase::new("mail.closing_postponed.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.closing_postponed.preview"),
            greeting: greeting(&self.first_name),
            lead: told("mail.closing_postponed.lead").moment("closes", self.closes).words("zone", reader.zone),
            place: Phrase::new("mail.happened.by_itself").words("account", reader.account).moment("at", self.at),
            actions: vec![Action::new("mail.closing_postponed.action", &self.page)],
            code: None,
            life: None,
            not_you: Phrase::new("mail.closing_postponed.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            organisation: who.organisation.to_owned(),
            page: samples::page("account/close"),
            at: now,
            closes: now + days(7),
        }
    }
}
