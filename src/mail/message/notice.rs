//! Something happened to your account: the mails that warn (SR-58, DOMAIN.md §10).
//!
//! They tell the same facts in words of their own: nothing to do if it was you, what to press if it was not. Where
//! something was done, that is a link which shuts everybody out and begins a recovery; where it was only tried, the page
//! that asks for a new password.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::{Timestamp, days};
use crate::identity::identifier::IssuedIdentifier;
use crate::mail::sheet::{Action, greeting};
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What such a mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    /// How to greet.
    pub first_name: String,
    /// What the account signs in with, where its realm issued that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<IssuedIdentifier>,
    /// The address of the page that asks for a reset link.
    pub recover: String,
    /// The link that says « Ce n’est pas moi », where something was done that it undoes. Mails of an earlier release, and
    /// those of mere attempts, lead to the page above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_me: Option<NotMe>,
    /// When it happened, and from where.
    pub happened: Occasion,
}

/// A link by which the reader says that it was somebody else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotMe {
    /// The full address of its page, token included.
    pub link: Secret<String>,
    /// Until when it is good.
    pub ends: Timestamp,
}

/// The words of one such mail.
pub(super) struct Words {
    subject: &'static str,
    preview: &'static str,
    lead: &'static str,
    not_you: &'static str,
    remedy: &'static str,
}

/// What closes every session and begins a recovery.
const NOT_ME: &str = "mail.not_me.act";
/// What closes the session that the mail tells of.
const CLOSE: &str = "mail.new_device.close";
/// What leads to the page that asks for a reset link.
const CHOOSE_PASSWORD: &str = "mail.choose_password";

pub(super) const PASSWORD_CHANGED: Words = Words {
    subject: "mail.password_changed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.password_changed.lead",
    not_you: "mail.password_changed.not_you",
    remedy: NOT_ME,
};

pub(super) const SECRET_QUESTION_CHANGED: Words = Words {
    subject: "mail.secret_question_changed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.secret_question_changed.lead",
    not_you: "mail.secret_question_changed.not_you",
    remedy: NOT_ME,
};

pub(super) const CHALLENGE_QUESTIONS_CHANGED: Words = Words {
    subject: "mail.challenge_questions_changed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.challenge_questions_changed.lead",
    not_you: "mail.challenge_questions_changed.not_you",
    remedy: NOT_ME,
};

pub(super) const CHALLENGE_LOCKED: Words = Words {
    subject: "mail.challenge_locked.subject",
    preview: "mail.challenge_locked.preview",
    lead: "mail.challenge_locked.lead",
    not_you: "mail.challenge_locked.not_you",
    remedy: CHOOSE_PASSWORD,
};

pub(super) const CERTIFICATE_ADDED: Words = Words {
    subject: "mail.certificate_added.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.certificate_added.lead",
    not_you: "mail.certificate_added.not_you",
    remedy: NOT_ME,
};

pub(super) const CERTIFICATE_REMOVED: Words = Words {
    subject: "mail.certificate_removed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.certificate_removed.lead",
    not_you: "mail.certificate_removed.not_you",
    remedy: NOT_ME,
};

pub(super) const RECOVERY_REFUSED: Words = Words {
    subject: "mail.recovery_refused.subject",
    preview: "mail.recovery_refused.preview",
    lead: "mail.recovery_refused.lead",
    not_you: "mail.recovery_refused.not_you",
    remedy: CHOOSE_PASSWORD,
};

pub(super) const NEW_DEVICE: Words = Words {
    subject: "mail.new_device.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.new_device.lead",
    not_you: "mail.new_device.not_you",
    remedy: CLOSE,
};

pub(super) const SIGNED_IN_AFTER_FAILURES: Words = Words {
    subject: "mail.signed_in_after_failures.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.signed_in_after_failures.lead",
    not_you: "mail.signed_in_after_failures.not_you",
    remedy: NOT_ME,
};

pub(super) const GUESSING_SLOWED: Words = Words {
    subject: "mail.guessing_slowed.subject",
    preview: "mail.guessing_slowed.preview",
    lead: "mail.guessing_slowed.lead",
    not_you: "mail.guessing_slowed.not_you",
    remedy: CHOOSE_PASSWORD,
};

