//! Numbers of registers that no check digit, or a lesser known one, protects (DOMAIN.md §4).
//!
//! RIDET, TAHITI and RNA have a form. Of the others, a rule is applied where it is sure and where the number looks as if
//! it were of that register: there are several in most countries, and a chamber of commerce may have its own.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::WrongNumber;
use super::digits::{digits, is_digits, is_zeros, weighted};
use super::normalise::canonical;
use crate::identity::script::is_invisible;
use crate::identity::territory::Country;

/// Most characters of a number that has no form of its own.
const LONGEST: usize = 40;

/// RIDET, New Caledonia: six or seven digits, and three for the establishment.
pub(super) fn ridet(typed: &str) -> Result<String, WrongNumber> {
    let text = written(typed)?;
    if !is_digits(&text, text.len()) {
        Err(WrongNumber::NotDigits)
    } else if !matches!(text.len(), 6 | 7 | 9 | 10) {
        Err(WrongNumber::Length { expected: 10, got: text.len() })
    } else {
        Ok(text)
    }
}

/// `1234567.001`, as New Caledonia writes it.
pub(super) fn ridet_shown(text: &str) -> String {
    establishment(text, if text.len() >= 9 { 3 } else { 0 }, '.')
}

/// TAHITI, French Polynesia: a letter or digit, five digits, and three for the establishment.
pub(super) fn tahiti(typed: &str) -> Result<String, WrongNumber> {
    let text = written(typed)?;
    let digits = text.strip_prefix(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit());
    let fits = digits.is_some_and(|digits| is_digits(digits, 5) || is_digits(digits, 8));
    if fits { Ok(text) } else { Err(WrongNumber::Format) }
}

/// `A12345-001`, as French Polynesia writes it.
pub(super) fn tahiti_shown(text: &str) -> String {
    establishment(text, if text.len() == 9 { 3 } else { 0 }, '-')
}

/// RNA: W and nine digits. The second of them is a letter in Corsica and overseas.
pub(super) fn rna(typed: &str) -> Result<String, WrongNumber> {
    let text = written(typed)?;
    let mut characters = text.chars();
    let begins = characters.next() == Some('W')
        && characters.next().is_some_and(|first| first.is_ascii_digit())
        && characters.next().is_some_and(|second| second.is_ascii_digit() || second.is_ascii_uppercase());
    let fits = begins && is_digits(characters.as_str(), 7) && text.bytes().any(|b| matches!(b, b'1'..=b'9'));
    if fits { Ok(text) } else { Err(WrongNumber::Format) }
}

/// Any other register of `country`: checked where it looks like one that is known, else free.
pub(super) fn other(country: Country, typed: &str) -> Result<String, WrongNumber> {
    let text = free(typed)?;
    let sound = match country {
        Country::CH => is_swiss(&text),
        Country::NO => is_norwegian(&text),
        _ => None,
    };
    if sound == Some(false) { Err(WrongNumber::TypingError) } else { Ok(text) }
}

/// As its country writes it, where the form is known.
pub(super) fn other_shown(country: Country, text: &str) -> String {
    let groups = |cuts: &[usize], separators: &[&str]| {
        let mut separators = separators.iter();
        let mut shown = String::new();
        for (place, character) in text.chars().enumerate() {
            if cuts.contains(&place) {
                shown.push_str(separators.next().unwrap_or(&" "));
            }
            shown.push(character);
        }
        shown
    };
    match country {
        Country::CH if is_swiss(text).is_some() => groups(&[3, 6, 9], &["-", ".", "."]),
        Country::NO if is_norwegian(text).is_some() => groups(&[3, 6], &[" ", " "]),
        Country::US if is_digits(text, 9) => groups(&[2], &["-"]),
        Country::MA if is_digits(text, 15) => groups(&[9, 13], &[" ", " "]),
        _ => text.to_owned(),
    }
}

/// 1 to 40 characters that people can see, a letter or digit among them; in capitals, since registers know no others. A
/// mark at its beginning would join whatever is written before it.
pub(super) fn free(typed: &str) -> Result<String, WrongNumber> {
    let capitals = |text: &str| text.to_uppercase().nfkc().collect::<String>();
    // Capitals may compose otherwise: one more round reaches the fixed point.
    let text = canonical(&capitals(&capitals(&canonical(typed))));
    if text.is_empty() {
        Err(WrongNumber::Empty)
    } else if text.chars().count() > LONGEST {
        Err(WrongNumber::Length { expected: LONGEST, got: text.chars().count() })
    } else if text.chars().any(is_invisible)
        || text.starts_with(is_combining_mark)
        || !text.chars().any(char::is_alphanumeric)
    {
        Err(WrongNumber::Format)
    } else if is_zeros(&text) {
        Err(WrongNumber::AllZeros)
    } else {
        Ok(text)
    }
}

/// Whether the check digit of a Swiss UID is right; nothing if it is none. A remainder that asks for ten is never given.
pub(super) fn is_swiss(text: &str) -> Option<bool> {
    let [body @ .., check] = digits::<9>(text.strip_prefix("CHE")?)?;
    Some((11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == check)
}

/// Whether the check digit of a Norwegian organisation is right; nothing if it is none.
pub(super) fn is_norwegian(text: &str) -> Option<bool> {
    let digits = digits::<9>(text)?;
    Some(weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

fn written(typed: &str) -> Result<String, WrongNumber> {
    match canonical(typed) {
        text if text.is_empty() => Err(WrongNumber::Empty),
        text if is_zeros(&text) => Err(WrongNumber::AllZeros),
        text => Ok(text),
    }
}

/// The last characters apart from the others.
fn establishment(text: &str, last: usize, separator: char) -> String {
    match text.len().checked_sub(last).and_then(|place| text.split_at_checked(place)) {
        Some((unit, establishment)) if last > 0 => format!("{unit}{separator}{establishment}"),
        _ => text.to_owned(),
    }
}
