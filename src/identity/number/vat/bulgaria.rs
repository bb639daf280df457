//! Bulgaria: nine digits for bodies, ten for persons, of whom there are three kinds (DOMAIN.md §3).

use super::Shaped;
use super::birth::is_day;
use crate::identity::number::digits::{digits, weighted};

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let body = digits::<9>(text).map(|digits| is_body(&digits));
    let person = || digits::<10>(text).map(|digits| is_citizen(&digits) || is_foreigner(&digits) || is_other(&digits));
    Some(Shaped::new(text, body.or_else(person)?))
}

/// Weights from one; where they give ten, weights from three; where those do, zero.
fn is_body(digits: &[u32; 9]) -> bool {
    let [body @ .., check] = digits;
    let right = match weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
        10 => weighted(body, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
        other => other,
    };
    right == *check
}

/// The number of a citizen begins with the day of birth; twenty more months are the century before 1900, forty the one
/// after 2000.
fn is_citizen(digits: &[u32; 10]) -> bool {
    let [y1, y2, m1, m2, d1, d2, ..] = digits;
    let (year, day) = (y1 * 10 + y2, d1 * 10 + d2);
    let (century, month) = match m1 * 10 + m2 {
        month @ 41..=52 => (2000, month - 40),
        month @ 21..=32 => (1800, month - 20),
        month => (1900, month),
    };
    let [body @ .., check] = digits;
    is_day(century + year, month, day) && weighted(body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == *check
}

fn is_foreigner(digits: &[u32; 10]) -> bool {
    let [body @ .., check] = digits;
    weighted(body, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == *check
}

/// Ten is never given; eleven counts as zero.
fn is_other(digits: &[u32; 10]) -> bool {
    let [body @ .., check] = digits;
    (11 - weighted(body, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == *check
}
