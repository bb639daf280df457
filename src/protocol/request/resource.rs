//! `resource`: what the tokens are for; it may repeat (RFC 8707 §2).
//!
//! "An absolute URI" that "MUST NOT include a fragment": those that a client declares were judged so when its file was
//! read, and text is compared with text, so nothing else passes.

use std::collections::BTreeSet;

use super::client_id::KnownClient;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<BTreeSet<String>, Error> {
    let asked: BTreeSet<_> = parameters.all("resource").map(str::to_owned).collect();
    if asked.is_subset(&client.resources) { Ok(asked) } else { Err(Error::invalid_target()) }
}
