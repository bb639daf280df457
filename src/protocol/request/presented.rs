//! How a request was presented, and whether its client may present it so.
//!
//! Whatever the way, the checks see one set of parameters: of an object those inside alone, of a pushed request those
//! that were pushed (RFC 9101 §6.3, SR-127).

use super::client_id::KnownClient;
use super::pushed::PushedReference;
use crate::protocol::client::PushedRequests;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

/// A request whose parameters are known, from wherever they came.
#[derive(Debug, Clone)]
pub(crate) struct Presented {
    /// What is asked.
    pub(crate) parameters: Parameters,
    /// How it came.
    pub(crate) way: Way,
    /// Whether the client signed it.
    pub(crate) signed: bool,
}

/// How a request came.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// By the browser.
    Browser,
    /// By the client itself, now (RFC 9126 §2.1).
    Pushing,
    /// By the client itself, earlier; the browser brought the reference.
    Pushed(PushedReference),
}

impl Way {
    /// The reference that was brought.
    pub(super) const fn reference(self) -> Option<PushedReference> {
        match self {
            Self::Pushed(reference) => Some(reference),
            Self::Browser | Self::Pushing => None,
        }
    }
}

/// `require_pushed_authorization_requests` of the client or of its realm (RFC 9126 §5, §6), and
/// `require_signed_request_object` (RFC 9101 §10.5).
pub(super) fn check(presented: &Presented, client: KnownClient<'_>, realm: PushedRequests) -> Result<(), Error> {
    let pushing = [client.requests.pushed, realm].contains(&PushedRequests::Required);
    match presented.way {
        Way::Browser if pushing => Err(Error::invalid_request("authorization requests have to be pushed")),
        _ if client.requests.signed && !presented.signed => {
            Err(Error::invalid_request("authorization requests have to be signed"))
        }
        _ => Ok(()),
    }
}
