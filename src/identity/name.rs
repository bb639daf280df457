//! A person's first or last name as they write it.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::script;

/// Most code points of a name.
pub const LONGEST: usize = 100;

/// A first or last name: composed, inner spaces single, one letter at least; accents, apostrophes, hyphens welcome.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Why a text is not a name we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// More than [`LONGEST`] code points.
    #[error("too long")]
    TooLong,
    /// A visible character that no name holds, told back to the person.
    #[error("the character {0:?} is not accepted")]
    Character(char),
    /// Invisible characters, or no letter at all.
    #[error("not a name")]
    NotText,
}

impl PersonName {
    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let name: String = words.join(" ").nfc().collect();
        if name.is_empty() {
            return Err(NotAName::Empty);
        }
        if name.chars().count() > LONGEST {
            return Err(NotAName::TooLong);
        }
        if let Some(character) = name.chars().find(|c| "<>{}[]|\\^@#$%*=+;:/?!_\"&~`".contains(*c)) {
            return Err(NotAName::Character(character));
        }
        if name.chars().any(script::is_invisible) || !name.chars().any(char::is_alphabetic) {
            return Err(NotAName::NotText);
        }
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PersonName {
    type Error = NotAName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_176_names_are_text_people_can_see() {
        for (typed, verdict) in [
            ("Marie", Ok("Marie")),
            ("  Anne   Sophie ", Ok("Anne Sophie")),
            ("O’Brien-d'Étampes", Ok("O’Brien-d'Étampes")),
            ("Ø", Ok("Ø")),
            ("山田", Ok("山田")),
            ("", Err(NotAName::Empty)),
            (" \t ", Err(NotAName::Empty)),
            ("<b>Marie</b>", Err(NotAName::Character('<'))),
            ("Marie\u{202e}", Err(NotAName::NotText)),
            ("Ma\u{0}rie", Err(NotAName::NotText)),
            ("---", Err(NotAName::NotText)),
        ] {
            assert_eq!(
                PersonName::parse(typed).as_ref().map(PersonName::as_str).map_err(Clone::clone),
                verdict,
                "{typed:?}"
            );
        }
        assert_eq!(PersonName::parse(&"a".repeat(101)), Err(NotAName::TooLong));
    }
}
