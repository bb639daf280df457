//! `max_age`: "the allowable elapsed time in seconds since the last time the End-User was actively authenticated"
//! (OpenID Connect Core §3.1.2.1, SR-135). "The max_age request parameter overrides" the client's `default_max_age`
//! (Registration §2).

use super::client_id::KnownClient;
use crate::clock::Duration;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<Option<Duration>, Error> {
    let Some(text) = parameters.single("max_age")? else { return Ok(client.requests.default_max_age) };
    // `parse` alone would take a plus sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse::<u32>().ok().filter(|_| digits);
    let refused = Error::invalid_request("max_age is not a number of seconds");
    seconds.map(|seconds| Some(Duration::from_secs(seconds.into()))).ok_or(refused)
}
