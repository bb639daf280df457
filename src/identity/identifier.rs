//! What a person types to sign in, and the one form in which it is compared.
//!
//! An [`EmailAddress`] keeps what was typed, for sending (SR-175), and its canonical form, for equality (SR-173). An
//! [`IssuedIdentifier`] is what a realm gave somebody, however they write it.
//! Parsing happens once, at the edge; nothing further inside holds an address as naked text.

mod issued;

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

pub use self::issued::{IssuedIdentifier, NotAnIssuedIdentifier};
use super::script::{self, is_invisible};

/// The canonical form of an identifier: unique within a realm, whatever its kind (SR-67).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canonical(String);

impl Canonical {
    /// What anything typed into a sign-in field is looked up by: total, and the same for every way of writing it.
    pub fn of_typed(text: &str) -> Self {
        if let Ok(address) = EmailAddress::parse(text) {
            return address.canonical();
        }
        IssuedIdentifier::parse(text).map_or_else(|_| Self(script::fold(text.trim())), |issued| issued.canonical())
    }

    /// The form for a column or a counter's key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address that mail can be sent to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is not an address we take (SR-177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEmailAddress {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// There is no `@`.
    #[error("no @ sign")]
    NoAt,
    /// There are several `@`: one address at a time (SR-55).
    #[error("several @ signs")]
    SeveralAts,
    /// Longer than RFC 5321 §4.5.3.1 allows.
    #[error("too long")]
    TooLong,
    /// A character that no address we take holds: spaces, controls, quotes, mixed scripts.
    #[error("a character that is not accepted")]
    Character,
    /// What follows the `@` is not a domain.
    #[error("not a domain")]
    Domain,
}

impl EmailAddress {
    /// Reads what a person typed: ends trimmed, composed (NFC), the rest as it is.
    pub fn parse(text: &str) -> Result<Self, NotAnEmailAddress> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err(NotAnEmailAddress::Empty);
        }
        let (local, domain) = text.split_once('@').ok_or(NotAnEmailAddress::NoAt)?;
        if domain.contains('@') {
            return Err(NotAnEmailAddress::SeveralAts);
        }
        if local.len() > 64 || domain.len() > 253 || text.len() > 254 {
            return Err(NotAnEmailAddress::TooLong);
        }
        let dots = local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if dots || !local.chars().all(is_local) || script::is_deceptive(local) {
            return Err(NotAnEmailAddress::Character);
        }
        ascii_domain(domain)?;
        Ok(Self(text))
    }

    /// The address as typed, for the envelope.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which addresses are equal: folded local part, lower-case A-label domain.
    pub fn canonical(&self) -> Canonical {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let domain = ascii_domain(domain).unwrap_or_else(|_| domain.to_lowercase());
        Canonical(format!("{}@{domain}", script::fold(local)))
    }

    /// Whether `other` was typed as this one was, but for the case of the domain: what whoever types an address twice is
    /// held to. Two ways of writing one address may differ in it all the same.
    pub fn is_spelled_as(&self, other: &Self) -> bool {
        let parts = |address: &Self| {
            let (local, domain) = address.0.split_once('@').unwrap_or((&address.0, ""));
            (local.to_owned(), ascii_domain(domain).ok())
        };
        parts(self) == parts(other)
    }

    /// The address with most of its local part hidden: `marie.d•••@exemple.fr`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let shown = (local.chars().count() / 2).min(7);
        let start: String = local.chars().take(shown).collect();
        format!("{start}•••@{domain}")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnEmailAddress;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// `atext` of RFC 5322 §3.2.3, the dot, and letters, marks and digits beyond ASCII (RFC 6531 §3.3).
fn is_local(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || ".!#$%&'*+-/=?^_`{|}~".contains(character)
        || (!character.is_ascii() && !is_invisible(character) && !character.is_whitespace())
}

/// The A-label form of a domain with at least two labels (RFC 5891 §4); no IP literal.
fn ascii_domain(domain: &str) -> Result<String, NotAnEmailAddress> {
    if !domain.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.' || unicode_mark(c)) {
        return Err(NotAnEmailAddress::Domain);
    }
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnEmailAddress::Domain)?;
    let last_is_a_name = ascii.rsplit('.').next().is_some_and(|label| label.bytes().any(|b| b.is_ascii_alphabetic()));
    if ascii.contains('.') && last_is_a_name && !ascii.ends_with('.') && !script::is_deceptive(domain) {
        Ok(ascii)
    } else {
        Err(NotAnEmailAddress::Domain)
    }
}

