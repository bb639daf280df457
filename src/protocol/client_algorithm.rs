//! The JWS algorithms that clients and other issuers sign with (RFC 7518 §3.1): what we verify, and so what we announce.
//!
//! `none` is not among them, in any spelling: it cannot be said (SR-153).

use serde::{Deserialize, Serialize};

/// A value of `alg` that we verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub enum ClientAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA with P-256 and SHA-256.
    ES256,
    /// ECDSA with P-384 and SHA-384.
    ES384,
    /// `EdDSA` with Ed25519 (RFC 8037 §3.1).
    EdDSA,
    /// HMAC with SHA-256 and the client's secret: `client_secret_jwt` alone (OIDC Core §9).
    HS256,
}

impl ClientAlgorithm {
    /// Those with a public key: all that requests, proofs and assertions of others may be signed with.
    pub const ASYMMETRIC: [Self; 5] = [Self::RS256, Self::PS256, Self::ES256, Self::ES384, Self::EdDSA];

    /// Those that FAPI 2.0 takes (Security Profile §5.4.1).
    pub const FAPI: [Self; 3] = [Self::PS256, Self::ES256, Self::EdDSA];

    /// The value of `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
            Self::HS256 => "HS256",
        }
    }

    /// The algorithm of that name, which is "case-sensitive" (RFC 7515 §4.1.1).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ASYMMETRIC.into_iter().chain([Self::HS256]).find(|algorithm| algorithm.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_153_an_algorithm_is_called_by_its_name_exactly() {
        for algorithm in ClientAlgorithm::ASYMMETRIC.into_iter().chain([ClientAlgorithm::HS256]) {
            assert_eq!(ClientAlgorithm::parse(algorithm.as_str()), Some(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        }
        for name in ["none", "None", "NONE", "nOnE", "", "rs256", "RS1", "HS384", "ES256 ", "eddsa"] {
            assert_eq!(ClientAlgorithm::parse(name), None, "{name}");
        }
    }
}
