//! Cyprus: eight digits and a letter (DOMAIN.md §3).

use super::Shaped;
use crate::identity::number::digits::digits;

/// What the digits 0 to 9 count for at odd places.
const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let (number, letter) = text.split_at_checked(8)?;
    let digits = digits::<8>(number).filter(|_| !number.starts_with("12"))?;
    let letter = match letter.as_bytes() {
        [letter @ b'A'..=b'Z'] => u32::from(letter - b'A'),
        _ => return None,
    };
    let value = |(place, digit): (usize, &u32)| match place % 2 {
        0 => usize::try_from(*digit).ok().and_then(|digit| ODD.get(digit).copied()),
        _ => Some(*digit),
    };
    let sum: u32 = digits.iter().enumerate().filter_map(value).sum();
    Some(Shaped::new(text, sum % 26 == letter))
}
