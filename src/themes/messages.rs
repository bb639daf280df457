//! Catalogues: what we say, by key, in one language each.
//!
//! A catalogue is TOML with dotted keys. A sentence that depends on a number is a pair of keys, `….one` and `….other`,
//! and the `count` it is told with chooses. Layers lie over each other (base ← theme ← realm): an upper one may reword
//! a sentence, and can neither add one nor ask for arguments that nobody gives.

use std::collections::BTreeMap;

use crate::identity::language::Language;

use super::text::{Arguments, Text, TextError};

/// Everything we say in one language.
#[derive(Debug, Clone, Default)]
pub struct Catalogue(BTreeMap<String, Text>);

/// Why a catalogue was refused, or a sentence could not be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The file is not TOML.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// A value that is neither a sentence nor a table of sentences.
    #[error("{0}: a sentence is expected")]
    NotASentence(String),
    /// A sentence that cannot be read or told.
    #[error("{key}: {cause}")]
    Text {
        /// The sentence.
        key: String,
        /// What is wrong with it.
        cause: TextError,
    },
    /// No such sentence.
    #[error("{0}: no such text")]
    Unknown(String),
    /// An upper layer's sentence asks for an argument that the base does not give.
    #[error("{key}: {{{placeholder}}} is not given here")]
    UnknownPlaceholder {
        /// The sentence.
        key: String,
        /// The argument in question.
        placeholder: String,
    },
    /// An upper layer's sentence has a clickable part where the base has none, or the reverse.
    #[error("{0}: the [clickable part] must stay")]
    Clickable(String),
}

impl Catalogue {
    /// Reads a catalogue.
    pub fn read(source: &str) -> Result<Self, MessageError> {
        let table: toml::Table =
            source.parse().map_err(|error: toml::de::Error| MessageError::Syntax(error.to_string()))?;
        let mut catalogue = Self::default();
        catalogue.add_table("", table)?;
        Ok(catalogue)
    }

    /// The overrides of a realm.
    pub fn of(sentences: &BTreeMap<String, String>) -> Result<Self, MessageError> {
        let mut catalogue = Self::default();
        for (key, sentence) in sentences {
            catalogue.add(key.clone(), sentence)?;
        }
        Ok(catalogue)
    }

    /// Takes the sentences of another file of the same layer.
    pub fn join(&mut self, file: Self) {
        self.0.extend(file.0);
    }

    /// Lays `upper` over this catalogue; all that is wrong with it is reported at once.
    pub fn lay(&mut self, upper: Self) -> Result<(), Vec<MessageError>> {
        let problems: Vec<_> = upper.0.iter().flat_map(|(key, text)| self.objections(key, text)).collect();
        if problems.is_empty() {
            self.0.extend(upper.0);
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// Every sentence with its key.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.0.iter().map(|(key, text)| (key.as_str(), text))
    }

    /// The sentence of that key, in the form that the `count` among the arguments asks for.
    pub fn find(&self, key: &str, language: Language, arguments: &Arguments) -> Result<&Text, MessageError> {
        let plural = || {
            let count = arguments.get("count")?.parse().ok()?;
            self.0.get(&format!("{key}.{}", plural_form(language, count)))
        };
        self.0.get(key).or_else(plural).ok_or_else(|| MessageError::Unknown(key.to_owned()))
    }

    fn add_table(&mut self, prefix: &str, table: toml::Table) -> Result<(), MessageError> {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::String(sentence) => self.add(key, &sentence)?,
                toml::Value::Table(inner) => self.add_table(&key, inner)?,
                _ => return Err(MessageError::NotASentence(key)),
            }
        }
        Ok(())
    }

    fn add(&mut self, key: String, sentence: &str) -> Result<(), MessageError> {
        let text = Text::parse(sentence).map_err(|cause| MessageError::Text { key: key.clone(), cause })?;
        self.0.insert(key, text);
        Ok(())
    }

    fn objections(&self, key: &str, text: &Text) -> Vec<MessageError> {
        let Some(ours) = self.0.get(key) else { return vec![MessageError::Unknown(key.to_owned())] };
        let given = ours.placeholders();
        let asked = text.placeholders();
        let mut objections: Vec<_> = asked
            .difference(&given)
            .map(|name| MessageError::UnknownPlaceholder { key: key.to_owned(), placeholder: (*name).to_owned() })
            .collect();
        if ours.is_clickable() != text.is_clickable() {
            objections.push(MessageError::Clickable(key.to_owned()));
        }
        objections
    }
}

/// The plural form of a whole number (Unicode CLDR): French counts none and one alike, English does not.
pub const fn plural_form(language: Language, count: u64) -> &'static str {
    match (language, count) {
        (Language::French, 0 | 1) | (Language::English, 1) => "one",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = r#"
        [code]
        wrong = "Ce code ne correspond pas au dernier envoyé à {sent}."
        resend = "[Renvoyer]"
        tries.one = "Il reste {count} essai"
        tries.other = "Il reste {count} essais"
    "#;

    fn count(count: u64) -> Arguments {
        Arguments::from([("count".to_owned(), count.to_string())])
    }

    #[test]
    fn numbers_choose_their_form_in_each_language() {
        let catalogue = Catalogue::read(BASE).unwrap();
        for (language, number, told) in [
            (Language::French, 0, "Il reste 0 essai"),
            (Language::French, 1, "Il reste 1 essai"),
            (Language::French, 2, "Il reste 2 essais"),
            (Language::English, 0, "Il reste 0 essais"),
            (Language::English, 1, "Il reste 1 essai"),
        ] {
            let text = catalogue.find("code.tries", language, &count(number)).unwrap();
            assert_eq!(text.plain(&count(number)).unwrap(), told);
        }
    }

    #[test]
    fn a_key_that_does_not_exist_is_an_error() {
        let catalogue = Catalogue::read(BASE).unwrap();
        for key in ["code", "code.right", "code.tries"] {
            let found = catalogue.find(key, Language::French, &Arguments::new());
            assert_eq!(found, Err(MessageError::Unknown(key.to_owned())));
        }
    }

    #[test]
    fn an_upper_layer_rewords_and_all_its_mistakes_are_told_at_once() {
        let mut catalogue = Catalogue::read(BASE).unwrap();
        catalogue.lay(Catalogue::read("code.wrong = 'Ce code est faux.'").unwrap()).unwrap();
        let wrong = catalogue.find("code.wrong", Language::French, &Arguments::new()).unwrap();
        assert_eq!(wrong.plain(&Arguments::new()).unwrap(), "Ce code est faux.");

        let upper = Catalogue::read("code.rong = 'a'\ncode.wrong = '{name}'\ncode.resend = 'b'").unwrap();
        let placeholder = "name".to_owned();
        assert_eq!(
            catalogue.lay(upper).unwrap_err(),
            [
                MessageError::Clickable("code.resend".to_owned()),
                MessageError::Unknown("code.rong".to_owned()),
                MessageError::UnknownPlaceholder { key: "code.wrong".to_owned(), placeholder },
            ]
        );
    }

    #[test]
    fn only_sentences_are_accepted() {
        assert_eq!(Catalogue::read("a = 1").unwrap_err(), MessageError::NotASentence("a".to_owned()));
        assert!(matches!(Catalogue::read("a = "), Err(MessageError::Syntax(_))));
        assert!(matches!(Catalogue::read("a = '{'"), Err(MessageError::Text { .. })));
    }
}
