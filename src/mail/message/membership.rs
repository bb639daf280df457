//! "Your membership of {organisation}": what an administrator did to it (UX.md §3).
//!
//! Who did so stands in the account pages of those who may know; the mail names nobody. What an organisation is called
//! was typed by people: it is quoted as names are (SR-180).

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Reader, Sheet, role_label};
use crate::clock::Timestamp;
use crate::identity::organisation::Role;
use crate::mail::quoted;
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What such a mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Membership {
    /// How to greet.
    pub first_name: String,
    /// What the organisation is called.
    pub organisation: String,
    /// What its reader is in it from now on.
    pub roles: Vec<Role>,
    /// The full address of the page where that is seen, or of the one that comes next.
    pub page: String,
    /// When it was done.
    pub at: Timestamp,
}

/// The words of one such mail.
pub(super) struct Words {
    preview: &'static str,
    lead: &'static str,
    /// What is said where no role is left.
    lead_without: &'static str,
    action: &'static str,
    not_you: &'static str,
}

pub(super) const ROLES_CHANGED: Words = Words {
    preview: "mail.roles_changed.preview",
    lead: "mail.roles_changed.lead",
    lead_without: "mail.roles_changed.lead_without",
    action: "mail.roles_changed.action",
    not_you: "mail.roles_changed.not_you",
};

pub(super) const MEMBERSHIP_ENDED: Words = Words {
    preview: "mail.membership_ended.preview",
    lead: "mail.membership_ended.lead",
    lead_without: "mail.membership_ended.lead",
    action: "mail.membership_ended.action",
    not_you: "mail.membership_ended.not_you",
};

pub(super) const ACCESS_REFUSED: Words = Words {
    preview: "mail.access_refused.preview",
    lead: "mail.access_refused.lead",
    lead_without: "mail.access_refused.lead",
    action: "mail.access_refused.action",
    not_you: "mail.access_refused.not_you",
};

impl Membership {
    pub(super) fn sheet(&self, words: &Words, reader: Reader<'_>) -> Sheet {
        let organisation = quoted::organisation(&self.organisation);
        let told = |key| Phrase::new(key).words("organisation", &organisation).words("realm", reader.realm);
        Sheet {
            subject: told("mail.membership.subject"),
            preview: told(words.preview),
            greeting: greeting(&self.first_name),
            lead: told(if self.roles.is_empty() { words.lead_without } else { words.lead }),
            place: Phrase::new("mail.membership.place").words("account", reader.account).moment("at", self.at),
            actions: vec![Action::new(words.action, &self.page)],
            code: None,
            life: None,
            not_you: told(words.not_you),
            remedy: None,
        }
    }

    /// The roles, one a line.
    pub(super) fn besides(&self) -> Vec<Phrase> {
        let role = |role: &Role| Phrase::new("mail.roles_changed.role").named("role", role_label(*role));
        self.roles.iter().map(role).collect()
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            organisation: who.organisation.to_owned(),
            roles: vec![Role::Administrator, Role::CertificationAgent],
            page: samples::page("account/organisations"),
            at: now,
        }
    }

    pub(super) fn sample_without_roles(now: Timestamp) -> Self {
        Self {
            first_name: "Paul".to_owned(),
            organisation: "EXEMPLE & FILS".to_owned(),
            roles: Vec::new(),
            page: samples::page("account/organisations"),
            at: now,
        }
    }
}
