//! What the OpenID Foundation's suite asks of a provider where clients register themselves: a story for each module of
//! the dynamic plan and of third-party initiated login that begins with a registration, named after it.

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::registration::{Registered, address, asks, goes, opens, posts, refused, registers, tokens, with};
use super::{document, header, is_a_page, jwks, signed_in};
use crate::support::client_app::{Asked, endpoint, issuer};
use crate::support::peer::Reply;
use crate::support::signer::Signer;
use crate::support::world::{REALM, World, on_each_database};

const CALLBACK: &str = "https://rp.example/test/a/guichet/callback";

/// What the suite registers in every module; its one RSA key has no `kid`.
fn suite() -> Value {
    json!({
        "client_name": "oidcc-dynamic Qq3vN5tPxk",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "client_secret_basic",
        "contacts": ["certification@oidf.org"],
        "jwks": {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "e": "AQAB", "n": modulus()}]},
    })
}

/// 2048 bits, odd, of nobody: it is registered and never used.
fn modulus() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([0xC5; 256])
}

fn suite_with(member: &str, value: Value) -> Value {
    let mut metadata = suite();
    metadata[member] = value;
    metadata
}

/// Registers, checks that everything is told back, and that the method is one that is announced.
async fn begins(world: &mut World, metadata: Value) -> Registered {
    if document(&world.portal(), &configuration()).await.json()["registration_endpoint"].is_null() {
        opens(world, "open").await;
    }
    let client = registers(world, &metadata).await;
    for (member, value) in metadata.as_object().unwrap() {
        assert_eq!(&client.told[member], value, "{member}");
    }
    let methods = document(&world.portal(), &configuration()).await.json();
    let methods = methods["token_endpoint_auth_methods_supported"].as_array().unwrap().clone();
    assert!(methods.contains(&client.told["token_endpoint_auth_method"]));
    client
}

/// As the suite does at the end of each module.
async fn ends(world: &World, client: &Registered) {
    assert_eq!(client.manages(world, &Method::DELETE, None).await.status, 204);
}

fn configuration() -> String {
    format!("{}/.well-known/openid-configuration", issuer())
}

