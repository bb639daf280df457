//! The vectors of DOMAIN.md §4, and what holds for numbers of every scheme.

use proptest::prelude::*;

use super::*;
use crate::identity::territory::Country;

fn read(scheme: Scheme, country: Country, typed: &str) -> Result<(String, String), WrongNumber> {
    RegisteredNumber::parse(scheme, country, typed).map(|number| (number.value().to_owned(), number.shown()))
}

#[test]
fn schemes_are_read_by_their_names() {
    for (scheme, name) in Scheme::ALL.into_iter().zip(["siret", "vat", "rna", "ridet", "tahiti", "other"]) {
        assert_eq!((scheme.as_str(), name.parse(), Scheme::try_from(name)), (name, Ok(scheme), Ok(scheme)));
        assert_eq!(serde_json::to_string(&scheme).unwrap(), format!("\"{name}\""));
    }
    assert_eq!("SIRET".parse::<Scheme>(), Err(UnknownScheme));
}

#[test]
fn domain_4_each_scheme_has_its_form() {
    use Scheme::{Other, Ridet, Rna, Siret, Tahiti, Vat};
    for (scheme, country, typed, value, shown) in [
        (Siret, Country::FR, "732 829 320 00074", "73282932000074", "732 829 320 00074"),
        (Vat, Country::DE, "136695976", "DE136695976", "DE 136695976"),
        (Vat, Country::FR, "83 404833048", "FR83404833048", "FR 83 404 833 048"),
        (Ridet, Country::NC, "123456", "123456", "123456"),
        (Ridet, Country::NC, "1 234 567", "1234567", "1234567"),
        (Ridet, Country::NC, "123 456 001", "123456001", "123456.001"),
        (Ridet, Country::NC, "1 234 567.001", "1234567001", "1234567.001"),
        (Tahiti, Country::PF, "A12345", "A12345", "A12345"),
        (Tahiti, Country::PF, "a12345-001", "A12345001", "A12345-001"),
        (Tahiti, Country::PF, "912345", "912345", "912345"),
        (Rna, Country::FR, "w 751 234 567", "W751234567", "W751234567"),
        (Rna, Country::FR, "W2A1234567", "W2A1234567", "W2A1234567"),
        (Other, Country::CH, "CHE-100.155.212", "CHE100155212", "CHE-100.155.212"),
        (Other, Country::NO, "988 077 917", "988077917", "988 077 917"),
        (Other, Country::GB, "SC123456", "SC123456", "SC123456"),
        (Other, Country::GB, "01234567", "01234567", "01234567"),
        (Other, Country::US, "12-3456789", "123456789", "12-3456789"),
        (Other, Country::MA, "001524589000036", "001524589000036", "001524589 0000 36"),
        (Other, Country::MC, "RCI 56 S 00101", "RCI56S00101", "RCI56S00101"),
        (Other, Country::WF, "2019.1.0123", "201910123", "201910123"),
        (Other, Country::RU, "огрн 1027700132195", "ОГРН1027700132195", "ОГРН1027700132195"),
        (Other, Country::CH, "CH-020.3.020.910-7", "CH02030209107", "CH02030209107"), // no UID, but a register's
    ] {
        let read = read(scheme, country, typed);
        assert_eq!(read, Ok((value.to_owned(), shown.to_owned())), "{scheme} {typed}");
    }
}

#[test]
fn domain_4_what_is_wrong_is_told_by_its_kind() {
    use Scheme::{Other, Ridet, Rna, Siret, Tahiti, Vat};
    use WrongNumber as Wrong;
    let long = "1".repeat(41);
    for (scheme, country, typed, wrong) in [
        (Siret, Country::FR, "732829320", Wrong::LooksLikeSiren),
        (Siret, Country::FR, "73282932000079", Wrong::TypingError),
        (Siret, Country::DE, "73282932000074", Wrong::NoRegister),
        (Siret, Country::NC, "73282932000074", Wrong::NoRegister),
        (Vat, Country::DE, "136695977", Wrong::TypingError),
        (Vat, Country::DE, "1366959", Wrong::Format),
        (Ridet, Country::NC, "12345", Wrong::Length { expected: 10, got: 5 }),
        (Ridet, Country::NC, "12345678", Wrong::Length { expected: 10, got: 8 }),
        (Ridet, Country::NC, "12345A", Wrong::NotDigits),
        (Ridet, Country::NC, "000000", Wrong::AllZeros),
        (Ridet, Country::FR, "123456", Wrong::NoRegister),
        (Tahiti, Country::PF, "AB2345", Wrong::Format),
        (Tahiti, Country::PF, "A12345-01", Wrong::Format),
        (Tahiti, Country::PF, "É12345", Wrong::Format),
        (Tahiti, Country::PF, "000000", Wrong::AllZeros),
        (Tahiti, Country::NC, "A12345", Wrong::NoRegister),
        (Rna, Country::FR, "751234567", Wrong::Format),
        (Rna, Country::FR, "W75123456", Wrong::Format),
        (Rna, Country::FR, "W7512345678", Wrong::Format),
        (Rna, Country::FR, "W000000000", Wrong::Format),
        (Rna, Country::BE, "W751234567", Wrong::NoRegister),
        (Other, Country::CH, "CHE-100.155.213", Wrong::TypingError),
        (Other, Country::NO, "988077918", Wrong::TypingError),
        (Other, Country::WF, "", Wrong::Empty),
        (Other, Country::WF, " - ", Wrong::Empty),
        (Other, Country::WF, "<>", Wrong::Format),
        (Other, Country::WF, "¸1234", Wrong::Format),
        (Vat, Country::AD, "¸1234", Wrong::Format),
        (Other, Country::WF, "12\u{0}34", Wrong::Format),
        (Other, Country::WF, "0000", Wrong::AllZeros),
        (Other, Country::WF, long.as_str(), Wrong::Length { expected: 40, got: 41 }),
    ] {
        assert_eq!(read(scheme, country, typed), Err(wrong), "{scheme} {country} {typed}");
    }
}

