//! Lithuania: nine digits, or twelve for those registered for a time; the last but one is 1 (DOMAIN.md §3).

use super::Shaped;
use crate::identity::number::digits::{digits, weighted};

/// Weights go from one to nine and begin again.
const WEIGHTS: [u32; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5];

pub(super) fn shape(text: &str) -> Option<Shaped> {
    let nine = || digits::<9>(text).and_then(|[body @ .., check]| is_right(&body, check));
    let twelve = || digits::<12>(text).and_then(|[body @ .., check]| is_right(&body, check));
    Some(Shaped::new(text, nine().or_else(twelve)?))
}

/// Where the weights give ten, those from three do; where they do too, zero.
fn is_right(body: &[u32], check: u32) -> Option<bool> {
    let shaped = body.last() == Some(&1);
    let right = match weighted(body, &WEIGHTS) % 11 {
        10 => weighted(body, WEIGHTS.get(2..).unwrap_or_default()) % 11 % 10,
        other => other,
    };
    shaped.then_some(right == check)
}
