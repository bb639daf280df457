//! The vectors of DOMAIN.md §3, and what check digits promise.

use proptest::prelude::*;

use super::*;
use crate::identity::language::Language;

/// Reads on a form of that prefix: the number with its prefix, or what is wrong.
fn read(prefix: &str, typed: &str) -> Result<String, WrongNumber> {
    match VatNumber::read(prefix.parse().unwrap(), typed)? {
        Reading::Sound(number) => Ok(number.into()),
        Reading::Doubtful(_) => Err(WrongNumber::TypingError),
    }
}

#[test]
fn domain_3_the_numbers_of_each_member_and_their_typing_errors() {
    for (prefix, valid, invalid) in [
        ("AT", "U13585627", "U13585628"),
        ("BE", "0428759497", "0428759498"),
        ("BG", "175074752 7523169263", "175074753"),
        ("CY", "10259033P", "10259033G"),
        ("CZ", "25123891 640903926 7103192745", "25123892"),
        ("DE", "136695976", "136695977"),
        ("DK", "13585628", "13585629"),
        ("EE", "100594102", "100594103"),
        ("EL", "094259216", "094259217"),
        ("ES", "B58378431 54362315K X5253868R", "B58378432"),
        ("FI", "20774740", "20774741"),
        ("FR", "83404833048 K7399859412 4Z123456782 53000004605", "83404833049 84323140391"),
        ("HR", "33392005961", "33392005962"),
        ("HU", "12892312", "12892313"),
        ("IE", "6433435OA 6433435F 8D79739I", "6433435FA"),
        ("IT", "00743110157", "00743110158"),
        ("LT", "119511515 100001919017", "119511516"),
        ("LU", "15027442", "15027443"),
        ("LV", "40003521600", "40003521601"),
        ("MT", "11679112", "11679113"),
        ("NL", "004495445B01 002455799B11", "004495446B01"),
        ("PL", "8567346215", "8567346216"),
        ("PT", "501964843", "501964844"),
        ("RO", "18547290", "18547291"),
        ("SE", "123456789701", "123456789801"),
        ("SI", "50223054", "50223055"),
        ("SK", "2022749619", "2022749610"),
        ("XI", "980780684 GD001 HA500", "980780685"),
    ] {
        for number in valid.split(' ') {
            let whole = format!("{prefix}{number}");
            assert_eq!(read(prefix, number), Ok(whole.clone()), "{whole}");
            assert_eq!(read(prefix, &whole), Ok(whole.clone()), "{whole}");
            let spaced: String = whole.to_lowercase().chars().flat_map(|letter| [letter, '\u{a0}']).collect();
            assert_eq!(read(prefix, &spaced), Ok(whole), "{spaced}");
        }
        for number in invalid.split(' ') {
            assert_eq!(read(prefix, number), Err(WrongNumber::TypingError), "{prefix}{number}");
        }
    }
}

