//! A profile: one word in a client's file that stands for a named set of policies.
//!
//! It says what holds when the file is silent ([`Profile::defaults`]) and what the file may not take back
//! ([`Profile::shortfalls`]). What came of it is told by `guichet realm validate` ([`Client::policies`]).

use serde::{Deserialize, Serialize};

use super::{
    AssertionPolicy, Client, ClientAuthenticationMethod, Consent, Pkce, PushedRequests, RequestPolicy, Rotation,
    SenderConstraint, Signing, SigningAlgorithm, SubjectType,
};
use crate::protocol::client::authentication::AssertionAudience;
use crate::protocol::client_algorithm::ClientAlgorithm;

/// A named set of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Profile {
    /// What RFC 9700 recommends; each policy may be set by itself.
    #[default]
    #[serde(rename = "standard")]
    Standard,
    /// For software written before PKCE, which may be left out, and for Keycloak's adapter in a page.
    #[serde(rename = "compatible")]
    Compatible,
    /// OAuth 2.1: PKCE always, refresh tokens of public clients rotate or are bound.
    #[serde(rename = "oauth21")]
    OAuth21,
    /// FAPI 2.0 Security Profile: pushed requests, keys or certificates instead of secrets, bound tokens.
    #[serde(rename = "fapi2-security")]
    Fapi2Security,
    /// FAPI 2.0 Message Signing: the same, with signed requests and signed answers.
    #[serde(rename = "fapi2-message-signing")]
    Fapi2MessageSigning,
}

/// What holds when a file is silent.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// How requests have to be.
    pub requests: RequestPolicy,
    /// What its assertions have to be.
    pub assertions: AssertionPolicy,
    /// What becomes of used refresh tokens.
    pub rotation: Rotation,
    /// With what is signed.
    pub signs: Signing,
}

/// The algorithms of FAPI 2.0 §5.4.1.
const FAPI: [SigningAlgorithm; 3] = [SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA];

/// The same in words.
const FAPI_WORDS: &str = "PS256, ES256 or EdDSA";

