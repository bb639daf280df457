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
/// The organisation that somebody acts for (DOMAIN.md §5). `organization:<alias>` is for that one and no other,
/// `organization:*` for all that they belong to.
pub(crate) const ORGANIZATION: &str = "organization";
/// What that organisation is registered as, and what it says of itself.
pub(crate) const ENTITY: &str = "entity";
/// Its French number, of an establishment.
pub(crate) const SIRET: &str = "siret";
/// Its French number, of a legal unit.
pub(crate) const SIREN: &str = "siren";
/// What somebody is in it.
pub(crate) const ORG_ROLES: &str = "org_roles";
/// The family name in use, as ProConnect calls it.
pub(crate) const USUAL_NAME: &str = "usual_name";
/// The part of an organisation that somebody works in.
pub(crate) const ORGANIZATIONAL_UNIT: &str = "organizational_unit";
/// What somebody is known by here, as ProConnect calls it.
pub(crate) const UID: &str = "uid";
/// Tokens that outlive the browser's session (Core §11).
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";
/// The scopes that speak of a person: those of OpenID Connect that we know, and ours.
pub(crate) const STANDARD: [&str; 8] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, TERMS, CERTIFICATE, OFFLINE_ACCESS];

/// The scopes of realms where organisations have customer accounts.
pub(crate) const OF_ORGANISATIONS: [&str; 8] =
    [ORGANIZATION, ENTITY, SIRET, SIREN, ORG_ROLES, USUAL_NAME, ORGANIZATIONAL_UNIT, UID];

/// The word that a client registers to ask for this one: `organization` opens what is said behind its colon.
fn registered(word: &str) -> &str {
    match word.split_once(':') {
        Some((ORGANIZATION, _)) => ORGANIZATION,
        _ => word,
    }
}

/// Whether the word speaks of a person, or of the organisation that they act for.
pub(crate) fn is_of_a_person(word: &str) -> bool {
    STANDARD.contains(&word) || OF_ORGANISATIONS.contains(&registered(word))
}

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
        Self(STANDARD.into_iter().chain(OF_ORGANISATIONS).map(str::to_owned).collect())
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
        Self(self.0.iter().filter(|word| !is_of_a_person(word)).cloned().collect())
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

    /// The words that are among `allowed` too, or that one of those opens.
    pub(crate) fn limited_to(&self, allowed: &BTreeSet<String>) -> Self {
        let may = |word: &&String| allowed.contains(*word) || allowed.contains(registered(word));
        Self(self.0.iter().filter(may).cloned().collect())
    }

    /// Whether whoever may ask for `allowed` may ask for every word of this.
    pub(crate) fn is_open_to(&self, allowed: &Self) -> bool {
        self.limited_to(&allowed.0) == *self
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
    fn an_organisation_is_named_behind_the_word_that_a_client_registers() {
        let registered = ["openid", "organization"].map(str::to_owned).into();
        for (asked, granted) in [
            ("openid organization", "openid organization"),
            ("openid organization:fr-00000101600013", "openid organization:fr-00000101600013"),
            ("openid organization:*", "openid organization:*"),
            ("openid organizations:read entity:x", "openid"),
        ] {
            assert_eq!(Scope::parse(asked).unwrap().limited_to(&registered).to_string(), granted, "{asked}");
        }
        let wide = Scope::parse("openid organization").unwrap();
        assert!(Scope::parse("organization:*").unwrap().is_open_to(&wide));
        assert!(!Scope::parse("organization").unwrap().is_open_to(&Scope::parse("organization:*").unwrap()));
        // Nothing of it is for a client that acts for itself.
        let all = Scope::parse("organization:* organization entity org_roles orders:read").unwrap();
        assert_eq!(all.of_resources().to_string(), "orders:read");
    }

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
