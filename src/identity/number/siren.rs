//! SIREN and SIRET: businesses and establishments in the French register (DOMAIN.md §1).
//!
//! A SIREN is one legal unit and is never reused; a SIRET is one of its establishments: the SIREN and five digits more.
//! Both carry a check digit by Luhn, and both are checked: some typing errors in the first nine digits leave all fourteen
//! right. La Poste has too many establishments for that rule, and one of its own.

use serde::{Deserialize, Serialize};

use super::WrongNumber;
use super::digits::{digits, is_digits, is_zeros, luhn};
use super::normalise::canonical;

/// La Poste.
const LA_POSTE: &str = "356000000";

/// A legal unit: nine digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siren(String);

impl Siren {
    /// Reads what a person typed.
    pub fn parse(typed: &str) -> Result<Self, WrongNumber> {
        let text = only_digits::<9>(typed)?;
        if is_siren(&text) { Ok(Self(text)) } else { Err(WrongNumber::TypingError) }
    }

    /// The nine digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups: `732 829 320`.
    pub fn shown(&self) -> String {
        grouped(&self.0)
    }
}

/// An establishment: fourteen digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siret(String);

impl Siret {
    /// Reads what a person typed.
    pub fn parse(typed: &str) -> Result<Self, WrongNumber> {
        let text = match only_digits::<14>(typed) {
            Err(WrongNumber::Length { got: 9, .. }) => return Err(WrongNumber::LooksLikeSiren),
            other => other?,
        };
        if is_siret(&text) { Ok(Self(text)) } else { Err(WrongNumber::TypingError) }
    }

    /// The fourteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The legal unit whose establishment it is.
    pub fn siren(&self) -> Siren {
        Siren(self.0.chars().take(9).collect())
    }

    /// In groups: `732 829 320 00074`.
    pub fn shown(&self) -> String {
        grouped(&self.0)
    }
}

/// `N` digits that are not all zeros.
fn only_digits<const N: usize>(typed: &str) -> Result<String, WrongNumber> {
    let text = canonical(typed);
    if text.is_empty() {
        Err(WrongNumber::Empty)
    } else if !is_digits(&text, text.len()) {
        Err(WrongNumber::NotDigits)
    } else if text.len() != N {
        Err(WrongNumber::Length { expected: N, got: text.len() })
    } else if is_zeros(&text) {
        Err(WrongNumber::AllZeros)
    } else {
        Ok(text)
    }
}

/// Whether nine digits can be a SIREN.
pub(super) fn is_siren(text: &str) -> bool {
    digits::<9>(text).is_some_and(|digits| luhn(&digits)) && !is_zeros(text)
}

/// Whether fourteen digits can be a SIRET. La Poste's add up to a multiple of five, its head office's by Luhn's rule.
fn is_siret(text: &str) -> bool {
    let Some(digits) = digits::<14>(text) else { return false };
    let by_sum = text.starts_with(LA_POSTE) && digits.iter().sum::<u32>().is_multiple_of(5);
    text.get(..9).is_some_and(is_siren) && (luhn(&digits) || by_sum)
}

/// Groups of three, and the rest from the tenth digit on as one.
pub(super) fn grouped(text: &str) -> String {
    let space_before = |place| matches!(place, 3 | 6 | 9);
    let spaced = |(place, digit)| [Some(' ').filter(|_| space_before(place)), Some(digit)];
    text.chars().enumerate().flat_map(spaced).flatten().collect()
}

impl TryFrom<String> for Siren {
    type Error = WrongNumber;
    fn try_from(text: String) -> Result<Self, WrongNumber> {
        Self::parse(&text)
    }
}

impl From<Siren> for String {
    fn from(siren: Siren) -> Self {
        siren.0
    }
}

impl TryFrom<String> for Siret {
    type Error = WrongNumber;
    fn try_from(text: String) -> Result<Self, WrongNumber> {
        Self::parse(&text)
    }
}

