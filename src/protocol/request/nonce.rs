//! `nonce`: optional for the code flow, "passed through unmodified from the Authentication Request to the ID Token"
//! (OpenID Connect Core §3.1.2.1, SR-132).

use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters) -> Result<Option<String>, Error> {
    Ok(parameters.single("nonce")?.map(str::to_owned))
}
