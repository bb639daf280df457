//! `clients/*.toml` as written: one relying party a file, names as in RFC 7591 §2 and the documents that extend it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::written::{LocalizedText, Span, Written};
use crate::protocol::client::authentication::AssertionAudience;
use crate::protocol::client::{
    ClientAuthenticationMethod, Consent, GrantType, Pkce, Profile, Rotation, SigningAlgorithm,
};
use crate::protocol::client_algorithm::ClientAlgorithm;

/// A list of texts, each with its place.
pub(crate) type Texts = Written<Vec<Written<String>>>;

/// `clients/NAME.toml`: one relying party.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "clients/*.toml")]
pub(crate) struct ClientDocument {
    /// What the client calls itself in requests: visible ASCII, no space.
    #[schemars(required)]
    pub(crate) client_id: Option<Written<String>>,
    /// The named set of policies that the client is held to; the other keys refine it.
    #[schemars(extend("default" = "standard"))]
    pub(crate) profile: Option<Written<Profile>>,
    /// What people call the application.
    #[schemars(required)]
    pub(crate) client_name: Option<Written<LocalizedText>>,
    /// The application's home page: where "Back to …" leads.
    pub(crate) client_uri: Option<Written<String>>,
    /// Its logo, shown where it asks for consent.
    pub(crate) logo_uri: Option<Written<String>>,
    /// How it treats personal data, linked where it asks for consent.
    pub(crate) policy_uri: Option<Written<String>>,
    /// Its terms of use, linked there too.
    pub(crate) tos_uri: Option<Written<String>>,
    /// Where somebody else may send people to start a sign-in.
    pub(crate) initiate_login_uri: Option<Written<String>>,
    /// Where people may be brought back to, each in full: compared as text. Needed for authorization_code.
    pub(crate) redirect_uris: Option<Texts>,
    /// Where people may be brought to after signing out, each in full.
    pub(crate) post_logout_redirect_uris: Option<Texts>,
    /// Origins of pages that may read our answers, such as "https://app.example".
    pub(crate) web_origins: Option<Texts>,
    /// How the client proves who it is; `none` for what runs in a browser or on a phone.
    #[schemars(extend("default" = "client_secret_basic"))]
    pub(crate) token_endpoint_auth_method: Option<Written<ClientAuthenticationMethod>>,
    /// The one algorithm of its assertions. By default any of ours.
    pub(crate) token_endpoint_auth_signing_alg: Option<Written<ClientAlgorithm>>,
    /// What `aud` of its assertions may be.
    #[schemars(extend("default" = "issuer-or-endpoint"))]
    pub(crate) assertion_audience: Option<Written<AssertionAudience>>,
    /// The client's secrets as `guichet realm secret` prints them; two during a rotation.
    pub(crate) secrets: Option<Texts>,
    /// The client's public keys, as a JWK Set.
    pub(crate) jwks: Option<Written<JwkSetDocument>>,
    /// Where the client publishes its keys.
    pub(crate) jwks_uri: Option<Written<String>>,
    /// For tls_client_auth: the distinguished name in its certificate (RFC 4514).
    pub(crate) tls_client_auth_subject_dn: Option<Written<String>>,
    /// For tls_client_auth: a DNS name in its certificate.
    pub(crate) tls_client_auth_san_dns: Option<Written<String>>,
    /// For tls_client_auth: a URI in its certificate.
    pub(crate) tls_client_auth_san_uri: Option<Written<String>>,
    /// For tls_client_auth: an IP address in its certificate.
    pub(crate) tls_client_auth_san_ip: Option<Written<String>>,
    /// For tls_client_auth: an e-mail address in its certificate.
    pub(crate) tls_client_auth_san_email: Option<Written<String>>,
    /// Whether its tokens are bound to its certificate (RFC 8705).
    #[schemars(extend("default" = false))]
    pub(crate) tls_client_certificate_bound_access_tokens: Option<Written<bool>>,
    /// Whether its tokens are bound by DPoP (RFC 9449).
    #[schemars(extend("default" = false))]
    pub(crate) dpop_bound_access_tokens: Option<Written<bool>>,
    /// What the client may exchange for tokens.
    #[schemars(extend("default" = ["authorization_code"]))]
    pub(crate) grant_types: Option<Written<Vec<Written<GrantType>>>>,
    /// What the client may ask for, separated by spaces.
    #[schemars(extend("default" = "openid"))]
    pub(crate) scope: Option<Written<String>>,
    /// Resources of the realm that it may ask tokens for (RFC 8707).
    pub(crate) resources: Option<Texts>,
    /// Whether PKCE may be left out, for confidential clients that cannot send it.
    #[schemars(extend("default" = "required"))]
    pub(crate) pkce: Option<Written<Pkce>>,
    /// Whether its authorization requests have to be pushed (RFC 9126).
    #[schemars(extend("default" = false))]
    pub(crate) require_pushed_authorization_requests: Option<Written<bool>>,
    /// Whether its authorization requests have to be signed (RFC 9101).
    #[schemars(extend("default" = false))]
    pub(crate) require_signed_request_object: Option<Written<bool>>,
    /// Whether the answers to them have to be signed (JARM).
    #[schemars(extend("default" = false))]
    pub(crate) require_signed_response: Option<Written<bool>>,
    /// The one algorithm of its request objects. By default any of ours.
    pub(crate) request_object_signing_alg: Option<Written<ClientAlgorithm>>,
    /// Where its request objects may be fetched, each in full.
    pub(crate) request_uris: Option<Texts>,
    /// How old an authentication may be when the request does not say.
    pub(crate) default_max_age: Option<Written<Span>>,
    /// The levels it prefers when the request does not say.
    pub(crate) default_acr_values: Option<Texts>,
    /// The level below which nobody gets in, whatever the request says: whoever lacks a second factor adds one first.
    pub(crate) minimum_acr: Option<Written<String>>,
    /// The algorithm of its ID tokens.
    #[schemars(extend("default" = "RS256"))]
    pub(crate) id_token_signed_response_alg: Option<Written<SigningAlgorithm>>,
    /// The algorithm of its access tokens.
    #[schemars(extend("default" = "ES256"))]
    pub(crate) access_token_signed_response_alg: Option<Written<SigningAlgorithm>>,
    /// The algorithm of its userinfo answers. By default they are plain JSON.
    pub(crate) userinfo_signed_response_alg: Option<Written<SigningAlgorithm>>,
    /// The algorithm of signed introspection answers (RFC 9701).
    #[schemars(extend("default" = "RS256"))]
    pub(crate) introspection_signed_response_alg: Option<Written<SigningAlgorithm>>,
    /// The algorithm of signed authorization answers (JARM).
    #[schemars(extend("default" = "RS256"))]
    pub(crate) authorization_signed_response_alg: Option<Written<SigningAlgorithm>>,
    /// Whether everybody's `sub` is the client's own: `pairwise`, or `public`.
    #[schemars(extend("default" = "public"))]
    pub(crate) subject_type: Option<Written<SubjectWord>>,
    /// For pairwise subjects of several hosts: the list of redirect addresses that names them one sector.
    pub(crate) sector_identifier_uri: Option<Written<String>>,
    /// Whether people are asked before the client learns of them.
    #[schemars(extend("default" = "skipped"))]
    pub(crate) consent: Option<Written<Consent>>,
    /// Whether a used refresh token is replaced.
    #[schemars(extend("default" = "each-use"))]
    pub(crate) refresh_token_rotation: Option<Written<Rotation>>,
    /// Whose access tokens it may exchange for its own (RFC 8693).
    pub(crate) token_exchange: Option<Written<TokenExchangeDocument>>,
    /// Where the client hears on its server that a session ended.
    pub(crate) backchannel_logout_uri: Option<Written<String>>,
    /// Whether it has to be told which one.
    #[schemars(extend("default" = false))]
    pub(crate) backchannel_logout_session_required: Option<Written<bool>>,
    /// The page of the client that forgets a session when the browser loads it.
    pub(crate) frontchannel_logout_uri: Option<Written<String>>,
    /// Whether it has to be told which one.
    #[schemars(extend("default" = false))]
    pub(crate) frontchannel_logout_session_required: Option<Written<bool>>,
}

/// `[token_exchange]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenExchangeDocument {
    /// The clients whose access tokens it may present, itself included when it may narrow its own.
    #[schemars(required)]
    pub(crate) subjects: Option<Texts>,
    /// Whether it disappears behind the person. By default its tokens name it as the one who acts.
    pub(crate) impersonate: Option<Written<bool>>,
}

/// How a client knows people (OpenID Connect Core §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SubjectWord {
    /// One name for all clients.
    Public,
    /// A name for each sector.
    Pairwise,
}

/// A JWK Set (RFC 7517 §5), taken whole: what is in it is for `keys` to judge.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct JwkSetDocument(pub(crate) serde_json::Value);

impl JsonSchema for JwkSetDocument {
    fn schema_name() -> Cow<'static, str> {
        "JwkSet".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "description": "A JWK Set: `{ keys = [ … ] }`." })
    }
}
