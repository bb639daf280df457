//! The one order in which all our mails say things: greeting; what happened or is asked, in one sentence; which
//! account, when and from where; what to press; the code for another device; how long; "Not you?".
//!
//! A sheet holds phrases, not words: it is filled before the language is known, and told by two templates, the text
//! one written by hand and the HTML one beside it.

use serde::{Deserialize, Serialize};

use super::browser::Browser;
use super::quoted;
use crate::clock::Timestamp;
use crate::identity::identifier::IssuedIdentifier;
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// What one mail says. No `Debug`: it holds links and codes (SR-197).
#[derive(Serialize)]
pub(super) struct Sheet {
    /// The subject, which never holds a code.
    pub(super) subject: Phrase,
    /// What lists of messages show after the subject: the action and its lifetime.
    pub(super) preview: Phrase,
    /// "Hello Marie,"
    pub(super) greeting: Phrase,
    /// What happened or is asked, in one sentence.
    pub(super) lead: Phrase,
    /// Which account, when and from where.
    pub(super) place: Phrase,
    /// What to press.
    pub(super) actions: Vec<Action>,
    /// What is to be copied: the code for another device, or what a realm issues.
    pub(super) code: Option<Shown>,
    /// How long link and code last, as a duration and as a clock time.
    pub(super) life: Option<Phrase>,
    /// What to do if it was not you.
    pub(super) not_you: Phrase,
    /// What to press if it was not you.
    pub(super) remedy: Option<Action>,
}

/// Something to press.
#[derive(Serialize)]
pub(super) struct Action {
    label: Phrase,
    link: String,
}

impl Action {
    pub(super) fn new(label: &'static str, link: &str) -> Self {
        Self { label: Phrase::new(label), link: link.to_owned() }
    }

    /// The same, with a label that names something.
    pub(super) fn of(label: Phrase, link: &str) -> Self {
        Self { label, link: link.to_owned() }
    }

    /// Where it leads.
    pub(super) fn link(&self) -> &str {
        &self.link
    }
}

/// Something to copy, and what it is.
#[derive(Serialize)]
pub(super) struct Shown {
    label: Phrase,
    text: Secret<String>,
}

impl Shown {
    pub(super) fn new(label: &'static str, text: Secret<String>) -> Self {
        Self { label: Phrase::new(label), text }
    }

    /// The short code beside a link.
    pub(super) fn on_another_device(code: &Secret<String>) -> Self {
        Self::new("mail.code", code.clone())
    }
}

/// To whom a sheet speaks, and of what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    /// What the realm is called.
    pub(super) realm: &'a str,
    /// The account: its address, where the mail goes, or what its realm issued it.
    pub(super) account: &'a str,
    /// Whose clock the times are told by: "Paris time".
    pub(super) zone: &'a str,
    /// Who answers for what we keep of people.
    pub(super) operator: &'a str,
    /// Where people write to about it.
    pub(super) support: &'a str,
}

impl<'a> Reader<'a> {
    /// The same, of an account that signs in with what its realm issued: several may have one address.
    pub(super) fn of<'b>(self, identifier: Option<&'b IssuedIdentifier>) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader { account: identifier.map_or(self.account, IssuedIdentifier::as_str), ..self }
    }
}

/// "Hello Marie,", with as much of the name as may be quoted (SR-180).
pub(super) fn greeting(first_name: &str) -> Phrase {
    let name = quoted::name(first_name);
    if name.is_empty() {
        Phrase::new("mail.greeting.plain")
    } else {
        Phrase::new("mail.greeting.named").words("name", name)
    }
}

/// When something was asked or done, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    /// When.
    pub at: Timestamp,
    /// From which browser.
    pub browser: Browser,
}

impl Occasion {
    /// "For the account …, asked on … from Firefox on Windows."
    pub(super) fn asked(&self, reader: Reader<'_>) -> Phrase {
        self.told("mail.asked.known", "mail.asked.unknown", reader)
    }

    /// "For the address …, asked on … from Firefox on Windows."
    pub(super) fn asked_for_address(&self, reader: Reader<'_>) -> Phrase {
        self.told("mail.asked.address_known", "mail.asked.address_unknown", reader)
    }

    /// "Account …, on … from Firefox on Windows."
    pub(super) fn happened(&self, reader: Reader<'_>) -> Phrase {
        self.told("mail.happened.known", "mail.happened.unknown", reader)
    }

    fn told(&self, known: &'static str, unknown: &'static str, reader: Reader<'_>) -> Phrase {
        let phrase = match self.browser.words() {
            Some((name, system)) => Phrase::new(known).words("browser", name).words("system", system),
            None => Phrase::new(unknown),
        };
        phrase.words("account", reader.account).moment("at", self.at)
    }
}
