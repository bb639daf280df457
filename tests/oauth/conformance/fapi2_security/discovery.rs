//! What the plans ask of the discovery document and of the published keys.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::checks::STRONG;
use super::party::{PAR, Party};
use super::stage::{By, Plan, Stage, Variant};
use crate::oauth::{document, jwks};
use crate::support::client_app::{endpoint, issuer};

pub(crate) async fn discovery_end_point_verification(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let answer = document(&bank.app, &format!("{}/.well-known/openid-configuration", issuer())).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
        let said = answer.json();
        assert_eq!(said["issuer"], issuer(), "the address without the well-known path");
        assert_eq!(said["authorization_response_iss_parameter_supported"], true);
        assert_eq!(said["pushed_authorization_request_endpoint"], endpoint(PAR));
        assert!(said["require_pushed_authorization_requests"].is_boolean());
        for (member, wanted) in wanted(&bank) {
            let listed = said[member].as_array().unwrap_or_else(|| panic!("no {member}"));
            assert!(wanted.iter().any(|value| listed.contains(&json!(value))), "{member}: {listed:?}");
        }
        has_secure_addresses(&said);
        if variant.shows_certificates() {
            aliases(&bank, &said).await;
        }
        has_public_keys(&bank).await;
    }
}

/// Lists of the document, and what at least one value of each has to be.
fn wanted(bank: &Party) -> Vec<(&'static str, &'static [&'static str])> {
    let mut wanted: Vec<(_, &[_])> = vec![
        ("response_types_supported", &["code"]),
        ("grant_types_supported", &["authorization_code"]),
        ("code_challenge_methods_supported", &["S256"]),
        ("token_endpoint_auth_signing_alg_values_supported", &STRONG),
        ("id_token_signing_alg_values_supported", &STRONG),
        ("userinfo_signing_alg_values_supported", &STRONG),
    ];
    wanted.extend(match bank.variant.authenticates {
        By::Jwt => vec![("token_endpoint_auth_methods_supported", &["private_key_jwt"][..])],
        By::Certificate => vec![
            ("token_endpoint_auth_methods_supported", &["tls_client_auth"][..]),
            ("token_endpoint_auth_methods_supported", &["self_signed_tls_client_auth"]),
        ],
    });
    if bank.variant.binds == By::Jwt {
        wanted.push(("dpop_signing_alg_values_supported", &STRONG));
    }
    if bank.plan == Plan::MessageSigning {
        wanted.extend([
            ("request_object_signing_alg_values_supported", &STRONG[..]),
            ("authorization_signing_alg_values_supported", &STRONG),
            ("introspection_signing_alg_values_supported", &STRONG),
            ("response_modes_supported", &["jwt"]),
        ]);
    }
    wanted
}

fn has_secure_addresses(said: &Value) {
    for (member, value) in said.as_object().unwrap() {
        if member.ends_with("_endpoint") || member == "jwks_uri" {
            assert!(value.as_str().unwrap().starts_with("https://"), "{member}: {value}");
        }
    }
    assert!(said["token_endpoint"].is_string() && said["jwks_uri"].is_string());
}

/// RFC 8705 §5: what this client asks stands where it may show its certificate.
async fn aliases(bank: &Party, said: &Value) {
    if bank.variant.binds == By::Certificate {
        assert_eq!(said["tls_client_certificate_bound_access_tokens"], true);
    }
    for (member, name) in
        [("token_endpoint", "token"), ("userinfo_endpoint", "userinfo"), ("pushed_authorization_request_endpoint", PAR)]
    {
        assert_eq!(said["mtls_endpoint_aliases"][member], bank.url(name));
        let found = bank.sends(&http::Method::DELETE, name, &[], String::new()).await.status;
        assert_eq!(found, 405, "{member} is there");
    }
}

/// Each with a name of its own, and nothing in it that is not public.
async fn has_public_keys(bank: &Party) {
    let keys = jwks(&bank.app).await;
    let names: BTreeSet<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert!(!keys.is_empty() && names.len() == keys.len());
    for key in &keys {
        assert!(["RSA", "EC", "OKP"].iter().any(|kind| key["kty"] == *kind), "{key}");
        assert!(["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().all(|member| key[member].is_null()), "{key}");
    }
    assert!(keys.iter().any(|key| STRONG.iter().any(|algorithm| key["alg"] == *algorithm)));
}