impl Profile {
    /// The word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Compatible => "compatible",
            Self::OAuth21 => "oauth21",
            Self::Fapi2Security => "fapi2-security",
            Self::Fapi2MessageSigning => "fapi2-message-signing",
        }
    }

    /// What holds when the file is silent; `public` clients have PKCE and rotation as their only guard.
    pub fn defaults(self, public: bool) -> Defaults {
        let standard = Defaults {
            requests: RequestPolicy::default(),
            assertions: AssertionPolicy::default(),
            rotation: Rotation::EachUse,
            signs: Signing::default(),
        };
        match self {
            Self::Standard | Self::OAuth21 => standard,
            Self::Compatible if public => standard,
            Self::Compatible => Defaults {
                requests: RequestPolicy { pkce: Pkce::Optional, ..RequestPolicy::default() },
                rotation: Rotation::Never,
                ..standard
            },
            Self::Fapi2Security | Self::Fapi2MessageSigning => Defaults {
                requests: RequestPolicy {
                    pushed: PushedRequests::Required,
                    signed: self == Self::Fapi2MessageSigning,
                    signed_answer: self == Self::Fapi2MessageSigning,
                    ..RequestPolicy::default()
                },
                assertions: AssertionPolicy { audience: AssertionAudience::Issuer, algorithm: None },
                // FAPI 2.0 §5.3.2.1: "shall not use refresh token rotation except in extraordinary circumstances"
                rotation: Rotation::Never,
                signs: Signing {
                    id_token: SigningAlgorithm::ES256,
                    access_token: SigningAlgorithm::ES256,
                    userinfo: None,
                    introspection: SigningAlgorithm::ES256,
                    authorization: SigningAlgorithm::ES256,
                },
            },
        }
    }

    /// Whether it is one of FAPI 2.0.
    pub const fn is_fapi(self) -> bool {
        matches!(self, Self::Fapi2Security | Self::Fapi2MessageSigning)
    }

    /// Whether it stands for Keycloak's adapter in a page, which reads refresh tokens as JWTs and asks for tokens with
    /// the browser's credentials (`docs/adr/0031`).
    pub const fn suits_adapters(self) -> bool {
        matches!(self, Self::Compatible)
    }

    /// What `client` lacks of its profile: the key of the file, and what the profile wants there.
    pub fn shortfalls(client: &Client) -> Vec<(&'static str, &'static str)> {
        let profile = client.profile;
        let requests = &client.requests;
        let fapi = profile.is_fapi();
        let signing = profile == Self::Fapi2MessageSigning;
        let strict = fapi || profile == Self::OAuth21;
        let rules = [
            (strict && requests.pkce != Pkce::Required, "pkce", "\"required\""),
            (fapi && requests.pushed != PushedRequests::Required, "require_pushed_authorization_requests", "true"),
            (
                fapi && !is_strong(client.authentication),
                "token_endpoint_auth_method",
                "\"private_key_jwt\", \"tls_client_auth\" or \"self_signed_tls_client_auth\"",
            ),
            (
                fapi && client.sender == SenderConstraint::None,
                "dpop_bound_access_tokens",
                "true, or tls_client_certificate_bound_access_tokens = true",
            ),
            (fapi && client.assertions.audience != AssertionAudience::Issuer, "assertion_audience", "\"issuer\""),
            (fapi && client.rotation != Rotation::Never, "refresh_token_rotation", "\"never\""),
            (fapi && !client.redirect_uris.iter().all(|uri| uri.starts_with("https:")), "redirect_uris", "https"),
            (signing && !requests.signed, "require_signed_request_object", "true"),
            (signing && !requests.signed_answer, "require_signed_response", "true"),
            (
                profile == Self::OAuth21 && is_unguarded(client),
                "refresh_token_rotation",
                "\"each-use\" for a public client whose tokens are not bound",
            ),
        ];
        let theirs = [
            ("token_endpoint_auth_signing_alg", client.assertions.algorithm),
            ("request_object_signing_alg", requests.object_algorithm),
        ];
        let theirs = theirs.into_iter().filter(|(_, algorithm)| {
            fapi && algorithm.is_some_and(|algorithm| !ClientAlgorithm::FAPI.contains(&algorithm))
        });
        let lacks = rules.into_iter().filter(|(lacks, ..)| *lacks).map(|(_, key, wanted)| (key, wanted));
        let algorithms = algorithms(client).into_iter().filter(|(_, algorithm)| fapi && !FAPI.contains(algorithm));
        lacks
            .chain(theirs.map(|(key, _)| (key, FAPI_WORDS)))
            .chain(algorithms.map(|(key, _)| (key, FAPI_WORDS)))
            .collect()
    }
}

/// FAPI 2.0 §5.3.2.1: a key or a certificate, never a secret that both sides know.
const fn is_strong(method: ClientAuthenticationMethod) -> bool {
    use ClientAuthenticationMethod::{PrivateKeyJwt, SelfSignedTlsClientAuth, TlsClientAuth};
    matches!(method, PrivateKeyJwt | TlsClientAuth | SelfSignedTlsClientAuth)
}

fn is_unguarded(client: &Client) -> bool {
    client.is_public() && client.rotation == Rotation::Never && client.sender == SenderConstraint::None
}

/// The keys of the file that name a signing algorithm, and what they say.
fn algorithms(client: &Client) -> Vec<(&'static str, SigningAlgorithm)> {
    let Signing { id_token, access_token, userinfo, introspection, authorization } = client.signs;
    let userinfo = userinfo.map(|algorithm| ("userinfo_signed_response_alg", algorithm));
    [
        ("id_token_signed_response_alg", id_token),
        ("access_token_signed_response_alg", access_token),
        ("introspection_signed_response_alg", introspection),
        ("authorization_signed_response_alg", authorization),
    ]
    .into_iter()
    .chain(userinfo)
    .collect()
}