#[test]
fn domain_3_a_wrong_form_is_wrong_for_good() {
    for (prefix, typed) in [
        ("AT", "13585627"),
        ("BE", "2428759497"),
        ("BE", "42875949"),
        ("BG", "17507475"),
        ("CY", "12259033P"),
        ("CY", "10259033"),
        ("CZ", "95123891"),
        ("CZ", "2512389"),
        ("DE", "036695976"),
        ("DE", "13669597"),
        ("DK", "03585628"),
        ("EE", "10059410"),
        ("EL", "9425921"),
        ("ES", "543623159"),
        ("ES", "I5837843I"),
        ("ES", "B5837843"),
        ("FI", "2077474"),
        ("FR", "IO334175221"), // neither I nor O in a key
        ("FR", "404833048"),
        ("FR", "12000000000"),
        ("HR", "3339200596"),
        ("HU", "1289231"),
        ("IE", "6433435"),
        ("IE", "6433435FZ"),
        ("IE", "6433435X"), // no remainder has that letter
        ("IE", "8-79739I"),
        ("IT", "00743111018"), // no office 101
        ("LT", "119511525"),
        ("LT", "100001919027"),
        ("LU", "1502744"),
        ("LV", "4000352160"),
        ("MT", "01679112"),
        ("NL", "004495445B00"),
        ("NL", "004495445"),
        ("PL", "856734621"),
        ("PT", "001964843"),
        ("RO", "08547290"),
        ("RO", "1"),
        ("SE", "1234567897"),
        ("SI", "00223054"),
        ("SK", "0022749619"),
        ("XI", "GD500"),
        ("XI", "HA499"),
        ("XI", "98078068"),
        ("XI", "9807806840"),
        ("DE", "EU372000041"), // one-stop numbers are of no country
        ("FR", "IM2760000742"),
        ("DE", "１３６６９５９７é"),
        ("DE", "<136695976>"),
    ] {
        assert_eq!(read(prefix, typed), Err(WrongNumber::Format), "{prefix} {typed}");
    }
    for (prefix, typed, wrong) in [
        ("DE", "", WrongNumber::Empty),
        ("DE", " de ", WrongNumber::Empty),
        ("FI", "00000000", WrongNumber::AllZeros),
        ("HU", "HU00000000", WrongNumber::AllZeros),
        ("DE", "FR83404833048", WrongNumber::OtherCountry),
        ("DE", "EL094259216", WrongNumber::OtherCountry),
        ("FR", "XI980780684", WrongNumber::OtherCountry),
    ] {
        assert_eq!(read(prefix, typed), Err(wrong), "{prefix} {typed}");
    }
}

#[test]
fn domain_3_old_numbers_are_written_as_the_new_ones() {
    assert_eq!(read("BE", "428759497"), Ok("BE0428759497".to_owned()));
    assert_eq!(read("EL", "94259216"), Ok("EL094259216".to_owned()));
    assert_eq!(read("NO", "988077917 MVA"), Ok("NO988077917".to_owned()));
    assert_eq!(read("CH", "CHE-100.155.212 TVA"), Ok("CHE100155212".to_owned()));
}

#[test]
fn domain_3_greece_writes_el_and_northern_ireland_xi() {
    let greek = VatNumber::parse(Country::GR, "GR 094259216").unwrap();
    assert_eq!((greek.as_str(), greek.prefix().as_str(), greek.number()), ("EL094259216", "EL", "094259216"));
    assert_eq!(VatNumber::parse(Country::GR, "EL094259216"), Ok(greek.clone()));
    assert_eq!((greek.prefix().country(), greek.prefix().is_in_vies()), (Country::GR, true));

    let northern = VatNumber::parse(Country::GB, "XI 980 780 684").unwrap();
    assert_eq!((northern.as_str(), northern.number()), ("XI980780684", "980780684"));
    assert_eq!((northern.prefix().country(), northern.prefix().is_in_vies()), (Country::GB, true));
    let chosen = VatNumber::read(VatPrefix::NorthernIreland, "GB980780684").unwrap();
    assert_eq!(chosen, Reading::Sound(northern));

    let british = VatNumber::parse(Country::GB, "980780684").unwrap();
    assert_eq!((british.as_str(), british.prefix().is_in_vies()), ("GB980780684", false));
    assert_eq!(VatNumber::parse(Country::GB, "GB980780685"), Err(WrongNumber::TypingError));
}

#[test]
fn domain_3_a_british_number_may_have_a_branch_and_three_remainders() {
    for (typed, verdict) in [
        ("980780684001", Ok(())),
        ("980780685001", Err(WrongNumber::TypingError)),
        ("100000034", Ok(())),                        // remainder 42
        ("001000036", Err(WrongNumber::TypingError)), // 42 too, and it begins with a zero
    ] {
        assert_eq!(read("XI", typed).map(|_| ()), verdict, "{typed}");
    }
}