#[test]
fn domain_4_the_number_of_an_overseas_establishment_is_in_the_register_of_france() {
    let mainland = RegisteredNumber::parse(Scheme::Siret, Country::FR, "73282932000074").unwrap();
    let overseas = RegisteredNumber::parse(Scheme::Siret, Country::RE, "73282932000074").unwrap();
    assert_eq!(overseas, mainland, "one organisation, wherever the form was");
    assert_eq!(overseas.country(), Country::FR);
}

#[test]
fn domain_3_northern_ireland_is_of_the_united_kingdom_with_a_prefix_of_its_own() {
    let number = RegisteredNumber::parse(Scheme::Vat, Country::GB, "XI980780684").unwrap();
    assert_eq!((number.country(), number.value()), (Country::GB, "XI980780684"));
    assert_eq!(number.vat().unwrap().prefix(), VatPrefix::NorthernIreland);
}

#[test]
fn a_number_tells_the_business_behind_it() {
    for (scheme, country, typed, siren) in [
        (Scheme::Siret, Country::FR, "73282932000074", Some("732829320")),
        (Scheme::Siret, Country::FR, "35600000049837", Some("356000000")),
        (Scheme::Vat, Country::FR, "FR83404833048", Some("404833048")),
        (Scheme::Vat, Country::MC, "FR53000004605", None),
        (Scheme::Vat, Country::DE, "136695976", None),
        (Scheme::Other, Country::FR, "732829320", None),
    ] {
        let number = RegisteredNumber::parse(scheme, country, typed).unwrap();
        assert_eq!(number.siren().as_ref().map(Siren::as_str), siren, "{typed}");
        assert_eq!(number.siret().is_some(), scheme == Scheme::Siret);
    }
}

#[test]
fn what_a_row_says_has_to_be_what_was_written() {
    for (scheme, country, value, fits) in [
        (Scheme::Siret, Country::FR, "73282932000074", true),
        (Scheme::Siret, Country::RE, "73282932000074", false),
        (Scheme::Siret, Country::FR, "732 829 320 00074", false),
        (Scheme::Siret, Country::FR, "73282932000079", false),
        (Scheme::Vat, Country::DE, "DE136695976", true),
        (Scheme::Vat, Country::DE, "DE136695977", true), // VIES overruled its check digit
        (Scheme::Vat, Country::DE, "136695976", false),
        (Scheme::Vat, Country::GB, "XI980780684", true),
        (Scheme::Vat, Country::FR, "DE136695976", false),
        (Scheme::Other, Country::WF, "201910123", true),
        (Scheme::Other, Country::WF, "2019.1.0123", false),
    ] {
        let number = RegisteredNumber::from_row(scheme, country, value);
        assert_eq!(number.is_ok(), fits, "{scheme} {country} {value}");
        if let Ok(number) = number {
            let text = serde_json::to_string(&number).unwrap();
            assert_eq!(text, format!("\"{scheme}:{country}:{value}\""));
            assert_eq!(serde_json::from_str::<RegisteredNumber>(&text).unwrap(), number);
        }
    }
    for text in ["\"\"", "\"siret\"", "\"siret:FR\"", "\"siren:FR:732829320\"", "\"siret:XX:73282932000074\""] {
        assert!(serde_json::from_str::<RegisteredNumber>(text).is_err(), "{text}");
    }
}

#[test]
fn a_number_that_vies_confirmed_is_registered_against_its_check_digit() {
    let Ok(Reading::Doubtful(vat)) = VatNumber::read(VatPrefix::Of(Country::DE), "136695977") else { panic!() };
    let number = RegisteredNumber::from(vat.clone());
    assert_eq!((number.scheme(), number.country(), number.vat()), (Scheme::Vat, Country::DE, Some(vat)));
    assert_eq!(RegisteredNumber::from(Siret::parse("73282932000074").unwrap()).value(), "73282932000074");
}

proptest! {
    #[test]
    fn sr_173_one_number_has_one_form_however_it_is_typed(
        at in 0_usize..249,
        typed in "[A-Z]{0,3}[0-9 .-]{5,14}[A-Z]{0,2}|\\PC{0,45}",
    ) {
        for country in [Country::all()[at], Country::FR, Country::NC, Country::PF] {
            for scheme in Scheme::ALL {
                let Ok(number) = RegisteredNumber::parse(scheme, country, &typed) else { continue };
                // SR-174: read again from what it is stored as, and from what people are shown, it is the same.
                for again in [number.value(), &number.shown()] {
                    let again = RegisteredNumber::parse(scheme, number.country(), again);
                    prop_assert_eq!(again.as_ref(), Ok(&number));
                }
                prop_assert_eq!(RegisteredNumber::from_row(scheme, number.country(), number.value()), Ok(number));
            }
        }
    }

    #[test]
    fn sr_208_whatever_is_typed_gets_an_answer(typed in any::<String>(), at in 0_usize..249) {
        for scheme in Scheme::ALL {
            let _ = RegisteredNumber::parse(scheme, Country::all()[at], &typed);
        }
        prop_assert!(canonical_is_not_longer(&typed));
    }
}

/// What is left out makes a text shorter; what NFKC spells out makes it at most eighteen times as long (UAX #15, §9).
fn canonical_is_not_longer(typed: &str) -> bool {
    normalise::canonical(typed).chars().count() <= 18 * typed.chars().count()
}
