//! The United Kingdom, and Northern Ireland, which kept its form within the Union (DOMAIN.md §3).
//!
//! Nine digits, twelve for a branch; GD and HA and three digits for governments and health authorities.

use super::Shaped;
use crate::identity::number::digits::{digits, is_digits, weighted};

pub(super) fn shape(text: &str) -> Option<Shaped> {
    if let Some(number) = text.strip_prefix("GD") {
        return (is_digits(number, 3) && number < "500").then(|| Shaped::new(text, true));
    }
    if let Some(number) = text.strip_prefix("HA") {
        return (is_digits(number, 3) && number >= "500").then(|| Shaped::new(text, true));
    }
    let (number, branch) = text.split_at_checked(9)?;
    let fits = branch.is_empty() || is_digits(branch, 3);
    let digits = digits::<9>(number).filter(|_| fits)?;
    let [hundreds, ..] = digits;
    let remainder = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    // The two other remainders came when numbers ran out, and none of them begins with a zero.
    Some(Shaped::new(text, remainder == 0 || (hundreds > 0 && matches!(remainder, 42 | 55))))
}
