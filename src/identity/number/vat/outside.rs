//! VAT numbers of countries that VIES does not know: written as their country does, or free (DOMAIN.md §4).

use super::Shaped;
use crate::identity::number::others::{free as text_of_a_number, is_norwegian, is_swiss};

/// The number of the business register, `CHE` and nine digits, and the tax in one of the country's languages. The
/// prefix may have been taken from it.
pub(super) fn switzerland(text: &str) -> Option<Shaped> {
    let number = ["MWST", "TVA", "IVA", "VAT"].iter().find_map(|tax| text.strip_suffix(tax)).unwrap_or(text);
    let uid = if number.starts_with('E') { format!("CH{number}") } else { number.to_owned() };
    is_swiss(&uid).map(|sound| Shaped::new(uid.trim_start_matches("CH"), sound))
}

/// The number of the business register, and MVA.
pub(super) fn norway(text: &str) -> Option<Shaped> {
    let number = text.strip_suffix("MVA").unwrap_or(text);
    is_norwegian(number).map(|sound| Shaped::new(number, sound))
}

/// Whatever the country writes.
pub(super) fn free(text: &str) -> Option<Shaped> {
    text_of_a_number(text).ok().map(|number| Shaped::new(&number, true))
}
