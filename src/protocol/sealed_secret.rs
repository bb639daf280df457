//! A client secret that must be known in clear, as a client's file holds it: sealed with the master key (SR-159).
//!
//! `client_secret_jwt` is verified with the secret itself (OIDC Core §10.1), so a hash will not do (SR-146). Opening one
//! is for `keys`; here it is a text that says of itself what it is, and tells nothing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const PREFIX: &str = "sealed:";

/// A sealed secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(Vec<u8>);

impl SealedSecret {
    /// What the sealer made.
    pub(crate) const fn new(sealed: Vec<u8>) -> Self {
        Self(sealed)
    }

    /// A sealed secret as files hold it; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (!sealed.is_empty()).then_some(Self(sealed))
    }

    /// The bytes, for the sealer.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// As files hold it.
impl fmt::Display for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_159_a_sealed_secret_says_that_it_is_one() {
        let sealed = SealedSecret::new(vec![1, 2, 255]);
        assert_eq!(sealed.to_string(), "sealed:AQL_");
        assert_eq!(SealedSecret::parse("sealed:AQL_"), Some(sealed));
        for text in ["", "sealed:", "AQL_", "sha256:AQL_", "sealed:AQL/", "sealed:AQI=", "sealed: AQL_", "Sealed:AQL_"]
        {
            assert_eq!(SealedSecret::parse(text), None, "{text}");
        }
    }
}
