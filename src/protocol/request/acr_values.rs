//! `acr_values`: levels "in order of preference", requested "as a Voluntary Claim" (OpenID Connect Core §3.1.2.1).

use crate::protocol::assurance::Acr;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters) -> Result<Vec<Acr>, Error> {
    let asked = parameters.single("acr_values")?.unwrap_or_default();
    let known = |word: &str| Acr::ALL.into_iter().find(|level| level.as_str() == word);
    let mut levels: Vec<_> = asked.split(' ').filter_map(known).collect();
    levels.dedup();
    Ok(levels)
}
