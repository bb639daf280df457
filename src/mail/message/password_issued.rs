//! "Your temporary password": the one mail that carries a password, for realms whose procedures ask for it (deviation D-6).
//!
//! It says nothing of the identifier, which comes by a mail of its own: neither opens anything without the other. The
//! password is good for one change, and ends.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, hours};
use crate::ids::UserId;
use crate::mail::sheet::{Action, Shown, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasswordIssued {
    /// How to greet; written by whoever registered, so quoted with care.
    pub first_name: String,
    /// The password.
    pub temporary_password: Secret<String>,
    /// Whose it is: a mail that waits for too long is not sent once another took its place (SR-182).
    pub user: UserId,
    /// Since when it is good.
    pub since: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// The address of the sign-in page.
    pub sign_in: String,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl PasswordIssued {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let life = self.since.until(self.ends);
        Sheet {
            subject: Phrase::new("mail.password_issued.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.password_issued.preview").span("life", life),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.password_issued.lead").words("realm", reader.realm),
            place: self.asked.asked(reader),
            actions: vec![Action::new("mail.password_issued.action", &self.sign_in)],
            code: Some(Shown::new("mail.password_issued.label", self.temporary_password.clone())),
            life: Some(
                Phrase::new("mail.password_issued.life")
                    .span("life", life)
                    .moment("ends", self.ends)
                    .words("zone", reader.zone),
            ),
            not_you: Phrase::new("mail.password_issued.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            temporary_password: Secret::new("k7=Rm2+wTq".to_owned()),
            user: UserId::from_uuid(uuid::Uuid::nil()),
            since: now,
            ends: now + hours(72),
            sign_in: samples::page("sign-in"),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
