//! "Your contact details were given to us": an organisation named somebody as its contact, who learns of it from us
//! (GDPR, article 14). Nothing is asked of them.

use serde::{Deserialize, Serialize};

use super::samples::Who;
use super::{Reader, Sheet, personal_data};
use crate::clock::Timestamp;
use crate::identity::organisation::ContactKind;
use crate::mail::quoted;
use crate::mail::sheet::greeting;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContactNamed {
    /// How to greet; written by whoever named them, so quoted with care.
    pub first_name: String,
    /// What the organisation calls itself; quoted with care, too.
    pub organisation: String,
    /// What they were named for.
    pub kinds: Vec<ContactKind>,
    /// When.
    pub at: Timestamp,
}

impl ContactNamed {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new("mail.contact_named.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.contact_named.preview"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.contact_named.lead")
                .words("organisation", quoted::organisation(&self.organisation))
                .words("realm", reader.realm),
            place: Phrase::new("mail.contact_named.place").words("account", reader.account).moment("at", self.at),
            actions: Vec::new(),
            code: None,
            life: None,
            not_you: Phrase::new("mail.contact_named.not_you").words("support", reader.support),
            remedy: None,
        }
    }

    pub(super) fn besides(&self, reader: Reader<'_>) -> Vec<Phrase> {
        let kind = |kind: &ContactKind| Phrase::new("mail.contact_named.kind").named("kind", label(*kind));
        let kinds = self.kinds.iter().map(kind);
        kinds.chain(personal_data::notice("mail.personal_data.named", &self.organisation, reader)).collect()
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            organisation: who.organisation.to_owned(),
            kinds: vec![ContactKind::Legal, ContactKind::Billing],
            at: now,
        }
    }
}

/// What a contact is called.
pub(crate) const fn label(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Legal => "contact.legal",
        ContactKind::Administrative => "contact.administrative",
        ContactKind::Billing => "contact.billing",
    }
}