impl Client {
    /// What came of its profile and its file, as operators read it.
    pub fn policies(&self) -> Vec<String> {
        let requests = &self.requests;
        let told = [
            Some(format!("authenticates by {}", self.authentication.as_str())),
            Some(format!("PKCE {}", if requests.pkce == Pkce::Required { "required" } else { "optional" })),
            (requests.pushed == PushedRequests::Required).then(|| "requests pushed".to_owned()),
            requests.signed.then(|| "requests signed".to_owned()),
            requests.signed_answer.then(|| "answers signed".to_owned()),
            Some(match self.sender {
                SenderConstraint::None => "bearer tokens".to_owned(),
                SenderConstraint::Dpop => "tokens bound by DPoP".to_owned(),
                SenderConstraint::Certificate => "tokens bound to its certificate".to_owned(),
            }),
            Some(match self.rotation {
                Rotation::EachUse => "refresh tokens rotate".to_owned(),
                Rotation::Never => "refresh tokens stay".to_owned(),
            }),
            self.profile.suits_adapters().then(|| "refresh tokens readable as JWTs".to_owned()),
            Some(match self.consent {
                Consent::Skipped => "no consent asked".to_owned(),
                Consent::Once => "consent asked once".to_owned(),
                Consent::Always => "consent asked each time".to_owned(),
            }),
            (self.subject != SubjectType::Public).then(|| "pairwise subjects".to_owned()),
            Some(format!("ID tokens {}", self.signs.id_token.as_str())),
            Some(format!("access tokens {}", self.signs.access_token.as_str())),
        ];
        told.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::tests::{confidential, public};

    fn of(profile: Profile, client: Client) -> Client {
        let Defaults { requests, assertions, rotation, signs } = profile.defaults(client.is_public());
        Client { assertions, requests, signs, rotation, profile, ..client }
    }

    fn fapi(profile: Profile) -> Client {
        Client {
            authentication: ClientAuthenticationMethod::PrivateKeyJwt,
            sender: SenderConstraint::Dpop,
            ..of(profile, confidential("bank"))
        }
    }

    #[test]
    fn a_profile_keeps_its_own_promises() {
        for client in [
            of(Profile::Standard, public("spa")),
            of(Profile::Compatible, confidential("old")),
            of(Profile::OAuth21, public("spa")),
            fapi(Profile::Fapi2Security),
            fapi(Profile::Fapi2MessageSigning),
        ] {
            assert_eq!(Profile::shortfalls(&client), [], "{}", client.profile.as_str());
        }
    }

    #[test]
    fn what_a_file_takes_back_is_told_by_its_key() {
        let bank = || fapi(Profile::Fapi2MessageSigning);
        let requests = || bank().requests;
        let unrotated = Client { rotation: Rotation::Never, ..of(Profile::OAuth21, public("spa")) };
        let rs256 = Signing { id_token: SigningAlgorithm::RS256, ..bank().signs };
        let unpushed = RequestPolicy { pushed: PushedRequests::Optional, ..requests() };
        let unsigned = RequestPolicy { signed: false, ..requests() };
        let rsa_objects = RequestPolicy { object_algorithm: Some(ClientAlgorithm::RS256), ..requests() };
        for (client, key) in [
            (Client { sender: SenderConstraint::None, ..bank() }, "dpop_bound_access_tokens"),
            (
                Client { authentication: ClientAuthenticationMethod::ClientSecretJwt, ..bank() },
                "token_endpoint_auth_method",
            ),
            (Client { rotation: Rotation::EachUse, ..bank() }, "refresh_token_rotation"),
            (Client { assertions: AssertionPolicy::default(), ..bank() }, "assertion_audience"),
            (
                Client {
                    assertions: AssertionPolicy { algorithm: Some(ClientAlgorithm::RS256), ..bank().assertions },
                    ..bank()
                },
                "token_endpoint_auth_signing_alg",
            ),
            (Client { signs: rs256, ..bank() }, "id_token_signed_response_alg"),
            (Client { requests: rsa_objects, ..bank() }, "request_object_signing_alg"),
            (Client { requests: unpushed, ..bank() }, "require_pushed_authorization_requests"),
            (Client { requests: unsigned, ..bank() }, "require_signed_request_object"),
            (unrotated, "refresh_token_rotation"),
        ] {
            assert_eq!(Profile::shortfalls(&client).first().map(|(key, _)| *key), Some(key));
        }
    }

    #[test]
    fn only_confidential_clients_may_be_compatible_without_pkce() {
        assert_eq!(Profile::Compatible.defaults(true).requests.pkce, Pkce::Required);
        assert_eq!(Profile::Compatible.defaults(false).requests.pkce, Pkce::Optional);
    }
}
