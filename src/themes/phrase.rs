//! Something to be said later: a key and what fills its placeholders, before anyone knows the language.
//!
//! Rules and handlers make phrases, pages and mails carry them, a [`super::voice::Voice`] tells them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::{Duration, Timestamp};

/// A sentence of the catalogue with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// The key of the sentence.
    pub key: String,
    /// What fills its placeholders.
    pub with: BTreeMap<String, Argument>,
}

/// What may fill a placeholder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Argument {
    /// Words as they are: a name, a masked address.
    Words(String),
    /// A whole number; under the name `count` it chooses between singular and plural.
    Count(u64),
    /// The time of day: « 14 h 32 ».
    Clock(Timestamp),
    /// Day and time: « 3 mars 2026 à 14 h 12 ».
    Moment(Timestamp),
    /// A day: « 1er mars 2026 ».
    Day(Timestamp),
    /// How long: « 30 minutes ».
    Span(Duration),
    /// Another text of the catalogue, by its key: the label of a field.
    Named(String),
}

impl Phrase {
    /// The sentence of that key.
    pub fn new(key: &'static str) -> Self {
        Self { key: key.to_owned(), with: BTreeMap::new() }
    }

    /// Fills a placeholder with words.
    pub fn words(self, name: &'static str, words: impl Into<String>) -> Self {
        self.with(name, Argument::Words(words.into()))
    }

    /// Fills `{count}`.
    pub fn count(self, count: u64) -> Self {
        self.number("count", count)
    }

    /// Fills a placeholder with a number.
    pub fn number(self, name: &'static str, number: u64) -> Self {
        self.with(name, Argument::Count(number))
    }

    /// Fills a placeholder with a time of day.
    pub fn clock(self, name: &'static str, at: Timestamp) -> Self {
        self.with(name, Argument::Clock(at))
    }

    /// Fills a placeholder with a day and time.
    pub fn moment(self, name: &'static str, at: Timestamp) -> Self {
        self.with(name, Argument::Moment(at))
    }

    /// Fills a placeholder with a day.
    pub fn day(self, name: &'static str, at: Timestamp) -> Self {
        self.with(name, Argument::Day(at))
    }

    /// Fills a placeholder with a duration.
    pub fn span(self, name: &'static str, span: Duration) -> Self {
        self.with(name, Argument::Span(span))
    }

    /// Fills a placeholder with another text of the catalogue.
    pub fn named(self, name: &'static str, key: &'static str) -> Self {
        self.with(name, Argument::Named(key.to_owned()))
    }

    fn with(mut self, name: &'static str, argument: Argument) -> Self {
        self.with.insert(name.to_owned(), argument);
        self
    }
}
