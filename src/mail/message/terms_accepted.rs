//! "Your copy of the terms": what somebody accepted, attached as text and as PDF.
//!
//! The mail carries the texts from the moment they were accepted: whatever is published later, what arrives is what was
//! shown. The text file is byte by byte what the evidence names by its digest.

use serde::{Deserialize, Serialize};

use super::samples::{self, Who};
use super::{Occasion, Reader, Sheet};
use crate::clock::Timestamp;
use crate::identity::language::Language;
use crate::identity::terms::{Digest, text};
use crate::mail::render::Attachment;
use crate::mail::sheet::{Action, greeting};
use crate::paper::Paper;
use crate::themes::phrase::Phrase;

/// What the mail tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TermsAccepted {
    /// How to greet.
    pub first_name: String,
    /// What was accepted.
    pub copies: Vec<Copy>,
    /// The address of the page that asks for a reset link.
    pub recover: String,
    /// When, and from where.
    pub accepted: Occasion,
}

/// One text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Copy {
    /// Of which document.
    pub key: String,
    /// In which version.
    pub version: String,
    /// What it is called.
    pub title: String,
    /// In which language it was shown.
    pub language: Language,
    /// The text, to the letter.
    pub text: String,
}

impl Copy {
    /// The text as it was shown, and the same on paper.
    fn files(&self) -> [Attachment; 2] {
        let name = format!("{}-{}.{}", self.key, self.version, self.language);
        let foot = format!("{} {} · SHA-256 {}", self.key, self.version, Digest::of(&self.text));
        let blocks = text::parse(&self.text);
        let paper = Paper { title: &self.title, language: self.language, foot: &foot, blocks: &blocks };
        [
            Attachment {
                name: format!("{name}.txt"),
                media_type: "text/plain; charset=utf-8",
                bytes: self.text.clone().into_bytes(),
            },
            Attachment { name: format!("{name}.pdf"), media_type: "application/pdf", bytes: paper.pdf() },
        ]
    }
}

impl TermsAccepted {
    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        let titles: Vec<_> = self.copies.iter().map(|copy| copy.title.as_str()).collect();
        Sheet {
            subject: Phrase::new("mail.terms_accepted.subject").words("realm", reader.realm),
            preview: Phrase::new("mail.terms_accepted.preview"),
            greeting: greeting(&self.first_name),
            lead: Phrase::new("mail.terms_accepted.lead")
                .words("realm", reader.realm)
                .words("titles", titles.join(" · ")),
            place: self.accepted.happened(reader),
            actions: Vec::new(),
            code: None,
            life: None,
            not_you: Phrase::new("mail.terms_accepted.not_you"),
            remedy: Some(Action::new("mail.choose_password", &self.recover)),
        }
    }

    pub(super) fn attachments(&self) -> Vec<Attachment> {
        self.copies.iter().flat_map(Copy::files).collect()
    }

    pub(super) fn sample(who: &Who, now: Timestamp) -> Self {
        Self {
            first_name: who.first_name.to_owned(),
            copies: vec![Copy {
                key: "cgu".to_owned(),
                version: "2".to_owned(),
                title: "Conditions d’utilisation".to_owned(),
                language: Language::French,
                text: "# Objet\n\nLe présent texte règle l’accès à l’espace client.\n".to_owned(),
            }],
            recover: samples::page("recover/password"),
            accepted: samples::occasion(who.user_agent, now),
        }
    }
}
