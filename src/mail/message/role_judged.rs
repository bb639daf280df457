//! "Support changed your account": the authority has verified a role of theirs, or taken it back (UX §3).

use serde::{Deserialize, Serialize};

use super::samples::Who;
use super::{Reader, Sheet};
use crate::clock::Timestamp;
use crate::identity::organisation::Role;
use crate::identity::role_verdict::RoleVerdict;
use crate::mail::sheet::greeting;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoleJudged {
    /// How to greet.
    pub first_name: String,
    /// The legal name of the organisation.
    pub organisation: String,
    /// Which role.
    pub role: Role,
    /// When.
    pub at: Timestamp,
}

impl RoleJudged {
    pub(super) fn sheet(&self, verdict: RoleVerdict, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new("mail.role_judged.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.role_judged.preview").words("organisation", &self.organisation),
            greeting: greeting(&self.first_name),
            lead: Phrase::new(self.lead(verdict)).words("organisation", &self.organisation),
            place: Phrase::new("mail.happened.by_itself").words("account", reader.account).moment("at", self.at),
            actions: Vec::new(),
            code: None,
            life: None,
            not_you: Phrase::new("mail.role_judged.not_you"),
            remedy: None,
        }
    }

    /// A sentence for each role, whole in both languages.
    const fn lead(&self, verdict: RoleVerdict) -> &'static str {
        match (verdict, self.role) {
            (RoleVerdict::Verified, Role::LegalRepresentative) => "mail.role_verified.legal_representative",
            (RoleVerdict::Verified, Role::Administrator) => "mail.role_verified.administrator",
            (RoleVerdict::Verified, Role::ServerCertificateManager) => "mail.role_verified.server_certificate_manager",
            (RoleVerdict::Verified, Role::BillingContact) => "mail.role_verified.billing_contact",
            (RoleVerdict::Verified, Role::CertificationAgent) => "mail.role_verified.certification_agent",
            (RoleVerdict::Verified, Role::User) => "mail.role_verified.user",
            (RoleVerdict::Revoked, Role::LegalRepresentative) => "mail.role_revoked.legal_representative",
            (RoleVerdict::Revoked, Role::Administrator) => "mail.role_revoked.administrator",
            (RoleVerdict::Revoked, Role::ServerCertificateManager) => "mail.role_revoked.server_certificate_manager",
            (RoleVerdict::Revoked, Role::BillingContact) => "mail.role_revoked.billing_contact",
            (RoleVerdict::Revoked, Role::CertificationAgent) => "mail.role_revoked.certification_agent",
            (RoleVerdict::Revoked, Role::User) => "mail.role_revoked.user",
        }
    }

    pub(super) fn sample(who: &Who, role: Role, now: Timestamp) -> Self {
        Self { first_name: who.first_name.to_owned(), organisation: "EXEMPLE SAS".to_owned(), role, at: now }
    }
}
