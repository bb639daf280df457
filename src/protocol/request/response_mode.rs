//! `response_mode`: how the answer reaches the client (OAuth 2.0 Multiple Response Type Encoding §2.1).

use serde::{Deserialize, Serialize};

use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

/// A way to carry an authorization response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResponseMode {
    /// In the query of the redirect address: the default of `code`.
    #[default]
    Query,
    /// As a form that posts itself (OAuth 2.0 Form Post Response Mode §2).
    FormPost,
}

impl ResponseMode {
    /// Every mode we offer.
    pub(crate) const ALL: [Self; 2] = [Self::Query, Self::FormPost];
}

pub(super) fn check(parameters: &Parameters) -> Result<ResponseMode, Error> {
    match parameters.single("response_mode")? {
        None | Some("query") => Ok(ResponseMode::Query),
        Some("form_post") => Ok(ResponseMode::FormPost),
        Some(_) => Err(Error::invalid_request("response_mode is not supported")),
    }
}
