//! The numbers under which organisations are registered: in France, in the Union, elsewhere (DOMAIN.md §1, §3, §4).
//!
//! A [`RegisteredNumber`] says which register it is of, whose, and the number in the one form in which it is compared:
//! that triple is unique in a realm. A number that passes here is written as such numbers are; whether its organisation
//! exists, a register says. What is wrong with a number is told by [`WrongNumber`], whose variants are what to tell people.

mod digits;
pub mod normalise;
pub mod others;
pub mod siren;
pub mod vat;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use self::siren::{Siren, Siret};
use self::vat::{Reading, VatNumber, VatPrefix};
use super::territory::Country;

/// Which kind of register a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// An establishment in the French register of businesses.
    Siret,
    /// Value-added tax.
    Vat,
    /// The French register of associations.
    Rna,
    /// An establishment in New Caledonia.
    Ridet,
    /// An establishment in French Polynesia.
    Tahiti,
    /// A chamber of commerce or any other register.
    Other,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Siret, Self::Vat, Self::Rna, Self::Ridet, Self::Tahiti, Self::Other];

    /// The name in columns and claims.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Siret => "siret",
            Self::Vat => "vat",
            Self::Rna => "rna",
            Self::Ridet => "ridet",
            Self::Tahiti => "tahiti",
            Self::Other => "other",
        }
    }

    /// The country whose register it is, for somebody established in `country`: overseas departments are in that of
    /// France. Nothing if the register knows nobody there.
    fn register(self, country: Country) -> Option<Country> {
        match self {
            Self::Siret | Self::Rna => Some(country.register()).filter(|register| *register == Country::FRANCE),
            Self::Ridet => Some(country).filter(|country| *country == Country::NC),
            Self::Tahiti => Some(country).filter(|country| *country == Country::PF),
            Self::Vat => Some(VatPrefix::of(country).country()),
            Self::Other => Some(country),
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no scheme's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of number: siret, vat, rna, ridet, tahiti, other")]
pub struct UnknownScheme;

impl FromStr for Scheme {
    type Err = UnknownScheme;
    fn from_str(name: &str) -> Result<Self, UnknownScheme> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str() == name).ok_or(UnknownScheme)
    }
}

impl TryFrom<&str> for Scheme {
    type Error = UnknownScheme;
    fn try_from(name: &str) -> Result<Self, UnknownScheme> {
        name.parse()
    }
}

/// What is wrong with a number: each is told in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongNumber {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Something else than digits where there are only digits.
    #[error("something else than digits")]
    NotDigits,
    /// Too many or too few characters.
    #[error("{expected} characters are expected, {got} were typed")]
    Length {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        got: usize,
    },
    /// Nine digits where fourteen are asked: the number of the business, not of its establishment.
    #[error("nine digits: a SIREN where a SIRET is asked")]
    LooksLikeSiren,
    /// Nothing but zeros, which pass most check rules.
    #[error("nothing but zeros")]
    AllZeros,
    /// Not written as such numbers are.
    #[error("not written as such numbers are")]
    Format,
    /// Written as such numbers are, but its check digit is not right: a digit was mistyped.
    #[error("a typing error: the check digit is not right")]
    TypingError,
    /// It begins with the prefix of another country than the one that was chosen.
    #[error("the number of another country")]
    OtherCountry,
    /// The register knows nobody of that country.
    #[error("no such register in that country")]
    NoRegister,
}

/// The number of an organisation in a register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegisteredNumber {
    scheme: Scheme,
    country: Country,
    value: String,
}

impl RegisteredNumber {
    /// Reads what a person typed who is established in `country`.
    pub fn parse(scheme: Scheme, country: Country, typed: &str) -> Result<Self, WrongNumber> {
        match scheme {
            Scheme::Vat => VatNumber::parse(country, typed).map(Self::from),
            scheme => Self::read(scheme, country, typed),
        }
    }

