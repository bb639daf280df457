//! What the lists of the organisation's page offer: departments, and the countries that go with its number.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::identity::enrolment::Way;
use crate::identity::language::Language;
use crate::identity::number::vat::VatPrefix;
use crate::identity::territory::{Country, Department};

/// Where nobody lives, no organisation is registered.
const EMPTY: [Country; 7] = [Country::AQ, Country::BV, Country::GS, Country::HM, Country::IO, Country::TF, Country::UM];

/// A line of a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Listed {
    value: &'static str,
    name: String,
}

/// The countries of a way, by the tag of the language whose alphabet they follow.
pub(super) type Countries = BTreeMap<&'static str, Vec<Listed>>;

/// The countries that an organisation registered that way may be in.
pub(super) fn countries(way: Way) -> Countries {
    let of = |language: Language| -> Vec<Listed> {
        if way == Way::EuropeanVat {
            let offered = VatPrefix::offered(language).into_iter();
            let listed = |prefix: VatPrefix| Listed { value: prefix.as_str(), name: prefix.name(language).to_owned() };
            return offered.map(listed).collect();
        }
        let offered = Country::listed(language).iter().filter(|country| way.offers(**country));
        let offered = offered.filter(|country| !EMPTY.contains(country));
        offered.map(|country| Listed { value: country.as_str(), name: country.name(language).to_owned() }).collect()
    };
    Language::ALL.map(|language| (language.tag(), of(language))).into()
}

/// The country of that name, in whichever of our languages.
pub(super) fn named(name: &str) -> Option<Country> {
    let is_named = |country: &&Country| Language::ALL.iter().any(|language| country.name(*language) == name);
    Country::all().iter().find(is_named).copied()
}

/// The departments, each with its code.
pub(super) fn departments() -> Vec<Listed> {
    let all = Department::all().iter().chain(Department::collectivities().iter().filter(|one| has_siret(one)));
    all.map(|one| Listed { value: one.as_str(), name: format!("{} {}", one.as_str(), one.name()) }).collect()
}

/// Whether organisations there are in the register of France.
fn has_siret(one: &Department) -> bool {
    one.country().register() == Country::FRANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_its_name_in_both_languages_and_by_no_other_countrys() {
        for country in Country::all() {
            for language in Language::ALL {
                assert_eq!(named(country.name(language)), Some(*country), "{country}");
            }
        }
        assert_eq!((named(""), named("CH"), named("Suisse")), (None, None, Some(Country::CH)));
    }
}
