//! The name that a public key has by itself: the SHA-256 thumbprint of its JWK (RFC 7638), or of its certificate.
//!
//! It binds tokens and codes, as `cnf.jkt` and `dpop_jkt` (RFC 9449 §6.1, §10) and as `cnf.x5t#S256` (RFC 8705 §3.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A thumbprint, in base64url.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Thumbprint(String);

impl Thumbprint {
    /// Of a JWK in its canonical form: the required members alone, sorted, without white space (RFC 7638 §3).
    pub(crate) fn of(canonical: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))
    }

    /// Of a certificate in DER (RFC 8705 §3.1).
    pub(crate) fn of_certificate(der: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(der)))
    }

    /// A thumbprint as a request or a column has it; `None` unless it is one of SHA-256.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digest = URL_SAFE_NO_PAD.decode(text).ok()?;
        (digest.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_has_the_length_of_a_digest() {
        let made = Thumbprint::of(r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#);
        // RFC 8037, appendix A.3
        assert_eq!(made.as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(Thumbprint::parse(made.as_str()), Some(made));
        for text in
            ["", "kPrK", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k=", "kPrK/qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]
        {
            assert_eq!(Thumbprint::parse(text), None, "{text}");
        }
    }
}
