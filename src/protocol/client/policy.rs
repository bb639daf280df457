//! What a client is allowed and held to: each policy one small type, set by its file or by its profile.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{ClientId, SigningAlgorithm};
use crate::authentication::level::Acr;
use crate::clock::Duration;
use crate::protocol::client_algorithm::ClientAlgorithm;

/// Whether PKCE may be left out (SR-128).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// The default: `S256` or nothing.
    Required,
    /// A confidential client that was exempted one by one.
    Optional,
}

/// `require_pushed_authorization_requests` (RFC 9126 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushedRequests {
    /// Pushed or not, as the client likes.
    Optional,
    /// What was not pushed is refused.
    Required,
}

impl PushedRequests {
    /// Required, or as the client likes.
    pub const fn when(required: bool) -> Self {
        if required { Self::Required } else { Self::Optional }
    }
}

/// What a client's authorization requests must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPolicy {
    /// Whether PKCE is required.
    pub pkce: Pkce,
    /// Whether requests have to be pushed.
    pub pushed: PushedRequests,
    /// `require_signed_request_object` (RFC 9101 §10.5).
    pub signed: bool,
    /// Whether answers have to be JWTs (JARM; FAPI 2.0 Message Signing §5.4).
    pub signed_answer: bool,
    /// `request_object_signing_alg`: the one algorithm, or any of ours.
    pub object_algorithm: Option<ClientAlgorithm>,
    /// `request_uris`: where we may fetch request objects, each in full.
    pub object_uris: BTreeSet<String>,
    /// `default_max_age` (OpenID Connect Registration §2).
    pub default_max_age: Option<Duration>,
    /// `default_acr_values`, in order of preference.
    pub default_acr_values: Vec<String>,
    /// The level below which nobody gets in.
    pub minimum_acr: Option<Acr>,
}

impl Default for RequestPolicy {
    fn default() -> Self {
        Self {
            pkce: Pkce::Required,
            pushed: PushedRequests::Optional,
            signed: false,
            signed_answer: false,
            object_algorithm: None,
            object_uris: BTreeSet::new(),
            default_max_age: None,
            default_acr_values: Vec::new(),
            minimum_acr: None,
        }
    }
}

/// With what a client's answers and tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signing {
    /// `id_token_signed_response_alg`.
    pub id_token: SigningAlgorithm,
    /// The algorithm of its access tokens.
    pub access_token: SigningAlgorithm,
    /// `userinfo_signed_response_alg`; plain JSON when none is registered.
    pub userinfo: Option<SigningAlgorithm>,
    /// `introspection_signed_response_alg` (RFC 9701 §6).
    pub introspection: SigningAlgorithm,
    /// `authorization_signed_response_alg` (JARM §3).
    pub authorization: SigningAlgorithm,
}

impl Signing {
    /// Every algorithm that it names.
    pub fn algorithms(self) -> impl Iterator<Item = SigningAlgorithm> {
        let Self { id_token, access_token, userinfo, introspection, authorization } = self;
        [id_token, access_token, introspection, authorization].into_iter().chain(userinfo)
    }
}

impl Default for Signing {
    fn default() -> Self {
        use SigningAlgorithm::{ES256, RS256};
        // JARM §3 and RFC 9701 §6 have RS256 as the default, as OpenID Connect has for ID tokens.
        Self { id_token: RS256, access_token: ES256, userinfo: None, introspection: RS256, authorization: RS256 }
    }
}

/// What a client's tokens are bound to, so that whoever steals one cannot use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SenderConstraint {
    /// Nothing: bearer tokens, unless the client proves possession of a key by itself.
    None,
    /// `dpop_bound_access_tokens`: a DPoP proof with every request (RFC 9449 §5.2).
    Dpop,
    /// `tls_client_certificate_bound_access_tokens`: its certificate with every request (RFC 8705 §3.4).
    Certificate,
}

/// `subject_type` (OpenID Connect Core §8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectType {
    /// Everybody's `sub` is the same for all clients.
    Public,
    /// Each sector knows people by names of its own (Core §8.1).
    Pairwise {
        /// The host that the names are for.
        sector: String,
    },
}

/// Whether people are asked before a client learns of them (OpenID Connect Core §3.1.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// Never: the operator's own application.
    Skipped,
    /// Once for what it asks, and again when it asks more.
    Once,
    /// Each time.
    Always,
}

/// What becomes of a refresh token when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// Another takes its place, and a second use ends the family (RFC 9700 §4.14).
    EachUse,
    /// It stays: for confidential clients whose tokens are bound to them (FAPI 2.0 §5.3.2.1).
    Never,
}

/// Whose tokens a client may exchange, and how it appears in what it gets (RFC 8693 §1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The clients whose access tokens it may present.
    pub subjects: BTreeSet<ClientId>,
    /// Whether it becomes invisible behind the person; otherwise its tokens name it as the one who acts.
    pub impersonate: bool,
}

/// Where a client hears that a session ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogoutNotices {
    /// `backchannel_logout_uri` (Back-Channel Logout §2.2).
    pub back_channel: Option<LogoutAddress>,
    /// `frontchannel_logout_uri` (Front-Channel Logout §2).
    pub front_channel: Option<LogoutAddress>,
}

/// One such address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutAddress {
    /// Where it is.
    pub uri: Url,
    /// `…_logout_session_required`: whether `sid` must be told.
    pub session_required: bool,
}
