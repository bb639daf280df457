//! Who may register a client, and as what.

use guichet::clock::{days, hours};
use guichet::ids::RealmName;
use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::json;

use super::{CALLBACK, address, least, opens, posts, refused, registered, registers, tokens, unauthorized, with};
use crate::oauth::{document, header, signed_in};
use crate::support::client_app::{Presents, claims, issuer};
use crate::support::world::{REALM, World, on_each_database};

fn realm() -> RealmName {
    REALM.parse().unwrap()
}

async fn metadata(world: &World) -> serde_json::Value {
    document(&world.portal(), &format!("{}/.well-known/openid-configuration", issuer())).await.json()
}

#[tokio::test]
async fn sr_151_a_realm_that_says_nothing_registers_nobody_and_announces_nothing() {
    on_each_database(async |world| {
        assert_eq!(posts(world, None, &least()).await.status, 404);
        let said = metadata(world).await;
        assert!(said.get("registration_endpoint").is_none());
        assert_eq!(said["subject_types_supported"], json!(["public"]));
        assert!(world.node.house.initial_token(&realm(), 1, days(7)).await.is_err(), "a token that opens nothing");
        assert_eq!(world.database.count("SELECT count(*) FROM clients").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_151_an_initial_token_admits_as_often_and_as_long_as_the_operator_said() {
    on_each_database(async |world| {
        opens(world, "initial-token").await;
        assert_eq!(metadata(world).await["registration_endpoint"], address());
        let missing = posts(world, None, &least()).await;
        assert_eq!((missing.status.as_u16(), missing.header("www-authenticate")), (401, Some("Bearer")));
        unauthorized(&posts(world, Some("made-up"), &least()).await);

        let made = world.node.house.initial_token(&realm(), 2, days(7)).await.unwrap();
        let initial = made.token.expose().as_str();
        assert!(!world.database.dump().await.contains(initial), "kept as a hash");
        assert_eq!(refused(&posts(world, Some(initial), &json!({})).await), "invalid_redirect_uri");
        let one = registered(world, &posts(world, Some(initial), &least()).await);
        registered(world, &posts(world, Some(initial), &least()).await);
        unauthorized(&posts(world, Some(initial), &least()).await);
        unauthorized(&posts(world, Some(&one.token), &least()).await);

        let late = world.node.house.initial_token(&realm(), 5, hours(1)).await.unwrap();
        world.advance(hours(1));
        unauthorized(&posts(world, Some(late.token.expose()), &least()).await);
        world.adds_realm("ailleurs").await;
        let elsewhere = world.node.house.initial_token(&"ailleurs".parse().unwrap(), 5, hours(1)).await.unwrap();
        unauthorized(&posts(world, Some(elsewhere.token.expose()), &least()).await);

        let lines = world.node.house.clients(&realm()).await.unwrap();
        let came: Vec<_> = lines.iter().filter_map(|line| line.admitted_by).collect();
        assert_eq!(came, [made.id, made.id], "the operator sees whose guests they are");
    })
    .await;
}

#[tokio::test]
async fn sr_210_of_many_that_come_for_the_last_use_one_is_registered() {
    on_each_database(async |world| {
        opens(world, "initial-token").await;
        let made = world.node.house.initial_token(&realm(), 1, days(7)).await.unwrap();
        let (initial, asked) = (made.token.expose().as_str(), least());
        let come = || posts(world, Some(initial), &asked);
        let answers: [_; 6] = tokio::join!(come(), come(), come(), come(), come(), come()).into();
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        assert_eq!(world.database.count("SELECT count(*) FROM clients").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_registered_client_signs_people_in_by_each_method_that_it_may_choose() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        for (method, presents) in
            [("client_secret_basic", Presents::Basic), ("client_secret_post", Presents::Post), ("none", Presents::Name)]
        {
            let asked = json!({
                "redirect_uris": [CALLBACK],
                "client_name": "Boutique",
                "token_endpoint_auth_method": method,
                "grant_types": ["authorization_code", "refresh_token"],
            });
            let mut client = registers(world, &asked).await;
            assert_eq!(client.told["client_secret"].is_null(), method == "none");
            client.app.presents = presents;
            let given = tokens(&mut browser, &client.app).await;
            assert_eq!(client.app.userinfo(&given.access_token).await.status, 200);
            assert_eq!(client.app.refreshes(given.refresh_token.as_ref().unwrap()).await.status, 200);
            if let Some(secret) = client.told["client_secret"].as_str() {
                assert!(secret.len() >= 43, "256 bits");
                assert!(!world.database.dump().await.contains(secret), "kept as a hash (SR-146)");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_153_a_registered_client_may_choose_every_algorithm_that_is_announced() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let announced = metadata(world).await["id_token_signing_alg_values_supported"].clone();
        assert_eq!(announced, json!(["RS256", "PS256", "ES256", "EdDSA"]));
        let mut clients = Vec::new();
        for algorithm in announced.as_array().unwrap() {
            let client = registers(world, &with("id_token_signed_response_alg", algorithm.clone())).await;
            assert_eq!(header(&tokens(&mut browser, &client.app).await.id_token)["alg"], *algorithm);
            clients.push(client);
        }
        // Closing the door takes nothing from those inside.
        world.rewrites_realm(&[("policy = \"open\"", "policy = \"closed\"")]).await;
        for client in &clients {
            tokens(&mut browser, &client.app).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sr_150_clients_do_not_choose_their_names_and_none_is_called_like_an_account() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let mut asked = least();
        asked["client_id"] = json!("portal");
        asked["client_secret"] = json!("chosen-by-the-client");
        let (one, two) = (registers(world, &asked).await, registers(world, &asked).await);
        assert_ne!(one.app.id, two.app.id);
        assert!(one.app.id.starts_with("c_") && one.app.id != "portal");
        assert_ne!(one.app.secret, "chosen-by-the-client");
        let given = tokens(&mut browser, &one.app).await;
        assert_ne!(claims(&given.access_token)["sub"], one.app.id.as_str());
    })
    .await;
}

#[tokio::test]
async fn sr_109_sr_189_only_strict_json_that_says_so_is_read() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let portal = world.portal();
        let good = least().to_string();
        for (kind, body, code) in [
            ("application/x-www-form-urlencoded", good.clone(), "invalid_request"),
            ("text/plain", good.clone(), "invalid_request"),
            ("application/json", String::new(), "invalid_client_metadata"),
            ("application/json", "[]".to_owned(), "invalid_client_metadata"),
            ("application/json", format!("{good}x"), "invalid_client_metadata"),
            (
                "application/json",
                format!(r#"{{"redirect_uris":["{CALLBACK}"],"redirect_uris":["https://evil.example/"]}}"#),
                "invalid_client_metadata",
            ),
            (
                "application/json",
                format!(r#"{{"x":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000)),
                "invalid_client_metadata",
            ),
        ] {
            let answer = portal.sends(&Method::POST, &address(), &[(CONTENT_TYPE, kind)], body.clone()).await;
            assert_eq!(refused(&answer), code, "{kind}: {}", body.chars().take(60).collect::<String>());
            assert!(!answer.body.contains("evil"), "nothing is reflected");
        }
        let charset = [(CONTENT_TYPE, "application/json; charset=utf-8")];
        assert_eq!(portal.sends(&Method::POST, &address(), &charset, good).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn sr_118_sr_123_sr_124_addresses_that_no_file_may_hold_are_registered_by_nobody() {
    on_each_database(async |world| {
        opens(world, "open").await;
        for (member, value, code) in [
            ("redirect_uris", json!([]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["https://rp.example/%2e%2e/cb"]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["https://rp.example\\@evil.example/"]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["data:text/html,hello"]), "invalid_redirect_uri"),
            ("logo_uri", json!("javascript:alert(1)"), "invalid_client_metadata"),
            ("post_logout_redirect_uris", json!(["http://rp.example/bye"]), "invalid_client_metadata"),
        ] {
            assert_eq!(refused(&posts(world, None, &with(member, value.clone())).await), code, "{member}: {value}");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM clients").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_184_nobody_registers_for_more_than_the_realm_lets_strangers_have() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let client = registers(world, &least()).await;
        for (member, value) in [
            ("grant_types", json!(["client_credentials"])),
            ("grant_types", json!(["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"])),
            ("scope", json!("openid orders:write")),
        ] {
            // Refused, or answered with what it is instead (RFC 7591 §3.2.1).
            let asked = posts(world, None, &with(member, value.clone())).await;
            let changed = client.manages(world, &Method::PUT, Some(&client.changed(member, value.clone()))).await;
            for answer in [asked, changed] {
                let told = answer.json();
                let more = ["client_credentials", "token-exchange", "orders:write"].iter().any(|more| {
                    told["grant_types"].to_string().contains(more) || told["scope"].to_string().contains(more)
                });
                assert!(answer.status == 400 || !more, "{told}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_151_open_registration_has_a_bound_for_each_source() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let mut last = posts(world, None, &json!({})).await;
        let mut asked = 1;
        while last.status == 400 && asked < 200 {
            last = posts(world, None, &json!({})).await;
            asked += 1;
        }
        assert_eq!((last.status.as_u16(), asked), (429, 121));
        assert!(last.header("retry-after").is_some());
        world.advance(hours(1));
        registers(world, &least()).await;
    })
    .await;
}