fn unicode_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sr_177_what_is_an_address_and_what_is_not() {
        use NotAnEmailAddress as No;
        let long = format!("{}@exemple.fr", "a".repeat(65));
        for (typed, verdict) in [
            ("marie.durand@exemple.fr", Ok("marie.durand@exemple.fr")),
            ("  marie@exemple.fr\n", Ok("marie@exemple.fr")),
            ("o'brien+portail@exemple.fr", Ok("o'brien+portail@exemple.fr")),
            ("hélène@exemple.fr", Ok("hélène@exemple.fr")),
            ("marie@éxemple.fr", Ok("marie@éxemple.fr")),
            ("", Err(No::Empty)),
            ("marie", Err(No::NoAt)),
            ("marie@a.fr,pierre@b.fr", Err(No::SeveralAts)),
            (long.as_str(), Err(No::TooLong)),
            ("\"marie durand\"@exemple.fr", Err(No::Character)),
            ("marie(x)@exemple.fr", Err(No::Character)),
            ("ma\u{200b}rie@exemple.fr", Err(No::Character)),
            ("ma\r\nrie@exemple.fr", Err(No::Character)),
            ("mаrie@exemple.fr", Err(No::Character)), // the second letter is Cyrillic
            (".marie@exemple.fr", Err(No::Character)),
            ("marie@exemple", Err(No::Domain)),
            ("marie@127.0.0.1", Err(No::Domain)),
            ("marie@[127.0.0.1]", Err(No::Domain)),
            ("marie@exem ple.fr", Err(No::Domain)),
            ("marie@-exemple.fr", Err(No::Domain)),
        ] {
            assert_eq!(
                EmailAddress::parse(typed).as_ref().map(EmailAddress::as_str).map_err(|e| *e),
                verdict,
                "{typed:?}"
            );
        }
    }

    #[test]
    fn sr_173_one_person_one_canonical_form() {
        for (left, right) in [
            ("Marie@Exemple.FR", "marie@exemple.fr"),
            ("marie@éxemple.fr", "marie@xn--xemple-9ua.fr"),
            ("He\u{301}lène@exemple.fr", "hélène@exemple.fr"),
            (" marie@exemple.fr ", "marie@exemple.fr"),
        ] {
            assert_eq!(Canonical::of_typed(left), Canonical::of_typed(right), "{left} {right}");
        }
    }

    #[test]
    fn an_address_typed_twice_may_differ_in_the_case_of_its_domain_alone() {
        let address = |text| EmailAddress::parse(text).unwrap();
        for (first, second, same) in [
            ("Marie@exemple.fr", "Marie@Exemple.FR", true),
            ("marie@éxemple.fr", "marie@xn--xemple-9ua.fr", true),
            (" marie@exemple.fr", "marie@exemple.fr ", true),
            ("Marie@exemple.fr", "marie@exemple.fr", false),
            ("marie@exemple.fr", "marie@exemple.com", false),
        ] {
            assert_eq!(address(first).is_spelled_as(&address(second)), same, "{first} {second}");
        }
    }

    #[test]
    fn an_address_shows_little_of_itself() {
        assert_eq!(EmailAddress::parse("marie.durand@exemple.fr").unwrap().masked(), "marie.•••@exemple.fr");
        assert_eq!(EmailAddress::parse("m@exemple.fr").unwrap().masked(), "•••@exemple.fr");
    }

    proptest! {
        #[test]
        fn sr_174_canonical_forms_are_fixed_points(text in "\\PC{0,40}") {
            let once = Canonical::of_typed(&text);
            prop_assert_eq!(Canonical::of_typed(once.as_str()), once);
        }

        #[test]
        fn sr_174_addresses_keep_their_canonical_form(local in "[a-zA-Zéß0-9.]{1,20}", domain in "[a-zéA-Z]{1,10}\\.(fr|com)") {
            if let Ok(address) = EmailAddress::parse(&format!("{local}@{domain}")) {
                let canonical = address.canonical();
                prop_assert_eq!(EmailAddress::parse(canonical.as_str()).map(|a| a.canonical()), Ok(canonical));
            }
        }
    }
}
