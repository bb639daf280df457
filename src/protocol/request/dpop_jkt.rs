//! `dpop_jkt`: the key that the code will be bound to (RFC 9449 §10).

use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;
use crate::protocol::thumbprint::Thumbprint;

pub(super) fn check(parameters: &Parameters) -> Result<Option<Thumbprint>, Error> {
    let Some(presented) = parameters.single("dpop_jkt")? else { return Ok(None) };
    let refused = Error::invalid_request("dpop_jkt is not a SHA-256 thumbprint");
    Thumbprint::parse(presented).map(Some).ok_or(refused)
}
