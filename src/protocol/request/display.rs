//! `display`: how the client shows us (OpenID Connect Core §3.1.2.1). Our pages fit themselves to whatever they are shown
//! in, so every value is met by the same pages, and none is kept.

use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

/// The values there are.
pub(crate) const ALL: [&str; 4] = ["page", "popup", "touch", "wap"];

pub(super) fn check(parameters: &Parameters) -> Result<(), Error> {
    match parameters.single("display")? {
        Some(value) if !ALL.contains(&value) => Err(Error::invalid_request("display has an unknown value")),
        _ => Ok(()),
    }
}
