//! `request`, `request_uri`, `registration`: refused by the code made for each (OpenID Connect Core §6, §3.1.2.6).
//!
//! They come before every other check: what stands outside an object that we do not read must not be obeyed.

use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters) -> Result<(), Error> {
    for (name, code, description) in [
        ("request", ErrorCode::RequestNotSupported, "request objects are not supported"),
        ("request_uri", ErrorCode::RequestUriNotSupported, "request_uri is not supported"),
        ("registration", ErrorCode::RegistrationNotSupported, "registration is not supported"),
    ] {
        if parameters.single(name)?.is_some() {
            return Err(Error::new(code, description));
        }
    }
    Ok(())
}
