//! Something said above a form that is no error: what has just happened, or why one is back here.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::themes::phrase::Phrase;

/// A sentence at the top of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Notice {
    tone: Tone,
    words: Phrase,
}

/// How a notice looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Tone {
    Note,
    Success,
    Warning,
}

impl Notice {
    /// The password was changed; now sign in with it.
    pub(crate) fn password_changed() -> Self {
        Self { tone: Tone::Success, words: Phrase::new("notice.password_changed") }
    }

    /// The address was proven; now sign in.
    pub(crate) fn address_confirmed() -> Self {
        Self { tone: Tone::Success, words: Phrase::new("notice.address_confirmed") }
    }

    /// It was somebody else: everything is closed, and a new password comes by mail.
    pub(crate) fn secured() -> Self {
        Self { tone: Tone::Success, words: Phrase::new("notice.secured") }
    }

    /// Another temporary password has gone out.
    pub(crate) fn temporary_sent() -> Self {
        Self { tone: Tone::Success, words: Phrase::new("notice.temporary_sent") }
    }

    /// The address was proven in another browser: this one needs the code of the mail to go on.
    pub(crate) fn confirmed_elsewhere() -> Self {
        Self { tone: Tone::Success, words: Phrase::new("notice.confirmed_elsewhere") }
    }

    /// The page was open for over an hour; what was typed is still there.
    pub(crate) fn flow_expired() -> Self {
        Self { tone: Tone::Warning, words: Phrase::new("notice.flow_expired") }
    }

    /// A new mail has gone out.
    pub(crate) fn sent_again(at: Timestamp) -> Self {
        Self { tone: Tone::Success, words: Phrase::new("notice.sent_again").clock("sent", at) }
    }

    /// Mail is delayed; nothing has to be typed again.
    pub(crate) fn mail_delayed() -> Self {
        Self { tone: Tone::Warning, words: Phrase::new("notice.mail_delayed") }
    }

    /// Too many wrong answers to the secret question: the link is void, another may be asked for (SR-39).
    pub(crate) fn answers_used_up() -> Self {
        Self { tone: Tone::Warning, words: Phrase::new("refusal.answers_used_up") }
    }

    /// A certificate waits to be bound to whoever signs in.
    pub(crate) fn certificate_waits() -> Self {
        Self { tone: Tone::Note, words: Phrase::new("notice.certificate_waits") }
    }

    /// The terms changed while their page was open.
    pub(crate) fn terms_changed() -> Self {
        Self { tone: Tone::Warning, words: Phrase::new("notice.terms_changed") }
    }

    /// Something of the account is to be changed: who is this (SR-104)?
    pub(crate) fn before_changes() -> Self {
        Self { tone: Tone::Note, words: Phrase::new("notice.before_changes") }
    }

    /// Something that does not stop anybody, and is to be looked at.
    pub(crate) fn warning(words: Phrase) -> Self {
        Self { tone: Tone::Warning, words }
    }

    /// What was asked for is done.
    pub(crate) fn done(words: Phrase) -> Self {
        Self { tone: Tone::Success, words }
    }

    /// The application asks who this is once more (`prompt=login`, `max_age`).
    pub(crate) fn asked_again() -> Self {
        Self { tone: Tone::Note, words: Phrase::new("notice.asked_again") }
    }
}
