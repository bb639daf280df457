//! How a client proves who it is (OpenID Connect Core §9, RFC 8705 §2), as it registered it: one method each.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::x509::DistinguishedName;

/// `token_endpoint_auth_method` (RFC 7591 §2): exactly one per client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthenticationMethod {
    /// A public client: PKCE is its only proof.
    None,
    /// HTTP Basic (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// In the form body (RFC 6749 §2.3.1).
    ClientSecretPost,
    /// A JWT with a MAC under the secret (OpenID Connect Core §9).
    ClientSecretJwt,
    /// A JWT signed with its own key (OpenID Connect Core §9, RFC 7523 §2.2).
    PrivateKeyJwt,
    /// A certificate of a known authority, by one name in it (RFC 8705 §2.1).
    TlsClientAuth,
    /// A certificate of its own making, by its key (RFC 8705 §2.2).
    SelfSignedTlsClientAuth,
}

impl ClientAuthenticationMethod {
    /// Whether the client has a secret.
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecretJwt)
    }

    /// Whether the client has to publish keys.
    pub const fn needs_keys(self) -> bool {
        matches!(self, Self::PrivateKeyJwt | Self::SelfSignedTlsClientAuth)
    }

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClientAuth => "tls_client_auth",
            Self::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
        }
    }
}

/// Where a client's public keys are (RFC 7591 §2: `jwks` and `jwks_uri` never together).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishedKeys {
    /// It has none.
    None,
    /// `jwks`: in its registration, as JSON.
    Inline(String),
    /// `jwks_uri`: fetched when they are needed, and again for a key that we do not know.
    At(Url),
}

/// The one subject name that a certificate is known by (RFC 8705 §2.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateName {
    /// `tls_client_auth_subject_dn`: a distinguished name in one form however it is written.
    SubjectDn(DistinguishedName),
    /// `tls_client_auth_san_dns`.
    Dns(String),
    /// `tls_client_auth_san_uri`.
    Uri(String),
    /// `tls_client_auth_san_ip`.
    Ip(IpAddr),
    /// `tls_client_auth_san_email`.
    Email(String),
}

/// What a client's assertions must be (SR-148).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionPolicy {
    /// `token_endpoint_auth_signing_alg`: the one algorithm, or any of ours.
    pub algorithm: Option<ClientAlgorithm>,
    /// What `aud` may say.
    pub audience: AssertionAudience,
}

impl Default for AssertionPolicy {
    fn default() -> Self {
        Self { algorithm: None, audience: AssertionAudience::IssuerOrEndpoint }
    }
}

/// What `aud` of a client assertion may be. The standards disagree: OpenID Connect Core §9 wants the token endpoint,
/// FAPI 2.0 §5.3.2.1 the issuer as a plain string and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssertionAudience {
    /// The issuer, the token endpoint or the endpoint that is asked, alone or in a list.
    IssuerOrEndpoint,
    /// The issuer as a plain string.
    Issuer,
}
