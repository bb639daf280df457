//! "Test e-mail": tells an operator what its arrival proves.

use serde::{Deserialize, Serialize};

use super::{Reader, Sheet};
use crate::clock::Timestamp;
use crate::mail::courier::TlsMode;
use crate::mail::sheet::greeting;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OperatorTest {
    /// The relay's name.
    pub relay: String,
    /// How the way there is protected.
    pub protection: Protection,
    /// When the test was asked.
    pub asked_at: Timestamp,
}

/// How the way to the relay is protected.
pub type Protection = TlsMode;

impl OperatorTest {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let lead = match self.protection {
            Protection::Tls | Protection::StartTls => "mail.operator_test.lead_protected",
            Protection::None => "mail.operator_test.lead_clear",
        };
        Sheet {
            subject: Phrase::new("mail.operator_test.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.operator_test.preview"),
            greeting: greeting(""),
            lead: Phrase::new(lead).words("realm", reader.realm).words("relay", &self.relay),
            place: Phrase::new("mail.operator_test.place").words("account", reader.account).moment("at", self.asked_at),
            actions: Vec::new(),
            code: None,
            life: None,
            not_you: Phrase::new("mail.operator_test.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(now: Timestamp, protection: Protection) -> Self {
        Self { relay: "smtp.certinomis.example".to_owned(), protection, asked_at: now }
    }
}
