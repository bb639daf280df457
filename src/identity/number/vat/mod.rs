//! VAT numbers (DOMAIN.md §3): of the member states and Northern Ireland, which VIES knows, and of other countries.
//!
//! A number that is not written as its country's are is refused for good. A wrong check digit is not the last word: the
//! country's own register is, through VIES; so [`VatNumber::read`] tells such a number apart as [`Reading::Doubtful`],
//! and only who has asked may take it.

mod birth;
mod bulgaria;
mod cyprus;
mod czechia;
mod france;
mod ireland;
mod latvia;
mod lithuania;
mod netherlands;
mod outside;
mod plain;
pub mod prefix;
mod spain;
mod united_kingdom;

use serde::{Deserialize, Serialize};

pub use self::prefix::VatPrefix;
use super::WrongNumber;
use super::digits::is_zeros;
use super::normalise::canonical;
use super::siren::Siren;
use crate::identity::territory::Country;

/// A VAT number with its prefix: `DE136695976`, `EL094259216`, `XI980780684`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatNumber {
    prefix: VatPrefix,
    text: String,
}

/// What is to be thought of a number that is written as its country's are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Its check digit is right, or there is none.
    Sound(VatNumber),
    /// Its check digit is wrong: a typing error, unless VIES says that the number is valid.
    Doubtful(VatNumber),
}

/// A number written as its country's are: in full, without prefix; and whether its check digit is right.
struct Shaped {
    number: String,
    sound: bool,
}

impl Shaped {
    fn new(number: &str, sound: bool) -> Self {
        Self { number: number.to_owned(), sound }
    }
}

impl VatNumber {
    /// Reads what somebody typed who is established in `country`, with or without the prefix. Northern Ireland's are
    /// known by theirs, on a form of the United Kingdom.
    pub fn parse(country: Country, typed: &str) -> Result<Self, WrongNumber> {
        match Self::read(VatPrefix::of(country), typed)? {
            Reading::Sound(number) => Ok(number),
            Reading::Doubtful(_) => Err(WrongNumber::TypingError),
        }
    }

    /// The same for a prefix that was chosen, telling typing errors apart for VIES to overrule.
    pub fn read(prefix: VatPrefix, typed: &str) -> Result<Reading, WrongNumber> {
        let text = canonical(typed);
        let prefix = prefix.refined(&text);
        // A prefix is optional, and the key of a French number may look like one: what fits without it decides.
        let without = prefix.strip(&text);
        if without.unwrap_or(&text).is_empty() {
            return Err(WrongNumber::Empty);
        }
        let shaped = without.and_then(|number| shape(prefix, number)).or_else(|| shape(prefix, &text));
        let Shaped { number, sound } = shaped.ok_or_else(|| prefix.misread(&text))?;
        if is_zeros(&number) {
            return Err(WrongNumber::AllZeros);
        }
        let number = Self { prefix, text: format!("{}{number}", prefix.as_str()) };
        Ok(if sound { Reading::Sound(number) } else { Reading::Doubtful(number) })
    }

    /// The number that follows from a SIREN. Not every business is registered for VAT: it is computed, not known.
    pub fn french(siren: &Siren) -> Self {
        let text = format!("FR{:02}{}", france::key(siren.as_str()), siren.as_str());
        Self { prefix: VatPrefix::Of(Country::FRANCE), text }
    }

    /// The number with its prefix.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its first two letters, VIES's `countryCode`.
    pub const fn prefix(&self) -> VatPrefix {
        self.prefix
    }

    /// What follows them, VIES's `vatNumber`.
    pub fn number(&self) -> &str {
        self.text.strip_prefix(self.prefix.as_str()).unwrap_or(&self.text)
    }

    /// The French business behind it. Monaco's numbers are French ones around no SIREN.
    pub fn siren(&self) -> Option<Siren> {
        let french = self.prefix == VatPrefix::Of(Country::FRANCE);
        let siren = self.number().get(2..).filter(|siren| french && !siren.starts_with(france::MONACO))?;
        Siren::parse(siren).ok()
    }

    /// In groups: `FR 83 404 833 048`.
    pub fn shown(&self) -> String {
        grouped(&self.text)
    }
}

/// The rule of a prefix applied to what follows it. One line a country; what has no rule of its own is free.
fn shape(prefix: VatPrefix, number: &str) -> Option<Shaped> {
    let VatPrefix::Of(country) = prefix else { return united_kingdom::shape(number) };
    let rule = match country {
        Country::AT => plain::austria,
        Country::BE => plain::belgium,
        Country::BG => bulgaria::shape,
        Country::CH => outside::switzerland,
        Country::CY => cyprus::shape,
        Country::CZ => czechia::shape,
        Country::DE => plain::germany,
        Country::DK => plain::denmark,
        Country::EE => plain::estonia,
        Country::ES => spain::shape,
        Country::FI => plain::finland,
        Country::FR => france::shape,
        Country::GB => united_kingdom::shape,
        Country::GR => plain::greece,
        Country::HR => plain::croatia,
        Country::HU => plain::hungary,
        Country::IE => ireland::shape,
        Country::IT => plain::italy,
        Country::LT => lithuania::shape,
        Country::LU => plain::luxembourg,
        Country::LV => latvia::shape,
        Country::MT => plain::malta,
        Country::NL => netherlands::shape,
        Country::NO => outside::norway,
        Country::PL => plain::poland,
        Country::PT => plain::portugal,
        Country::RO => plain::romania,
        Country::SE => plain::sweden,
        Country::SI => plain::slovenia,
        Country::SK => plain::slovakia,
        _ => outside::free,
    };
    rule(number)
}

/// The prefix apart; French and Swiss numbers in their groups.
pub(super) fn grouped(text: &str) -> String {
    let (prefix, number) = text.split_at_checked(2).unwrap_or((text, ""));
    match (prefix, number.split_at_checked(2)) {
        ("FR", Some((key, siren))) => format!("FR {key} {}", super::siren::grouped(siren)),
        ("CH", _) => super::others::other_shown(Country::CH, text),
        _ => format!("{prefix} {number}"),
    }
}

impl TryFrom<String> for VatNumber {
    type Error = WrongNumber;
    /// What was stored, prefix first. The check digit is not asked again: VIES may have overruled it.
    fn try_from(text: String) -> Result<Self, WrongNumber> {
        let prefix = text.get(..2).and_then(|letters| letters.parse().ok()).ok_or(WrongNumber::Format)?;
        match Self::read(prefix, &text)? {
            Reading::Sound(number) | Reading::Doubtful(number) if number.text == text => Ok(number),
            _ => Err(WrongNumber::Format),
        }
    }
}

impl From<VatNumber> for String {
    fn from(number: VatNumber) -> Self {
        number.text
    }
}

#[cfg(test)]
mod tests;
