//! The identifier that a realm issues: two letters and six digits (DOMAIN.md §9.3, §9.6).
//!
//! People copy it from a mail, from paper or over the phone: it is read in either case, with spaces, dots and dashes
//! wherever they put them. Letters and digits have their places, so that `O` and `0` are never each other.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{Canonical, is_invisible};
use crate::entropy::{self, Entropy};

/// What a realm gave somebody to sign in with, as it is printed: `EK700962`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IssuedIdentifier(String);

/// A text that no realm issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not two letters and six digits")]
pub struct NotAnIssuedIdentifier;

impl IssuedIdentifier {
    /// One that nobody can foresee; whether it is free, the store decides.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(entropy::issued_identifier(entropy))
    }

    /// The one that the procedure prints (DOMAIN.md §9.2), for samples of pages and mails.
    pub(crate) fn of_samples() -> Self {
        Self("EK700962".to_owned())
    }

    /// Reads what a person typed: in either case, full-width or not, with whatever stands between the characters.
    pub fn parse(typed: &str) -> Result<Self, NotAnIssuedIdentifier> {
        let between = |c: char| c.is_whitespace() || is_invisible(c) || "-‐‑‒–—._/,·".contains(c);
        let text: String = typed.nfkc().filter(|c| !between(*c)).map(|c| c.to_ascii_uppercase()).collect();
        let (letters, digits) = text.split_at_checked(2).ok_or(NotAnIssuedIdentifier)?;
        let fits = letters.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.len() == 6
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self(text)) } else { Err(NotAnIssuedIdentifier) }
    }

    /// As it is printed, and as relying parties know it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which it is compared with all that people sign in with (SR-67, SR-173).
    pub fn canonical(&self) -> Canonical {
        Canonical(self.0.to_ascii_lowercase())
    }
}

impl fmt::Display for IssuedIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for IssuedIdentifier {
    type Error = NotAnIssuedIdentifier;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<IssuedIdentifier> for String {
    fn from(identifier: IssuedIdentifier) -> Self {
        identifier.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn sr_173_every_way_of_writing_an_issued_identifier_is_the_same_one() {
        for typed in [
            "EK700962",
            "ek700962",
            " Ek 700 962\n",
            "EK-700-962",
            "ek.700.962",
            "E K 7 0 0 9 6 2",
            "EK\u{a0}700\u{202f}962",
            "EK\u{2011}700\u{2011}962",
            "\u{200b}EK700962",
            "ＥＫ７００９６２",
        ] {
            let read = IssuedIdentifier::parse(typed).unwrap();
            assert_eq!((read.as_str(), read.canonical().as_str()), ("EK700962", "ek700962"), "{typed:?}");
            assert_eq!(Canonical::of_typed(typed), read.canonical(), "{typed:?}");
        }
    }

    #[test]
    fn what_is_none() {
        for typed in ["", "EK", "EK70096", "EK7009622", "E7009621", "EKA00962", "EK70096O", "ÉK700962", "marie@a.fr"] {
            assert_eq!(IssuedIdentifier::parse(typed), Err(NotAnIssuedIdentifier), "{typed:?}");
        }
    }

    /// SR-67: an address is never taken for an identifier, nor the other way round.
    #[test]
    fn sr_67_no_address_is_an_identifier() {
        assert_ne!(Canonical::of_typed("ek700962@exemple.fr").as_str(), "ek700962");
        assert!(IssuedIdentifier::parse("ek700962@exemple.fr").is_err());
    }

    proptest! {
        #[test]
        fn sr_174_what_is_drawn_reads_back(seed in any::<u64>()) {
            let drawn = IssuedIdentifier::draw(&SeededEntropy::new(seed));
            let canonical = drawn.canonical();
            prop_assert_eq!(IssuedIdentifier::parse(canonical.as_str()), Ok(drawn));
            prop_assert_eq!(Canonical::of_typed(canonical.as_str()), canonical);
        }
    }
}
