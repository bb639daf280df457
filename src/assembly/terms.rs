//! Terms of use from the operator's side: published, listed, and what proves that somebody accepted them.

use anyhow::bail;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::realms::{apply_to, files_of};
use crate::app::App;
use crate::audit::acceptances::{self, Evidence, Judged};
use crate::clock::Timestamp;
use crate::code::Code;
use crate::event::EventKind;
use crate::identity::language::Language;
use crate::identity::terms::{Edition, in_force};
use crate::identity::user::User;
use crate::ids::{EventId, RealmName};
use crate::realm::document::Bundle;
use crate::realm::document::bundle::TERMS;
use crate::realm::finding::{Finding, Findings};
use crate::realm::model::Realm;
use crate::store::terms::{self, Published};
use crate::store::{StoreError, Tx};

/// Every text of a realm's editions.
fn texts(realm: &Realm) -> impl Iterator<Item = (&Edition, Language)> {
    realm.terms.iter().flat_map(|edition| Language::ALL.map(|language| (edition, language)))
}

/// What a realm's files say otherwise than it was published: an edition stays as it is, a correction is a new one.
pub(super) async fn changed(app: &App, bundle: &Bundle, realm: &Realm) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    for (edition, language) in texts(realm) {
        let reads = app.store.reads();
        let before = terms::published(&reads, &realm.name, &edition.key, edition.version, language).await?;
        if before.is_some_and(|before| before.digest != edition.digest(language)) {
            let folder = bundle.folder.trim_end_matches('/');
            let file = format!("{folder}/{TERMS}{}/{}.{language}.md", edition.key, edition.version);
            let finding = Finding::new(Code::E0136, &file, "this edition was published with another text");
            found.push(finding.hint("put the text back, and write the new one as another version"));
        }
    }
    Ok(found)
}

/// Publishes what was not published yet, in the transaction that makes it live.
pub(super) async fn publish(app: &App, tx: &mut Tx, realm: &Realm, by: &str, now: Timestamp) -> Result<(), StoreError> {
    for (edition, language) in texts(realm) {
        if terms::published(tx, &realm.name, &edition.key, edition.version, language).await?.is_some() {
            continue;
        }
        if !terms::publish(tx, &realm.name, (edition, language), by, now).await? {
            return Err(StoreError::misfit("terms", "sha256", format!("{} {}", edition.key, edition.version)));
        }
        let mut event = app.own_event(EventKind::TermsPublished, &realm.name, now);
        event.id = EventId::new(now, &*app.entropy);
        tx.note(&event).await?;
    }
    Ok(())
}

/// Makes the terms of a folder live beside all else that is live in its realm; how many texts are new.
pub(super) async fn bring(app: &App, folder: &Bundle, by: &str) -> anyhow::Result<Result<usize, Findings>> {
    let name: RealmName = folder.name().parse()?;
    let Some(mut live) = files_of(app, &name).await? else { bail!("there is no live realm {name}") };
    live.folder.clone_from(&folder.folder);
    let before = terms::all(&app.store.reads(), &name).await?.len();
    let theirs = folder.files.iter().filter(|(path, _)| path.starts_with(TERMS));
    live.files.extend(theirs.map(|(path, text)| (path.clone(), text.clone())));
    if let Err(findings) = apply_to(app, &[live], by).await? {
        return Ok(Err(findings));
    }
    Ok(Ok(terms::all(&app.store.reads(), &name).await?.len() - before))
}

/// One published text, for an operator's eyes.
#[derive(Debug, Clone, Serialize)]
pub struct TermsLine {
    /// Which document.
    pub key: String,
    /// In which version.
    pub version: String,
    /// In which language.
    pub language: Language,
    /// What it is called.
    pub title: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// From when on it is in force, in seconds.
    pub effective_at: i64,
    /// When it was published, in seconds.
    pub published_at: i64,
    /// Whether it is in force now.
    pub in_force: bool,
    /// How many people accepted the version, in either language.
    pub accepted_by: u64,
}

/// All that a realm published.
pub(super) async fn lines(app: &App, realm: &RealmName) -> anyhow::Result<Vec<TermsLine>> {
    let (reads, now) = (app.store.reads(), app.clock.now());
    let Some(house) = app.house(realm.as_str()) else { bail!("there is no live realm {realm}") };
    let counts = terms::counts(&reads, realm).await?;
    let current = in_force(&house.realm.terms, now);
    let line = |it: Published| TermsLine {
        in_force: current.iter().any(|edition| edition.key == it.key && edition.version == it.version),
        accepted_by: counts.get(&(it.key.to_string(), it.version.to_string())).copied().unwrap_or(0),
        key: it.key.to_string(),
        version: it.version.to_string(),
        language: it.language,
        title: it.title,
        sha256: it.digest.to_string(),
        effective_at: it.effective.seconds(),
        published_at: it.at.seconds(),
    };
    Ok(terms::all(&reads, realm).await?.into_iter().map(line).collect())
}

/// What proves an acceptance, and whether it does.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceLine {
    /// What was written down.
    #[serde(flatten)]
    pub evidence: Option<Evidence>,
    /// What the document is called.
    pub title: Option<String>,
    /// The text that was shown, in Base64 (RFC 4648 §5, no padding).
    pub text: Option<String>,
    /// What became of the mail with the copy: `sent`, `given_up`, or nothing yet.
    pub mail_state: Option<String>,
    /// The mail's `Message-ID`.
    pub message_id: Option<String>,
    /// When that was, in seconds.
    pub mail_at: Option<i64>,
    /// Why it proves nothing; absent when it proves what it says.
    pub fault: Option<&'static str>,
}

/// The evidence of one person's acceptances.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceOf {
    /// Each of them, oldest first.
    pub acceptances: Vec<EvidenceLine>,
    /// What is missing.
    pub missing: Option<&'static str>,
}

impl EvidenceOf {
    /// Whether all of it holds.
    pub fn holds(&self) -> bool {
        self.missing.is_none() && self.acceptances.iter().all(|line| line.fault.is_none())
    }
}

/// The evidence of what a person accepted, verified now.
pub(super) async fn evidence(app: &App, user: &User) -> anyhow::Result<EvidenceOf> {
    let reads = app.store.reads();
    let (judged, missing) = acceptances::judge(&reads, &app.seals, user.id).await?;
    let mut lines = Vec::new();
    for Judged { evidence, document, fault } in judged {
        let delivery = match &evidence {
            Some(evidence) => terms::delivery(&reads, evidence.mail.uuid()).await?,
            None => None,
        };
        lines.push(EvidenceLine {
            title: document.as_ref().map(|document| document.title.clone()),
            text: document.map(|document| URL_SAFE_NO_PAD.encode(document.content)),
            mail_at: delivery.as_ref().map(|delivery| delivery.at.seconds()),
            message_id: delivery.as_ref().and_then(|delivery| delivery.message_id.clone()),
            mail_state: delivery.map(|delivery| delivery.state),
            evidence,
            fault,
        });
    }
    Ok(EvidenceOf { acceptances: lines, missing })
}
