//! `registration`: for providers that issue for themselves; refused by the code made for it (OpenID Connect Core §7.2.1).

use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters) -> Result<(), Error> {
    match parameters.single("registration")? {
        None => Ok(()),
        Some(_) => Err(Error::new(ErrorCode::RegistrationNotSupported, "registration is not supported")),
    }
}
