//! From what was written to what runs: every file of a realm judged, every finding told at once.
//!
//! Pure: the folder was read by the caller, and what the themes can say is an argument. Only a realm without an error
//! leaves here as a [`Realm`].

mod address;
mod anchors;
mod certificates;
mod client;
mod issued;
mod issuer;
mod operator;
mod organisations;
mod policy;
mod questions;
mod registration;
mod registries;
mod resource;
mod second_factor;
mod span;
mod terms;
mod texts;
mod typography;

pub(crate) use client::written_hash;
pub use texts::{NoThemes, Objection, Wording};

use std::collections::{BTreeMap, BTreeSet};

use super::document::RealmDocument;
use super::document::bundle::{self, Bundle, Source};
use super::document::written::{LocalizedText, Written};
use super::finding::{Finding, Findings, Severity, did_you_mean};
use super::model::{Askable, ClientRegistration, DpopNonce, Entrance, Realm};
use crate::code::Code;
use crate::identity::language::{Language, Localized};
use crate::ids::RealmName;
use crate::protocol::client::{Client, ClientId, PushedRequests};
use crate::x509::TrustAnchors;

/// The time zone of a realm that names none.
const TIME_ZONE: &str = "Europe/Paris";

/// What came of judging a realm's files.
#[derive(Debug)]
pub struct Verdict {
    /// The realm, when nothing must be corrected.
    pub realm: Option<Realm>,
    /// What must be corrected or known.
    pub findings: Findings,
}

impl Verdict {
    /// The realm, or why there is none; warnings are dropped.
    pub fn into_result(self) -> Result<Realm, Findings> {
        self.realm.ok_or(self.findings)
    }
}

/// Judges a realm's files.
pub fn check(bundle: &Bundle, wording: &dyn Wording) -> Verdict {
    let mut found = Vec::new();
    let documents = bundle::read(bundle, &mut found);
    let name = realm_name(bundle, &mut found);
    let declared = client::declared(&documents.clients);
    let resources = resource::all(documents.realm.as_ref(), &declared, &mut found);
    let trusted_issuers = issuer::all(documents.realm.as_ref(), &declared, &mut found);
    let organisations = documents.realm.as_ref().is_some_and(|(_, document)| document.organisations.is_some());
    let clients = client::all(&documents.clients, Askable { resources: &resources, organisations }, &mut found);
    let trust_anchors = anchors::all(&documents.trust_anchors, &mut found);
    anchors::wanted(&documents, &mut found);
    let certificates = certificates::all(&documents, &mut found);
    second_factor::reachable(&documents, &mut found);
    let zone = documents.realm.as_ref().and_then(|(_, document)| document.time_zone.as_ref());
    let zone = zone.map_or(TIME_ZONE, |zone| zone.get().as_str());
    let editions = terms::all(bundle, &documents, zone, &mut found);
    terms::wanted(&documents, &editions, &mut found);
    let realm = documents.realm.as_ref().and_then(|(source, document)| {
        let theme = policy::theme(&mut Judge { source, found: &mut found }, document, wording);
        let messages = texts::all(bundle, &documents.messages, &theme, wording, &mut found);
        let mut judge = Judge { source, found: &mut found };
        let askable = Askable { resources: &resources, organisations };
        let client_registration = judge.client_registration(document.client_registration.as_ref(), askable);
        let realm = judge.realm(document, name);
        let realm = realm.map(|realm| Realm { theme, resources, trusted_issuers, clients, ..realm });
        realm.map(|realm| Realm {
            client_registration,
            certificates,
            trust_anchors,
            messages,
            terms: editions,
            ..realm
        })
    });
    found.sort_by_cached_key(|finding| {
        (finding.file.clone(), finding.spot.as_ref().map(|spot| (spot.line, spot.column)), finding.code)
    });
    let sound = found.iter().all(|finding| finding.severity != Severity::Error);
    Verdict { realm: realm.filter(|_| sound), findings: Findings { list: found, files: bundle.files.len() } }
}

/// Judges the document of a client that registered itself, against what its realm has to be asked for.
pub(crate) fn registered(client_id: &str, document: &str, askable: Askable<'_>) -> Result<Client, Findings> {
    let mut found = Vec::new();
    let source = Source { file: format!("registered/{client_id}.toml"), text: document };
    let client = bundle::read_client(&source, &mut found)
        .and_then(|document| Judge { source: &source, found: &mut found }.client(&document, askable));
    // How words are spaced is for those whose pages they are: strangers' names are shown as they write them.
    let sound = found.iter().all(|finding| finding.severity != Severity::Error || finding.code == Code::E0304);
    client.filter(|_| sound).ok_or(Findings { list: found, files: 1 })
}

fn realm_name(bundle: &Bundle, found: &mut Vec<Finding>) -> Option<RealmName> {
    let refuse = |error: crate::ids::NotARealmName| {
        let finding = Finding::new(Code::E0106, &bundle.folder, format!("`{}` cannot name a realm", bundle.name()));
        found.push(finding.hint(error.to_string()));
    };
    bundle.name().parse().map_err(refuse).ok()
}

/// One file under judgement, and what was found so far.
struct Judge<'a> {
    source: &'a Source<'a>,
    found: &'a mut Vec<Finding>,
}

