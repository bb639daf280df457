//! "Your certificate expires on …": told ahead, while there is time to order another (UX.md §3).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Reader, Sheet};
use crate::clock::{Timestamp, days};
use crate::mail::quoted;
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CertificateEnds {
    /// How to greet.
    pub first_name: String,
    /// What the authority is called.
    pub issuer: String,
    /// Until when the certificate is valid.
    pub until: Timestamp,
    /// The address of the page that lists the account's certificates.
    pub list: String,
    /// When this was noticed.
    pub at: Timestamp,
}

impl CertificateEnds {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let issuer = quoted::name(&self.issuer);
        let lead = if issuer.is_empty() { "mail.certificate_ends.bare_lead" } else { "mail.certificate_ends.lead" };
        let lead =
            Phrase::new(lead).words("realm", reader.realm).moment("until", self.until).words("zone", reader.zone);
        Sheet {
            subject: Phrase::new("mail.certificate_ends.subject").day("until", self.until),
            preview: Phrase::new("mail.certificate_ends.preview"),
            greeting: greeting(&self.first_name),
            lead: if issuer.is_empty() { lead } else { lead.words("issuer", issuer) },
            place: Phrase::new("mail.happened.by_itself").words("account", reader.account).moment("at", self.at),
            actions: vec![Action::new("mail.certificate_ends.list", &self.list)],
            code: None,
            life: None,
            not_you: Phrase::new("mail.certificate_ends.not_you"),
            remedy: None,
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            issuer: who.issuer.to_owned(),
            until: now + days(30),
            list: samples::page("account/certificates"),
            at: now,
        }
    }
}
