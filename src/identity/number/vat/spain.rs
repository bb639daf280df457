//! Spain: nine characters, the first or last a letter, or both (DOMAIN.md §3).
//!
//! Persons have a check letter; what they are is told by the first character. Bodies have a check character, a digit or
//! a letter by their kind; either is taken.

use super::Shaped;
use crate::identity::number::digits::{digits, luhn_sum, modulo};

/// The check letter of a person by its remainder.
const OF_PERSONS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
/// The check letter of a body by its check digit.
const OF_BODIES: &str = "JABCDEFGHI";

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let mut characters = text.chars();
    let (first, last) = (characters.next()?, characters.next_back()?);
    let middle = characters.as_str();
    let right = match first {
        '0'..='9' => is_person(&format!("{first}{middle}"), last),
        'X' | 'K' | 'L' | 'M' => is_person(&format!("0{middle}"), last),
        'Y' => is_person(&format!("1{middle}"), last),
        'Z' => is_person(&format!("2{middle}"), last),
        'A'..='H' | 'J' | 'N' | 'P'..='S' | 'U'..='W' => is_body(middle, last),
        _ => None,
    };
    Some(Shaped::new(text, right?))
}

fn is_person(number: &str, letter: char) -> Option<bool> {
    let remainder = modulo(&digits::<8>(number)?, 23);
    let place = OF_PERSONS.find(letter);
    letter.is_ascii_uppercase().then(|| place.is_some_and(|place| u32::try_from(place) == Ok(remainder)))
}

fn is_body(number: &str, check: char) -> Option<bool> {
    let digits = digits::<8>(&format!("{number}0"))?;
    let right = (10 - luhn_sum(&digits) % 10) % 10;
    let place = || OF_BODIES.find(check).and_then(|place| u32::try_from(place).ok());
    let typed = check.to_digit(10).or_else(place);
    check.is_ascii_alphanumeric().then_some(typed == Some(right))
}
