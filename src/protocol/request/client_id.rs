//! `client_id`: "REQUIRED. The client identifier" (RFC 6749 §4.1.1).

use std::ops::Deref;

use super::Refusal;
use crate::protocol::client::Client;
use crate::protocol::parameters::Parameters;

/// A relying party of this realm, found by the request's `client_id`.
#[derive(Clone, Copy)]
pub(super) struct KnownClient<'a>(&'a Client);

impl Deref for KnownClient<'_> {
    type Target = Client;
    fn deref(&self) -> &Client {
        self.0
    }
}

/// `found` is what the house knows under that name.
pub(super) fn check<'a>(parameters: &Parameters, found: Option<&'a Client>) -> Result<KnownClient<'a>, Refusal> {
    let presented = parameters.single("client_id")?.ok_or(Refusal::ClientIdMissing)?;
    let client = found.filter(|client| client.client_id.as_str() == presented);
    client.map(KnownClient).ok_or(Refusal::ClientUnknown)
}