pub(super) const TOTP_ADDED: Words = Words {
    subject: "mail.totp_added.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.totp_added.lead",
    not_you: "mail.totp_added.not_you",
    remedy: NOT_ME,
};

pub(super) const TOTP_REMOVED: Words = Words {
    subject: "mail.totp_removed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.totp_removed.lead",
    not_you: "mail.totp_removed.not_you",
    remedy: NOT_ME,
};

pub(super) const PASSKEY_ADDED: Words = Words {
    subject: "mail.passkey_added.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.passkey_added.lead",
    not_you: "mail.passkey_added.not_you",
    remedy: NOT_ME,
};

pub(super) const PASSKEY_REMOVED: Words = Words {
    subject: "mail.passkey_removed.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.passkey_removed.lead",
    not_you: "mail.passkey_removed.not_you",
    remedy: NOT_ME,
};

pub(super) const SECOND_FACTORS_RESET: Words = Words {
    subject: "mail.second_factors_reset.subject",
    preview: "mail.second_factors_reset.preview",
    lead: "mail.second_factors_reset.lead",
    not_you: "mail.second_factors_reset.not_you",
    remedy: NOT_ME,
};

pub(super) const RECOVERY_CODES_REPLACED: Words = Words {
    subject: "mail.recovery_codes_replaced.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.recovery_codes_replaced.lead",
    not_you: "mail.recovery_codes_replaced.not_you",
    remedy: NOT_ME,
};

pub(super) const RECOVERY_CODE_USED: Words = Words {
    subject: "mail.recovery_code_used.subject",
    preview: "mail.nothing_to_do",
    lead: "mail.recovery_code_used.lead",
    not_you: "mail.recovery_code_used.not_you",
    remedy: NOT_ME,
};

pub(super) const CODES_GUESSED: Words = Words {
    subject: "mail.codes_guessed.subject",
    preview: "mail.codes_guessed.preview",
    lead: "mail.codes_guessed.lead",
    not_you: "mail.codes_guessed.not_you",
    remedy: NOT_ME,
};

impl Notice {
    /// What our own people did: no browser to speak of.
    pub(super) fn sheet_by_itself(&self, words: &Words, reader: Reader<'_>) -> Sheet {
        let account = reader.of(self.identifier.as_ref()).account;
        let place = Phrase::new("mail.happened.by_itself").words("account", account);
        Sheet { place: place.moment("at", self.happened.at), ..self.sheet(words, reader) }
    }

    /// When its link ends, where it has one.
    pub(super) const fn ends(&self) -> Option<Timestamp> {
        match &self.not_me {
            Some(not_me) => Some(not_me.ends),
            None => None,
        }
    }

    /// How long the link is good, as a duration and as a clock time.
    fn life(&self, reader: Reader<'_>) -> Option<Phrase> {
        let ends = self.ends()?;
        let life = Phrase::new("mail.not_me.life").span("life", self.happened.at.until(ends)).moment("ends", ends);
        Some(life.words("zone", reader.zone))
    }

    fn remedy(&self, words: &Words) -> Action {
        match &self.not_me {
            Some(not_me) => Action::new(words.remedy, not_me.link.expose()),
            None => Action::new(CHOOSE_PASSWORD, &self.recover),
        }
    }

    pub(super) fn sheet(&self, words: &Words, reader: Reader<'_>) -> Sheet {
        Sheet {
            subject: Phrase::new(words.subject).words("realm", reader.realm),
            preview: Phrase::new(words.preview),
            greeting: greeting(&self.first_name),
            lead: Phrase::new(words.lead).words("realm", reader.realm),
            place: self.happened.happened(reader.of(self.identifier.as_ref())),
            actions: Vec::new(),
            code: None,
            life: self.life(reader),
            not_you: Phrase::new(words.not_you),
            remedy: Some(self.remedy(words)),
        }
    }

    /// Of something that was done.
    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        let link = samples::secret_page("not-me?token=q1WkXo8mZ0v2J7uYtR5sB9cDfGhKlNpQxTzVwE3aMn4");
        Self { not_me: Some(NotMe { link, ends: now + days(7) }), ..Self::sample_of_a_try(who, now) }
    }

    /// Of a mere attempt.
    pub(super) fn sample_of_a_try(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            identifier: who.identifier(),
            recover: samples::page("recover/password"),
            not_me: None,
            happened: samples::occasion(who.user_agent, now),
        }
    }
}
