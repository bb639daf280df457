//! Postcodes: five digits in France, Monaco and overseas; elsewhere whatever the country writes (DOMAIN.md §4).
//!
//! Whether there is such a postcode is not judged, and a CEDEX code is one like any other.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::Country;

/// Most characters of a postcode.
const LONGEST: usize = 12;

/// A postcode in capitals; in French ones there is no space.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

/// Why a text is no postcode there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongPostcode {
    /// Nothing was typed. Not every country has postcodes: abroad it may stay so.
    #[error("empty")]
    Empty,
    /// A French one has five digits.
    #[error("a French postcode has five digits")]
    FiveDigits,
    /// Longer than any, or with something else than letters, digits, spaces and hyphens.
    #[error("1 to 12 letters, digits, spaces and hyphens are expected")]
    Format,
}

impl Postcode {
    /// Reads what a person typed for an address in `country`.
    pub fn parse(typed: &str, country: Country) -> Result<Self, WrongPostcode> {
        let text: String = typed.nfkc().map(|character| character.to_ascii_uppercase()).collect();
        let groups: Vec<&str> = text.split_whitespace().collect();
        match (groups.is_empty(), has_five_digits(country)) {
            (true, _) => Err(WrongPostcode::Empty),
            (_, true) => french(&groups.concat()),
            (_, false) => groups.join(" ").try_into(),
        }
    }

    /// The postcode as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the French post delivers there, or Monaco's in its manner.
const fn has_five_digits(country: Country) -> bool {
    matches!(country.register(), Country::FR | Country::MC | Country::NC | Country::PF | Country::WF | Country::TF)
}

fn french(text: &str) -> Result<Postcode, WrongPostcode> {
    let shaped = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { Ok(Postcode(text.to_owned())) } else { Err(WrongPostcode::FiveDigits) }
}

impl TryFrom<String> for Postcode {
    type Error = WrongPostcode;
    fn try_from(text: String) -> Result<Self, WrongPostcode> {
        let known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b' ' | b'-');
        let written = text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        let fits = text.len() <= LONGEST && text.bytes().all(known) && written;
        if fits { Ok(Self(text)) } else { Err(WrongPostcode::Format) }
    }
}

impl From<Postcode> for String {
    fn from(postcode: Postcode) -> Self {
        postcode.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn domain_4_a_postcode_is_five_digits_in_france_and_free_elsewhere() {
        for (country, typed, verdict) in [
            (Country::FR, "59000", Ok("59000")),
            (Country::FR, " 59 000 ", Ok("59000")),
            (Country::FR, "５９０００", Ok("59000")),
            (Country::FR, "59871", Ok("59871")), // CEDEX
            (Country::MC, "98000", Ok("98000")),
            (Country::GP, "97110", Ok("97110")),
            (Country::NC, "98800", Ok("98800")),
            (Country::FR, "5900", Err(WrongPostcode::FiveDigits)),
            (Country::FR, "F-59000", Err(WrongPostcode::FiveDigits)),
            (Country::FR, "", Err(WrongPostcode::Empty)),
            (Country::GB, "sw1a  1aa", Ok("SW1A 1AA")),
            (Country::PT, "1000-205", Ok("1000-205")),
            (Country::BE, "1000", Ok("1000")),
            (Country::IE, " \t", Err(WrongPostcode::Empty)),
            (Country::US, "1234567890123", Err(WrongPostcode::Format)),
            (Country::DE, "10115;", Err(WrongPostcode::Format)),
            (Country::DE, "- -", Err(WrongPostcode::Format)),
            (Country::DE, "é", Err(WrongPostcode::Format)),
        ] {
            let read = Postcode::parse(typed, country);
            assert_eq!(read.as_ref().map(Postcode::as_str).map_err(|wrong| *wrong), verdict, "{country} {typed}");
        }
    }

    proptest! {
        #[test]
        fn sr_174_a_postcode_is_read_again_the_same(typed in "[0-9A-Za-z -]{0,14}|\\PC{0,20}") {
            for country in [Country::FR, Country::GB] {
                if let Ok(postcode) = Postcode::parse(&typed, country) {
                    prop_assert_eq!(Postcode::parse(postcode.as_str(), country), Ok(postcode));
                }
            }
        }
    }
}