    /// What a row says. The check digit of a VAT number is not asked again: VIES may have overruled it.
    pub fn from_row(scheme: Scheme, country: Country, value: &str) -> Result<Self, WrongNumber> {
        Self::stored(scheme, country, value)
    }

    fn stored(scheme: Scheme, country: Country, value: &str) -> Result<Self, WrongNumber> {
        let read = Self::read(scheme, country, value)?;
        if read.country == country && read.value == value { Ok(read) } else { Err(WrongNumber::Format) }
    }

    fn read(scheme: Scheme, country: Country, text: &str) -> Result<Self, WrongNumber> {
        let register = scheme.register(country).ok_or(WrongNumber::NoRegister)?;
        let value = match scheme {
            Scheme::Siret => Siret::parse(text)?.into(),
            Scheme::Vat => match VatNumber::read(VatPrefix::of(country), text)? {
                Reading::Sound(number) | Reading::Doubtful(number) => number.into(),
            },
            Scheme::Rna => others::rna(text)?,
            Scheme::Ridet => others::ridet(text)?,
            Scheme::Tahiti => others::tahiti(text)?,
            Scheme::Other => others::other(register, text)?,
        };
        Ok(Self { scheme, country: register, value })
    }

    /// Which kind of register it is in.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whose register it is in.
    pub const fn country(&self) -> Country {
        self.country
    }

    /// The form in which it is stored and compared. A VAT number has its prefix.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The form that people read: in groups.
    pub fn shown(&self) -> String {
        match self.scheme {
            Scheme::Siret => siren::grouped(&self.value),
            Scheme::Vat => vat::grouped(&self.value),
            Scheme::Rna => self.value.clone(),
            Scheme::Ridet => others::ridet_shown(&self.value),
            Scheme::Tahiti => others::tahiti_shown(&self.value),
            Scheme::Other => others::other_shown(self.country, &self.value),
        }
    }

    /// The French business behind it, where the number tells.
    pub fn siren(&self) -> Option<Siren> {
        match self.scheme {
            Scheme::Siret => Siret::parse(&self.value).ok().map(|siret| siret.siren()),
            Scheme::Vat => self.vat()?.siren(),
            _ => None,
        }
    }

    /// The establishment in the French register.
    pub fn siret(&self) -> Option<Siret> {
        Some(self).filter(|number| number.scheme == Scheme::Siret).and_then(|number| Siret::parse(&number.value).ok())
    }

    /// The VAT number, for VIES and claims.
    pub fn vat(&self) -> Option<VatNumber> {
        Some(self).filter(|number| number.scheme == Scheme::Vat)?.value.clone().try_into().ok()
    }
}

impl From<Siret> for RegisteredNumber {
    fn from(siret: Siret) -> Self {
        Self { scheme: Scheme::Siret, country: Country::FRANCE, value: siret.into() }
    }
}

impl From<VatNumber> for RegisteredNumber {
    /// For numbers whose check digit VIES overruled; [`RegisteredNumber::parse`] takes none of these.
    fn from(number: VatNumber) -> Self {
        Self { scheme: Scheme::Vat, country: number.prefix().country(), value: number.into() }
    }
}

impl TryFrom<String> for RegisteredNumber {
    type Error = WrongNumber;
    /// Reads `siret:FR:73282932000074`.
    fn try_from(text: String) -> Result<Self, WrongNumber> {
        let mut parts = text.splitn(3, ':');
        let scheme = parts.next().and_then(|name| name.parse().ok()).ok_or(WrongNumber::Format)?;
        let country = parts.next().and_then(|code| Country::try_from(code).ok()).ok_or(WrongNumber::Format)?;
        Self::stored(scheme, country, parts.next().unwrap_or_default())
    }
}

impl From<RegisteredNumber> for String {
    fn from(number: RegisteredNumber) -> Self {
        format!("{}:{}:{}", number.scheme, number.country, number.value)
    }
}

#[cfg(test)]
mod tests;
