//! Something happened to your account: the mails that warn (SR-58, DOMAIN.md §10).
//!
//! They tell the same facts in words of their own: nothing to do if it was you, what to press if it was not.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::Timestamp;
use crate::mail::sheet::{Action, greeting};
use crate::themes::phrase::Phrase;

/// What such a mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    /// How to greet.
    pub first_name: String,
    /// The address of the page that asks for a reset link.
    pub recover: String,
    /// When it happened, and from where.
    pub happened: Occasion,
}

/// The words of one such mail.
pub(super) struct Words {
    subject: &'static str,
    preview: &'static str,
    lead: &'static str,
    not_you: &'static str,
    remedy: &'static str,
}

pub(super) const PASSWORD_CHANGED: Words = Words {
    subject: "mail.password_changed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.password_changed.lead",
    not_you: "mail.password_changed.not_you",
    remedy: "mail.choose_password",
};

pub(super) const SECRET_QUESTION_CHANGED: Words = Words {
    subject: "mail.secret_question_changed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.secret_question_changed.lead",
    not_you: "mail.secret_question_changed.not_you",
    remedy: "mail.choose_password",
};

pub(super) const CERTIFICATE_ADDED: Words = Words {
    subject: "mail.certificate_added.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.certificate_added.lead",
    not_you: "mail.certificate_added.not_you",
    remedy: "mail.choose_password",
};

pub(super) const CERTIFICATE_REMOVED: Words = Words {
    subject: "mail.certificate_removed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.certificate_removed.lead",
    not_you: "mail.certificate_removed.not_you",
    remedy: "mail.choose_password",
};

pub(super) const RECOVERY_REFUSED: Words = Words {
    subject: "mail.recovery_refused.subject",
    preview: "mail.recovery_refused.preview",
    lead: "mail.recovery_refused.lead",
    not_you: "mail.recovery_refused.not_you",
    remedy: "mail.choose_password",
};

pub(super) const NEW_DEVICE: Words = Words {
    subject: "mail.new_device.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.new_device.lead",
    not_you: "mail.new_device.not_you",
    remedy: "mail.choose_password",
};

pub(super) const SIGNED_IN_AFTER_FAILURES: Words = Words {
    subject: "mail.signed_in_after_failures.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.signed_in_after_failures.lead",
    not_you: "mail.signed_in_after_failures.not_you",
    remedy: "mail.choose_password",
};

pub(super) const GUESSING_SLOWED: Words = Words {
    subject: "mail.guessing_slowed.subject",
    preview: "mail.guessing_slowed.preview",
    lead: "mail.guessing_slowed.lead",
    not_you: "mail.guessing_slowed.not_you",
    remedy: "mail.choose_password",
};

pub(super) const TOTP_ADDED: Words = Words {
    subject: "mail.totp_added.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.totp_added.lead",
    not_you: "mail.totp_added.not_you",
    remedy: "mail.choose_password",
};

pub(super) const TOTP_REMOVED: Words = Words {
    subject: "mail.totp_removed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.totp_removed.lead",
    not_you: "mail.totp_removed.not_you",
    remedy: "mail.choose_password",
};

pub(super) const PASSKEY_ADDED: Words = Words {
    subject: "mail.passkey_added.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.passkey_added.lead",
    not_you: "mail.passkey_added.not_you",
    remedy: "mail.choose_password",
};

pub(super) const PASSKEY_REMOVED: Words = Words {
    subject: "mail.passkey_removed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.passkey_removed.lead",
    not_you: "mail.passkey_removed.not_you",
    remedy: "mail.choose_password",
};

pub(super) const SECOND_FACTORS_RESET: Words = Words {
    subject: "mail.second_factors_reset.subject",
    preview: "mail.second_factors_reset.preview",
    lead: "mail.second_factors_reset.lead",
    not_you: "mail.second_factors_reset.not_you",
    remedy: "mail.choose_password",
};

pub(super) const RECOVERY_CODES_REPLACED: Words = Words {
    subject: "mail.recovery_codes_replaced.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.recovery_codes_replaced.lead",
    not_you: "mail.recovery_codes_replaced.not_you",
    remedy: "mail.choose_password",
};

pub(super) const RECOVERY_CODE_USED: Words = Words {
    subject: "mail.recovery_code_used.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.recovery_code_used.lead",
    not_you: "mail.recovery_code_used.not_you",
    remedy: "mail.choose_password",
};

pub(super) const CODES_GUESSED: Words = Words {
    subject: "mail.codes_guessed.subject",
    preview: "mail.codes_guessed.preview",
    lead: "mail.codes_guessed.lead",
    not_you: "mail.codes_guessed.not_you",
    remedy: "mail.choose_password",
};

impl Notice {
    /// What our own people did: no browser to speak of.
    pub(super) fn sheet_by_itself(&self, words: &Words, reader: Reader<'_>) -> Sheet {
        let place = Phrase::new("mail.happened.by_itself").words("account", reader.account);
        Sheet { place: place.moment("at", self.happened.at), ..self.sheet(words, reader) }
    }

    pub(super) fn sheet(&self, words: &Words, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new(words.subject).words("realm", reader.realm),
            preview: Phrase::new(words.preview),
            greeting: greeting(&self.first_name),
            lead: Phrase::new(words.lead).words("realm", reader.realm),
            place: self.happened.happened(reader),
            actions: Vec::new(),
            code: None,
            life: None,
            not_you: Phrase::new(words.not_you),
            remedy: Some(Action::new(words.remedy, &self.recover)),
        }
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            recover: samples::page("recover/password"),
            happened: samples::occasion(who.user_agent, now),
        }
    }
}
