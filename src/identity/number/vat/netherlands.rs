//! The Netherlands: nine digits, B, and two digits that are not both zero (DOMAIN.md §3).
//!
//! The numbers of bodies carry a check digit among the nine. Those given to sole traders since 2020 tell nothing of the
//! person and are checked as a whole. Which of the two a number is cannot be seen: either rule will do.

use super::Shaped;
use crate::identity::number::digits::{digits, is_digits, weighted};

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let (nine, end) = text.split_once('B')?;
    let nine = digits::<9>(nine).filter(|_| is_digits(end, 2) && end != "00")?;
    Some(Shaped::new(text, is_body(&nine) || is_sole_trader(text)))
}

fn is_body(nine: &[u32; 9]) -> bool {
    let [body @ .., check] = nine;
    weighted(body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == *check
}

/// ISO 7064, MOD 97-10: with the prefix, each letter as its number from ten, the remainder is one.
fn is_sole_trader(text: &str) -> bool {
    let values = "NL".chars().chain(text.chars()).filter_map(|character| character.to_digit(36));
    let append = |remainder: u32, value: u32| (remainder * if value < 10 { 10 } else { 100 } + value) % 97;
    values.fold(0, append) == 1
}
