//! The evidence that somebody accepted terms of use: made, sealed, and judged later.
//!
//! Each acceptance is written as JSON and sealed with its number and the seal of the same person's one before, by a key
//! that is not in the database. Whoever changes a byte of it, or takes one away, is found out; that the last one is
//! missing is told by the audit trail, as far back as that is kept.

use serde::{Deserialize, Serialize};

use super::Seals;
use crate::clock::Timestamp;
use crate::event::Event;
use crate::identity::language::Language;
use crate::identity::terms::{Digest, Edition, TermsKey, TermsVersion};
use crate::ids::{AcceptanceId, FlowId, MailId, RealmName, SessionId, UserId};
use crate::store::terms::{self, Columns, Kept, Published};
use crate::store::{Access, StoreError, Tx};

/// What an acceptance proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its identifier.
    pub id: AcceptanceId,
    /// Where.
    pub realm: RealmName,
    /// Who.
    pub user: UserId,
    /// Which document.
    pub key: TermsKey,
    /// In which version.
    pub version: TermsVersion,
    /// In which language it was shown.
    pub language: Language,
    /// SHA-256 of the bytes that were shown, in hexadecimal.
    pub sha256: String,
    /// When.
    pub accepted_at: Timestamp,
    /// How.
    pub method: String,
    /// From which address.
    pub source: String,
    /// With which browser.
    pub user_agent: String,
    /// In which session, when one was open.
    pub session: Option<SessionId>,
    /// In which journey.
    pub flow: Option<FlowId>,
    /// On the way to which application.
    pub client: Option<String>,
    /// The reference of the request.
    pub reference: String,
    /// The mail with the copy.
    pub mail: MailId,
}

/// A box that was ticked and a button that was pressed, on the page that shows the text.
const METHOD: &str = "box_and_button";

impl Evidence {
    /// Somebody accepted `edition` as it was shown in `language`; what else is known of it is in the request's event.
    pub(crate) fn new(
        id: AcceptanceId,
        user: UserId,
        (edition, language): (&Edition, Language),
        (event, user_agent): (&Event, String),
        mail: MailId,
    ) -> Self {
        Self {
            id,
            realm: event.realm.clone(),
            user,
            key: edition.key.clone(),
            version: edition.version,
            language,
            sha256: edition.digest(language).to_string(),
            accepted_at: event.at,
            method: METHOD.to_owned(),
            source: event.source.clone(),
            user_agent,
            session: event.session,
            flow: event.flow,
            client: event.client.clone(),
            reference: event.reference.clone(),
            mail,
        }
    }

    fn columns(&self) -> Columns {
        Columns {
            user: self.user,
            realm: self.realm.to_string(),
            key: self.key.to_string(),
            version: self.version.to_string(),
            at: self.accepted_at.millis(),
        }
    }
}

/// Appends the evidence behind what the same person accepted before; `false` when another one came in between.
pub(crate) async fn append(tx: &Tx, seals: &Seals, evidence: &Evidence) -> Result<bool, StoreError> {
    let content = serde_json::to_string(evidence).map_err(|_| StoreError::Unwritable("terms_acceptances.content"))?;
    let (last, before) = terms::last(tx, evidence.user).await?;
    let number = last + 1;
    let seal = seal(seals, &before, number, &content);
    terms::accept(tx, Kept { id: evidence.id, number, content, seal, columns: evidence.columns() }).await
}

/// Sealed in words that no event is sealed over.
fn seal(seals: &Seals, before: &[u8], number: i64, content: &str) -> Vec<u8> {
    seals.seal(before, number, &format!("acceptance {content}"))
}

/// One acceptance, judged.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// What it proves, if it can be read.
    pub(crate) evidence: Option<Evidence>,
    /// The document that was shown, as it was published.
    pub(crate) document: Option<Published>,
    /// Why it proves nothing.
    pub(crate) fault: Option<&'static str>,
}

/// Judges all that somebody accepted, and whether something is missing.
pub(crate) async fn judge(
    access: &impl Access,
    seals: &Seals,
    user: UserId,
) -> Result<(Vec<Judged>, Option<&'static str>), StoreError> {
    let (mut judged, mut number, mut before) = (Vec::new(), 0, Vec::new());
    for kept in terms::kept(access, user).await? {
        let evidence: Option<Evidence> = serde_json::from_str(&kept.content).ok();
        let document = match &evidence {
            Some(it) => terms::published(access, &it.realm, &it.key, it.version, it.language).await?,
            None => None,
        };
        let expected = seal(seals, &before, kept.number, &kept.content);
        let fault = if kept.number != number + 1 {
            Some("an acceptance before this one is missing")
        } else if !crate::secret::same(&expected, &kept.seal) {
            Some("the seal is wrong")
        } else {
            unfit(&kept, evidence.as_ref(), document.as_ref())
        };
        (number, before) = (kept.number, kept.seal);
        judged.push(Judged { evidence, document, fault });
    }
    let told = terms::told(access, user).await?;
    let missing = u64::try_from(judged.len()).is_ok_and(|kept| kept < told);
    Ok((judged, missing.then_some("the audit trail tells of an acceptance that is not here")))
}

/// What a rightly sealed acceptance contradicts.
fn unfit(kept: &Kept, evidence: Option<&Evidence>, document: Option<&Published>) -> Option<&'static str> {
    let Some(evidence) = evidence else { return Some("the evidence cannot be read") };
    if evidence.columns() != kept.columns || evidence.id != kept.id {
        return Some("the columns do not say what the evidence says");
    }
    let Some(document) = document else { return Some("the document is missing") };
    let shown = std::str::from_utf8(&document.content).map(Digest::of);
    if shown.is_ok_and(|digest| digest == document.digest && digest.to_string() == evidence.sha256) {
        None
    } else {
        Some("the document is not the one that was shown")
    }
}
