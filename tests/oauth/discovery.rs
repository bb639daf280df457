//! What clients read before they ask: metadata at both addresses, public keys, and keys that change without an outage.

use std::collections::BTreeSet;

use guichet::ids::RealmName;
use http::header::ORIGIN;
use http::{HeaderName, Method};
use serde_json::json;

use super::{document, header, jwks, signed_in, tokens, with_client};
use crate::support::client_app::{endpoint, issuer};
use crate::support::world::{PUBLIC, REALM, World, on_each_database};

fn realm() -> RealmName {
    REALM.parse().unwrap()
}

#[tokio::test]
async fn sr_131_the_metadata_is_one_document_at_both_addresses_and_tells_what_is_routed() {
    on_each_database(async |world| {
        let portal = world.portal();
        let oidc = document(&portal, &format!("{}/.well-known/openid-configuration", issuer())).await;
        let oauth = document(&portal, &format!("{PUBLIC}/.well-known/oauth-authorization-server/realms/{REALM}")).await;
        assert_eq!(oidc.status, 200);
        assert_eq!(oidc.header("content-type"), Some("application/json"));
        assert_eq!(oidc.body, oauth.body);
        let said = oidc.json();
        assert_eq!(said["issuer"], issuer(), "the address it was fetched from, without the well-known path");
        // RFC 9207 §3
        assert_eq!(said["authorization_response_iss_parameter_supported"], true);
        for (member, name) in [
            ("authorization_endpoint", "auth"),
            ("token_endpoint", "token"),
            ("userinfo_endpoint", "userinfo"),
            ("jwks_uri", "certs"),
            ("end_session_endpoint", "logout"),
            ("check_session_iframe", "login-status-iframe.html"),
            ("pushed_authorization_request_endpoint", "ext/par/request"),
            ("introspection_endpoint", "token/introspect"),
            ("revocation_endpoint", "revoke"),
        ] {
            assert_eq!(said[member], endpoint(name));
            let found = document(&portal, said[member].as_str().unwrap()).await.status;
            assert_ne!(found, 404, "{member}");
        }
        assert_eq!(said["response_types_supported"], json!(["code"]));
        assert_eq!(said["code_challenge_methods_supported"], json!(["S256"]));
        // Each is a story of its own: `par`, `request_object`, `jarm`, `claims`.
        for (member, value) in [
            ("request_parameter_supported", json!(true)),
            ("request_uri_parameter_supported", json!(true)),
            ("require_request_uri_registration", json!(true)),
            ("require_pushed_authorization_requests", json!(false)),
            ("claims_parameter_supported", json!(true)),
            (
                "response_modes_supported",
                json!(["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"]),
            ),
            ("authorization_signing_alg_values_supported", json!(["RS256", "ES256", "EdDSA"])),
        ] {
            assert_eq!(said[member], value, "{member}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_157_published_keys_show_public_members_only_and_each_has_a_name_of_its_own() {
    on_each_database(async |world| {
        let keys = jwks(&world.portal()).await;
        let names: BTreeSet<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
        assert_eq!(names.len(), keys.len());
        for key in &keys {
            let members: BTreeSet<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
            let public = match key["kty"].as_str().unwrap() {
                "RSA" => ["kid", "use", "alg", "kty", "n", "e"].as_slice(),
                "EC" => ["kid", "use", "alg", "kty", "crv", "x", "y"].as_slice(),
                "OKP" => ["kid", "use", "alg", "kty", "crv", "x"].as_slice(),
                other => panic!("a key of kind {other}"),
            };
            assert_eq!(members, public.iter().copied().collect());
            assert_eq!(key["use"], "sig");
        }
        assert!(world.database.count("SELECT count(*) FROM keys").await >= 3);
        let dump = world.database.dump().await;
        assert!(
            !dump.contains("2a8648ce3d0301") && !dump.contains("2a864886f70d010101") && !dump.contains("06032b6570"),
            "a key lies unsealed"
        );
    })
    .await;
}

#[tokio::test]
async fn sr_153_each_algorithm_has_a_key_of_its_own_made_once_a_client_asks_and_what_is_announced_is_what_there_is() {
    on_each_database(async |world| {
        let configuration = format!("{}/.well-known/openid-configuration", issuer());
        for algorithms in [["RS256", "ES256", "EdDSA"].as_slice(), &["RS256", "PS256", "ES256", "EdDSA"]] {
            if algorithms.contains(&"PS256") {
                with_client(world, "fapi", &[("id_token_signed_response_alg", "\"PS256\"")]).await;
            }
            let portal = world.portal();
            let said = document(&portal, &configuration).await.json();
            assert_eq!(said["id_token_signing_alg_values_supported"], json!(algorithms));
            let keys = jwks(&portal).await;
            let published: BTreeSet<_> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
            assert_eq!(published, algorithms.iter().copied().collect());
            assert_eq!(keys.len(), algorithms.len(), "none is used for two");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_158_keys_change_without_an_outage() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, before) = signed_in(world).await;
        let old = header(&before.id_token)["kid"].clone();
        world.node.house.rotate_keys(&realm(), false).await.unwrap();

        let published = jwks(&portal).await;
        assert!(published.iter().any(|key| key["kid"] == old), "tokens that are out there are still verified");
        assert_eq!(portal.userinfo(&before.access_token).await.status, 200);
        let refreshed = portal.refreshes(before.refresh_token.as_ref().unwrap()).await.json();
        let new = header(refreshed["id_token"].as_str().unwrap())["kid"].clone();
        assert_ne!(new, old);
        assert!(published.iter().any(|key| key["kid"] == new));
        // The new key's tokens pass the library's checks, and an ID token of the old one still proves which session ends.
        tokens(&mut browser, &portal).await;
        browser.opens(&portal.logout_url(&[("id_token_hint", &before.id_token)])).await;
        assert_eq!(browser.place(), "signed-out");
    })
    .await;
}

#[tokio::test]
async fn sr_158_another_node_signs_with_the_new_key_once_it_has_looked() {
    on_each_database(async |world| {
        let (mut browser, before) = signed_in(world).await;
        let other = world.another_node().await;
        world.node.house.rotate_keys(&realm(), false).await.unwrap();
        other.house.reload().await.unwrap();
        browser.reaches(other.address);
        let mut portal = world.portal();
        portal.node = other.address;
        let after = tokens(&mut browser, &portal).await;
        assert_ne!(header(&after.id_token)["kid"], header(&before.id_token)["kid"]);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_158_a_withdrawn_key_is_neither_published_nor_believed() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, before) = signed_in(world).await;
        let withdrawn = [header(&before.id_token)["kid"].clone(), header(&before.access_token)["kid"].clone()];
        world.node.house.rotate_keys(&realm(), true).await.unwrap();

        assert!(jwks(&portal).await.iter().all(|key| !withdrawn.contains(&key["kid"])));
        assert_eq!(portal.userinfo(&before.access_token).await.status, 401);
        browser.opens(&portal.logout_url(&[("id_token_hint", &before.id_token)])).await;
        assert_eq!(browser.status(), 400, "what somebody else may have signed proves nothing");
        // Nobody has to sign in again: sessions and refresh tokens hang on no key.
        let refreshed = portal.refreshes(before.refresh_token.as_ref().unwrap()).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
        tokens(&mut browser, &portal).await;
    })
    .await;
}

#[tokio::test]
async fn sr_121_only_public_documents_may_be_read_by_pages_of_other_origins() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (browser, tokens) = signed_in(world).await;
        let metadata = format!("{}/.well-known/openid-configuration", issuer());
        let allows = |answer: &crate::support::http::Answer| {
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            answer.header("access-control-allow-origin").map(ToOwned::to_owned)
        };
        let origin = [(ORIGIN, "https://ailleurs.example")];
        for public in [metadata, endpoint("certs")] {
            let answer = portal.sends(&Method::GET, &public, &origin, String::new()).await;
            assert_eq!(allows(&answer), Some("*".to_owned()));
        }
        let bearer = format!("Bearer {}", tokens.access_token);
        let with_token = [origin[0].clone(), (http::header::AUTHORIZATION, bearer.as_str())];
        let userinfo = portal.sends(&Method::GET, &endpoint("userinfo"), &with_token, String::new()).await;
        assert_eq!((userinfo.status.as_u16(), allows(&userinfo)), (200, None));
        for closed in ["auth", "token", "logout"] {
            let asked = [origin[0].clone(), (HeaderName::from_static("access-control-request-method"), "POST")];
            for method in [Method::OPTIONS, Method::GET, Method::POST] {
                let answer = portal.sends(&method, &endpoint(closed), &asked, String::new()).await;
                assert_eq!(allows(&answer), None, "{method} {closed}");
            }
        }
        let page = browser.absolute(&format!("/realms/{REALM}/sign-in"));
        let origin = [(ORIGIN, "https://ailleurs.example".to_owned())];
        assert_eq!(allows(&browser.asks(&Method::GET, &page, None, &origin).await), None);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_realm_has_no_documents() {
    let world = World::new(crate::support::database::Engine::Sqlite).await;
    let portal = world.portal();
    for path in [
        "/realms/inconnu",
        "/realms/inconnu/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/realms/inconnu",
        "/realms/inconnu/protocol/openid-connect/certs",
        "/realms/inconnu/protocol/openid-connect/auth",
        "/realms/%2e%2e/protocol/openid-connect/certs",
        "/realms/%FF/protocol/openid-connect/certs",
    ] {
        assert_eq!(document(&portal, &format!("{PUBLIC}{path}")).await.status, 404, "{path}");
    }
    world.end().await;
}
