//! "An application lost its access": a refresh token that was used before came back, so its family ended (SR-141).
//!
//! The request came from the application's server, or from whoever stole the token: it says nothing of a browser.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Reader, Sheet};
use crate::clock::Timestamp;
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessRevoked {
    /// How to greet.
    pub first_name: String,
    /// What the application is called, in the language of the mail.
    pub application: String,
    /// The address of the page that asks for a reset link.
    pub recover: String,
    /// When.
    pub at: Timestamp,
}

impl AccessRevoked {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new("mail.access_revoked.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.access_revoked.preview"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.access_revoked.lead")
                .words("application", &self.application)
                .words("realm", reader.realm),
            place: Phrase::new("mail.happened.by_itself").words("account", reader.account).moment("at", self.at),
            actions: Vec::new(),
            code: None,
            life: None,
            not_you: Phrase::new("mail.access_revoked.not_you"),
            remedy: Some(Action::new("mail.choose_password", &self.recover)),
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            application: "Espace Certificats".to_owned(),
            recover: samples::page("recover/password"),
            at: now,
        }
    }
}
