//! The demonstration's mailbox: messages that never leave the machine.
//!
//! They pass through the same making of MIME as those for a relay, so that what cannot be sent does not arrive here
//! either. Holds the latest [`ROOM`] messages, the oldest go.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::delivery::Receipt;
use super::envelope::Envelope;
use super::failure::Failure;
use super::render::Attachment;
use crate::clock::Timestamp;
use crate::ids::MailId;

/// How many messages are kept.
pub const ROOM: usize = 500;

/// A message as it lies in the mailbox.
#[derive(Debug, Clone, Serialize)]
pub struct Letter {
    /// Its row in the outbox.
    pub id: MailId,
    /// Its `Date`.
    pub sent_at: Timestamp,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The addresses found in the text part, in order, each once.
    pub links: Vec<String>,
    /// The files that came with it.
    #[serde(skip)]
    pub attachments: Vec<Attachment>,
    /// The headers as a relay would get them.
    pub headers: String,
}

/// A mailbox that all its clones share.
#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<Mutex<VecDeque<Letter>>>);

impl Mailbox {
    /// Everything in it, the latest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.lock().iter().rev().cloned().collect()
    }

    /// The message of that id.
    pub fn letter(&self, id: MailId) -> Option<Letter> {
        self.lock().iter().find(|letter| letter.id == id).cloned()
    }

    /// The latest message to that address.
    pub fn latest_to(&self, address: &str) -> Option<Letter> {
        self.lock().iter().rev().find(|letter| letter.to.eq_ignore_ascii_case(address)).cloned()
    }

    /// Puts a message in; one that is here already, sent twice after a crash, stays once.
    pub(super) fn take(&self, envelope: &Envelope) -> Result<Receipt, Failure> {
        let letter = Letter {
            id: envelope.id,
            sent_at: envelope.written,
            from: envelope.sender.from.clone(),
            to: envelope.recipient.clone(),
            subject: envelope.content.subject.clone(),
            text: envelope.content.text.clone(),
            html: envelope.content.html.clone(),
            links: links(&envelope.content.text),
            attachments: envelope.content.attachments.clone(),
            headers: envelope.message()?.headers().to_string(),
        };
        let mut letters = self.lock();
        letters.retain(|other| other.id != letter.id);
        letters.push_back(letter);
        if letters.len() > ROOM {
            letters.pop_front();
        }
        Ok(Receipt { message_id: envelope.message_id().unwrap_or_default() })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Letter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The addresses in a text: ours stand on lines of their own.
fn links(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let address = word.starts_with("https://") || word.starts_with("http://");
        if address && !found.iter().any(|other| other == word) {
            found.push(word.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_once_and_in_order() {
        let text =
            "Ouvrez :\nhttps://a.example/x?token=1-_\n\nou https://b.example/ puis https://a.example/x?token=1-_\n";
        assert_eq!(links(text), ["https://a.example/x?token=1-_", "https://b.example/"]);
        assert!(links("sans adresse").is_empty());
    }
}
