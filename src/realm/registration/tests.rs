//! Registrations as they are asked for, and what becomes of them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answer::metadata;
use super::judge;
use super::request::Asked;
use crate::clock::days;
use crate::protocol::client::{Client, Consent, GrantType, Profile};
use crate::protocol::error::Error;
use crate::realm::model::{Askable, ClientRegistration, Resource, WhoRegisters};

const SECRET: &str = "sha256:u7YzqJt2nTXFQ3V7Q7mVxX8oBqS2tq7gHc0mRkGd7aA";

fn limits() -> ClientRegistration {
    ClientRegistration {
        policy: WhoRegisters::Open,
        profile: Profile::Standard,
        grant_types: [GrantType::AuthorizationCode, GrantType::RefreshToken].into(),
        scopes: ["openid", "profile"].map(str::to_owned).into(),
        unused: days(30),
    }
}

fn least() -> Map<String, Value> {
    object(json!({"redirect_uris": ["https://rp.example/cb"]}))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other}"),
    }
}

fn registers(members: Map<String, Value>) -> Result<(Client, Map<String, Value>), Error> {
    let (limits, resources) =
        (limits(), vec![Resource { uri: "https://api.example/".to_owned(), scopes: BTreeSet::new(), server: None }]);
    let asked = Asked::read(members, &limits)?;
    let secrets = if asked.method.has_secret() { vec![SECRET.to_owned()] } else { Vec::new() };
    let document = asked.document("c_1", &secrets)?;
    let client = judge("c_1", &document, Askable { resources: &resources, organisations: false })?;
    let told = metadata(&client, &document, asked.particulars());
    Ok((client, told))
}

fn with(member: &str, value: Value) -> Map<String, Value> {
    let mut members = least();
    members.insert(member.to_owned(), value);
    members
}

