//! Scopes as a set of words (RFC 6749 §3.3). A set can be narrowed, never widened.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What makes a request one of OpenID Connect (Core §3.1.2.1).
pub(crate) const OPENID: &str = "openid";
/// Names and language (Core §5.4).
pub(crate) const PROFILE: &str = "profile";
/// The address and whether it is proven (Core §5.4).
pub(crate) const EMAIL: &str = "email";
/// Where somebody is reached by post (Core §5.4).
pub(crate) const ADDRESS: &str = "address";
/// The telephone number and whether it is proven (Core §5.4).
pub(crate) const PHONE: &str = "phone";
/// The terms of use that somebody accepted (DOMAIN.md §5).
pub(crate) const TERMS: &str = "terms";
/// The certificate that somebody signed in with (DOMAIN.md §5).
pub(crate) const CERTIFICATE: &str = "certificate";
/// Tokens that outlive the browser's session (Core §11).
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";
/// The scopes that speak of a person: those of OpenID Connect that we know, and ours.
pub(crate) const STANDARD: [&str; 8] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, TERMS, CERTIFICATE, OFFLINE_ACCESS];

/// A set of scope words, written with spaces between them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Scope(BTreeSet<String>);

/// A text that is no list of scope words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a list of scope words")]
pub(crate) struct NotAScope;

impl Scope {
    /// Reads words separated by single spaces: `1*( %x21 / %x23-5B / %x5D-7E )` each (RFC 6749 §3.3).
    pub(crate) fn parse(text: &str) -> Result<Self, NotAScope> {
        let legal = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
        };
        text.split(' ')
            .map(|word| legal(word).then(|| word.to_owned()).ok_or(NotAScope))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// All words that tell claims.
    pub(crate) fn of_every_claim() -> Self {
        Self(STANDARD.map(str::to_owned).into())
    }

    /// Whether it has no word. Nobody can write this one (RFC 6749 §3.3): who gets it is told no scope at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those words.
    pub(crate) const fn of(words: BTreeSet<String>) -> Self {
        Self(words)
    }

    /// The words that speak of no person: those of resources. Claims about somebody, a name for them and access while
    /// they are away are for a person to give.
    pub(crate) fn of_resources(&self) -> Self {
        Self(self.0.iter().filter(|word| !STANDARD.contains(&word.as_str())).cloned().collect())
    }

    /// The others, without this word.
    pub(crate) fn without(mut self, word: &str) -> Self {
        self.0.remove(word);
        self
    }

    /// Whether the word is among them.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// The words that are among `allowed` too.
    pub(crate) fn limited_to(&self, allowed: &BTreeSet<String>) -> Self {
        Self(self.0.intersection(allowed).cloned().collect())
    }

    /// The words of both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// Its words.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether every word is among the `wider` ones.
    pub(crate) fn is_within(&self, wider: &Self) -> bool {
        self.0.is_subset(&wider.0)
    }
}

impl TryFrom<String> for Scope {
    type Error = NotAScope;
    fn try_from(text: String) -> Result<Self, NotAScope> {
        Self::parse(&text)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{word}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_the_rfc_writes_them() {
        for (text, read) in [
            ("openid", Some("openid")),
            ("profile openid email", Some("email openid profile")),
            ("openid openid", Some("openid")),
            ("https://api.example/read", Some("https://api.example/read")),
            ("", None),
            ("openid  email", None),
            (" openid", None),
            ("openid\temail", None),
            ("open\"id", None),
            ("open\\id", None),
            ("ópenid", None),
        ] {
            assert_eq!(Scope::parse(text).ok().map(|scope| scope.to_string()).as_deref(), read, "{text:?}");
        }
    }
}
