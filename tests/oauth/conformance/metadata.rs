//! What every discovery module asks of the realm's metadata (OpenID Connect Discovery §3, §4), warnings included.

use openidconnect::core::CoreProviderMetadata;
use serde_json::Value;

use super::duties::publishes_good_keys;
use crate::oauth::document;
use crate::support::client_app::{ClientApp, endpoint, issuer};

/// What a member of the document is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// An https address.
    Address,
    /// A list of words, not empty, each there once.
    Words,
    Flag,
    /// Addresses by the name of another member (RFC 8705 §5).
    Addresses,
}

/// The members that the suite knows, of those that we announce; another one would be a warning.
const MEMBERS: [(&str, Kind); 48] = [
    ("issuer", Kind::Address),
    ("authorization_endpoint", Kind::Address),
    ("token_endpoint", Kind::Address),
    ("userinfo_endpoint", Kind::Address),
    ("jwks_uri", Kind::Address),
    ("registration_endpoint", Kind::Address),
    ("end_session_endpoint", Kind::Address),
    ("introspection_endpoint", Kind::Address),
    ("revocation_endpoint", Kind::Address),
    ("device_authorization_endpoint", Kind::Address),
    ("pushed_authorization_request_endpoint", Kind::Address),
    ("check_session_iframe", Kind::Address),
    ("mtls_endpoint_aliases", Kind::Addresses),
    ("scopes_supported", Kind::Words),
    ("response_types_supported", Kind::Words),
    ("response_modes_supported", Kind::Words),
    ("grant_types_supported", Kind::Words),
    ("subject_types_supported", Kind::Words),
    ("acr_values_supported", Kind::Words),
    ("id_token_signing_alg_values_supported", Kind::Words),
    ("userinfo_signing_alg_values_supported", Kind::Words),
    ("authorization_signing_alg_values_supported", Kind::Words),
    ("request_object_signing_alg_values_supported", Kind::Words),
    ("token_endpoint_auth_methods_supported", Kind::Words),
    ("token_endpoint_auth_signing_alg_values_supported", Kind::Words),
    ("introspection_endpoint_auth_methods_supported", Kind::Words),
    ("introspection_endpoint_auth_signing_alg_values_supported", Kind::Words),
    ("introspection_signing_alg_values_supported", Kind::Words),
    ("revocation_endpoint_auth_methods_supported", Kind::Words),
    ("revocation_endpoint_auth_signing_alg_values_supported", Kind::Words),
    ("dpop_signing_alg_values_supported", Kind::Words),
    ("code_challenge_methods_supported", Kind::Words),
    ("prompt_values_supported", Kind::Words),
    ("display_values_supported", Kind::Words),
    ("claim_types_supported", Kind::Words),
    ("claims_supported", Kind::Words),
    ("ui_locales_supported", Kind::Words),
    ("claims_parameter_supported", Kind::Flag),
    ("request_parameter_supported", Kind::Flag),
    ("request_uri_parameter_supported", Kind::Flag),
    ("require_request_uri_registration", Kind::Flag),
    ("require_pushed_authorization_requests", Kind::Flag),
    ("authorization_response_iss_parameter_supported", Kind::Flag),
    ("tls_client_certificate_bound_access_tokens", Kind::Flag),
    ("frontchannel_logout_supported", Kind::Flag),
    ("frontchannel_logout_session_supported", Kind::Flag),
    ("backchannel_logout_supported", Kind::Flag),
    ("backchannel_logout_session_supported", Kind::Flag),
];

/// Where the document is.
pub(super) fn address() -> String {
    format!("{}/.well-known/openid-configuration", issuer())
}

/// The document, as it stands.
pub(super) async fn of(app: &ClientApp) -> Value {
    document(app, &address()).await.json()
}

/// Whether a list of the document has that word.
pub(super) fn lists(said: &Value, member: &str, word: &str) -> bool {
    said[member].as_array().is_some_and(|words| words.iter().any(|other| other == word))
}

/// The document, once everything is checked that a discovery module checks.
pub(super) async fn verified(app: &ClientApp) -> Value {
    let answer = document(app, &address()).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
    // The library's own model of the document.
    serde_json::from_str::<CoreProviderMetadata>(&answer.body).unwrap();
    let said = answer.json();
    assert_eq!(said["issuer"], issuer(), "the address that it was fetched from");
    for (member, value) in said.as_object().unwrap() {
        is_as_its_kind(member, value);
    }
    for (member, word) in [
        ("response_types_supported", "code"),
        ("grant_types_supported", "authorization_code"),
        ("subject_types_supported", "public"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("userinfo_signing_alg_values_supported", "RS256"),
        ("request_object_signing_alg_values_supported", "RS256"),
        ("scopes_supported", "openid"),
        ("claims_supported", "sub"),
        ("code_challenge_methods_supported", "S256"),
    ] {
        assert!(lists(&said, member, word), "{member} lists {word}");
    }
    for word in ["scopes_supported", "ui_locales_supported"] {
        assert!(words(&said[word]).all(if word == "scopes_supported" { is_scope } else { is_locale }), "{word}");
    }
    for (member, value) in said.as_object().unwrap() {
        if member.ends_with("_endpoint") {
            assert_ne!(document(app, value.as_str().unwrap()).await.status, 404, "{member} is reachable");
        }
    }
    assert_eq!(said["jwks_uri"], endpoint("certs"));
    publishes_good_keys(app).await;
    said
}

fn is_as_its_kind(member: &str, value: &Value) {
    let kind = MEMBERS.iter().find(|(name, _)| *name == member);
    let (_, kind) = kind.unwrap_or_else(|| panic!("{member} is unknown to the suite"));
    let https = |value: &Value| value.as_str().is_some_and(|address| address.starts_with("https://"));
    let good = match kind {
        Kind::Address => https(value),
        Kind::Addresses => value.as_object().is_some_and(|addresses| addresses.values().all(https)),
        Kind::Flag => value.is_boolean(),
        Kind::Words => {
            let all: Vec<_> = words(value).collect();
            let once: std::collections::BTreeSet<_> = all.iter().collect();
            !all.is_empty() && once.len() == all.len() && all.iter().all(|word| !word.is_empty())
        }
    };
    assert!(good, "{member} is {value}");
}

fn words(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap())
}

/// RFC 6749 §3.3.
fn is_scope(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// A language, with a region in capitals where one is named (RFC 5646 §2.1, §2.1.1).
fn is_locale(tag: &str) -> bool {
    let (language, region) = tag.split_once('-').unwrap_or((tag, "FR"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[test]
fn words_of_a_document_are_judged() {
    assert!(is_scope("openid") && !is_scope("") && !is_scope("a b") && !is_scope("\"") && !is_scope("é"));
    assert!(is_locale("fr") && is_locale("fr-CA") && !is_locale("FR") && !is_locale("fr-ca") && !is_locale("french"));
}
