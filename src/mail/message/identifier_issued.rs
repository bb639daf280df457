//! "Your identifier": what an account signs in with. The password comes by another mail, or is known.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::Timestamp;
use crate::identity::identifier::IssuedIdentifier;
use crate::mail::sheet::{Action, Shown, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdentifierIssued {
    /// How to greet; written by whoever registered, so quoted with care.
    pub first_name: String,
    /// The identifier.
    pub identifier: IssuedIdentifier,
    /// The address of the sign-in page.
    pub sign_in: String,
    /// When it was asked, and from where.
    pub asked: Occasion,
}

impl IdentifierIssued {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let shown = Secret::new(self.identifier.as_str().to_owned());
        Sheet {
            subject: Phrase::new("mail.identifier_issued.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.identifier_issued.preview"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.identifier_issued.lead").words("realm", reader.realm),
            place: self.asked.asked(reader),
            actions: vec![Action::new("mail.identifier_issued.action", &self.sign_in)],
            code: Some(Shown::new("mail.identifier_issued.label", shown)),
            life: None,
            not_you: Phrase::new("mail.identifier_issued.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            identifier: IssuedIdentifier::of_samples(),
            sign_in: samples::page("sign-in"),
            asked: samples::occasion(who.user_agent, now),
        }
    }
}
