//! Telephone numbers: what people type, and E.164, which is stored (DOMAIN.md §4).
//!
//! A number without a calling code is read as one dials it in the country of the form. France dials its overseas
//! departments like its own, while the world gives each a code: `0590…` is +590. Whether anybody answers is not judged.

use serde::{Deserialize, Serialize};

use super::Country;
use super::calling::{self, Plan};
use crate::identity::number::normalise::canonical;

/// Most digits of a number with its calling code (E.164 §6).
const LONGEST: usize = 15;

/// Where zones begin that are dialled from France, and from each other, like a number of France.
const OVERSEAS: [(&str, &str); 13] = [
    ("262", "262"),
    ("263", "262"),
    ("269", "262"),
    ("639", "262"),
    ("692", "262"),
    ("693", "262"),
    ("590", "590"),
    ("690", "590"),
    ("691", "590"),
    ("594", "594"),
    ("694", "594"),
    ("596", "596"),
    ("696", "596"),
];

/// A telephone number in E.164: a plus sign and at most fifteen digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongPhone {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Something else than digits and what stands between them.
    #[error("something else than digits")]
    NotDigits,
    /// Fewer digits than numbers have there.
    #[error("too few digits")]
    TooShort,
    /// More digits than numbers have there.
    #[error("too many digits")]
    TooLong,
    /// No number begins like that there.
    #[error("no number begins like that there")]
    Beginning,
    /// No country has that calling code, or the one chosen has no telephones of its own.
    #[error("no such calling code")]
    CallingCode,
}

impl PhoneNumber {
    /// Reads what a person typed on a form of `country`.
    pub fn parse(typed: &str, country: Country) -> Result<Self, WrongPhone> {
        let dialled = dialled(typed)?;
        if let Some(international) = international(&dialled, country) {
            return Self::of_international(international);
        }
        let plan = calling::of_country(country).ok_or(WrongPhone::CallingCode)?;
        let number = without_trunk(plan, &dialled);
        match overseas(plan, number) {
            Some((code, number)) => Ok(Self(format!("+{code}{number}"))),
            None => Self::checked(plan, number),
        }
    }

    /// Reads what was written for no country in particular: with a plus sign and the calling code.
    pub fn parse_international(typed: &str) -> Result<Self, WrongPhone> {
        let dialled = dialled(typed)?;
        dialled.strip_prefix('+').ok_or(WrongPhone::CallingCode).and_then(Self::of_international)
    }

    fn of_international(digits: &str) -> Result<Self, WrongPhone> {
        let plan = calling::of_number(digits).ok_or(WrongPhone::CallingCode)?;
        let number = digits.strip_prefix(plan.code).ok_or(WrongPhone::CallingCode)?;
        // `+33 (0)3 …`: inside the country the zero is dialled, with the code it is not.
        Self::checked(plan, without_trunk(plan, number))
    }

    fn checked(plan: &Plan, number: &str) -> Result<Self, WrongPhone> {
        if number.len() < plan.shortest {
            Err(WrongPhone::TooShort)
        } else if plan.trunk == "0" && number.starts_with('0') {
            Err(WrongPhone::Beginning)
        } else if number.len() > plan.longest || plan.code.len() + number.len() > LONGEST {
            Err(WrongPhone::TooLong)
        } else {
            Ok(Self(format!("+{}{number}", plan.code)))
        }
    }

    /// In E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups, with its calling code: `+33 3 20 20 20 20`.
    pub fn shown(&self) -> String {
        let digits = self.0.trim_start_matches('+');
        let code = calling::of_number(digits).map_or("", |plan| plan.code);
        let number = digits.strip_prefix(code).unwrap_or(digits);
        format!("+{code} {}", grouped(code, number))
    }
}

/// What was typed without what stands between digits: digits, and a plus sign before them at most.
fn dialled(typed: &str) -> Result<String, WrongPhone> {
    let text: String = canonical(typed).chars().filter(|character| !"()[]".contains(*character)).collect();
    let digits = text.strip_prefix('+').unwrap_or(&text);
    match (digits.is_empty(), digits.bytes().all(|byte| byte.is_ascii_digit())) {
        (true, _) => Err(WrongPhone::Empty),
        (_, false) => Err(WrongPhone::NotDigits),
        _ => Ok(text),
    }
}

/// The number with its calling code if it has one: after a plus sign, or after what is dialled for abroad, two zeros
/// nearly everywhere and 011 in North America.
fn international(dialled: &str, country: Country) -> Option<&str> {
    let north_america = calling::of_country(country).is_some_and(|plan| plan.code == "1");
    let abroad = |prefix| dialled.strip_prefix(prefix);
    abroad("+").or_else(|| abroad("00")).or_else(|| abroad("011").filter(|_| north_america))
}

