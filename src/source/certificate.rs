//! The certificate of the client on the other side: what it presented, with its key proven in the handshake.
//!
//! Only the server's layers make one (SR-86): from the TLS handshake of this very connection, or from what a listed
//! proxy hands over. It says that somebody holds that key, and nothing more: chain, dates, usages and whose it is are
//! for whoever reads it to judge.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Extensions;
use sha2::{Digest as _, Sha256};

/// A certificate whose key the client proved to hold, and what it sent along to lead to an authority.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    der: Arc<[u8]>,
    chain: Arc<[Vec<u8>]>,
}

impl ClientCertificate {
    /// The client's own certificate and the authorities' that came with it, each in DER. For the server's layers.
    pub(crate) fn new(der: &[u8], chain: Vec<Vec<u8>>) -> Self {
        Self { der: der.into(), chain: chain.into() }
    }

    /// What the client of this request presented: the one way by which doors learn of it.
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// The client's own certificate, in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificates that came with it, in the order they came; unproven, perhaps not even readable.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// What tokens are bound to: `x5t#S256` (RFC 8705 §3.1).
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.der))
    }
}

impl fmt::Debug for ClientCertificate {
    /// A certificate names a person; logs get along with its thumbprint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCertificate({})", self.thumbprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_8705_the_thumbprint_is_the_digest_of_the_certificate_alone() {
        // RFC 6234 §8.5 gives SHA-256 of "abc".
        let certificate = ClientCertificate::new(b"abc", vec![b"an authority".to_vec()]);
        assert_eq!(certificate.thumbprint(), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert_eq!(format!("{certificate:?}"), "ClientCertificate(ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0)");
    }
}
