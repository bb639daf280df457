//! A realm's folder as text: what the command line reads, what the database keeps, what the presets hold.
//!
//! The folder's name is the realm's. Which file means what is decided here; a file without a meaning is a finding,
//! since a misspelt file that is silently ignored is a setting somebody believes to be live.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr as _;

use serde::{Deserialize, Serialize};

use super::RealmDocument;
use super::client::ClientDocument;
use super::shape;
use super::terms::TermsDocument;
use crate::code::Code;
use crate::identity::language::Language;
use crate::realm::finding::{Finding, did_you_mean};

/// Where terms of use are.
pub(crate) const TERMS: &str = "terms/";

/// The files of one realm, by their path inside its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The folder as it was named, such as `realm-config/certinomis`; its last part is the realm's name.
    pub folder: String,
    /// The files: path with `/`, and text.
    pub files: BTreeMap<String, String>,
}

impl Bundle {
    /// The realm's name, as the folder spells it.
    pub fn name(&self) -> &str {
        self.folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }

    /// That file, as findings name it.
    fn source<'a>(&self, path: &str, text: &'a str) -> Source<'a> {
        Source { file: format!("{}/{path}", self.folder.trim_end_matches('/')), text }
    }
}

/// One file while it is judged.
#[derive(Debug, Clone)]
pub(crate) struct Source<'a> {
    pub(crate) file: String,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// A finding about this stretch of the file.
    pub(crate) fn finding(&self, code: Code, span: Range<usize>, message: impl Into<String>) -> Finding {
        Finding::new(code, &self.file, message).at(self.text, span)
    }

    /// A finding about something that the file lacks.
    pub(crate) fn lacks(&self, code: Code, message: impl Into<String>) -> Finding {
        Finding::new(code, &self.file, message)
    }
}

/// One overriding text.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) key: String,
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// All files of a realm, read.
#[derive(Debug, Default)]
pub(crate) struct Documents<'a> {
    pub(crate) realm: Option<(Source<'a>, RealmDocument)>,
    pub(crate) clients: Vec<(Source<'a>, ClientDocument)>,
    pub(crate) messages: BTreeMap<Language, (Source<'a>, Vec<Message>)>,
    /// Files of authorities, as they stand there.
    pub(crate) trust_anchors: Vec<Source<'a>>,
    /// Files of the authorities of people.
    pub(crate) people_anchors: Vec<Source<'a>>,
    /// Files of revoked certificates.
    pub(crate) revocation_lists: Vec<Source<'a>>,
    /// Terms of use, by `key/version` as the paths say it.
    pub(crate) terms: BTreeMap<&'a str, TermsFiles<'a>>,
}

/// The files of one edition of terms of use.
#[derive(Debug, Default)]
pub(crate) struct TermsFiles<'a> {
    /// What is said about it.
    pub(crate) document: Option<(Source<'a>, TermsDocument)>,
    /// Its texts.
    pub(crate) texts: BTreeMap<Language, Source<'a>>,
}

/// Reads every file of the folder; what cannot be read is in `findings`.
pub(crate) fn read<'a>(bundle: &'a Bundle, findings: &mut Vec<Finding>) -> Documents<'a> {
    let mut documents = Documents::default();
    for (path, text) in &bundle.files {
        let source = bundle.source(path, text);
        match Meaning::of(path) {
            Meaning::Realm => documents.realm = shape::read(&source, findings).map(|document| (source, document)),
            Meaning::Client => {
                documents.clients.extend(shape::read(&source, findings).map(|document| (source, document)));
            }
            Meaning::Messages(language) => {
                let messages = shape::messages(&source, findings);
                documents.messages.insert(language, (source, messages));
            }
            Meaning::TrustAnchors => documents.trust_anchors.push(source),
            Meaning::PeopleAnchors => documents.people_anchors.push(source),
            Meaning::RevocationLists => documents.revocation_lists.push(source),
            Meaning::Terms(edition) => {
                let document = shape::read(&source, findings).map(|document| (source, document));
                documents.terms.entry(edition).or_default().document = document;
            }
            Meaning::TermsText(edition, language) => {
                documents.terms.entry(edition).or_default().texts.insert(language, source);
            }
            Meaning::OtherLanguage => findings.push(
                source
                    .lacks(Code::E0305, "texts in a language that Guichet does not speak")
                    .hint("fr and en are spoken"),
            ),
            Meaning::None => findings.push(meaningless(&source, path)),
        }
    }
    if !bundle.files.contains_key("realm.toml") {
        let message = "the folder has no realm.toml";
        findings
            .push(Finding::new(Code::E0120, &bundle.folder, message).hint("write one with `guichet realm init NAME`"));
    }
    documents
}

