//! Ireland: seven digits and a letter, a second letter since 2013, and an old form with a sign or letter inside
//! (DOMAIN.md §3).

use super::Shaped;
use crate::identity::number::digits::{digits, weighted};

/// The check letter by its remainder.
const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let mut characters = text.chars();
    let second = characters.nth(1)?;
    if second.is_ascii_digit() {
        let (number, letters) = text.split_at_checked(7)?;
        let mut letters = letters.chars();
        let (check, kind) = (letters.next()?, letters.next());
        let fits = kind.is_none_or(|kind| matches!(kind, 'A'..='I' | 'W')) && letters.next().is_none();
        read(text, number, check, kind).filter(|_| fits)
    } else {
        old(text, second)
    }
}

/// A digit, a letter or sign, five digits, the check letter: the first digit counts as the last.
fn old(text: &str, second: char) -> Option<Shaped> {
    let fits = second.is_ascii_uppercase() || matches!(second, '+' | '*');
    let (first, rest) = (text.get(..1)?, text.get(2..).filter(|_| fits)?);
    let (five, check) = rest.split_at_checked(5)?;
    let mut check = check.chars();
    let letter = check.next()?;
    read(text, &format!("0{five}{first}"), letter, None).filter(|_| check.next().is_none())
}

/// `kind` is the second letter, which counts nine times its place in the alphabet; W counts nothing.
fn read(text: &str, number: &str, check: char, kind: Option<char>) -> Option<Shaped> {
    let place = |letter: char| LETTERS.find(letter).and_then(|place| u32::try_from(place).ok());
    let (check, kind) = (place(check)?, kind.map_or(Some(0), place)?);
    let sum = weighted(&digits::<7>(number)?, &[8, 7, 6, 5, 4, 3, 2]) + 9 * kind;
    Some(Shaped::new(text, sum % 23 == check))
}