/// The number without what is dialled before it inside its country. A zero never begins a number where it is dialled;
/// other digits may, and are left out only from what would be too long with them.
fn without_trunk<'a>(plan: &Plan, number: &'a str) -> &'a str {
    let certain = plan.trunk == "0" || number.len() > plan.longest;
    number.strip_prefix(plan.trunk).filter(|_| certain).unwrap_or(number)
}

/// The calling code and the number of what France and its overseas zones dial like each other.
fn overseas<'a>(plan: &Plan, number: &'a str) -> Option<(&'static str, &'a str)> {
    let dials = ["33", "590", "594", "596", "262", "508"].contains(&plan.code) && number.len() == 9;
    let begins = number.get(..3).filter(|_| dials)?;
    if begins == "508" {
        return number.get(3..).map(|rest| ("508", rest)); // Saint-Pierre-et-Miquelon has six digits behind its code
    }
    let zone = OVERSEAS.iter().find(|(beginning, _)| *beginning == begins).map(|(_, code)| *code);
    // The first digit is a region of France, or mobiles; what begins with 8 and 9 stays where it was dialled.
    let mainland = || Some("33").filter(|_| ('1'..='7').any(|region| number.starts_with(region)));
    zone.or_else(mainland).map(|code| (code, number))
}

/// Pairs behind the first digits of French and overseas numbers; elsewhere threes, and what is left of four or less.
fn grouped(code: &str, number: &str) -> String {
    let first = match (code, number.len()) {
        ("33", 9) => 1,
        ("590" | "594" | "596" | "262", 9) => 3,
        ("377" | "689" | "508" | "687" | "681", length) if length % 2 == 0 => 2,
        _ => 0,
    };
    let mut shown = String::with_capacity(number.len() * 2);
    for (place, digit) in number.chars().enumerate() {
        let left = number.len() - place;
        let behind_first = place >= first && left.is_multiple_of(2);
        let by_three = place > 0 && place % 3 == 0 && left > 1;
        let new_group = if first > 0 { behind_first } else { by_three };
        if new_group {
            shown.push(' ');
        }
        shown.push(digit);
    }
    shown
}

