//! France and Monaco: a key of two characters and the SIREN (DOMAIN.md §3).
//!
//! Keys of digits follow from the SIREN. Keys with a letter were given later to those who have several numbers: they
//! are accepted and never computed. Monaco's numbers have three zeros and an office of its own where a SIREN would be.

use super::Shaped;
use crate::identity::number::digits::{digits, is_zeros, modulo};
use crate::identity::number::siren::is_siren;

/// How the place of the SIREN begins in a number of Monaco.
pub(super) const MONACO: &str = "000";

/// What letters and digits count for in a key: I and O are left out.
const VALUES: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let (key, siren) = text.split_at_checked(2)?;
    let mut values = key.chars().map(value);
    let (first, second) = (values.next()??, values.next()??);
    let number = digits::<9>(siren).filter(|_| !is_zeros(siren))?;
    let right = match (first, second) {
        (0..10, 0..10) => (modulo(&number, 97) * 3 + 12) % 97 == first * 10 + second,
        (0..10, _) => is_lettered(&number, first * 24 + second - 10),
        _ => is_lettered(&number, first * 34 + second - 100),
    };
    Some(Shaped::new(text, right && (siren.starts_with(MONACO) || is_siren(siren))))
}

/// The key of digits for a SIREN.
pub(super) fn key(siren: &str) -> u32 {
    digits::<9>(siren).map_or(12, |number| (modulo(&number, 97) * 3 + 12) % 97)
}

/// Whether the key with a letter, read as a number, fits.
fn is_lettered(siren: &[u32; 9], key: u32) -> bool {
    (modulo(siren, 11) + 1 + key / 11) % 11 == key % 11
}

fn value(character: char) -> Option<u32> {
    VALUES.find(character).and_then(|place| u32::try_from(place).ok())
}
