//! `dpop_jkt`: the key that the code will be bound to (RFC 9449 §10), said by the request or shown by a proof with it.

use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;
use crate::protocol::thumbprint::Thumbprint;

/// A pushed request that comes with a proof asks for that key, and cannot ask for another (RFC 9449 §10.1).
pub(crate) fn shown(parameters: Parameters, key: Option<&Thumbprint>) -> Result<Parameters, Error> {
    match (key, check(&parameters)?) {
        (Some(key), None) => Ok(parameters.with("dpop_jkt", key.as_str())),
        (Some(key), Some(said)) if *key != said => {
            Err(Error::invalid_dpop_proof("dpop_jkt is not the key of the proof"))
        }
        _ => Ok(parameters),
    }
}

pub(super) fn check(parameters: &Parameters) -> Result<Option<Thumbprint>, Error> {
    let Some(presented) = parameters.single("dpop_jkt")? else { return Ok(None) };
    let refused = Error::invalid_request("dpop_jkt is not a SHA-256 thumbprint");
    Thumbprint::parse(presented).map(Some).ok_or(refused)
}