impl TryFrom<String> for PhoneNumber {
    type Error = WrongPhone;
    fn try_from(text: String) -> Result<Self, WrongPhone> {
        Self::parse_international(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str, country: Country) -> Result<String, WrongPhone> {
        PhoneNumber::parse(typed, country).map(String::from)
    }

    #[test]
    fn domain_4_a_french_number_is_read_however_it_is_written() {
        for typed in [
            "0320202020",
            "03 20 20 20 20",
            "03.20.20.20.20",
            "03-20-20-20-20",
            "03\u{a0}20\u{a0}20\u{a0}20\u{a0}20",
            "+33 (0)3 20 20 20 20",
            "+33(0)320202020",
            "+33 03 20 20 20 20",
            "+33 3 20 20 20 20",
            "0033320202020",
            "0033 (0)3 20 20 20 20",
            "＋３３ ３ ２０ ２０ ２０ ２０",
            "320202020",
        ] {
            assert_eq!(read(typed, Country::FRANCE), Ok("+33320202020".to_owned()), "{typed}");
        }
    }

    #[test]
    fn domain_4_each_zone_has_its_calling_code() {
        use Country::{BL, CA, DE, FR, GA, GB, GF, GP, HU, IT, LU, MC, MF, MQ, NC, PF, PM, RE, RU, US, WF, YT};
        for (country, typed, number) in [
            (FR, "06 12 34 56 78", "+33612345678"),
            (FR, "0 800 12 34 56", "+33800123456"),
            (FR, "09 70 12 34 56", "+33970123456"),
            // dialled from the mainland like a number of the mainland
            (FR, "0590 12 34 56", "+590590123456"),
            (FR, "0690 12 34 56", "+590690123456"),
            (FR, "0594 12 34 56", "+594594123456"),
            (FR, "0596 12 34 56", "+596596123456"),
            (FR, "0262 12 34 56", "+262262123456"),
            (FR, "0639 12 34 56", "+262639123456"),
            (FR, "0508 41 12 34", "+508411234"),
            // and the other way
            (GP, "01 42 68 53 00", "+33142685300"),
            (RE, "06 12 34 56 78", "+33612345678"),
            (MQ, "0590 12 34 56", "+590590123456"),
            (GP, "0590 12 34 56", "+590590123456"),
            (BL, "0590 27 12 34", "+590590271234"),
            (MF, "0690 12 34 56", "+590690123456"),
            (GF, "0594 12 34 56", "+594594123456"),
            (MQ, "0696 12 34 56", "+596696123456"),
            (RE, "0262 12 34 56", "+262262123456"),
            (YT, "0269 12 34 56", "+262269123456"),
            (RE, "0 800 12 34 56", "+262800123456"),
            (PM, "41 12 34", "+508411234"),
            (PM, "0508 41 12 34", "+508411234"),
            (NC, "12 34 56", "+687123456"),
            (PF, "40 12 34 56", "+68940123456"),
            (WF, "72 12 34", "+681721234"),
            (MC, "98 76 54 32", "+37798765432"),
            (FR, "+590 590 12 34 56", "+590590123456"),
            (FR, "+590 (0)590 12 34 56", "+590590123456"),
            (FR, "00 687 12 34 56", "+687123456"),
            (NC, "+33 3 20 20 20 20", "+33320202020"),
            (DE, "030 1234567", "+49301234567"),
            (GB, "020 7946 0018", "+442079460018"),
            (FR, "+44 (0)20 7946 0018", "+442079460018"),
            (IT, "06 1234 5678", "+390612345678"), // Italy's zero is of the number
            (FR, "+39 06 1234 5678", "+390612345678"),
            (US, "(212) 555-0123", "+12125550123"),
            (US, "1 212 555 0123", "+12125550123"),
            (CA, "011 33 3 20 20 20 20", "+33320202020"),
            (HU, "06 1 234 5678", "+3612345678"),
            (RU, "8 495 123-45-67", "+74951234567"),
            (RU, "+7 495 123-45-67", "+74951234567"),
            (LU, "27 12 34", "+352271234"),
            (GA, "011 12 34 56", "+24111123456"),
            (FR, "+800 1234 5678", "+80012345678"),
        ] {
            assert_eq!(read(typed, country), Ok(number.to_owned()), "{country} {typed}");
        }
    }

    #[test]
    fn domain_4_what_is_no_number_says_why() {
        use Country::{AQ, FR, US};
        use WrongPhone as Wrong;
        for (country, typed, wrong) in [
            (FR, "", Wrong::Empty),
            (FR, " - ", Wrong::Empty),
            (FR, "+", Wrong::Empty),
            (FR, "03 20 20 20 2", Wrong::TooShort),
            (FR, "03 20 20 20 20 20", Wrong::TooLong),
            (FR, "3949", Wrong::TooShort),
            (FR, "poste 12", Wrong::NotDigits),
            (FR, "03 20 20 20 20 poste 12", Wrong::NotDigits),
            (FR, "03 20 20 20 2O", Wrong::NotDigits),
            (FR, "33+320202020", Wrong::NotDigits),
            (FR, "++33320202020", Wrong::NotDigits),
            (FR, "٠٣٢٠٢٠٢٠٢٠", Wrong::NotDigits),
            (FR, "+999 123 456", Wrong::CallingCode),
            (FR, "+0 320202020", Wrong::CallingCode),
            (FR, "00", Wrong::CallingCode),
            (FR, "+33 00 20 20 20 20", Wrong::Beginning),
            (FR, "+49 123456789012345", Wrong::TooLong),
            (US, "555-0123", Wrong::TooShort),
            (AQ, "1", Wrong::TooShort),
        ] {
            assert_eq!(read(typed, country), Err(wrong), "{country} {typed}");
        }
        assert_eq!(PhoneNumber::parse_international("03 20 20 20 20"), Err(Wrong::CallingCode));
    }

    #[test]
    fn domain_4_a_number_is_shown_in_groups() {
        for (number, shown) in [
            ("+33320202020", "+33 3 20 20 20 20"),
            ("+590590123456", "+590 590 12 34 56"),
            ("+687123456", "+687 12 34 56"),
            ("+68940123456", "+689 40 12 34 56"),
            ("+37798765432", "+377 98 76 54 32"),
            ("+12125550123", "+1 212 555 0123"),
            ("+442079460018", "+44 207 946 0018"),
            ("+352271234", "+352 271 234"),
        ] {
            assert_eq!(PhoneNumber::parse_international(number).unwrap().shown(), shown);
        }
    }

    #[test]
    fn every_country_has_a_calling_code_and_none_begins_another() {
        for country in Country::all() {
            assert!(calling::of_country(*country).is_some(), "{country}");
        }
        for (plan, other) in
            calling::PLANS.iter().flat_map(|plan| calling::PLANS.iter().map(move |other| (plan, other)))
        {
            assert!(plan.code == other.code || !other.code.starts_with(plan.code), "{} {}", plan.code, other.code);
            assert!(plan.shortest <= plan.longest && plan.code.len() + plan.longest <= LONGEST, "{}", plan.code);
        }
    }

    proptest! {
        #[test]
        fn sr_174_a_number_is_read_again_the_same(typed in "[+]?[0-9 ().-]{4,20}|\\PC{0,20}", at in 0_usize..249) {
            if let Ok(number) = PhoneNumber::parse(&typed, Country::all()[at]) {
                prop_assert!(number.as_str().len() <= 16 && number.as_str().starts_with('+'));
                for country in [Country::FRANCE, Country::US, Country::RU] {
                    prop_assert_eq!(PhoneNumber::parse(number.as_str(), country), Ok(number.clone()));
                    prop_assert_eq!(PhoneNumber::parse(&number.shown(), country), Ok(number.clone()));
                }
            }
        }
    }
}
