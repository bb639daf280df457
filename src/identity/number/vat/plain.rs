//! Countries whose numbers are of one kind: so many digits, one check rule (DOMAIN.md §3).
//!
//! Each function is the row of a country: what a number looks like, and the arithmetic of its check digit.

use super::Shaped;
use crate::identity::number::digits::{digits, is_digits, luhn, luhn_sum, mod_11_10, modulo, weighted};

/// U and eight digits; the sum of Luhn's doubles and the check digit is four more than a multiple of ten.
pub(super) fn austria(text: &str) -> Option<Shaped> {
    let [body @ .., check] = digits::<8>(text.strip_prefix('U')?)?;
    Some(Shaped::new(text, (96 - luhn_sum(&body)) % 10 == check))
}

/// Ten digits, the first 0 or 1; the old nine had a zero less. The last two are what the others lack to multiples of 97.
pub(super) fn belgium(text: &str) -> Option<Shaped> {
    let text = if is_digits(text, 9) { format!("0{text}") } else { text.to_owned() };
    let [body @ .., tens, units] = digits::<10>(&text).filter(|[first, ..]| *first <= 1)?;
    Some(Shaped::new(&text, 97 - modulo(&body, 97) == tens * 10 + units))
}

/// Eleven digits, ISO 7064.
pub(super) fn croatia(text: &str) -> Option<Shaped> {
    Some(Shaped::new(text, mod_11_10(&digits::<11>(text)?)))
}

/// Eight digits, the first not zero.
pub(super) fn denmark(text: &str) -> Option<Shaped> {
    let digits = digits::<8>(text).filter(|[first, ..]| *first != 0)?;
    Some(Shaped::new(text, weighted(&digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)))
}

/// Nine digits.
pub(super) fn estonia(text: &str) -> Option<Shaped> {
    let digits = digits::<9>(text)?;
    Some(Shaped::new(text, weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)))
}

/// Eight digits.
pub(super) fn finland(text: &str) -> Option<Shaped> {
    let digits = digits::<8>(text)?;
    Some(Shaped::new(text, weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11)))
}

/// Nine digits, the first not zero, ISO 7064.
pub(super) fn germany(text: &str) -> Option<Shaped> {
    let digits = digits::<9>(text).filter(|[first, ..]| *first != 0)?;
    Some(Shaped::new(text, mod_11_10(&digits)))
}

/// Nine digits; the old eight had a zero less. A remainder of ten counts as zero.
pub(super) fn greece(text: &str) -> Option<Shaped> {
    let text = if is_digits(text, 8) { format!("0{text}") } else { text.to_owned() };
    let [body @ .., check] = digits::<9>(&text)?;
    Some(Shaped::new(&text, weighted(&body, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == check))
}

/// Eight digits.
pub(super) fn hungary(text: &str) -> Option<Shaped> {
    let digits = digits::<8>(text)?;
    Some(Shaped::new(text, weighted(&digits, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)))
}

/// Eleven digits, Luhn; the eighth to tenth are the office: a province, or one of four others.
pub(super) fn italy(text: &str) -> Option<Shaped> {
    let digits = digits::<11>(text)?;
    let [_, _, _, _, _, _, _, office @ .., _] = digits;
    let known = matches!(modulo(&office, 1000), 1..=100 | 120 | 121 | 888 | 999);
    known.then(|| Shaped::new(text, luhn(&digits)))
}

/// Eight digits, the last two the remainder of the others by 89.
pub(super) fn luxembourg(text: &str) -> Option<Shaped> {
    let [body @ .., tens, units] = digits::<8>(text)?;
    Some(Shaped::new(text, modulo(&body, 89) == tens * 10 + units))
}

/// Eight digits, the first not zero.
pub(super) fn malta(text: &str) -> Option<Shaped> {
    let digits = digits::<8>(text).filter(|[first, ..]| *first != 0)?;
    Some(Shaped::new(text, weighted(&digits, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37)))
}

/// Ten digits. A remainder of ten is never given.
pub(super) fn poland(text: &str) -> Option<Shaped> {
    let [body @ .., check] = digits::<10>(text)?;
    Some(Shaped::new(text, weighted(&body, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == check))
}

/// Nine digits, the first not zero. Ten and eleven count as zero.
pub(super) fn portugal(text: &str) -> Option<Shaped> {
    let [body @ .., check] = digits::<9>(text).filter(|[first, ..]| *first != 0)?;
    let right = match 11 - weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        10 | 11 => 0,
        other => other,
    };
    Some(Shaped::new(text, right == check))
}

/// Two to ten digits, the first not zero: the weights are those of the last places.
pub(super) fn romania(text: &str) -> Option<Shaped> {
    let shaped = (2..=10).contains(&text.len()) && !text.starts_with('0');
    let [body @ .., check] = digits::<10>(&format!("{text:0>10}")).filter(|_| shaped)?;
    Some(Shaped::new(text, weighted(&body, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == check))
}

/// Ten digits by Luhn, and two, nearly always 01, for the unit of a group.
pub(super) fn sweden(text: &str) -> Option<Shaped> {
    let [number @ .., _, _] = digits::<12>(text)?;
    Some(Shaped::new(text, luhn(&number)))
}

/// Eight digits, the first not zero. Ten counts as zero, eleven is never given.
pub(super) fn slovenia(text: &str) -> Option<Shaped> {
    let [body @ .., check] = digits::<8>(text).filter(|[first, ..]| *first != 0)?;
    let right = match 11 - weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
        10 => Some(0),
        11 => None,
        other => Some(other),
    };
    Some(Shaped::new(text, right == Some(check)))
}

/// Ten digits, the first not zero: a multiple of eleven.
pub(super) fn slovakia(text: &str) -> Option<Shaped> {
    let digits = digits::<10>(text).filter(|[first, ..]| *first != 0)?;
    Some(Shaped::new(text, modulo(&digits, 11) == 0))
}
