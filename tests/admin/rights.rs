//! Who may do what: every route with every right, and everything that is no right at all (SR-183).

use http::Method;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};

use super::{ALL, api, asks, office, opens, role, token, with_marie};
use crate::oauth::with_client;
use crate::support::client_app::ClientApp;
use crate::support::organisations::EXAMPLE;
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

/// Every route, with the right that opens it.
fn routes(user: &str) -> [(Method, String, &'static str); 4] {
    [
        (Method::GET, "/organizations".to_owned(), "organizations:read"),
        (Method::GET, format!("/organizations/{}", EXAMPLE.id), "organizations:read"),
        (Method::GET, format!("/organizations/{}/members", EXAMPLE.id), "organizations:read"),
        (Method::PUT, role(&EXAMPLE, user, "certification_agent"), "roles:verify"),
    ]
}

const VERIFIED: &str = r#"{"state":"verified"}"#;

#[tokio::test]
async fn sr_183_sr_184_each_route_is_open_to_its_own_right_and_to_no_other() {
    on_each_database(async |world| {
        let marie = with_marie(world).await;
        for (id, rights) in [("reader", "organizations:read"), ("verifier", "roles:verify"), ("both", ALL)] {
            let client = office(world, id, rights).await;
            let token = token(&client).await;
            for (method, path, right) in routes(&marie) {
                let answer = asks(&client, &token, &method, &path, VERIFIED).await;
                if rights.contains(right) {
                    assert_eq!(answer.status, 200, "{id} {method} {path}: {}", answer.body);
                } else {
                    assert_eq!(answer.status, 403, "{id} {method} {path}: {}", answer.body);
                    let challenge = answer.header(WWW_AUTHENTICATE).unwrap();
                    assert!(challenge.contains("insufficient_scope") && challenge.contains(right), "{challenge}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_186_nobody_comes_in_with_another_token_than_a_clients_own_for_this_very_api() {
    on_each_database(async |world| {
        let marie = with_marie(world).await;
        let client = office(world, "office", ALL).await;
        let good = token(&client).await;
        // A person's token, though its client and its scope are right.
        let scope = format!("\"openid {ALL}\"");
        let resources = format!("[\"{}\"]", api());
        let portal = with_client(world, "desk", &[("scope", &scope), ("resources", &resources)]).await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        let asked = portal.asks().with("scope", &format!("openid {ALL}")).with("resource", &api());
        browser.opens(&asked.url()).await;
        let of_a_person = portal.redeems(&asked, browser.left_for()).await;
        // A client's own, for another audience.
        let elsewhere = with_client(
            world,
            "robot",
            &[("scope", "\"openid\""), ("grant_types", "[\"client_credentials\"]"), ("redirect_uris", "[]")],
        )
        .await;
        let other = token(&elsewhere).await;
        let cut = good.get(..good.len() - 2).unwrap().to_owned();
        let bad =
            [String::new(), "x".to_owned(), cut, other, of_a_person.access_token.clone(), of_a_person.id_token.clone()];
        for (method, path, _) in routes(&marie) {
            let bare = client.sends(&method, &format!("{}{path}", api()), &[], VERIFIED.to_owned()).await;
            assert_eq!((bare.status.as_u16(), bare.header(WWW_AUTHENTICATE)), (401, Some("Bearer")), "{path}");
            for token in &bad {
                let answer = asks(&client, token, &method, &path, VERIFIED).await;
                assert_eq!(answer.status, 401, "{method} {path} {token}: {}", answer.body);
                assert!(!answer.body.contains("EXEMPLE"), "{}", answer.body);
            }
            // Never in the address (SR-164).
            let address = format!("{}{path}?access_token={good}", api());
            assert_eq!(client.sends(&method, &address, &[], VERIFIED.to_owned()).await.status, 401, "{path}");
        }
        let verified = "SELECT count(*) FROM organisation_roles WHERE state <> 'declared'";
        assert_eq!(world.database.count(verified).await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_185_sr_191_a_right_that_was_taken_away_opens_nothing_from_then_on() {
    on_each_database(async |world| {
        opens(world).await;
        let client = office(world, "office", ALL).await;
        let (first, second) = (token(&client).await, token(&client).await);
        let status = async |client: &ClientApp, token: &str| {
            asks(client, token, &Method::GET, "/organizations", "").await.status.as_u16()
        };
        assert_eq!(status(&client, &first).await, 200);
        client.revokes(&first).await;
        assert_eq!((status(&client, &first).await, status(&client, &second).await), (401, 200));
        world.removes_client("office").await;
        assert_eq!(status(&client, &second).await, 401);
    })
    .await;
}

#[tokio::test]
async fn sr_183_a_realm_that_declares_no_such_resource_is_administered_by_nobody_and_realms_do_not_mix() {
    on_each_database(async |world| {
        opens(world).await;
        let client = office(world, "office", ALL).await;
        let token = token(&client).await;
        world.adds_realm("autre").await;
        let there = api().replace(crate::support::world::REALM, "autre");
        let bearer = format!("Bearer {token}");
        for (address, status) in [
            (format!("{}/organizations", api()), 200),
            (format!("{there}/organizations"), 401),
            (format!("{}/organizations", api().replace(crate::support::world::REALM, "nulle-part")), 404),
            (format!("{}/users", api()), 404),
            (format!("{}/organizations/", api()), 404),
            (api(), 404),
        ] {
            let answer = client.sends(&Method::GET, &address, &[(AUTHORIZATION, &bearer)], String::new()).await;
            assert_eq!(answer.status, status, "{address}: {}", answer.body);
        }
        let answer = asks(&client, &token, &Method::DELETE, "/organizations", "").await;
        assert_eq!(super::problem(&answer), (405, "method-not-allowed".to_owned()));
    })
    .await;
}
