//! One try at one waiting mail: word it, hand it over, and say what becomes of its row.
//!
//! Whoever claims rows from the database does what the outcome says and nothing else. A crash between the relay's
//! "taken" and the row's update leads to a second try with the same bytes, which the receiving side recognises by
//! its `Message-ID`; a mail is never lost, and never sent once its link is dead (SR-182).

use super::backoff;
use super::delivery::Delivery;
use super::envelope::Envelope;
use super::failure::Failure;
use super::message::Mail;
use super::render::render;
use crate::clock::Timestamp;
use crate::identity::language::Language;
use crate::ids::{MailId, RealmName};
use crate::realm::model::Realm;
use crate::themes::theme::{RenderError, Theme};

/// A mail that this process has claimed.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its row.
    pub id: MailId,
    /// Whose realm it speaks for.
    pub realm: RealmName,
    /// The address stored for the account (SR-55).
    pub recipient: String,
    /// In which language.
    pub language: Language,
    /// What it tells.
    pub mail: Mail,
    /// How many tries have failed so far.
    pub tries: u32,
    /// When it was queued.
    pub queued_at: Timestamp,
}

/// What becomes of a row after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken: the row keeps the `Message-ID` and loses its content.
    Sent {
        /// To find it in the relay's log.
        message_id: String,
    },
    /// It is to be tried again.
    Retry {
        /// Not before.
        at: Timestamp,
        /// What happened, without anything secret.
        reason: String,
    },
    /// It will not be sent: the row loses its content.
    GaveUp {
        /// What happened, without anything secret.
        reason: String,
    },
}

/// Tries once. `realm` is the one that the row names, with its theme; `None` when it is no longer declared.
pub async fn attempt(
    waiting: &Waiting,
    realm: Option<(&Realm, &Theme)>,
    delivery: &Delivery,
    now: Timestamp,
) -> Outcome {
    let Some((realm, theme)) = realm else { return gave_up(format!("there is no realm {}", waiting.realm)) };
    let deadline = backoff::deadline(waiting.queued_at, waiting.mail.expires_at());
    if now >= deadline {
        return gave_up("its link expired, or its time is over".to_owned());
    }
    let again = |reason: String| match backoff::next_try(waiting.tries.saturating_add(1), now, deadline) {
        Some(at) => Outcome::Retry { at, reason },
        None => gave_up(reason),
    };
    let content = match render(&waiting.mail, realm, theme, waiting.language, &waiting.recipient) {
        Ok(content) => content,
        // A text that is wrong today may be mended by the next release or realm file.
        Err(error) => return again(unworded(&error)),
    };
    let envelope = Envelope {
        id: waiting.id,
        sender: realm.mail.clone(),
        recipient: waiting.recipient.clone(),
        language: waiting.language,
        written: waiting.queued_at,
        content,
    };
    match delivery.send(&envelope).await {
        Ok(receipt) => Outcome::Sent { message_id: receipt.message_id },
        Err(Failure::Temporary(reason)) => again(reason.to_string()),
        Err(Failure::Permanent(reason)) => gave_up(reason.to_string()),
    }
}

/// Without the values at hand, which the engine's long form lists in debug builds: the link is among them (SR-197).
fn unworded(error: &RenderError) -> String {
    match error {
        RenderError::Template { template, cause } => format!("cannot be worded: {template}: {cause}"),
        RenderError::Message(cause) => format!("cannot be worded: {cause}"),
    }
}

const fn gave_up(reason: String) -> Outcome {
    Outcome::GaveUp { reason }
}
