//! One language of one theme: its catalogue and its way of telling the time.
//!
//! Whatever is told in HTML is escaped here, and a text that is missing or lacks an argument is an error.

use crate::identity::language::Language;

use super::messages::{Catalogue, MessageError};
use super::moment::Teller;
use super::phrase::{Argument, Phrase};
use super::text::{Arguments, Text, TextError};

/// Says things in one language.
#[derive(Debug, Clone)]
pub struct Voice {
    language: Language,
    catalogue: Catalogue,
    teller: Teller,
}

impl Voice {
    /// A voice with these words.
    pub const fn new(language: Language, catalogue: Catalogue, teller: Teller) -> Self {
        Self { language, catalogue, teller }
    }

    /// How this voice tells the time.
    pub const fn teller(&self) -> &Teller {
        &self.teller
    }

    /// All it can say.
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// A phrase without markup: subjects, plain text, attributes.
    pub fn plain(&self, phrase: &Phrase) -> Result<String, MessageError> {
        self.told(&phrase.key, &self.arguments(phrase)?, Text::plain)
    }

    /// A phrase as HTML.
    pub fn html(&self, phrase: &Phrase) -> Result<String, MessageError> {
        self.told(&phrase.key, &self.arguments(phrase)?, Text::html)
    }

    /// A sentence in the form that `form` gives it.
    pub(super) fn told<T>(
        &self,
        key: &str,
        arguments: &Arguments,
        form: fn(&Text, &Arguments) -> Result<T, TextError>,
    ) -> Result<T, MessageError> {
        let text = self.catalogue.find(key, self.language, arguments)?;
        form(text, arguments).map_err(|cause| MessageError::Text { key: key.to_owned(), cause })
    }

    pub(super) fn arguments(&self, phrase: &Phrase) -> Result<Arguments, MessageError> {
        phrase.with.iter().map(|(name, argument)| Ok((name.clone(), self.argument(argument)?))).collect()
    }

    fn argument(&self, argument: &Argument) -> Result<String, MessageError> {
        Ok(match argument {
            Argument::Words(words) => words.clone(),
            Argument::Count(count) => count.to_string(),
            Argument::Clock(at) => self.teller.clock(*at),
            Argument::Moment(at) => self.teller.moment(*at),
            Argument::Day(at) => self.teller.day(*at),
            Argument::Span(span) => self.teller.span(*span),
            Argument::Named(key) => self.told(key, &Arguments::new(), Text::plain)?,
        })
    }
}
