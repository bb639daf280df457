//! The texts of a registry's answer, read with suspicion: what it masks, leaves empty or cannot be shown is absent.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::trouble::Trouble;
use crate::identity::language::Language;
use crate::identity::number::{RegisteredNumber, Scheme};
use crate::identity::organisation::Line;
use crate::identity::territory::Country;
use crate::identity::territory::country::collation_key;

/// What stands in place of a text whose owner objected to its being published, at INSEE and at DINUM.
const MASKS: [&str; 2] = ["[ND]", "[NON-DIFFUSIBLE]"];

/// A text, when one was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told(Option<Line>);

impl Told {
    /// What that text tells: nothing, where any part of it is masked.
    pub(super) fn of(text: &str) -> Self {
        let masked = MASKS.iter().any(|mask| text.contains(mask));
        Self(Line::parse(text).ok().filter(|_| !masked))
    }

    /// The text.
    pub(super) fn line(&self) -> Option<Line> {
        self.0.clone()
    }

    /// The text.
    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_ref().map(Line::as_str)
    }

    /// Whether it is exactly that.
    pub(super) fn is(&self, text: &str) -> bool {
        self.text() == Some(text)
    }

    /// This, or else that.
    pub(super) fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        if self.0.is_some() { self } else { other }
    }
}

/// Numbers count as texts: registries are not always sure themselves.
impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(reader)? {
            Value::String(text) => Self::of(&text),
            Value::Number(number) => Self::of(&number.to_string()),
            _ => Self::default(),
        })
    }
}

/// Those that are told, one after the other.
pub(super) fn joined(parts: &[&Told]) -> Told {
    Told::of(&parts.iter().filter_map(|part| part.text()).collect::<Vec<_>>().join(" "))
}

/// House number, as far as it goes and with its "bis", kind of street and street; nothing without a street.
pub(super) fn street(number: &Told, last: &Told, repeated: &Told, kind: &Told, street: &Told) -> Told {
    if street.text().is_none() {
        return Told::default();
    }
    let numbers = match (number.text(), last.text()) {
        (Some(first), Some(last)) if first != last => Told::of(&format!("{first}-{last}")),
        _ => number.clone(),
    };
    joined(&[&numbers, repeated, kind, street])
}

/// France, unless a country is told. Registries write names in capitals and without accents; one that we do not know is
/// for a person to choose.
pub(super) fn country(code: &Told, name: &Told) -> Option<Country> {
    if code.text().or(name.text()).is_none() {
        return Some(Country::FRANCE);
    }
    let name = collation_key(name.text()?);
    Country::all().iter().copied().find(|country| collation_key(country.name(Language::French)) == name)
}

/// A number of the register of associations; a text that is none tells nothing.
pub(super) fn rna(told: &Told) -> Option<RegisteredNumber> {
    RegisteredNumber::parse(Scheme::Rna, Country::FRANCE, told.text()?).ok()
}

/// Whether it is the first of two words; a third one makes no sense.
pub(super) fn one_of(told: &Told, yes: &str, no: &str) -> Result<bool, Trouble> {
    match told.text() {
        Some(word) if word == yes => Ok(true),
        Some(word) if word == no => Ok(false),
        _ => Err(Trouble::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Told {
        Told::of(text)
    }

    #[test]
    fn what_is_masked_or_empty_is_absent() {
        for (json, text) in [
            (r#""FILATURE DU NORD""#, Some("FILATURE DU NORD")),
            (r#""  RUE   DES CANONNIERS ""#, Some("RUE DES CANONNIERS")),
            ("5710", Some("5710")),
            (r#""""#, None),
            (r#""---""#, None),
            (r#""[ND]""#, None),
            (r#""[NON-DIFFUSIBLE]""#, None),
            (r#""[ND] 59000 LILLE""#, None),
            (r#""[NON-DIFFUSIBLE] [NON-DIFFUSIBLE]""#, None),
            (r#""A\u202eB""#, None),
            ("null", None),
            ("true", None),
            (r#"{"a":"b"}"#, None),
        ] {
            assert_eq!(serde_json::from_str::<Told>(json).unwrap().text(), text, "{json}");
        }
        assert_eq!(told(&"A".repeat(1000)).text(), None, "longer than any form takes");
    }

    #[test]
    fn a_street_is_made_of_its_parts() {
        for ([number, last, repeated, kind, name], line) in [
            (["12", "", "", "RUE", "DES CANONNIERS"], Some("12 RUE DES CANONNIERS")),
            (["12", "", "B", "RUE", "DES CANONNIERS"], Some("12 B RUE DES CANONNIERS")),
            (["12", "16", "", "RUE", "DES CANONNIERS"], Some("12-16 RUE DES CANONNIERS")),
            (["12", "12", "", "RUE", "DES CANONNIERS"], Some("12 RUE DES CANONNIERS")),
            (["", "", "", "", "LE BOURG"], Some("LE BOURG")),
            (["12", "", "", "RUE", "[ND]"], None),
            (["[ND]", "", "", "[ND]", "[ND]"], None),
            (["12", "", "", "RUE", ""], None),
        ] {
            let made = street(&told(number), &told(last), &told(repeated), &told(kind), &told(name));
            assert_eq!(made.text(), line, "{number} {last} {repeated} {kind} {name}");
        }
    }

    #[test]
    fn a_number_of_an_association_is_one_or_absent() {
        for (text, number) in [
            ("W751234567", Some("W751234567")),
            ("w9r1001234", Some("W9R1001234")),
            ("751P00012345", None),
            ("[ND]", None),
            ("", None),
        ] {
            assert_eq!(rna(&told(text)).as_ref().map(RegisteredNumber::value), number, "{text}");
        }
    }

    #[test]
    fn a_country_is_france_unless_another_is_told() {
        for (code, name, country) in [
            ("", "", Some("FR")),
            ("99131", "BELGIQUE", Some("BE")),
            ("99109", "ALLEMAGNE", Some("DE")),
            ("99132", "ROYAUME-UNI", Some("GB")),
            ("99110", "Autriche", Some("AT")),
            ("99126", "GRECE", Some("GR")),
            ("99999", "SYLDAVIE", None),
            ("99131", "", None),
            ("[ND]", "[ND]", Some("FR")),
        ] {
            let found = super::country(&told(code), &told(name));
            assert_eq!(found.map(Country::as_str), country, "{name}");
        }
    }
}
