//! Puts a mail into the outbox, sealed, in the transaction that it tells of.

use super::App;
use crate::clock::{Duration, Timestamp, minutes};
use crate::identity::language::Language;
use crate::ids::{MailId, RealmName};
use crate::keys::sealing::Place;
use crate::mail::message::Mail;
use crate::secret::Secret;
use crate::store::outbox::{self, NewMail};
use crate::store::{StoreError, Tx};

/// To whom a mail goes, and whether it really does.
#[derive(Debug, Clone)]
pub(crate) struct Recipient {
    /// The one address (SR-55).
    pub(crate) address: String,
    /// The language in which we write to them.
    pub(crate) language: Language,
    /// Not to be sent: the row exists so that nobody and somebody cost the same (SR-4).
    pub(crate) held: bool,
}

/// How long a mail may wait before people are told.
const PUNCTUAL: Duration = minutes(5);

/// Whether the realm's mail is behind, so that pages do not promise one for now (UX §1.2).
pub(crate) async fn are_late(app: &App, realm: &RealmName, now: Timestamp) -> Result<bool, StoreError> {
    let waiting = outbox::waiting_since(&app.store.reads(), realm).await?;
    Ok(waiting.is_some_and(|since| now.since(since) > PUNCTUAL))
}

/// Queues `mail`; its identifier, by which it is found again, comes back.
pub(crate) async fn post(
    app: &App,
    tx: &Tx,
    realm: &RealmName,
    to: Recipient,
    mail: &Mail,
    now: Timestamp,
) -> Result<MailId, StoreError> {
    let id = MailId::new(now, &*app.entropy);
    let written = serde_json::to_vec(mail).map_err(|_| StoreError::Unwritable("outbox.content"))?;
    let place = Place { kind: "outbox.content", id: &id.to_string() };
    let sealed = app.sealer.seal(place, &Secret::new(written), &*app.entropy);
    let new = NewMail {
        id,
        realm: realm.clone(),
        kind: mail.kind(),
        recipient: to.address,
        language: to.language,
        content: sealed.map_err(|_| StoreError::Unwritable("outbox.content"))?,
        expires_at: mail.expires_at(),
        held: to.held,
    };
    outbox::enqueue(tx, new, now).await?;
    Ok(id)
}
