//! A client that acts for itself: what it gets, what it never gets, and that nobody is taken for somebody else.

use serde_json::json;

use crate::oauth::services::{BILLING, ORDERS, alone, with_services};
use crate::oauth::{header, refused};
use crate::support::client_app::{claims, issuer};
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

#[tokio::test]
async fn sr_145_sr_150_a_client_gets_a_token_that_speaks_for_itself_and_for_nobody_else() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let robot = with_services(world).await.robot;
        for (form, scope, audience) in [
            (vec![], "billing:read orders:read", json!([BILLING, ORDERS])),
            (vec![("scope", "orders:read")], "orders:read", json!(ORDERS)),
            (vec![("resource", BILLING)], "billing:read", json!(BILLING)),
            (vec![("resource", BILLING), ("resource", ORDERS)], "billing:read orders:read", json!([BILLING, ORDERS])),
        ] {
            let answer = robot.for_itself(&form).await;
            let token = alone(&answer);
            assert_eq!((&answer.json()["scope"], &answer.json()["token_type"]), (&json!(scope), &json!("Bearer")));
            assert_eq!(answer.json()["expires_in"], 300);
            let said = claims(&token);
            assert_eq!(header(&token)["typ"], "at+jwt");
            for (claim, value) in [
                ("sub", json!("client:robot")),
                ("client_id", json!("robot")),
                ("azp", json!("robot")),
                ("iss", json!(issuer())),
                ("aud", audience.clone()),
                ("scope", json!(scope)),
            ] {
                assert_eq!(said[claim], value, "{form:?}");
            }
            // RFC 9068 §2.2.1: nobody authenticated.
            for absent in ["auth_time", "acr", "amr", "sid", "grant_id"] {
                assert!(said[absent].is_null(), "{said}");
            }
            assert_eq!(robot.userinfo(&token).await.status, 401, "there is nobody to tell of");
        }
        let grants = "SELECT count(*) FROM grants WHERE client_id = 'robot'";
        assert_eq!(world.database.count(grants).await, 0, "nothing is kept");
        let told = "SELECT count(*) FROM events WHERE name = 'token.client_issued'";
        assert_eq!(world.database.count(told).await, 4);
    })
    .await;
}

#[tokio::test]
async fn sr_130_sr_145_what_a_client_may_not_have_is_refused() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        for (form, code) in [
            (vec![("scope", "openid")], "invalid_scope"),
            (vec![("scope", "orders:read profile")], "invalid_scope"),
            (vec![("scope", "orders:read offline_access")], "invalid_scope"),
            (vec![("scope", "orders:write")], "invalid_scope"),
            (vec![("scope", "orders:read  billing:read")], "invalid_scope"),
            (vec![("scope", "orders:read"), ("resource", BILLING)], "invalid_scope"),
            (vec![("resource", "https://other.example/")], "invalid_target"),
            (vec![("resource", "orders")], "invalid_target"),
            (vec![("scope", "orders:read"), ("scope", "orders:read")], "invalid_request"),
        ] {
            assert_eq!(refused(&services.robot.for_itself(&form).await), code, "{form:?}");
        }
        // Not registered for it, and not proven.
        assert_eq!(refused(&world.portal().for_itself(&[]).await), "unauthorized_client");
        let mut stranger = services.robot;
        "wrong".clone_into(&mut stranger.secret);
        assert_eq!(refused(&stranger.for_itself(&[]).await), "invalid_client");
        assert_eq!(refused(&services.orders.token(&[("grant_type", "password")]).await), "unsupported_grant_type");
    })
    .await;
}
