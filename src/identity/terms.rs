//! Terms of use: documents in editions, which edition is in force, and who still owes its acceptance (DOMAIN.md §7).
//!
//! A new major version has to be accepted by everybody, a new minor one takes its place without asking. What somebody
//! accepted is the exact bytes that they were shown, known by their SHA-256.

pub mod charset;
pub mod text;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::language::{Language, Localized};
use crate::clock::Timestamp;

/// The media type of every text.
pub const MEDIA_TYPE: &str = "text/markdown; charset=utf-8";

/// What a document is called in addresses and files, whatever its version: `cgu`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TermsKey(String);

/// A text that cannot name a document or one of its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTerms {
    /// Not a key.
    #[error("a document's name has 1 to 40 characters: a-z, 0-9 and, inside, hyphens")]
    Key,
    /// Not a version.
    #[error("a version is a number, or two with a point between them: 2 or 2.1")]
    Version,
}

impl TermsKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TermsKey {
    type Err = NotTerms;
    fn from_str(text: &str) -> Result<Self, NotTerms> {
        let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let inside = !text.starts_with('-') && !text.ends_with('-');
        let fits = letters && inside && (1..=40).contains(&text.len());
        if fits { Ok(Self(text.to_owned())) } else { Err(NotTerms::Key) }
    }
}

impl TryFrom<String> for TermsKey {
    type Error = NotTerms;
    fn try_from(text: String) -> Result<Self, NotTerms> {
        text.parse()
    }
}

impl From<TermsKey> for String {
    fn from(key: TermsKey) -> Self {
        key.0
    }
}

impl fmt::Display for TermsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A version: major ones are accepted, minor ones are not asked about. Written `2`, or `2.1`; `2` is `2.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TermsVersion {
    /// What people agreed to.
    pub major: u32,
    /// Corrections that change nothing for them.
    pub minor: u32,
}

impl FromStr for TermsVersion {
    type Err = NotTerms;
    fn from_str(text: &str) -> Result<Self, NotTerms> {
        // One way to write a number: `02` and `2.0` would be other files of the same version.
        let number = |digits: &str| {
            let plain = digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
            plain.then(|| digits.parse().ok()).flatten().ok_or(NotTerms::Version)
        };
        match text.split_once('.') {
            Some((major, minor)) => Ok(Self { major: number(major)?, minor: number(minor)? }),
            None => Ok(Self { major: number(text)?, minor: 0 }),
        }
    }
}

impl TryFrom<String> for TermsVersion {
    type Error = NotTerms;
    fn try_from(text: String) -> Result<Self, NotTerms> {
        text.parse()
    }
}

impl From<TermsVersion> for String {
    fn from(version: TermsVersion) -> Self {
        version.to_string()
    }
}

impl fmt::Display for TermsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minor == 0 { write!(f, "{}", self.major) } else { write!(f, "{}.{}", self.major, self.minor) }
    }
}

/// SHA-256 of the exact bytes of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of that text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The digest that a row holds.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// One edition of a document, in both languages. Immutable once it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Which document.
    pub key: TermsKey,
    /// Which version of it.
    pub version: TermsVersion,
    /// What it is called.
    pub title: Localized,
    /// From when on it is in force.
    pub effective: Timestamp,
    /// What changed, for those who knew the one before.
    pub changes: Option<Localized>,
    /// The exact texts.
    pub texts: Localized,
}

impl Edition {
    /// The digest of its text in that language.
    pub fn digest(&self, language: Language) -> Digest {
        Digest::of(self.texts.in_language(language))
    }
}

/// That somebody accepted an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Which document.
    pub key: TermsKey,
    /// In which version.
    pub version: TermsVersion,
    /// When.
    pub at: Timestamp,
}

/// The edition of each document that is in force at `now`: of those whose day has come, the one of the highest version.
pub fn in_force(editions: &[Edition], now: Timestamp) -> Vec<&Edition> {
    let begun: Vec<_> = editions.iter().filter(|edition| edition.effective <= now).collect();
    let newest =
        |edition: &&&Edition| !begun.iter().any(|other| other.key == edition.key && other.version > edition.version);
    begun.iter().filter(newest).copied().collect()
}

/// The editions in force whose major version somebody has not accepted yet.
pub fn owed<'e>(editions: &'e [Edition], accepted: &[Accepted], now: Timestamp) -> Vec<&'e Edition> {
    let knows = |edition: &Edition| {
        accepted.iter().any(|it| it.key == edition.key && it.version.major == edition.version.major)
    };
    in_force(editions, now).into_iter().filter(|edition| !knows(edition)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::days;

    const DAY: Timestamp = Timestamp::from_seconds(1_772_319_600);

    fn edition(key: &str, version: &str, effective: Timestamp) -> Edition {
        let (title, texts) = (Localized::same("Conditions"), Localized::same("# Conditions\n"));
        Edition { key: key.parse().unwrap(), version: version.parse().unwrap(), title, effective, changes: None, texts }
    }

    /// One row per person and day: what they accepted, and what they owe.
    #[test]
    fn a_major_version_is_owed_from_its_day_on_and_a_minor_one_never() {
        let (later, much_later) = (DAY + days(30), DAY + days(60));
        let editions = [
            edition("cgu", "1", DAY),
            edition("cgu", "1.1", later),
            edition("cgu", "2", much_later),
            edition("charte", "1", later),
        ];
        for (now, accepted, owes) in [
            (DAY - days(1), &[][..], &[][..]),
            (DAY, &[], &["cgu 1"]),
            (later, &[], &["cgu 1.1", "charte 1"]),
            (later, &["cgu 1"], &["charte 1"]),
            (later, &["cgu 1.1", "charte 1"], &[]),
            (much_later, &["cgu 1", "charte 1"], &["cgu 2"]),
            (much_later, &["cgu 2", "charte 1"], &[]),
            // Taken back by an operator: who accepted what is no longer in force accepts what is.
            (DAY, &["cgu 2"], &["cgu 1"]),
        ] {
            let accepted = accepted.iter().map(|text| {
                let (key, version) = text.split_once(' ').unwrap();
                Accepted { key: key.parse().unwrap(), version: version.parse().unwrap(), at: now }
            });
            let accepted: Vec<_> = accepted.collect();
            let found: Vec<_> = owed(&editions, &accepted, now);
            let found: Vec<_> = found.iter().map(|it| format!("{} {}", it.key, it.version)).collect();
            assert_eq!(found, owes, "{now:?} {accepted:?}");
        }
    }

    #[test]
    fn a_version_is_written_in_one_way() {
        for (text, read) in [
            ("1", Some("1")),
            ("2.1", Some("2.1")),
            ("12", Some("12")),
            ("2.0", None),
            ("02", None),
            ("0", None),
            ("1.", None),
            ("1.2.3", None),
            ("v1", None),
            ("", None),
            ("12345", None),
        ] {
            let version = text.parse::<TermsVersion>().ok().map(|version| version.to_string());
            assert_eq!(version.as_deref(), read, "{text}");
        }
        for (text, fits) in [("cgu", true), ("cgu-2", true), ("", false), ("CGU", false), ("-a", false), ("a b", false)]
        {
            assert_eq!(text.parse::<TermsKey>().is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn one_byte_makes_another_digest() {
        assert_eq!(Digest::of("abc").to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_ne!(Digest::of("abc "), Digest::of("abc"));
    }
}
