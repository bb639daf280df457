//! Latvia: eleven digits, of bodies when the first is more than three (DOMAIN.md §3).
//!
//! The numbers of persons began with the day of birth until 2017, and begin with 32 since. Nobody vouches for a check
//! rule of the newer: they are taken as they are, and VIES says the rest.

use super::Shaped;
use crate::identity::number::digits::{digits, weighted};

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let digits = digits::<11>(text)?;
    let [first, second, ..] = digits;
    let [body @ .., check] = digits;
    let sound = match (first, second) {
        (4.., _) => weighted(&digits, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3,
        (3, 2) => true,
        _ => (1 + weighted(&body, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == check,
    };
    Some(Shaped::new(text, sound))
}
