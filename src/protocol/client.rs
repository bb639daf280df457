//! A relying party and what it registered; names as in RFC 7591 and OpenID Connect Registration.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::identity::language::Localized;
use crate::secret::SecretHash;

/// The `client_id` of a relying party: what the operator named it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// Wraps a checked identifier.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientId({})", self.0)
    }
}

/// `token_endpoint_auth_method` (RFC 7591 §2): exactly one per client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthenticationMethod {
    /// A public client: PKCE is its only proof.
    None,
    /// HTTP Basic (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// In the form body (RFC 6749 §2.3.1).
    ClientSecretPost,
}

impl ClientAuthenticationMethod {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::ClientSecretBasic, Self::ClientSecretPost, Self::None];
}

/// `grant_types` (RFC 7591 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
}

impl GrantType {
    /// Every grant.
    pub const ALL: [Self; 2] = [Self::AuthorizationCode, Self::RefreshToken];
}

/// A JWS algorithm we sign with (RFC 7518 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what clients expect of an ID token (OIDC Core §15.1).
    RS256,
    /// RSASSA-PSS with SHA-256: where FAPI rules and keys are RSA (FAPI 2.0 Security Profile §5.4.1).
    PS256,
    /// ECDSA with P-256 and SHA-256: access tokens.
    ES256,
    /// `EdDSA` with Ed25519 (RFC 8037 §3.1).
    EdDSA,
}

impl SigningAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];
    /// Those that every realm has a key for. A second RSA key takes long to make: it waits for a client that asks.
    pub const EVERYWHERE: [Self; 3] = [Self::RS256, Self::ES256, Self::EdDSA];

    /// The value of `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
}

/// Whether PKCE may be left out (SR-128).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// The default: `S256` or nothing.
    Required,
    /// A confidential client that was exempted one by one.
    Optional,
}

/// A relying party.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub client_id: ClientId,
    /// `client_name`, shown to people.
    pub name: Localized,
    /// `client_uri`: where "Back to …" leads; listed when no request is known.
    pub home: Option<Url>,
    /// `redirect_uris`, compared as text (SR-122), so kept as the text that was registered.
    pub redirect_uris: Vec<String>,
    /// `post_logout_redirect_uris` (RP-Initiated Logout §3.1), compared as text.
    pub post_logout_redirect_uris: Vec<String>,
    /// `token_endpoint_auth_method`.
    pub authentication: ClientAuthenticationMethod,
    /// Hashes of its secrets, two during a rotation (SR-146).
    pub secrets: Vec<SecretHash>,
    /// `grant_types`.
    pub grant_types: BTreeSet<GrantType>,
    /// `scope`: what it may ask for, `openid` included.
    pub scopes: BTreeSet<String>,
    /// Whether PKCE is required.
    pub pkce: Pkce,
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: SigningAlgorithm,
    /// The algorithm of its access tokens.
    pub access_token_algorithm: SigningAlgorithm,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::secret::SecretHash;

    /// The secret of [`confidential`].
    pub(crate) const SECRET: &str = "c2VjcmV0LW9mLTI1Ni1iaXRzLW1hZGUtYnktdXM";

    /// A public client that may ask for everything.
    pub(crate) fn public(id: &str) -> Client {
        Client {
            client_id: ClientId::new(id),
            name: Localized::same(id),
            home: None,
            redirect_uris: vec!["https://rp.example/cb?x=1".to_owned()],
            post_logout_redirect_uris: vec!["https://rp.example/bye?y=1".to_owned()],
            authentication: ClientAuthenticationMethod::None,
            secrets: Vec::new(),
            grant_types: BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]),
            scopes: ["openid", "profile", "email"].map(str::to_owned).into(),
            pkce: Pkce::Required,
            id_token_algorithm: SigningAlgorithm::RS256,
            access_token_algorithm: SigningAlgorithm::ES256,
        }
    }

    /// The same with a secret, by HTTP Basic.
    pub(crate) fn confidential(id: &str) -> Client {
        let authentication = ClientAuthenticationMethod::ClientSecretBasic;
        Client { authentication, secrets: vec![SecretHash::of(SECRET)], ..public(id) }
    }
}
