//! What a token is worth now (RFC 7662): told to those whom it concerns, plain or signed, and to nobody else.

use guichet::clock::minutes;
use http::header::ACCEPT;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

use crate::oauth::services::{ORDERS, alone, person_for_orders, with_services};
use crate::oauth::{document, header, refused, signed_in, with_client, with_public_client};
use crate::support::client_app::{ClientApp, claims, endpoint, issuer, tokens};
use crate::support::people::MARIE;
use crate::support::world::{REALM, World, on_each_database};

/// All that is said of a token that is not good, or not theirs who ask.
fn nothing() -> Value {
    json!({"active": false})
}

#[tokio::test]
async fn sr_162_a_client_learns_of_the_tokens_that_it_was_given() {
    on_each_database(async |world| {
        let (portal, shop) = (world.portal(), with_client(world, "shop", &[]).await);
        let (_, given) = signed_in(world).await;
        let (access, refresh) = (given.access_token.as_str(), given.refresh_token.as_deref().unwrap());
        let said = claims(access);
        let told = portal.introspects(access).await;
        assert_eq!(
            told,
            json!({
                "active": true, "iss": issuer(), "sub": said["sub"], "client_id": "portal", "aud": said["aud"],
                "scope": said["scope"], "jti": said["jti"], "exp": said["exp"], "iat": said["iat"],
                "token_type": "Bearer", "acr": said["acr"], "auth_time": said["auth_time"], "username": MARIE.email
            })
        );
        let told = portal.introspects(refresh).await;
        assert_eq!((&told["active"], &told["client_id"], &told["sub"]), (&json!(true), &json!("portal"), &said["sub"]));
        assert!(told["token_type"].is_null() && told["jti"].is_null());
        // The hint may be wrong, and decides nothing (RFC 7662 §2.1).
        for (token, hint) in [(access, "refresh_token"), (refresh, "access_token"), (access, "x")] {
            let form = [("token", token), ("token_type_hint", hint)];
            assert_eq!(portal.posts("token/introspect", &form, &[]).await.json()["active"], true, "{hint}");
        }
        for token in [access, refresh] {
            assert_eq!(shop.introspects(token).await, nothing());
        }
        for token in [given.id_token.as_str(), "x", "a.b.c", &format!("{access}x"), &"x".repeat(4000)] {
            assert_eq!(portal.introspects(token).await, nothing());
        }
    })
    .await;
}

#[tokio::test]
async fn sr_162_a_resource_learns_of_the_tokens_that_are_meant_for_it() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        let (robot, orders, gateway) = (services.robot, services.orders, services.gateway);
        let for_orders = alone(&robot.for_itself(&[("resource", ORDERS)]).await);
        let told = orders.introspects(&for_orders).await;
        for (member, value) in [
            ("active", json!(true)),
            ("sub", json!("client:robot")),
            ("client_id", json!("robot")),
            ("aud", json!(ORDERS)),
            ("scope", json!("orders:read")),
        ] {
            assert_eq!(told[member], value);
        }
        assert!(told["username"].is_null() && told["auth_time"].is_null(), "{told}");
        assert_eq!(gateway.introspects(&for_orders).await, nothing());
        let for_billing = alone(&robot.for_itself(&[("scope", "billing:read")]).await);
        assert_eq!(orders.introspects(&for_billing).await, nothing());
        let (_, marie) = person_for_orders(world, &MARIE).await;
        assert_eq!(orders.introspects(&marie.access_token).await, nothing(), "the provider's, and the portal's");
    })
    .await;
}

#[tokio::test]
async fn sr_162_only_a_client_that_proves_itself_may_ask() {
    on_each_database(async |world| {
        let phone = with_public_client(world, "phone").await;
        let (portal, (_, given)) = (world.portal(), signed_in(world).await);
        let mut stranger = world.portal();
        "wrong".clone_into(&mut stranger.secret);
        for client in [&phone, &stranger] {
            let answer = client.posts("token/introspect", &[("token", &given.access_token)], &[]).await;
            assert_eq!((answer.status.as_u16(), refused(&answer)), (401, "invalid_client".to_owned()));
        }
        for form in [vec![], vec![("token", "x"), ("token", "y")], vec![("token", "")]] {
            let answer = portal.posts("token/introspect", &form, &[]).await;
            assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_request".to_owned()), "{form:?}");
        }
        // Tokens are never asked about in an address.
        let get = document(&portal, &format!("{}?token=x", endpoint("token/introspect"))).await;
        assert_eq!(get.status, 405);
    })
    .await;
}