#[test]
fn domain_3_the_union_offers_its_members_but_france_and_northern_ireland() {
    for (language, first, last) in
        [(Language::French, "Allemagne", "Tchéquie"), (Language::English, "Austria", "Sweden")]
    {
        let offered = VatPrefix::offered(language);
        let names: Vec<&str> = offered.iter().map(|prefix| prefix.name(language)).collect();
        assert_eq!((names.len(), names.first(), names.last()), (27, Some(&first), Some(&last)));
        assert!(!offered.contains(&VatPrefix::Of(Country::FRANCE)));
        let northern = names.iter().position(|name| ["Irlande du Nord", "Northern Ireland"].contains(name)).unwrap();
        assert_eq!(names[northern - 1], if language == Language::French { "Irlande" } else { "Netherlands" });
        for prefix in offered {
            assert!(prefix.is_in_vies());
            assert_eq!(prefix.as_str().parse(), Ok(prefix), "a form gets back what it offered");
        }
    }
    assert_eq!("GR".parse(), Ok(VatPrefix::Of(Country::GR)));
    assert!("EU".parse::<VatPrefix>().is_err() && "xi".parse::<VatPrefix>().is_err());
}

#[test]
fn domain_3_territories_are_registered_with_a_neighbour() {
    for (country, prefix) in
        [(Country::MC, "FR"), (Country::GP, "FR"), (Country::IM, "GB"), (Country::AX, "FI"), (Country::NC, "NC")]
    {
        assert_eq!(VatPrefix::of(country).as_str(), prefix);
    }
}

#[test]
fn domain_3_the_key_of_a_french_number_follows_from_the_siren() {
    for (siren, number, shown) in [
        ("732829320", "FR44732829320", "FR 44 732 829 320"),
        ("481463081", "FR85481463081", "FR 85 481 463 081"),
        ("130025265", "FR07130025265", "FR 07 130 025 265"),
        ("356000000", "FR39356000000", "FR 39 356 000 000"),
        ("404833048", "FR83404833048", "FR 83 404 833 048"),
        ("000001016", "FR53000001016", "FR 53 000 001 016"),
    ] {
        let computed = VatNumber::french(&Siren::parse(siren).unwrap());
        assert_eq!((computed.as_str(), computed.shown().as_str()), (number, shown));
        assert_eq!(VatNumber::parse(Country::FRANCE, number), Ok(computed));
    }
}

#[test]
fn domain_3_a_french_number_tells_its_siren_and_one_of_monaco_none() {
    for (number, siren) in
        [("FR83404833048", Some("404833048")), ("FRK7399859412", Some("399859412")), ("FR53000004605", None)]
    {
        let siren = siren.map(|siren| Siren::parse(siren).unwrap());
        assert_eq!(VatNumber::parse(Country::FRANCE, number).unwrap().siren(), siren, "{number}");
    }
    assert_eq!(VatNumber::parse(Country::MC, "FR53000004605").unwrap().as_str(), "FR53000004605");
    assert_eq!(VatNumber::parse(Country::DE, "136695976").unwrap().siren(), None);
    // A key that is right for nine digits that are no SIREN.
    assert_eq!(read("FR", "47732829321"), Err(WrongNumber::TypingError));
}

#[test]
fn domain_3_vies_may_overrule_a_check_digit() {
    let Ok(Reading::Doubtful(number)) = VatNumber::read(VatPrefix::Of(Country::DE), "DE 136695977") else {
        panic!("written as German numbers are")
    };
    assert_eq!((number.prefix().as_str(), number.number()), ("DE", "136695977"));
    let stored = serde_json::to_string(&number).unwrap();
    assert_eq!(serde_json::from_str::<VatNumber>(&stored).unwrap(), number, "what VIES confirmed can be stored");
    for stored in ["\"136695976\"", "\"DE13669597\"", "\"de136695976\"", "\"DE 136695976\"", "\"GR094259216\"", "\"\""]
    {
        assert!(serde_json::from_str::<VatNumber>(stored).is_err(), "{stored}");
    }
}

