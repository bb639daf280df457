//! `clients/*.toml` as written: one relying party a file, names as in RFC 7591 §2.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{LocalizedText, Written};
use crate::protocol::client::{ClientAuthenticationMethod, GrantType, Pkce, SigningAlgorithm};

/// `clients/NAME.toml`: one relying party.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "clients/*.toml")]
pub(crate) struct ClientDocument {
    /// What the client calls itself in requests: visible ASCII, no space.
    #[schemars(required)]
    pub(crate) client_id: Option<Written<String>>,
    /// What people call the application.
    #[schemars(required)]
    pub(crate) client_name: Option<Written<LocalizedText>>,
    /// The application's home page: where "Back to …" leads.
    pub(crate) client_uri: Option<Written<String>>,
    /// Where people may be brought back to, each in full: compared as text.
    #[schemars(required)]
    pub(crate) redirect_uris: Option<Written<Vec<Written<String>>>>,
    /// Where people may be brought to after signing out, each in full.
    pub(crate) post_logout_redirect_uris: Option<Written<Vec<Written<String>>>>,
    /// How the client proves who it is; `none` for what runs in a browser or on a phone.
    #[schemars(extend("default" = "client_secret_basic"))]
    pub(crate) token_endpoint_auth_method: Option<Written<ClientAuthenticationMethod>>,
    /// Hashes of the client's secrets, as `guichet realm secret` prints them; two during a rotation.
    pub(crate) secrets: Option<Written<Vec<Written<String>>>>,
    /// What the client may exchange for tokens.
    #[schemars(extend("default" = ["authorization_code"]))]
    pub(crate) grant_types: Option<Written<Vec<Written<GrantType>>>>,
    /// What the client may ask for, separated by spaces.
    #[schemars(extend("default" = "openid"))]
    pub(crate) scope: Option<Written<String>>,
    /// Whether PKCE may be left out, for confidential clients that cannot send it.
    #[schemars(extend("default" = "required"))]
    pub(crate) pkce: Option<Written<Pkce>>,
    /// The algorithm of its ID tokens.
    #[schemars(extend("default" = "RS256"))]
    pub(crate) id_token_signed_response_alg: Option<Written<SigningAlgorithm>>,
    /// The algorithm of its access tokens.
    #[schemars(extend("default" = "ES256"))]
    pub(crate) access_token_signed_response_alg: Option<Written<SigningAlgorithm>>,
}
