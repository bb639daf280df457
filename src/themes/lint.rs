//! What a machine checks of our texts: both languages complete, the same placeholders, French typography, no key
//! without a use and no use without a key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::identity::language::Language;

use super::messages::Catalogue;
use super::text::Text;
use super::{files, theme};

fn catalogues() -> Vec<(String, Catalogue, Catalogue)> {
    let read =
        |name: &str, language| theme::catalogue(name, language).unwrap_or_else(|error| panic!("{name}: {error}"));
    let both = |name: String| {
        let (french, english) = (read(&name, Language::French), read(&name, Language::English));
        (name, french, english)
    };
    files::themes().into_iter().map(both).collect()
}

fn texts(catalogue: &Catalogue) -> BTreeMap<&str, &Text> {
    catalogue.texts().collect()
}

#[test]
fn both_languages_say_the_same_things() {
    for (name, french, english) in &catalogues() {
        let (french, english) = (texts(french), texts(english));
        let keys = |texts: &BTreeMap<&str, &Text>| texts.keys().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
        let alone: Vec<_> = keys(&french).symmetric_difference(&keys(&english)).cloned().collect();
        assert!(alone.is_empty(), "{name}: in one language only: {alone:?}");
        for (key, text) in french {
            let other = english[key];
            assert_eq!(text.placeholders(), other.placeholders(), "{name}: {key}");
            assert_eq!(text.is_clickable(), other.is_clickable(), "{name}: {key}");
        }
    }
}

/// What is wrong with the typography of a text.
fn slips(language: Language, text: &str) -> Vec<&'static str> {
    let mut slips = Vec::new();
    let mut found = |wrong: bool, slip| slips.extend(wrong.then_some(slip));
    found(text.contains(['\'', '"']), "a straight apostrophe or quote");
    found(text.contains("..."), "three dots for an ellipsis");
    found(text.contains("  ") || text.trim() != text, "stray spaces");
    found(text.contains('!'), "an exclamation mark");
    let before = |mark: char| text.split(mark).rev().skip(1).map(|part| part.chars().last()).collect::<Vec<_>>();
    match language {
        Language::French => {
            let mut thin = [before('?'), before(';')].concat().into_iter();
            found(thin.any(|last| last != Some('\u{202F}')), "no U+202F before ? or ;");
            let mut wide = [before(':'), before('»')].concat().into_iter();
            found(wide.any(|last| last != Some('\u{A0}')), "no U+00A0 before : or »");
            found(text.split('«').skip(1).any(|part| !part.starts_with('\u{A0}')), "no U+00A0 after «");
        }
        Language::English => {
            let mut all = [before('?'), before(';'), before(':')].concat().into_iter();
            found(all.any(|last| last.is_some_and(char::is_whitespace)), "a space before a punctuation mark");
        }
    }
    slips
}

#[test]
fn typography_is_that_of_each_language() {
    for (language, text, good) in [
        (Language::French, "Mot de passe oublié\u{202F}?", true),
        (Language::French, "Mot de passe oublié ?", false),
        (Language::French, "Mot de passe oublié?", false),
        (Language::French, "Erreur\u{A0}: «\u{A0}https\u{A0}»", true),
        (Language::French, "Erreur : « https »", false),
        (Language::French, "l'adresse", false),
        (Language::English, "This site’s cookies: allow them?", true),
        (Language::English, "This site's cookies", false),
        (Language::English, "Error : what ?", false),
    ] {
        assert_eq!(slips(language, text).is_empty(), good, "{text}");
    }
    for name in files::themes() {
        for language in Language::ALL {
            for file in files::list(&name).iter().filter(|file| file.ends_with(&format!(".{language}.toml"))) {
                let table: toml::Table = files::text(&name, file).unwrap().parse().unwrap();
                check(&format!("{name}/{file}"), language, &toml::Value::Table(table));
            }
        }
    }
}

fn check(place: &str, language: Language, value: &toml::Value) {
    match value {
        toml::Value::Table(table) => {
            table.iter().for_each(|(key, value)| check(&format!("{place} {key}"), language, value));
        }
        value => {
            let text = value.as_str().unwrap();
            let slips = slips(language, text);
            assert!(slips.is_empty(), "{place}: {slips:?} in “{text}”");
        }
    }
}

/// Every quoted string of a source file, and what stands between two: quotes nest in attributes of templates.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| line.split('"').skip(1))
}

/// Whether a string has the shape of a key: lower-case words between dots.
fn is_dotted(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.contains('.') && text.split('.').all(word)
}

fn rust_sources(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("themes") {
            rust_sources(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn no_text_is_unused_and_none_is_missing() {
    let base = theme::catalogue(files::BASE, Language::French).unwrap();
    let plain = |key: &str| key.strip_suffix(".one").or(key.strip_suffix(".other")).unwrap_or(key).to_owned();
    let keys: BTreeSet<String> = base.texts().map(|(key, _)| plain(key)).collect();

    let is_template = |name: &String| name.starts_with("templates/");
    let templates: Vec<_> = files::themes()
        .iter()
        .flat_map(|theme| {
            files::list(theme).into_iter().filter(is_template).map(|name| files::text(theme, &name).unwrap())
        })
        .collect();
    let mut sources = Vec::new();
    rust_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);

    let is_file = |literal: &&str| matches!(literal.rsplit('.').next(), Some("html" | "txt"));
    let said: BTreeSet<&str> = templates.iter().flat_map(|template| literals(template)).collect();
    let missing: Vec<_> =
        said.iter().filter(|literal| is_dotted(literal) && !is_file(literal) && !keys.contains(**literal)).collect();
    assert!(missing.is_empty(), "templates ask for {missing:?}");

    let phrases = sources.iter().flat_map(|source| source.split("Phrase::new(\"").skip(1));
    let phrases: BTreeSet<&str> = phrases.filter_map(|rest| rest.split('"').next()).collect();
    let missing: Vec<_> = phrases.iter().filter(|phrase| !keys.contains(**phrase)).collect();
    assert!(missing.is_empty(), "phrases ask for {missing:?}");

    let used: BTreeSet<&str> = said.into_iter().chain(sources.iter().flat_map(|source| literals(source))).collect();
    // `"page.accessibility." ~ status` uses all that begins so.
    let prefixes: Vec<_> =
        used.iter().filter(|literal| is_dotted(&format!("{literal}_")) && literal.ends_with('.')).collect();
    let unused: Vec<_> = keys
        .iter()
        .filter(|key| !used.contains(key.as_str()) && !prefixes.iter().any(|prefix| key.starts_with(**prefix)))
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}