#[test]
fn domain_4_numbers_outside_the_union_are_checked_where_the_rule_is_sure() {
    for (country, typed, read, shown) in [
        (Country::CH, "CHE-100.155.212", Ok("CHE100155212"), "CHE-100.155.212"),
        (Country::CH, "CHE-100.155.212 MWST", Ok("CHE100155212"), "CHE-100.155.212"),
        (Country::CH, "CHE-100.155.213", Err(WrongNumber::TypingError), ""),
        (Country::CH, "100.155.212", Err(WrongNumber::Format), ""),
        (Country::NO, "NO988077917MVA", Ok("NO988077917"), "NO 988077917"),
        (Country::NO, "988077918", Err(WrongNumber::TypingError), ""),
        (Country::GB, "GB 980 7806 84", Ok("GB980780684"), "GB 980780684"),
        (Country::NZ, "49-091-850", Ok("NZ49091850"), "NZ 49091850"),
        (Country::US, "US", Err(WrongNumber::Empty), ""),
    ] {
        let number = VatNumber::parse(country, typed);
        assert_eq!(number.as_ref().map(VatNumber::as_str).map_err(|wrong| *wrong), read, "{typed}");
        assert_eq!(number.map(|number| number.shown()).unwrap_or_default(), shown);
    }
    assert!(!VatPrefix::of(Country::CH).is_in_vies());
}

/// What a scheme's check digits promise.
#[derive(Clone, Copy, PartialEq)]
enum Promise {
    /// Whichever one digit is mistyped, it is seen.
    EveryDigit,
    /// Nearly always: remainders share a check digit.
    Nearly,
}
use Promise::{EveryDigit, Nearly};

/// A number of each kind: `#` any digit, `+` any but zero, `?` a check digit, `@` a check letter; and how many check
/// digits are right for the same others, at most. Sole traders of the Netherlands, persons in Bulgaria and Czechia and
/// twofold remainders of the United Kingdom promise nothing, and stand in the tables above alone.
#[rustfmt::skip]
const KINDS: [(&str, &str, usize, Promise); 35] = [
    ("AT", "U#######?",     1, EveryDigit),
    ("BE", "0#######??",    1, EveryDigit),
    ("BE", "1#######??",    1, EveryDigit),
    ("BG", "########?",     1, Nearly),
    ("CY", "0#######@",     1, EveryDigit),
    ("CZ", "1######?",      1, Nearly),
    ("DE", "+#######?",     1, EveryDigit),
    ("DK", "+######?",      1, EveryDigit),
    ("EE", "########?",     1, EveryDigit),
    ("EL", "########?",     1, Nearly),
    ("ES", "########@",     1, EveryDigit), // persons
    ("ES", "X#######@",     1, EveryDigit),
    ("ES", "B#######?",     1, EveryDigit), // bodies
    ("ES", "P#######@",     1, EveryDigit),
    ("FI", "#######?",      1, EveryDigit),
    ("HR", "##########?",   1, EveryDigit),
    ("HU", "#######?",      1, EveryDigit),
    ("IE", "#######@",      1, EveryDigit),
    ("IE", "#######@A",     1, EveryDigit),
    ("IE", "#A#####@",      1, EveryDigit),
    ("IT", "#######01+?",   1, EveryDigit),
    ("LT", "#######1?",     1, Nearly),
    ("LT", "##########1?",  1, Nearly),
    ("LU", "######??",      1, EveryDigit),
    ("LV", "4#########?",   1, EveryDigit),
    ("MT", "+#####??",      3, EveryDigit), // two digits below a hundred, modulo 37
    ("PL", "#########?",    1, EveryDigit),
    ("PT", "+#######?",     1, Nearly),
    ("RO", "+########?",    1, Nearly),
    ("RO", "+###?",         1, Nearly),
    ("SE", "#########?01",  1, Nearly), // the end is not checked
    ("SI", "+######?",      1, EveryDigit),
    ("SK", "+########?",    1, EveryDigit),
    ("CH", "CHE########?",  1, EveryDigit),
    ("NO", "########?",     1, EveryDigit),
];

