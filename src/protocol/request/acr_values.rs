//! `acr_values`: levels "in order of preference", requested "as a Voluntary Claim" (OpenID Connect Core §3.1.2.1); and
//! `acr` among the claims of the ID token, which may be essential (§5.5.1.1). An application that was told
//! `insufficient_user_authentication` asks so for more (RFC 9470 §4).

use super::claims::Wish;
use super::client_id::KnownClient;
use crate::protocol::assurance::{Acr, Demand};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::parameters::Parameters;

/// `acr` is what the `claims` parameter says of the level; `offered` are the levels of the realm.
pub(super) fn check(
    parameters: &Parameters,
    client: KnownClient<'_>,
    acr: Option<&Wish>,
    offered: &[Acr],
) -> Result<Demand, Error> {
    let asked = parameters.single("acr_values")?;
    if let Some(wish) = acr.filter(|wish| wish.essential && !wish.values.is_empty()) {
        let demand = Demand::essential(wish.values.iter().map(String::as_str), offered);
        // §5.5.1.1: "If the Claim is Essential and a match cannot be found, the … authentication attempt … failed".
        let unmet = ErrorCode::UnmetAuthenticationRequirements;
        return demand.ok_or(Error::new(unmet, "none of the demanded levels can be reached here"));
    }
    let wished = acr.filter(|wish| !wish.values.is_empty()).map(|wish| Demand::voluntary(wish.values.iter(), offered));
    let preferred = || Demand::voluntary(client.requests.default_acr_values.iter(), offered);
    Ok(match (asked, wished) {
        (Some(words), _) => Demand::voluntary(words.split(' '), offered),
        (None, Some(wished)) => wished,
        (None, None) => preferred(),
    })
}
