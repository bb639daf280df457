//! `response_type`: `code` alone; implicit and hybrid do not exist (RFC 9700 §2.1.2, SR-130).

use super::client_id::KnownClient;
use crate::protocol::client::GrantType;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<(), Error> {
    match parameters.single("response_type")? {
        None => Err(Error::invalid_request("response_type is missing")),
        Some("code") if client.grant_types.contains(&GrantType::AuthorizationCode) => Ok(()),
        // RFC 6749 §4.1.2.1: "The client is not authorized to request an authorization code using this method."
        Some("code") => Err(Error::new(ErrorCode::UnauthorizedClient, "the client may not use authorization codes")),
        Some(_) => Err(Error::new(ErrorCode::UnsupportedResponseType, "only response_type=code is supported")),
    }
}