/// All numbers of a kind with those digits, whatever their check digits.
fn candidates(kind: &str, digits: &[u32]) -> Vec<String> {
    let mut digits = digits.iter();
    let mut made = vec![String::new()];
    for place in kind.chars() {
        let choices: Vec<char> = match place {
            '#' => vec![char::from_digit(*digits.next().unwrap(), 10).unwrap()],
            '+' => vec![char::from_digit(1 + digits.next().unwrap() % 9, 10).unwrap()],
            '?' => ('0'..='9').collect(),
            '@' => ('A'..='Z').collect(),
            other => vec![other],
        };
        made = made.iter().flat_map(|start| choices.iter().map(move |choice| format!("{start}{choice}"))).collect();
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn domain_3_a_check_digit_is_the_only_one_and_sees_what_it_promises(
        digits in proptest::collection::vec(0_u32..10, 12).prop_filter("not all zeros", |all| all[..2] != [0, 0]),
        place in 0_usize..12,
        by in 1_u32..10,
    ) {
        for (prefix, kind, most, promise) in KINDS {
            let right: Vec<String> =
                candidates(kind, &digits).into_iter().filter(|number| read(prefix, number).is_ok()).collect();
            prop_assert!(right.len() <= most, "{} {:?}", prefix, right);
            for number in right.iter().filter(|_| promise == EveryDigit) {
                let mut letters: Vec<char> = number.chars().collect();
                // Another digit where the kind has its own makes it a number of another kind.
                if !kind.chars().nth(place).is_some_and(|place| "#+?".contains(place)) {
                    continue;
                }
                let Some(digit) = letters[place].to_digit(10) else { continue };
                letters[place] = char::from_digit((digit + by) % 10, 10).unwrap();
                let wrong: String = letters.iter().collect();
                prop_assert!(read(prefix, &wrong).is_err(), "{} {} {}", prefix, number, wrong);
            }
        }
    }

    #[test]
    fn domain_3_computed_french_numbers_are_accepted_and_one_wrong_digit_is_seen(
        siren in 1_u32..100_000_000,
        place in 2_usize..13,
        by in 1_u32..10,
    ) {
        let all = candidates(&format!("{siren:08}?"), &[]);
        let siren = all.iter().find_map(|siren| Siren::parse(siren).ok()).unwrap();
        let number = VatNumber::french(&siren);
        prop_assert_eq!(VatNumber::parse(Country::FRANCE, number.as_str()), Ok(number.clone()));
        let mut letters: Vec<char> = number.as_str().chars().collect();
        letters[place] = char::from_digit((letters[place].to_digit(10).unwrap() + by) % 10, 10).unwrap();
        let wrong: String = letters.iter().collect();
        prop_assert!(VatNumber::parse(Country::FRANCE, &wrong).is_err(), "{}", wrong);
    }

    #[test]
    fn every_remainder_that_can_be_given_has_a_check_digit(digits in proptest::collection::vec(0_u32..10, 12)) {
        // Where none is left out, each beginning has one: the rule refuses nobody.
        for (prefix, kind, ..) in KINDS.into_iter().filter(|(prefix, ..)| {
            !["DK", "FI", "LV", "PL", "SI", "SK", "CH", "NO"].contains(prefix)
        }) {
            let right = candidates(kind, &digits).iter().any(|number| read(prefix, number) != Err(WrongNumber::TypingError));
            prop_assert!(right, "{} {}", prefix, kind);
        }
    }

    #[test]
    fn sr_174_what_is_read_is_read_again_the_same(
        at in 0_usize..249,
        typed in "[A-Z]{0,3}[0-9 .-]{5,14}[A-Z]{0,2}|\\PC{0,45}",
    ) {
        let country = Country::all()[at];
        if let Ok(Reading::Sound(number) | Reading::Doubtful(number)) = VatNumber::read(VatPrefix::of(country), &typed) {
            for again in [number.as_str(), &number.shown()] {
                let (Reading::Sound(read) | Reading::Doubtful(read)) = VatNumber::read(number.prefix(), again).unwrap();
                prop_assert_eq!(read, number.clone());
            }
            let stored = String::from(number.clone());
            prop_assert_eq!(VatNumber::try_from(stored), Ok(number));
        }
    }
}
