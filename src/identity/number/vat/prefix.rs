//! The two letters before a VAT number: the country's code, with three exceptions (DOMAIN.md §3).
//!
//! Greece writes EL. Northern Ireland writes XI and is not a country of ISO 3166-1: for goods it is in the Union, so its
//! businesses are offered the branch "European Union" and VIES knows them, while their country is the United Kingdom.
//! Some territories are registered with a neighbour: Monaco and the French overseas departments with France, the Isle
//! of Man with the United Kingdom, Åland with Finland.

use std::fmt;
use std::str::FromStr;

use crate::identity::language::Language;
use crate::identity::number::WrongNumber;
use crate::identity::territory::country::collation_key;
use crate::identity::territory::{Country, UnknownCountry};

/// Whose VAT register a number is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VatPrefix {
    /// A country's.
    Of(Country),
    /// Northern Ireland's.
    NorthernIreland,
}

impl VatPrefix {
    /// That of whoever is established in `country`.
    pub const fn of(country: Country) -> Self {
        match country.register() {
            Country::MC => Self::Of(Country::FR),
            Country::IM => Self::Of(Country::GB),
            Country::AX => Self::Of(Country::FI),
            register => Self::Of(register),
        }
    }

    /// Those that the branch "European Union" of a registration offers: the members but France, which has its own
    /// branch, and Northern Ireland; by name.
    pub fn offered(language: Language) -> Vec<Self> {
        let members = Country::eu().iter().filter(|country| **country != Country::FRANCE).copied().map(Self::Of);
        let mut offered: Vec<Self> = members.chain([Self::NorthernIreland]).collect();
        offered.sort_by_cached_key(|prefix| collation_key(prefix.name(language)));
        offered
    }

    /// The two letters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NorthernIreland => "XI",
            Self::Of(Country::GR) => "EL",
            Self::Of(country) => country.as_str(),
        }
    }

    /// What people call it.
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Of(country), _) => country.name(language),
            (Self::NorthernIreland, Language::French) => "Irlande du Nord",
            (Self::NorthernIreland, Language::English) => "Northern Ireland",
        }
    }

    /// The country that it is in.
    pub const fn country(self) -> Country {
        match self {
            Self::Of(country) => country,
            Self::NorthernIreland => Country::GB,
        }
    }

    /// Whether VIES can be asked.
    pub fn is_in_vies(self) -> bool {
        match self {
            Self::Of(country) => country.is_eu(),
            Self::NorthernIreland => true,
        }
    }

    /// What follows the letters that people write before a number: Greeks write the country's code as well.
    pub(super) fn strip(self, text: &str) -> Option<&str> {
        text.strip_prefix(self.as_str()).or_else(|| text.strip_prefix(self.country().as_str()))
    }

    /// The register that the letters of a number tell within the same country.
    pub(super) fn refined(self, text: &str) -> Self {
        match self {
            Self::Of(Country::GB) if text.starts_with("XI") => Self::NorthernIreland,
            other => other,
        }
    }

    /// What is wrong with a text that is not written as the numbers of this register: it may be another's.
    pub(super) fn misread(self, text: &str) -> WrongNumber {
        let other = text.get(..2).and_then(|letters| letters.parse::<Self>().ok());
        let elsewhere = other.filter(|other| other.country() != self.country() && other.is_in_vies());
        if elsewhere.is_some() { WrongNumber::OtherCountry } else { WrongNumber::Format }
    }
}

impl fmt::Display for VatPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for VatPrefix {
    type Err = UnknownCountry;
    /// Reads a prefix or the code of a country: `EL` and `GR`, `XI`.
    fn from_str(letters: &str) -> Result<Self, UnknownCountry> {
        match letters {
            "XI" => Ok(Self::NorthernIreland),
            "EL" => Ok(Self::Of(Country::GR)),
            code => Country::try_from(code).map(Self::of),
        }
    }
}
