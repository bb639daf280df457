//! A relying party and what it registered; names as in RFC 7591 and OpenID Connect Registration.
//!
//! How it proves itself is in [`authentication`], what it is allowed and held to in [`policy`], and the one word that
//! sets most of that in [`profile`]. Made by `realm::check` alone, from a file or from a registration.

pub mod authentication;
pub mod policy;
pub mod profile;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

pub use self::authentication::{AssertionPolicy, CertificateName, ClientAuthenticationMethod, PublishedKeys};
pub use self::policy::{
    Consent, Exchange, LogoutNotices, Pkce, PushedRequests, RequestPolicy, Rotation, SenderConstraint, Signing,
    SubjectType,
};
pub use self::profile::Profile;
use crate::identity::language::Localized;
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::sealed_secret::SealedSecret;
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

    /// Whether `text` may be one: RFC 6749 §A.1 without the space, and short enough for a column and a log line.
    pub fn is_fit(text: &str) -> bool {
        (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
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

/// `grant_types` (RFC 7591 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 8693 §2.1.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
    /// RFC 7523 §2.1.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:jwt-bearer")]
    JwtBearer,
    /// RFC 8628 §3.4.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
}

impl GrantType {
    /// Every grant.
    pub const ALL: [Self; 6] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::DeviceCode,
        Self::TokenExchange,
        Self::JwtBearer,
    ];

    /// The value of `grant_type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        }
    }

    /// Whether a refresh token may come of it.
    pub const fn brings_refresh(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::DeviceCode)
    }

    /// Whether only a client that proves itself may use it: where no person gives a code to its browser, the client is
    /// all that there is to know (RFC 6749 §4.4, RFC 8693 §5, RFC 7523 §3.1).
    pub const fn needs_authentication(self) -> bool {
        match self {
            Self::AuthorizationCode | Self::RefreshToken | Self::DeviceCode => false,
            Self::ClientCredentials | Self::TokenExchange | Self::JwtBearer => true,
        }
    }
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

/// A relying party.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub client_id: ClientId,
    /// `client_name`, shown to people.
    pub name: Localized,
    /// `client_uri`: where "Back to …" leads; listed when no request is known.
    pub home: Option<Url>,
    /// `logo_uri`.
    pub logo: Option<Url>,
    /// `policy_uri`: how it treats personal data, shown where it asks for some.
    pub policy: Option<Url>,
    /// `tos_uri`: its terms of use, shown there too.
    pub terms: Option<Url>,
    /// `initiate_login_uri`: where somebody else may send people to start a sign-in (Core §4).
    pub initiate_login_uri: Option<Url>,
    /// `redirect_uris`, compared as text (SR-122), so kept as the text that was registered.
    pub redirect_uris: Vec<String>,
    /// `post_logout_redirect_uris` (RP-Initiated Logout §3.1), compared as text.
    pub post_logout_redirect_uris: Vec<String>,
    /// Origins of its pages that may read answers of ours (SR-121).
    pub web_origins: BTreeSet<String>,
    /// `token_endpoint_auth_method`.
    pub authentication: ClientAuthenticationMethod,
    /// Hashes of its secrets, two during a rotation (SR-146).
    pub secrets: Vec<SecretHash>,
    /// The same for `client_secret_jwt`, which needs them in clear: sealed (SR-159).
    pub sealed_secrets: Vec<SealedSecret>,
    /// `jwks`, `jwks_uri`: its public keys.
    pub keys: PublishedKeys,
    /// The one name in its certificate (RFC 8705 §2.1.2).
    pub certificate: Option<CertificateName>,
    /// What its assertions must be.
    pub assertions: AssertionPolicy,
    /// `grant_types`.
    pub grant_types: BTreeSet<GrantType>,
    /// `scope`: what it may ask for.
    pub scopes: BTreeSet<String>,
    /// Resources it may ask tokens for (RFC 8707 §2).
    pub resources: BTreeSet<String>,
    /// What its authorization requests must be.
    pub requests: RequestPolicy,
    /// With what its answers and tokens are signed.
    pub signs: Signing,
    /// What its tokens are bound to.
    pub sender: SenderConstraint,
    /// `subject_type`: how it knows people.
    pub subject: SubjectType,
    /// Whether people are asked before it learns of them.
    pub consent: Consent,
    /// Whether a used refresh token is replaced.
    pub rotation: Rotation,
    /// Whose tokens it may exchange (RFC 8693).
    pub exchange: Exchange,
    /// Where it hears that a session ended.
    pub logout: LogoutNotices,
    /// The word that its file begins with.
    pub profile: Profile,
}

impl Client {
    /// Whether it can keep a secret of any kind; a public client has PKCE as its only proof (RFC 6749 §2.1).
    pub fn is_public(&self) -> bool {
        self.authentication == ClientAuthenticationMethod::None
    }

    /// What it may sign with by its own keys, where nothing narrower is registered (FAPI 2.0 §5.4.1).
    pub(crate) fn may_sign_with(&self) -> &'static [ClientAlgorithm] {
        if self.profile.is_fapi() { &ClientAlgorithm::FAPI } else { &ClientAlgorithm::ASYMMETRIC }
    }
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
            logo: None,
            policy: None,
            terms: None,
            initiate_login_uri: None,
            redirect_uris: vec!["https://rp.example/cb?x=1".to_owned()],
            post_logout_redirect_uris: vec!["https://rp.example/bye?y=1".to_owned()],
            web_origins: BTreeSet::new(),
            authentication: ClientAuthenticationMethod::None,
            secrets: Vec::new(),
            sealed_secrets: Vec::new(),
            keys: PublishedKeys::None,
            certificate: None,
            assertions: AssertionPolicy::default(),
            grant_types: BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]),
            scopes: ["openid", "profile", "email"].map(str::to_owned).into(),
            resources: BTreeSet::new(),
            requests: RequestPolicy::default(),
            signs: Signing::default(),
            sender: SenderConstraint::None,
            subject: SubjectType::Public,
            consent: Consent::Skipped,
            rotation: Rotation::EachUse,
            exchange: Exchange::default(),
            logout: LogoutNotices::default(),
            profile: Profile::Standard,
        }
    }

    /// The same with a secret, by HTTP Basic.
    pub(crate) fn confidential(id: &str) -> Client {
        let authentication = ClientAuthenticationMethod::ClientSecretBasic;
        Client { authentication, secrets: vec![SecretHash::of(SECRET)], ..public(id) }
    }

    #[test]
    fn sr_153_the_financial_profiles_leave_fewer_algorithms() {
        assert_eq!(public("spa").may_sign_with(), ClientAlgorithm::ASYMMETRIC);
        for profile in [Profile::Fapi2Security, Profile::Fapi2MessageSigning] {
            let bank = Client { profile, ..public("bank") };
            let expected = [ClientAlgorithm::PS256, ClientAlgorithm::ES256, ClientAlgorithm::EdDSA];
            assert_eq!(bank.may_sign_with(), expected);
        }
    }

    #[test]
    fn a_grant_type_is_written_as_it_is_read() {
        for grant_type in GrantType::ALL {
            assert_eq!(serde_json::to_value(grant_type).unwrap(), grant_type.as_str());
        }
    }
}
