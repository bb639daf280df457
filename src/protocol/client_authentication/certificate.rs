//! `tls_client_auth` and `self_signed_tls_client_auth`: a certificate, its key proven in the handshake (RFC 8705 §2).
//!
//! The first is one of an authority that the realm trusts for this, and carries exactly the one name that was
//! registered; the second is anybody's making, and has one of the client's registered keys (SR-96).

use crate::clock::Timestamp;
use crate::protocol::certificate::carries;
use crate::protocol::client::{Client, ClientAuthenticationMethod, ClientId};
use crate::source::ClientCertificate;
use crate::x509::TrustAnchors;

/// A certificate that is a client's own.
#[derive(Debug)]
pub(crate) struct Proven {
    client_id: ClientId,
    method: ClientAuthenticationMethod,
}

/// RFC 8705 §2.1: whether the certificate leads to an authority and carries the client's name. The way to the authority
/// is walked for unknown clients as well: it is what costs (SR-147).
pub(crate) fn by_name(
    client: Option<&Client>,
    certificate: &ClientCertificate,
    anchors: &TrustAnchors,
    now: Timestamp,
) -> Option<Proven> {
    let trusted = anchors.lead_to(certificate, now);
    let method = ClientAuthenticationMethod::TlsClientAuth;
    let client = client.filter(|client| trusted && client.authentication == method)?;
    let known = client.certificate.as_ref().is_some_and(|name| carries(certificate, name));
    known.then(|| Proven { client_id: client.client_id.clone(), method })
}

/// RFC 8705 §2.2: whether the certificate's key is one that the client registered; `registered` says so of any key.
pub(crate) fn by_key<K>(client: &Client, key: Option<&K>, registered: impl Fn(&K) -> bool) -> Option<Proven> {
    let method = ClientAuthenticationMethod::SelfSignedTlsClientAuth;
    let known = client.authentication == method && key.is_some_and(registered);
    known.then(|| Proven { client_id: client.client_id.clone(), method })
}

impl Proven {
    /// The method that this proves `client` by.
    pub(super) fn proves(&self, client: &Client) -> Option<ClientAuthenticationMethod> {
        (self.client_id == client.client_id).then_some(self.method)
    }
}
