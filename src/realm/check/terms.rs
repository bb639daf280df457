//! Terms of use, judged: both languages, a day, characters that can be printed, and versions that follow each other.

use super::{Judge, localized};
use crate::clock::Timestamp;
use crate::code::Code;
use crate::identity::language::{Language, Localized};
use crate::identity::terms::{Edition, TermsKey, TermsVersion, charset};
use crate::realm::document::RealmDocument;
use crate::realm::document::bundle::{Bundle, Documents, Source, TERMS, TermsFiles};
use crate::realm::document::terms::TermsDocument;
use crate::realm::document::written::Written;
use crate::realm::finding::Finding;
use crate::realm::model::RequiredActionKind;

/// Most bytes of a text: it stands on a page, and goes out by mail.
const MOST_BYTES: usize = 128 * 1024;

/// All editions, in the order of keys and versions.
pub(super) fn all(bundle: &Bundle, documents: &Documents<'_>, zone: &str, found: &mut Vec<Finding>) -> Vec<Edition> {
    let mut editions: Vec<_> = documents
        .terms
        .iter()
        .filter_map(|(path, files)| {
            let name = format!("{}/{TERMS}{path}", bundle.folder.trim_end_matches('/'));
            edition(path, &name, files, zone, found)
        })
        .collect();
    editions.sort_by(|a, b| (&a.key, a.version).cmp(&(&b.key, b.version)));
    for pair in editions.windows(2) {
        if let [before, after] = pair
            && before.key == after.key
            && after.effective < before.effective
        {
            let file = format!("{}/{TERMS}{}/{}.toml", bundle.folder.trim_end_matches('/'), after.key, after.version);
            let message = format!("version {} is in force before version {}", after.version, before.version);
            let finding = Finding::new(Code::E0134, &file, message);
            found.push(finding.hint("a later version begins later"));
        }
    }
    editions
}

/// Whether the realm asks for what it has, and has what it asks for.
pub(super) fn wanted(documents: &Documents<'_>, editions: &[Edition], found: &mut Vec<Finding>) {
    let Some((source, document)) = &documents.realm else { return };
    let asked = asked(document);
    match (asked, editions.is_empty()) {
        (Some(action), true) if documents.terms.is_empty() => {
            let finding = source.finding(Code::E0134, action.span(), "there are no terms of use to accept");
            found.push(finding.hint("add terms/KEY/VERSION.toml with its texts, or remove the action"));
        }
        (None, false) => {
            let finding = source.lacks(Code::E0134, "nobody is asked to accept the terms of use").warning();
            found.push(finding.hint("add \"accept_terms\" to `required_actions`"));
        }
        _ => {}
    }
}

fn asked(document: &RealmDocument) -> Option<&Written<RequiredActionKind>> {
    let list = document.required_actions.as_ref()?;
    list.get().iter().find(|action| *action.get() == RequiredActionKind::AcceptTerms)
}

fn edition(path: &str, name: &str, files: &TermsFiles<'_>, zone: &str, found: &mut Vec<Finding>) -> Option<Edition> {
    let (key, version) = path.split_once('/')?;
    let key = key.parse::<TermsKey>().map_err(|error| found.push(unnamed(name, &error))).ok();
    let version = version.parse::<TermsVersion>().map_err(|error| found.push(unnamed(name, &error))).ok();
    let texts = texts(name, files, found);
    let Some((source, document)) = &files.document else {
        // A file that is there and does not read was told already.
        if !files.texts.is_empty() {
            let finding =
                Finding::new(Code::E0132, name, "nothing says what this text is called and since when it counts");
            found.push(finding.hint(format!("write {name}.toml")));
        }
        return None;
    };
    let mut judge = Judge { source, found };
    let (title, effective, changes) = said(&mut judge, document, zone);
    Some(Edition { key: key?, version: version?, title: title?, effective: effective?, changes, texts: texts? })
}

fn unnamed(name: &str, error: &dyn std::fmt::Display) -> Finding {
    Finding::new(Code::E0133, name, "unfit name of terms of use").hint(error.to_string())
}

fn said(
    judge: &mut Judge<'_>,
    document: &TermsDocument,
    zone: &str,
) -> (Option<Localized>, Option<Timestamp>, Option<Localized>) {
    let title = document.title.as_ref().map(|title| localized(judge, title));
    let changes = document.changes.as_ref().map(|changes| localized(judge, changes));
    let effective = document.effective.as_ref().and_then(|written| {
        let day = day(written.get(), zone);
        if day.is_none() {
            let hint = "write a day such as \"2026-03-01\"".to_owned();
            judge.refuse(Code::E0133, written, "not a day").hint = Some(hint);
        }
        day
    });
    (title, effective, changes)
}

/// The beginning of that day in the realm's time zone.
fn day(text: &str, zone: &str) -> Option<Timestamp> {
    let day: jiff::civil::Date = text.parse().ok()?;
    let zone = jiff::tz::TimeZone::get(zone).ok()?;
    let begins = day.to_zoned(zone).ok()?;
    (text.len() == 10).then(|| Timestamp::from_millis(begins.timestamp().as_millisecond()))
}

/// The text in both languages.
fn texts(name: &str, files: &TermsFiles<'_>, found: &mut Vec<Finding>) -> Option<Localized> {
    for language in Language::ALL {
        match files.texts.get(&language) {
            None => {
                let finding = Finding::new(Code::E0132, name, format!("there is no text in {language}"));
                found.push(finding.hint(format!("write {name}.{language}.md")));
            }
            Some(source) => judge(source, found),
        }
    }
    let text = |language| files.texts.get(&language).map(|source| source.text.to_owned());
    Some(Localized { fr: text(Language::French)?, en: text(Language::English)? })
}

fn judge(source: &Source<'_>, found: &mut Vec<Finding>) {
    if source.text.trim().is_empty() {
        found.push(source.lacks(Code::E0132, "the text is empty"));
    } else if source.text.len() > MOST_BYTES {
        found.push(source.lacks(Code::E0135, "the text is larger than 128 KiB"));
    }
    if let Some(letter) = charset::stranger(source.text) {
        let at = source.text.find(letter).unwrap_or(0);
        let message = format!("{} cannot be printed", letter.escape_unicode());
        let finding = source.finding(Code::E0135, at..at + letter.len_utf8(), message);
        found.push(finding.hint("the copy that people are mailed holds the characters of Western European languages"));
    }
}