impl From<Siret> for String {
    fn from(siret: Siret) -> Self {
        siret.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn domain_1_what_is_a_siren_and_what_is_not() {
        for (typed, verdict) in [
            ("732829320", Ok(())),
            ("404833048", Ok(())),
            ("130025265", Ok(())),
            ("481463081", Ok(())),
            ("356000000", Ok(())),
            ("732829321", Err(WrongNumber::TypingError)),
            ("404833047", Err(WrongNumber::TypingError)),
            ("000000000", Err(WrongNumber::AllZeros)),
            ("73282932", Err(WrongNumber::Length { expected: 9, got: 8 })),
            ("73282932A", Err(WrongNumber::NotDigits)),
            ("", Err(WrongNumber::Empty)),
        ] {
            assert_eq!(Siren::parse(typed).map(|_| ()), verdict, "{typed}");
        }
    }

    #[test]
    fn domain_1_what_is_a_siret_and_what_is_not() {
        use WrongNumber as Wrong;
        for (typed, verdict) in [
            ("73282932000074", Ok("732 829 320 00074")),
            ("48146308100036", Ok("481 463 081 00036")),
            ("13002526500013", Ok("130 025 265 00013")),
            ("21750001600019", Ok("217 500 016 00019")),
            ("12002701600563", Ok("120 027 016 00563")),
            ("35600000000048", Ok("356 000 000 00048")), // La Poste's head office, by Luhn
            ("35600000009075", Ok("356 000 000 09075")), // by the sum of 35
            ("35600000049837", Ok("356 000 000 49837")), // by the sum of 45
            ("35600000049838", Err(Wrong::TypingError)), // 46
            ("73282932000079", Err(Wrong::TypingError)),
            ("48146308100037", Err(Wrong::TypingError)),
            ("73282932800887", Err(Wrong::TypingError)), // right by Luhn over all fourteen, wrong over nine
            ("7328293200007", Err(Wrong::Length { expected: 14, got: 13 })),
            ("732829320000740", Err(Wrong::Length { expected: 14, got: 15 })),
            ("00000000000000", Err(Wrong::AllZeros)),
            ("732829320", Err(Wrong::LooksLikeSiren)),
            ("732 829 320", Err(Wrong::LooksLikeSiren)),
            (" \u{a0} ", Err(Wrong::Empty)),
        ] {
            assert_eq!(Siret::parse(typed).map(|siret| siret.shown()), verdict.map(str::to_owned), "{typed}");
        }
    }

    #[test]
    fn domain_1_a_siret_may_be_pasted_from_anywhere() {
        for (typed, verdict) in [
            ("732 829 320 00074", Ok("73282932000074")),
            ("732.829.320.00074", Ok("73282932000074")),
            ("732-829-320-00074", Ok("73282932000074")),
            ("732\u{a0}829\u{a0}320\u{a0}00074", Ok("73282932000074")),
            ("732\u{202f}829\u{202f}320\u{202f}00074", Ok("73282932000074")),
            ("\u{200b}73282932000074\u{200b}", Ok("73282932000074")),
            ("７３２８２９３２００００７４", Ok("73282932000074")),
            ("FR 73282932000074", Err(WrongNumber::NotDigits)),
            ("73282932OOOO74", Err(WrongNumber::NotDigits)),
            ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", Err(WrongNumber::NotDigits)), // digits, but no form of ASCII ones
        ] {
            let read = Siret::parse(typed);
            assert_eq!(read.as_ref().map(Siret::as_str).map_err(|wrong| *wrong), verdict, "{typed}");
        }
    }

    #[test]
    fn domain_2_the_numbers_of_the_built_in_register_are_right() {
        for siret in ["00000101600013", "00000102400017", "00000103200010", "00000104000013", "00000105700017"] {
            let read = Siret::parse(siret).unwrap();
            assert_eq!((read.as_str(), read.siren().as_str()), (siret, &siret[..9]));
        }
    }

    #[test]
    fn stored_text_is_read_again_by_the_same_rules() {
        assert_eq!(serde_json::to_string(&Siret::parse("732 829 320 00074").unwrap()).unwrap(), "\"73282932000074\"");
        assert!(serde_json::from_str::<Siret>("\"73282932000079\"").is_err());
        assert!(serde_json::from_str::<Siren>("\"732829321\"").is_err());
    }

    /// The digit that makes `body` right, computed as the register's own description does it: a table of doubles.
    fn check_digit(body: &[u32]) -> u32 {
        let doubles = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
        let sum: u32 =
            body.iter().rev().enumerate().map(|(i, d)| if i % 2 == 0 { doubles[*d as usize] } else { *d }).sum();
        (10 - sum % 10) % 10
    }

    fn text(digits: &[u32]) -> String {
        digits.iter().map(u32::to_string).collect()
    }

    /// A number with its check digits, made independently of the rules above.
    fn siret() -> impl Strategy<Value = Vec<u32>> {
        (proptest::collection::vec(0_u32..10, 8), proptest::collection::vec(0_u32..10, 4))
            .prop_filter("not all zeros", |(unit, _)| unit.iter().any(|digit| *digit != 0))
            .prop_map(|(mut number, establishment)| {
                number.push(check_digit(&number));
                number.extend(establishment);
                number.push(check_digit(&number));
                number
            })
    }

    proptest! {
        #[test]
        fn domain_1_generated_numbers_are_accepted(number in siret()) {
            prop_assert_eq!(Siret::parse(&text(&number)).map(String::from), Ok(text(&number)));
            prop_assert_eq!(Siren::parse(&text(&number[..9])).map(String::from), Ok(text(&number[..9])));
        }

        #[test]
        fn domain_1_one_digit_mistyped_is_always_seen(number in siret(), place in 0_usize..14, by in 1_u32..10) {
            let mut wrong = number;
            wrong[place] = (wrong[place] + by) % 10;
            prop_assume!(!text(&wrong).starts_with(LA_POSTE)); // its rule promises less
            prop_assert!(Siret::parse(&text(&wrong)).is_err());
        }

        #[test]
        fn sr_174_what_is_read_is_read_again_the_same(typed in "[0-9 .\u{a0}-]{9,20}|\\PC{0,30}") {
            if let Ok(siret) = Siret::parse(&typed) {
                prop_assert_eq!(Siret::parse(&siret.shown()), Ok(siret.clone()));
                prop_assert_eq!(Siret::parse(siret.as_str()), Ok(siret));
            }
        }
    }
}