/// The portal's tokens are worth nothing any more.
async fn are_over(portal: &ClientApp, given: &crate::support::client_app::Tokens) {
    for token in [&given.access_token, given.refresh_token.as_ref().unwrap()] {
        assert_eq!(portal.introspects(token).await, nothing());
    }
}

#[tokio::test]
async fn sr_144_a_token_is_active_as_long_as_what_it_hangs_on_stands() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, first) = signed_in(world).await;
        // A used refresh token is none, and the next one is.
        let second = tokens(&portal.refreshes(first.refresh_token.as_ref().unwrap()).await);
        assert_eq!(portal.introspects(first.refresh_token.as_ref().unwrap()).await, nothing());
        assert_eq!(portal.introspects(second.refresh_token.as_ref().unwrap()).await["active"], true);
        world.advance(minutes(5));
        assert_eq!(portal.introspects(&second.access_token).await, nothing(), "its time is over");
        let third = tokens(&portal.refreshes(second.refresh_token.as_ref().unwrap()).await);
        assert_eq!(portal.introspects(&third.access_token).await["active"], true);
        // The session ends.
        browser.opens(&portal.logout_url(&[("id_token_hint", &third.id_token)])).await;
        are_over(&portal, &third).await;
        // The account is switched off.
        let fourth = MARIE.signs_in(world, &mut world.browser()).await;
        assert_eq!(portal.introspects(&fourth.access_token).await["active"], true);
        switch_off(world).await;
        are_over(&portal, &fourth).await;
    })
    .await;
}

async fn switch_off(world: &World) {
    let realm = REALM.parse().unwrap();
    let marie = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
    world.node.house.switch_user(&realm, &marie, false).await.unwrap();
}

#[tokio::test]
async fn sr_144_a_client_that_was_removed_has_no_tokens() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        let token = alone(&services.robot.for_itself(&[("resource", ORDERS)]).await);
        assert_eq!(services.orders.introspects(&token).await["active"], true);
        world.removes_client("robot").await;
        assert_eq!(services.orders.introspects(&token).await, nothing());
    })
    .await;
}

#[tokio::test]
async fn sr_155_sr_162_whoever_asks_for_a_signed_answer_gets_a_token_that_passes_for_no_other() {
    on_each_database(async |world| {
        let (portal, (_, given)) = (world.portal(), signed_in(world).await);
        let media_type = "application/token-introspection+jwt";
        let keys: JwkSet = serde_json::from_str(&document(&portal, &endpoint("certs")).await.body).unwrap();
        for (token, active) in [(given.access_token.as_str(), true), ("unknown", false)] {
            let accepts = [(ACCEPT, "application/json;q=0.1, Application/Token-Introspection+JWT")];
            let answer = portal.posts("token/introspect", &[("token", token)], &accepts).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(media_type)));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(header(&answer.body)["typ"], "token-introspection+jwt");
            let key = keys.find(header(&answer.body)["kid"].as_str().unwrap()).unwrap();
            let mut rules = Validation::new(Algorithm::RS256);
            rules.set_audience(&["portal"]);
            rules.set_issuer(&[issuer()]);
            rules.required_spec_claims.clear();
            rules.validate_exp = false;
            let said = decode::<Value>(&answer.body, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims;
            // RFC 9701 §5, §8.1: nothing beside it that an access token has.
            let members: Vec<_> = said.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, ["iss", "aud", "iat", "token_introspection"]);
            let plain = if active { portal.introspects(token).await } else { nothing() };
            assert_eq!(said["token_introspection"], plain);
            assert_eq!(portal.userinfo(&answer.body).await.status, 401);
            assert_eq!(portal.introspects(&answer.body).await, nothing());
        }
    })
    .await;
}