/// Reads the one file of a client.
pub(crate) fn read_client(source: &Source<'_>, findings: &mut Vec<Finding>) -> Option<ClientDocument> {
    shape::read(source, findings)
}

enum Meaning<'a> {
    Realm,
    Client,
    Messages(Language),
    TrustAnchors,
    PeopleAnchors,
    RevocationLists,
    Terms(&'a str),
    TermsText(&'a str, Language),
    OtherLanguage,
    None,
}

impl<'a> Meaning<'a> {
    fn of(path: &'a str) -> Self {
        if path == "realm.toml" {
            return Self::Realm;
        }
        if let Some(name) = path.strip_prefix("clients/").and_then(|rest| rest.strip_suffix(".toml")) {
            return if name.is_empty() || name.contains('/') { Self::None } else { Self::Client };
        }
        for (folder, meaning) in [
            ("trust-anchors/people/", Self::PeopleAnchors),
            ("trust-anchors/", Self::TrustAnchors),
            ("revocation-lists/", Self::RevocationLists),
        ] {
            if let Some(name) = path.strip_prefix(folder).and_then(|rest| rest.strip_suffix(".pem")) {
                return if name.is_empty() || name.contains('/') { Self::None } else { meaning };
            }
        }
        if let Some(rest) = path.strip_prefix(TERMS) {
            return Self::of_terms(rest);
        }
        let Some(tag) = path.strip_prefix("messages.").and_then(|rest| rest.strip_suffix(".toml")) else {
            return Self::None;
        };
        // Exactly our tags: `messages.fr-CA.toml` would otherwise override `messages.fr.toml`.
        match Language::from_str(tag) {
            Ok(language) if language.tag() == tag => Self::Messages(language),
            _ => Self::OtherLanguage,
        }
    }
}

impl<'a> Meaning<'a> {
    /// `key/version.toml`, or `key/version.fr.md`.
    fn of_terms(rest: &'a str) -> Self {
        let one_folder = |edition: &str| edition.split('/').count() == 2;
        if let Some(edition) = rest.strip_suffix(".toml") {
            return if one_folder(edition) { Self::Terms(edition) } else { Self::None };
        }
        let Some((edition, tag)) = rest.strip_suffix(".md").and_then(|rest| rest.rsplit_once('.')) else {
            return Self::None;
        };
        match Language::from_str(tag) {
            Ok(language) if language.tag() == tag && one_folder(edition) => Self::TermsText(edition, language),
            Ok(_) => Self::None,
            Err(_) => Self::OtherLanguage,
        }
    }
}

fn meaningless(source: &Source<'_>, path: &str) -> Finding {
    let known = ["realm.toml", "messages.fr.toml", "messages.en.toml"];
    let folder = path.strip_suffix(".toml").and_then(|rest| rest.split_once('/'));
    let hint = match (did_you_mean(path, known), folder) {
        (Some(meant), _) => format!("did you mean {meant}?"),
        (None, Some((_, client))) if !client.contains('/') => format!("clients are in clients/{client}.toml"),
        _ => "a realm has realm.toml, clients/*.toml, terms/KEY/VERSION.toml with its .fr.md and .en.md, \
            trust-anchors/*.pem, messages.fr.toml and messages.en.toml"
            .to_owned(),
    };
    source.lacks(Code::E0104, format!("`{path}` has no meaning here")).hint(hint)
}