#[test]
fn rfc_7591_all_that_is_registered_is_told_back_letter_by_letter_and_defaults_with_it() {
    let asked = object(json!({
        "redirect_uris": ["https://rp.example/cb?tenant=1", "https://rp.example/two"],
        "client_name": "Shop",
        "client_name#fr": "L'échoppe",
        "client_uri": "https://rp.example",
        "logo_uri": "https://rp.example/logo.png",
        "policy_uri": "https://rp.example/policy",
        "tos_uri": "https://rp.example/tos",
        "initiate_login_uri": "https://rp.example/login",
        "contacts": ["admin@rp.example"],
        "jwks": {"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]},
        "request_uris": ["https://rp.example/request.jwt#hash"],
        "default_max_age": 3600,
        "software_id": "shop-7",
        "a_member_of_tomorrow": {"deep": [null]},
        "jwks_uri": null,
    }));
    let (_, told) = registers(asked.clone()).unwrap();
    for (member, value) in &asked {
        match member.as_str() {
            "a_member_of_tomorrow" | "jwks_uri" => assert!(!told.contains_key(member), "{member}"),
            _ => assert_eq!(&told[member], value, "{member}"),
        }
    }
    for (member, value) in [
        ("client_id", json!("c_1")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("application_type", json!("web")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("subject_type", json!("public")),
        ("scope", json!("openid profile")),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    for member in ["secrets", "client_secret", "consent", "profile"] {
        assert!(!told.contains_key(member), "{member}");
    }
}

#[test]
fn sr_151_nothing_widens_what_the_realm_allows() {
    let (client, told) = registers(object(json!({
        "redirect_uris": ["https://rp.example/cb"],
        "scope": "openid profile email offline_access orders:read",
        "consent": "skipped",
        "resources": ["https://api.example/"],
        "pkce": "optional",
        "profile": "compatible",
        "web_origins": ["https://evil.example"],
        "secrets": ["sha256:hNZcb2QDOU2dugigkvlyQwilXsOmahNr1l0i1FUWeU4"],
        "client_id": "portal",
        "assertion_audience": "issuer-or-endpoint",
    })))
    .unwrap();
    assert_eq!(client.client_id.as_str(), "c_1");
    assert_eq!(client.consent, Consent::Once);
    assert_eq!(client.profile, Profile::Standard);
    assert_eq!(client.scopes, ["openid", "profile"].map(str::to_owned).into());
    assert!(client.resources.is_empty() && client.web_origins.is_empty());
    assert_eq!(client.requests.pkce, crate::protocol::client::Pkce::Required);
    assert_eq!(client.secrets.len(), 1);
    assert_eq!(told["scope"], "openid profile");
}

#[test]
fn rfc_7591_what_cannot_be_registered_is_refused_by_its_code() {
    const METADATA: &str = "invalid_client_metadata";
    const REDIRECT: &str = "invalid_redirect_uri";
    for (member, value, code) in [
        // SR-123
        ("redirect_uris", json!(["https://rp.example/cb#top"]), REDIRECT),
        ("redirect_uris", json!(["http://rp.example/cb"]), REDIRECT),
        ("redirect_uris", json!(["https://user@rp.example/cb"]), REDIRECT),
        ("redirect_uris", json!(["https://rp.example/a/../cb"]), REDIRECT),
        ("redirect_uris", json!(["https://rp.example/cb?code=1"]), REDIRECT),
        ("redirect_uris", json!(["https://rp.example/*"]), REDIRECT),
        ("redirect_uris", json!(["com.example.app:/cb"]), REDIRECT),
        ("redirect_uris", json!(["javascript:alert(1)"]), REDIRECT),
        ("redirect_uris", json!(["https://rp.example/cb\nhttps://evil.example/"]), REDIRECT),
        // SR-124
        ("redirect_uris", json!([]), REDIRECT),
        ("redirect_uris", json!(null), REDIRECT),
        ("redirect_uris", json!("https://rp.example/cb"), REDIRECT),
        ("redirect_uris", json!([7]), REDIRECT),
        ("redirect_uris", json!({"a": "b"}), METADATA),
        // SR-118
        ("logo_uri", json!("javascript:alert(1)"), METADATA),
        ("policy_uri", json!("data:text/html,x"), METADATA),
        ("tos_uri", json!("vbscript:x"), METADATA),
        ("client_uri", json!("/relative"), METADATA),
        ("initiate_login_uri", json!("http://rp.example/login"), METADATA),
        ("jwks_uri", json!("http://rp.example/jwks"), METADATA),
        ("sector_identifier_uri", json!("http://rp.example/sector"), METADATA),
        ("request_uris", json!(["http://rp.example/request"]), METADATA),
        ("backchannel_logout_uri", json!("https://rp.example/#x"), METADATA),
        ("client_name", json!(["Shop"]), METADATA),
        ("client_name", json!("  "), METADATA),
        ("client_name", json!("Sh\u{202e}op"), METADATA),
        ("client_name", json!("x".repeat(300)), METADATA),
        ("client_name#fr", json!(1), METADATA),
        ("token_endpoint_auth_method", json!("client_secret_sudo"), METADATA),
        ("token_endpoint_auth_method", json!(3), METADATA),
        ("response_types", json!(["code", "id_token"]), METADATA),
        ("response_types", json!("code"), METADATA),
        ("grant_types", json!(["authorization_code", "implicit"]), METADATA),
        ("grant_types", json!(["refresh_token"]), METADATA),
        ("grant_types", json!(["client_credentials"]), METADATA),
        ("grant_types", json!("authorization_code"), METADATA),
        ("scope", json!("email"), METADATA),
        ("scope", json!(["openid"]), METADATA),
        ("subject_type", json!("secret"), METADATA),
        ("id_token_signed_response_alg", json!("none"), METADATA),
        ("id_token_signed_response_alg", json!("HS256"), METADATA),
        ("request_object_signing_alg", json!("none"), METADATA),
        ("id_token_encrypted_response_alg", json!("RSA-OAEP"), METADATA),
        ("default_max_age", json!(-1), METADATA),
        ("default_max_age", json!("3600"), METADATA),
        ("default_acr_values", json!(["gold"]), METADATA),
        ("contacts", json!("admin@rp.example"), METADATA),
        ("contacts", json!(["a\nb"]), METADATA),
        ("application_type", json!("desktop"), METADATA),
        ("software_version", json!(7), METADATA),
        ("jwks", json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}), METADATA),
        ("jwks", json!({"keys": [{"kty": "RSA", "n": null}]}), METADATA),
        ("jwks", json!([]), METADATA),
        ("software_statement", json!("e30.e30."), "unapproved_software_statement"),
    ] {
        let said = value.to_string();
        let error = registers(with(member, value)).map(|_| ()).unwrap_err();
        assert_eq!(error.code().as_str(), code, "{member}: {said}: {}", error.description());
        // RFC 6749 §5.2: the characters that a description may have.
        assert!(error.description().bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E)), "{error}");
    }
}

#[test]
fn a_client_without_a_name_is_called_by_its_identifier_and_strangers_apostrophes_are_their_own() {
    assert_eq!(registers(least()).unwrap().1["client_name"], "c_1");
    assert_eq!(registers(with("client_name", json!("Marie's shop ?"))).unwrap().1["client_name"], "Marie's shop ?");
}
