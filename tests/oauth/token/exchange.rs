//! Token exchange (RFC 8693): who may turn whose token into what, and what ends it again.

use serde_json::json;

use crate::oauth::refused;
use crate::oauth::services::{ACCESS_TOKEN, BILLING, EXCHANGE, ORDERS, alone, person_for_orders, with_services};
use crate::support::client_app::{claims, issuer};
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

#[tokio::test]
async fn sr_152_a_service_gets_a_token_that_names_the_person_and_itself() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        let (_, marie) = person_for_orders(world, &MARIE).await;
        let before = claims(&marie.access_token);
        for target in [vec![("resource", ORDERS)], vec![("audience", "orders")], vec![("audience", ORDERS)], vec![]] {
            let answer = services.gateway.swaps(&marie.access_token, &target).await;
            let token = alone(&answer);
            let told = answer.json();
            assert_eq!((&told["issued_token_type"], &told["token_type"]), (&json!(ACCESS_TOKEN), &json!("Bearer")));
            // What both may have: not `openid`, and not what only the portal may.
            assert_eq!(told["scope"], "orders:read");
            let said = claims(&token);
            for (claim, value) in [
                ("sub", before["sub"].clone()),
                ("client_id", json!("gateway")),
                ("aud", json!(ORDERS)),
                ("act", json!({"sub": "client:gateway"})),
                ("auth_time", before["auth_time"].clone()),
                ("exp", before["exp"].clone()),
                ("iss", json!(issuer())),
            ] {
                assert_eq!(said[claim], value, "{target:?}");
            }
            let known = services.orders.introspects(&token).await;
            assert_eq!((&known["active"], &known["sub"], &known["act"]), (&json!(true), &before["sub"], &said["act"]));
            assert_eq!(services.gateway.userinfo(&token).await.status, 401, "not for the provider");
        }
        let form = [("requested_token_type", "urn:ietf:params:oauth:token-type:jwt")];
        let told = services.gateway.swaps(&marie.access_token, &form).await.json();
        assert_eq!(told["issued_token_type"], "urn:ietf:params:oauth:token-type:jwt");
        let events = "SELECT count(*) FROM events WHERE name = 'token.exchanged'";
        assert_eq!(world.database.count(events).await, 5);
    })
    .await;
}

#[tokio::test]
async fn sr_152_whoever_may_disappear_does_and_those_before_stay_named() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        let (_, marie) = person_for_orders(world, &MARIE).await;
        let token = alone(&services.shadow.swaps(&marie.access_token, &[]).await);
        assert!(claims(&token)["act"].is_null());
        assert_eq!(claims(&token)["sub"], claims(&marie.access_token)["sub"]);
        // By a token of its own it names itself (RFC 8693 §2.1: `actor_token`).
        let own = alone(&services.shadow.for_itself(&[]).await);
        let actor = [("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)];
        let named = alone(&services.shadow.swaps(&marie.access_token, &actor).await);
        assert_eq!(claims(&named)["act"], json!({"sub": "client:shadow"}));
        let others = alone(&services.robot.for_itself(&[]).await);
        for actor_token in [others.as_str(), &marie.access_token, &marie.id_token, "x"] {
            let actor = [("actor_token", actor_token), ("actor_token_type", ACCESS_TOKEN)];
            assert_eq!(refused(&services.shadow.swaps(&marie.access_token, &actor).await), "invalid_request");
        }
        // A token that the gateway has, passed on to whom it was not shown, is worth nothing there.
        let further = alone(&services.gateway.swaps(&marie.access_token, &[]).await);
        assert_eq!(refused(&services.shadow.swaps(&further, &[]).await), "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn sr_152_only_access_tokens_that_stand_are_exchanged_and_only_by_those_who_may() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        let (_, marie) = person_for_orders(world, &MARIE).await;
        let (gateway, access) = (&services.gateway, marie.access_token.as_str());
        let refresh = marie.refresh_token.as_deref().unwrap();
        let of_robot = alone(&services.robot.for_itself(&[]).await);
        for token in [&marie.id_token, refresh, "x", &of_robot, &format!("{access}x")] {
            assert_eq!(refused(&gateway.swaps(token, &[]).await), "invalid_request", "{token}");
        }
        for (more, code) in [
            (vec![("scope", "orders:write")], "invalid_scope"),
            (vec![("scope", "openid")], "invalid_scope"),
            (vec![("scope", "billing:read")], "invalid_scope"),
            (vec![("resource", "https://other.example/")], "invalid_target"),
            (vec![("audience", "portal")], "invalid_target"),
            (vec![("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")], "invalid_request"),
            (vec![("actor_token", "x")], "invalid_request"),
            (vec![("actor_token_type", ACCESS_TOKEN)], "invalid_request"),
            (vec![("scope", "orders:read"), ("scope", "orders:read")], "invalid_request"),
        ] {
            assert_eq!(refused(&gateway.swaps(access, &more).await), code, "{more:?}");
        }
        for (kind, token) in [
            ("urn:ietf:params:oauth:token-type:id_token", marie.id_token.as_str()),
            ("urn:ietf:params:oauth:token-type:refresh_token", refresh),
            ("urn:ietf:params:oauth:token-type:saml2", "x"),
            ("", access),
        ] {
            let form = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", kind)];
            assert_eq!(refused(&gateway.token(&form).await), "invalid_request", "{kind}");
        }
        assert_eq!(refused(&services.robot.swaps(access, &[]).await), "unauthorized_client");
        let several = gateway.swaps(access, &[("audience", ORDERS), ("audience", BILLING)]).await;
        assert_eq!(claims(&alone(&several))["aud"], json!([BILLING, ORDERS]));
        let events = "SELECT count(*) FROM events WHERE name = 'token.exchange_rejected'";
        assert!(world.database.count(events).await >= 5);
    })
    .await;
}

#[tokio::test]
async fn sr_152_sr_163_what_was_exchanged_ends_with_what_it_was_exchanged_for() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        let (mut browser, marie) = person_for_orders(world, &MARIE).await;
        let other = crate::oauth::services::for_orders(world, &mut browser).await;
        let revoked = alone(&services.gateway.swaps(&marie.access_token, &[]).await);
        let signed_out = alone(&services.gateway.swaps(&other.access_token, &[]).await);
        world.portal().revokes(marie.refresh_token.as_ref().unwrap()).await;
        assert_eq!(services.orders.introspects(&revoked).await, json!({"active": false}));
        assert_eq!(refused(&services.gateway.swaps(&marie.access_token, &[]).await), "invalid_request");
        assert_eq!(services.orders.introspects(&signed_out).await["active"], true);
        browser.opens(&world.portal().logout_url(&[("id_token_hint", &other.id_token)])).await;
        assert_eq!(services.orders.introspects(&signed_out).await, json!({"active": false}));
        assert_eq!(refused(&services.gateway.swaps(&other.access_token, &[]).await), "invalid_request");
    })
    .await;
}