/// A page of ours, and no way back to the client.
async fn shows_a_page(world: &World, asked: Asked) {
    let mut browser = world.browser();
    browser.opens(&asked.url()).await;
    is_a_page(&browser, 400, "une adresse de retour qu’elle n’a pas déclarée");
}

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let portal = world.portal();
        let answer = document(&portal, &configuration()).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
        let said = answer.json();
        assert_eq!(said["issuer"], issuer());
        assert_eq!(said["registration_endpoint"], address());
        let list = |member: &str| said[member].as_array().unwrap_or_else(|| panic!("{member}")).clone();
        assert!(list("response_types_supported").contains(&json!("code")));
        assert!(list("grant_types_supported").contains(&json!("authorization_code")));
        assert!(list("subject_types_supported").iter().all(|kind| kind == "public" || kind == "pairwise"));
        assert!(list("id_token_signing_alg_values_supported").contains(&json!("RS256")));
        assert!(list("scopes_supported").contains(&json!("openid")));
        assert!(!list("claims_supported").is_empty());
        for (member, value) in said.as_object().unwrap() {
            if member.ends_with("_endpoint") || member == "jwks_uri" {
                assert!(value.as_str().unwrap().starts_with("https://"), "{member}");
                assert_ne!(document(&portal, value.as_str().unwrap()).await.status, 404, "{member}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_idtoken_signature() {
    on_each_database(async |world| {
        let client = begins(world, suite()).await;
        assert_eq!(client.told["id_token_signed_response_alg"], "RS256", "no algorithm was registered");
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &client.app).await;
        let header = header(&given.id_token);
        assert_eq!(header["alg"], "RS256");
        assert!(jwks(&client.app).await.iter().any(|key| key["kid"] == header["kid"]));
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    on_each_database(async |world| {
        let two = json!([CALLBACK, "https://rp.example/test/a/guichet/callback2"]);
        let client = begins(world, suite_with("redirect_uris", two)).await;
        shows_a_page(world, client.app.asks().with("redirect_uri", "")).await;
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_ok() {
    on_each_database(async |world| {
        let registered = format!("{CALLBACK}?foo=bar");
        let client = begins(world, suite_with("redirect_uris", json!([registered]))).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.app.asks();
        goes(&mut browser, &asked).await;
        assert!(browser.left_for().as_str().starts_with(&format!("{registered}&")), "the registered query is kept");
        client.app.redeems(&asked, browser.left_for()).await;
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_mismatch() {
    on_each_database(async |world| {
        let client = begins(world, suite_with("redirect_uris", json!([format!("{CALLBACK}?foo=bar")]))).await;
        shows_a_page(world, client.app.asks().with("redirect_uri", &format!("{CALLBACK}?bar=foo"))).await;
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_added() {
    on_each_database(async |world| {
        let client = begins(world, suite()).await;
        shows_a_page(world, client.app.asks().with("redirect_uri", &format!("{CALLBACK}?foo=bar"))).await;
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_regfrag() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let asked = suite_with("redirect_uris", json!([format!("{CALLBACK}#foobar")]));
        assert_eq!(refused(&posts(world, None, &asked).await), "invalid_redirect_uri");
    })
    .await;
}

/// Whether the page on which a person decides about that client leads to that address.
async fn shows_link(world: &World, client: &Registered, address: &str) -> bool {
    let (mut browser, _) = signed_in(world).await;
    browser.opens(&client.app.asks().url()).await;
    assert_eq!(browser.place(), "consent", "{}", browser.text());
    browser.answer().body.replace("&#x2f;", "/").contains(&format!("href=\"{address}\""))
}

#[tokio::test]
async fn oidcc_registration_logo_uri() {
    on_each_database(async |world| {
        let client = begins(world, suite_with("logo_uri", json!("https://rp.example/images/openid.png"))).await;
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_policy_uri() {
    on_each_database(async |world| {
        let client =
            begins(world, suite_with("policy_uri", json!("https://openid.net/wordpress-content/policy"))).await;
        assert!(shows_link(world, &client, "https://openid.net/wordpress-content/policy").await);
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_tos_uri() {
    on_each_database(async |world| {
        let client = begins(world, suite_with("tos_uri", json!("https://openid.net/wordpress-content/terms"))).await;
        assert!(shows_link(world, &client, "https://openid.net/wordpress-content/terms").await);
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_jwks_uri() {
    on_each_database(async |world| {
        let signer = Signer::new("RS256", "one");
        let peer = world.outside.peer("rp.example").await;
        peer.says(Reply::document("application/json", signer.jwks().to_string()));
        let mut asked = suite_with("jwks_uri", json!("https://rp.example/test/a/guichet/jwks"));
        asked["token_endpoint_auth_method"] = json!("private_key_jwt");
        let inline = asked.as_object_mut().unwrap().remove("jwks").unwrap();
        let client = begins(world, asked.clone()).await;
        assert!(client.told.get("jwks").is_none() && client.told.get("client_secret").is_none());

        let (mut browser, _) = signed_in(world).await;
        let going = client.app.asks();
        goes(&mut browser, &going).await;
        let (id, now) = (&client.app.id, world.now().seconds());
        let assertion = signer
            .signs(&json!({"iss": id, "sub": id, "aud": endpoint("token"), "jti": "one", "iat": now, "exp": now + 60}));
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", &client.app.code(&going, browser.left_for()))
            .append_pair("redirect_uri", CALLBACK)
            .append_pair("code_verifier", &going.verifier)
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .append_pair("client_assertion", &assertion)
            .finish();
        let answer = client.app.sends(&Method::POST, &endpoint("token"), &[], body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(peer.met(), 1, "its keys were fetched");

        // RFC 7591 §2: "The jwks_uri and jwks parameters MUST NOT both be present in the same request or response."
        asked["jwks"] = inline;
        assert_eq!(refused(&posts(world, None, &asked).await), "invalid_client_metadata");
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_sector_uri() {
    on_each_database(async |world| {
        let peer = world.outside.peer("sector.example").await;
        peer.says(Reply::document("application/json", json!([CALLBACK, "https://other.example/"]).to_string()));
        let asked = suite_with("sector_identifier_uri", json!("https://sector.example/redirect_uris.json"));
        let client = begins(world, asked).await;
        assert_eq!(peer.met(), 1, "it was fetched");
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_registration_sector_bad() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let peer = world.outside.peer("sector.example").await;
        peer.says(Reply::document("application/json", json!(["https://other.example/"]).to_string()));
        let asked = suite_with("sector_identifier_uri", json!("https://sector.example/redirect_uris.json"));
        assert_eq!(refused(&posts(world, None, &asked).await), "invalid_client_metadata");
    })
    .await;
}

#[tokio::test]
async fn oidcc_3rdparty_init_login() {
    on_each_database(async |world| {
        let login = json!("https://rp.example/test/a/guichet/login");
        let client = begins(world, suite_with("initiate_login_uri", login.clone())).await;
        let read = client.manages(world, &Method::GET, None).await;
        assert_eq!((read.status.as_u16(), &read.json()["initiate_login_uri"]), (200, &login));
        ends(world, &client).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_3rdparty_init_login_nohttps() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let asked = suite_with("initiate_login_uri", json!("http://rp.example/test/a/guichet/login"));
        assert_eq!(refused(&posts(world, None, &asked).await), "invalid_client_metadata");
    })
    .await;
}

#[tokio::test]
async fn oidcc_server_rotate_keys() {
    on_each_database(async |world| {
        let client = begins(world, suite()).await;
        let before = jwks(&client.app).await;
        world.node.house.rotate_keys(&REALM.parse().unwrap(), false).await.unwrap();
        let after = jwks(&client.app).await;
        assert!(before.iter().all(|old| after.contains(old)), "old keys stay");
        let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
        assert!(new.iter().any(|key| key["kty"] == "RSA"));
        assert!(new.iter().all(|key| key["kid"].is_string()));
        let (mut browser, _) = signed_in(world).await;
        let kid = header(&tokens(&mut browser, &client.app).await.id_token)["kid"].clone();
        assert!(new.iter().any(|key| key["kid"] == kid));
        ends(world, &client).await;
    })
    .await;
}

/// Not a module: what each module asks of registration beside its own duty (OpenID Connect Registration §3.2, §3.3).
#[tokio::test]
async fn oidcc_every_registration_is_answered_in_full_and_can_be_taken_back() {
    on_each_database(async |world| {
        let client = begins(world, suite()).await;
        assert_eq!(client.told["client_secret_expires_at"], 0);
        assert!(client.uri.starts_with("https://"));
        ends(world, &client).await;
        let gone = asks(world, &Method::GET, &client.uri, Some(&client.token), None).await;
        assert_eq!(gone.status, 401);
        // A form is no registration.
        let form = [(CONTENT_TYPE, "application/x-www-form-urlencoded"), (AUTHORIZATION, "Bearer x")];
        assert_eq!(world.portal().sends(&Method::POST, &address(), &form, "redirect_uris=x").await.status, 400);
        assert_eq!(posts(world, None, &with("logo_uri", json!(7))).await.status, 400);
        assert_ne!(document(&world.portal(), &endpoint("certs")).await.status, 404);
    })
    .await;
}
