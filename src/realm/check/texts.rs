//! Texts that a realm puts in the place of its theme's: both languages, known keys, placeholders intact.

use std::collections::{BTreeMap, BTreeSet};

use super::{printable, typography};
use crate::code::Code;
use crate::identity::language::Language;
use crate::realm::document::bundle::{Bundle, Message, Source};
use crate::realm::finding::{Finding, did_you_mean};

/// What the themes on board say, as far as a realm may reword it. The themes answer for it: rules read no files.
pub trait Wording {
    /// The names of the themes.
    fn themes(&self) -> Vec<String>;

    /// The keys of all texts of that theme; empty when there is no such theme.
    fn keys(&self, theme: &str) -> Vec<String>;

    /// What is wrong with `sentence` in the place of the theme's own text of that key.
    fn objections(&self, theme: &str, language: Language, key: &str, sentence: &str) -> Vec<Objection>;
}

/// Nothing is known of any theme: their names and keys go unchecked.
#[derive(Debug, Clone, Copy)]
pub struct NoThemes;

impl Wording for NoThemes {
    fn themes(&self) -> Vec<String> {
        Vec::new()
    }

    fn keys(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn objections(&self, _: &str, _: Language, _: &str, _: &str) -> Vec<Objection> {
        Vec::new()
    }
}

/// Why a sentence cannot take another's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Which rule it breaks.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
}

/// Judges the texts of all languages, each by itself and against each other.
pub(super) fn all(
    bundle: &Bundle,
    files: &BTreeMap<Language, (Source<'_>, Vec<Message>)>,
    theme: &str,
    wording: &dyn Wording,
    found: &mut Vec<Finding>,
) -> BTreeMap<Language, BTreeMap<String, String>> {
    let keys = wording.keys(theme);
    let known: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    for (language, (source, messages)) in files {
        for message in messages {
            found.extend(judge(source, message, *language, theme, &known, wording));
            let other = files.get(&language.other());
            if !other.is_some_and(|(_, texts)| texts.iter().any(|text| text.key == message.key)) {
                found.push(one_sided(bundle, &message.key, *language));
            }
        }
    }
    let texts = |messages: &Vec<Message>| messages.iter().map(|text| (text.key.clone(), text.text.clone())).collect();
    files.iter().map(|(language, (_, messages))| (*language, texts(messages))).collect()
}

fn judge(
    source: &Source<'_>,
    message: &Message,
    language: Language,
    theme: &str,
    known: &BTreeSet<&str>,
    wording: &dyn Wording,
) -> Vec<Finding> {
    let at = |code, what: String| source.finding(code, message.span.clone(), what);
    if !known.is_empty() && !known.contains(message.key.as_str()) {
        let finding = at(Code::E0301, format!("unknown text `{}`", message.key));
        let meant = did_you_mean(&message.key, known.iter().copied());
        return vec![match meant {
            Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
            None => finding.hint("`guichet theme preview` shows which text stands where"),
        }];
    }
    if !printable(&message.text) {
        return vec![at(Code::E0303, format!("`{}` is empty or unprintable", message.key))];
    }
    if let Some(slip) = typography::slip(language, &message.text) {
        return vec![at(Code::E0304, format!("typography of `{}`", message.key)).hint(slip)];
    }
    let objections = wording.objections(theme, language, &message.key, &message.text).into_iter();
    objections.map(|objection| at(objection.code, format!("`{}`: {}", message.key, objection.message))).collect()
}

/// Told in the file that lacks the text, which may not exist yet.
fn one_sided(bundle: &Bundle, key: &str, has: Language) -> Finding {
    let name = |language| if language == Language::French { "a French" } else { "an English" };
    let lacks = if has == Language::French { "English" } else { "French" };
    let file = format!("{}/messages.{}.toml", bundle.folder.trim_end_matches('/'), has.other());
    Finding::new(Code::E0312, &file, format!("`{key}` has {} text and no {lacks} one", name(has)))
}
