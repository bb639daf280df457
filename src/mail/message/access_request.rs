//! Somebody asks for access to an organisation that has an account: the mail that proves their address, and the one to
//! its administrators once it is proven.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, days, hours};
use crate::mail::quoted;
use crate::mail::sheet::{Action, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// "Confirm your request": nobody else hears of it before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmAccess {
    /// How to greet.
    pub first_name: String,
    /// The full address of the confirmation page, token included.
    pub link: Secret<String>,
    /// When the link ends.
    pub ends: Timestamp,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl ConfirmAccess {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let life = self.asked.at.until(self.ends);
        Sheet {
            subject: Phrase::new("mail.confirm_access.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.confirm_access.preview").span("life", life),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.confirm_access.lead").words("realm", reader.realm),
            place: self.asked.asked(reader),
            actions: vec![Action::new("mail.confirm_access.action", self.link.expose())],
            code: None,
            life: Some(
                Phrase::new("mail.confirm_access.life")
                    .span("life", life)
                    .moment("ends", self.ends)
                    .words("zone", reader.zone),
            ),
            not_you: Phrase::new("mail.confirm_access.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            link: samples::secret_page("access-request?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
            ends: now + hours(24),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}

/// "Somebody asks for access to {organisation}", to each of its administrators.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessAsked {
    /// How to greet.
    pub first_name: String,
    /// What the organisation is called.
    pub organisation: String,
    /// How whoever asks calls themselves.
    pub asking: String,
    /// Their address, masked: the whole stands on the page.
    pub address: String,
    /// The full address of the page where it is decided.
    pub page: String,
    /// Until when it may be decided.
    pub ends: Timestamp,
    /// When the mailbox was read.
    pub at: Timestamp,
}

impl AccessAsked {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let organisation = quoted::organisation(&self.organisation);
        let asking = quoted::name(&self.asking);
        Sheet {
            subject: Phrase::new("mail.access_asked.subject").words("organisation", &organisation),
            preview: Phrase::new("mail.access_asked.preview"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.access_asked.lead")
                .words("name", asking)
                .words("address", &self.address)
                .words("organisation", &organisation)
                .words("realm", reader.realm),
            place: Phrase::new("mail.membership.place").words("account", reader.account).moment("at", self.at),
            actions: vec![Action::new("mail.access_asked.action", &self.page)],
            code: None,
            life: Some(Phrase::new("mail.access_asked.life").day("ends", self.ends)),
            not_you: Phrase::new("mail.access_asked.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            organisation: who.organisation.to_owned(),
            asking: who.first_name.to_owned(),
            address: "p.lef•••@exemple.fr".to_owned(),
            page: samples::page("account/organisations"),
            ends: now + days(30),
            at: now,
        }
    }
}
