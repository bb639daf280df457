//! `response_mode`: how the answer reaches the client (OAuth 2.0 Multiple Response Type Encoding §2.1; JARM §2.3).

use serde::{Deserialize, Serialize};

use super::client_id::KnownClient;
use crate::protocol::client::Client;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

/// A way to carry an authorization response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResponseMode {
    /// In the query of the redirect address: the default of `code`.
    #[default]
    Query,
    /// In its fragment.
    Fragment,
    /// As a form that posts itself (OAuth 2.0 Form Post Response Mode §2).
    FormPost,
    /// As a JWT in the query: what `jwt` means for `code` (JARM §2.3.4).
    QueryJwt,
    /// As a JWT in the fragment.
    FragmentJwt,
    /// As a JWT in a form.
    FormPostJwt,
}

/// Every mode we offer, by its name on the wire.
const OFFERED: [(&str, ResponseMode); 7] = [
    ("query", ResponseMode::Query),
    ("fragment", ResponseMode::Fragment),
    ("form_post", ResponseMode::FormPost),
    ("jwt", ResponseMode::QueryJwt),
    ("query.jwt", ResponseMode::QueryJwt),
    ("fragment.jwt", ResponseMode::FragmentJwt),
    ("form_post.jwt", ResponseMode::FormPostJwt),
];

impl ResponseMode {
    /// The names of all modes, for `response_modes_supported`.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        OFFERED.into_iter().map(|(name, _)| name)
    }

    /// Whether the answer is signed.
    pub(crate) const fn is_signed(self) -> bool {
        matches!(self, Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt)
    }

    /// The mode of a client that does not say, and of one that cannot be followed.
    pub(super) const fn usual(client: &Client) -> Self {
        if client.requests.signed_answer { Self::QueryJwt } else { Self::Query }
    }
}

/// A client whose answers have to be signed is held to it (FAPI 2.0 Message Signing §5.4.1).
pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<ResponseMode, Error> {
    let Some(asked) = parameters.single("response_mode")? else { return Ok(ResponseMode::usual(&client)) };
    let mode = OFFERED.into_iter().find(|(name, _)| *name == asked).map(|(_, mode)| mode);
    let mode = mode.ok_or(Error::invalid_request("response_mode is not supported"))?;
    if client.requests.signed_answer && !mode.is_signed() {
        return Err(Error::invalid_request("the answers to this client have to be signed"));
    }
    Ok(mode)
}
