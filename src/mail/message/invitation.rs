//! "Activate your account": an organisation invites somebody, whom it named to us (SR-60).
//!
//! The name of the organisation stands in it, and no person's: who invited is its own business.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Reader, Sheet, personal_data};
use crate::clock::{Duration, Timestamp, days};
use crate::identity::organisation::Role;
use crate::mail::quoted;
use crate::mail::sheet::{Action, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invitation {
    /// How to greet; written by whoever invites, so quoted with care.
    pub first_name: String,
    /// What the organisation calls itself; quoted with care, too.
    pub organisation: String,
    /// What they are to be.
    pub roles: Vec<Role>,
    /// The full address of the page that asks them, token included.
    pub link: Secret<String>,
    /// When the mail is sent.
    pub sent: Timestamp,
    /// When the link ends.
    pub ends: Timestamp,
}

impl Invitation {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        self.told(
            Phrase::new("mail.invitation.subject").words("realm", reader.realm),
            Phrase::new("mail.invitation.lead"),
            reader,
        )
    }

    /// The same once more, when there is little time left.
    pub(super) fn reminder(&self, reader: Reader<'_>) -> Sheet {
        let left = self.sent.until(self.ends).as_secs().div_ceil(days(1).as_secs());
        let subject = Phrase::new("mail.invitation_reminder.subject").span("left", days(left));
        self.told(subject, Phrase::new("mail.invitation_reminder.lead"), reader)
    }

    fn told(&self, subject: Phrase, lead: Phrase, reader: Reader<'_>) -> Sheet {
        let life = self.sent.until(self.ends);
        Sheet {
            subject,
            preview: Phrase::new("mail.invitation.preview").span("life", life),
            greeting: greeting(&self.first_name),
            lead: lead.words("organisation", quoted::organisation(&self.organisation)).words("realm", reader.realm),
            place: Phrase::new("mail.invitation.place").words("account", reader.account).moment("at", self.sent),
            actions: vec![Action::new("mail.invitation.action", self.link.expose())],
            code: None,
            life: Some(
                Phrase::new("mail.invitation.life")
                    .span("life", life)
                    .moment("ends", self.ends)
                    .words("zone", reader.zone),
            ),
            not_you: Phrase::new("mail.invitation.not_you"),
            remedy: None,
        }
    }

    pub(super) fn besides(&self, reader: Reader<'_>) -> Vec<Phrase> {
        let role = |role: &Role| Phrase::new("mail.invitation.role").named("role", label(*role));
        let roles = self.roles.iter().map(role);
        roles.chain(personal_data::notice("mail.personal_data.invited", &self.organisation, reader)).collect()
    }

    pub(super) fn sample(who: &Who, now: Timestamp, life: Duration) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            organisation: who.organisation.to_owned(),
            roles: vec![Role::Administrator, Role::ServerCertificateManager],
            link: samples::secret_page("invitation?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4"),
            sent: now,
            ends: now + life,
        }
    }
}

/// What a role is called (DOMAIN.md §5).
pub(crate) const fn label(role: Role) -> &'static str {
    match role {
        Role::LegalRepresentative => "role.legal_representative",
        Role::Administrator => "role.administrator",
        Role::ServerCertificateManager => "role.server_certificate_manager",
        Role::BillingContact => "role.billing_contact",
        Role::CertificationAgent => "role.certification_agent",
        Role::User => "role.user",
    }
}
