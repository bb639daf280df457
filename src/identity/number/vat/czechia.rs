//! Czechia: eight digits for bodies, nine or ten for persons (DOMAIN.md §3).
//!
//! Persons have a birth number, which had nine digits and no check digit until 1953, or nine digits that begin with six.

use super::Shaped;
use super::birth::is_day;
use crate::identity::number::digits::{digits, modulo, weighted};

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let body = digits::<8>(text).filter(|[first, ..]| *first != 9).map(|digits| is_body(&digits));
    let person = || match (digits::<9>(text), digits::<10>(text)) {
        (Some(digits), _) if text.starts_with('6') => Some(is_six(&digits)),
        (Some(digits), _) => Some(is_born_before_1954(&digits)),
        (_, Some(digits)) => Some(is_born_since_1954(&digits)),
        _ => None,
    };
    Some(Shaped::new(text, body.or_else(person)?))
}

/// Ten counts as zero, eleven as one.
fn is_body(digits: &[u32; 8]) -> bool {
    let [body @ .., check] = digits;
    (11 - weighted(body, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == *check
}

/// A number that is not of birth: the six does not count.
fn is_six(digits: &[u32; 9]) -> bool {
    let [_, body @ .., check] = digits;
    // Eighteen is eight and a ten more: the outer modulus is the same, and nothing goes below zero.
    let inner = (10 - weighted(body, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    (18 - inner) % 10 == *check
}

fn is_born_before_1954(digits: &[u32; 9]) -> bool {
    let [y1, y2, m1, m2, d1, d2, ..] = digits;
    let year = y1 * 10 + y2;
    let century = if year >= 80 { 1800 } else { 1900 };
    century + year < 1954 && is_day(century + year, month(m1 * 10 + m2), d1 * 10 + d2)
}

fn is_born_since_1954(digits: &[u32; 10]) -> bool {
    let [y1, y2, m1, m2, d1, d2, ..] = digits;
    let year = y1 * 10 + y2;
    let century = if year < 54 { 2000 } else { 1900 };
    let [body @ .., check] = digits;
    is_day(century + year, month(m1 * 10 + m2), d1 * 10 + d2) && modulo(body, 11) % 10 == *check
}

/// Women have fifty months more; twenty more are where a day ran out of numbers.
const fn month(written: u32) -> u32 {
    written % 50 % 20
}