impl Judge<'_> {
    /// Everything that stands in `realm.toml` itself.
    fn realm(&mut self, document: &RealmDocument, name: Option<RealmName>) -> Option<Realm> {
        let display_name = document.display_name.as_ref().map(|text| localized(self, text));
        let default_language = document.default_language.as_ref().map_or(Language::French, |language| *language.get());
        let called = display_name.clone().unwrap_or_else(|| Localized::same(""));
        let mail = document.mail.as_ref().and_then(|mail| self.mail(mail, &called, default_language));
        let operator = document.operator.as_ref().and_then(|operator| self.operator(operator));
        let time_zone = self.time_zone(document.time_zone.as_ref());
        let required_actions = self.required_actions(document);
        let organisations = self.organisations(document);
        let issued = self.issued(document);
        let password = self.password(document.password.as_ref());
        let secret_question = self.secret_question(document.secret_question.as_ref());
        let challenge_questions = self.challenge_questions(document);
        let totp = Self::totp(document.totp.as_ref());
        let passkeys = client::value(document.passkeys.as_ref()).unwrap_or_default();
        let second_factor = self.second_factor(document);
        let registries = self.registries(document.registries.as_ref());
        let sessions = self.sessions(document.sessions.as_ref());
        let links = self.links(document.links.as_ref());
        let tokens = self.tokens(document.tokens.as_ref());
        let dpop_nonce = document.dpop.as_ref().and_then(|dpop| dpop.nonce.as_ref());
        let rsa_bits = self.rsa_bits(document);
        let pushed = document.require_pushed_authorization_requests.as_ref();
        let pushed = PushedRequests::when(pushed.is_some_and(|required| *required.get()));
        Some(Realm {
            name: name?,
            display_name: display_name?,
            default_language,
            time_zone,
            entrance: document.entrance.as_ref().map_or(Entrance::SignIn, |entrance| *entrance.get()),
            registration: document.registration.as_ref().map(|kind| *kind.get()),
            issued,
            remember_me: document.remember_me.as_ref().is_some_and(|remember| *remember.get()),
            required_actions,
            organisations,
            password,
            secret_question,
            challenge_questions,
            certificates: None,
            totp,
            passkeys,
            second_factor,
            sessions,
            links,
            tokens,
            pushed,
            dpop_nonce: dpop_nonce.map_or(DpopNonce::Off, |nonce| *nonce.get()),
            rsa_bits,
            mail: mail?,
            theme: String::new(),
            operator: operator?,
            resources: Vec::new(),
            trusted_issuers: Vec::new(),
            clients: Vec::new(),
            registries,
            client_registration: ClientRegistration::default(),
            terms: Vec::new(),
            trust_anchors: TrustAnchors::default(),
            messages: BTreeMap::new(),
        })
    }

    /// SR-157.
    fn rsa_bits(&mut self, document: &RealmDocument) -> u32 {
        let written = document.keys.as_ref().and_then(|keys| keys.rsa_bits.as_ref());
        if let Some(small) = written.filter(|bits| *bits.get() < 3072) {
            let finding = self.source.finding(Code::E0118, small.span(), "signing keys of 2048 bits").warning();
            self.found.push(finding.hint("3072 is the default"));
        }
        written.map_or(3072, |bits| *bits.get())
    }

    /// An error about something written; whoever calls may add a note and a hint.
    fn refuse<T>(&mut self, code: Code, written: &Written<T>, message: impl Into<String>) -> &mut Finding {
        let finding = self.source.finding(code, written.span(), message);
        self.found.push_mut(finding)
    }

    /// A client that is spoken of elsewhere: one of the realm's files declares it.
    fn declared(&mut self, written: &Written<String>, declared: &BTreeSet<&str>) -> Option<ClientId> {
        if declared.contains(written.get().as_str()) {
            return Some(ClientId::new(written.get().as_str()));
        }
        let hint =
            did_you_mean(written.get(), declared.iter().copied()).map(|meant| format!("did you mean \"{meant}\"?"));
        self.refuse(Code::E0227, written, "unknown client").hint =
            hint.or_else(|| Some("declare it in a file below clients/".to_owned()));
        None
    }

    /// An address that pages link to (SR-118).
    fn page(&mut self, written: &Written<String>) -> Option<url::Url> {
        address::page(written.get()).map_err(|faults| self.faults(written, faults)).ok()
    }

    fn faults(&mut self, written: &Written<String>, faults: Vec<address::Fault>) {
        for fault in faults {
            let finding = self.refuse(fault.code, written, fault.message);
            finding.note = fault.note.map(str::to_owned);
            finding.hint = fault.hint;
        }
    }
}

/// A text for people in both languages; a missing language was found with the shape.
fn localized(judge: &mut Judge<'_>, written: &Written<LocalizedText>) -> Localized {
    let text = written.get();
    if !text.said().all(|(_, said)| printable(said)) {
        judge.refuse(Code::E0303, written, "empty or unprintable text");
    }
    if let Some(slip) = text.said().find_map(|(language, said)| typography::slip(language, said)) {
        judge.refuse(Code::E0304, written, "typography").hint = Some(slip.to_owned());
    }
    text.localized()
}

/// Whether people can read it: something other than spaces, and no control characters.
fn printable(text: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    !text.trim().is_empty() && !text.chars().any(odd)
}
