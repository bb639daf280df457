//! What operators do about registered clients.

use guichet::clock::{days, hours};
use guichet::ids::RealmName;
use http::Method;
use serde_json::json;

use super::{CALLBACK, least, opens, registers, tokens, unauthorized, with};
use crate::oauth::{is_a_page, signed_in};
use crate::support::world::{REALM, on_each_database};

fn realm() -> RealmName {
    REALM.parse().unwrap()
}

#[tokio::test]
async fn sr_151_sr_185_sr_191_a_client_that_is_switched_off_is_worth_nothing_at_once_and_cannot_switch_itself_on() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let asked = json!({"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]});
        let client = registers(world, &asked).await;
        let given = tokens(&mut browser, &client.app).await;
        assert!(world.node.house.switch_client(&realm(), &client.app.id, false).await.unwrap());
        assert!(!world.node.house.switch_client(&realm(), &client.app.id, false).await.unwrap());

        assert_eq!(client.app.userinfo(&given.access_token).await.status, 401);
        assert_eq!(client.app.refreshes(given.refresh_token.as_ref().unwrap()).await.status, 401);
        browser.opens(&client.app.asks().url()).await;
        is_a_page(&browser, 400, "application");
        for (method, body) in [
            (Method::GET, None),
            (Method::PUT, Some(client.changed("client_name", json!("x")))),
            (Method::DELETE, None),
        ] {
            unauthorized(&client.manages(world, &method, body.as_ref()).await);
        }
        let lines = world.node.house.clients(&realm()).await.unwrap();
        let line = lines.iter().find(|line| line.client_id == client.app.id).unwrap();
        assert_eq!((line.origin, line.state), ("registered", "disabled"));

        assert!(world.node.house.switch_client(&realm(), &client.app.id, true).await.unwrap());
        assert_eq!(client.app.userinfo(&given.access_token).await.status, 401, "what ended stays ended");
        tokens(&mut browser, &client.app).await;
    })
    .await;
}

#[tokio::test]
async fn sr_187_an_operator_sees_file_and_registered_clients_without_secrets_and_ends_registered_ones() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let client = registers(world, &with("contacts", json!(["admin@rp.example"]))).await;
        let lines = world.node.house.clients(&realm()).await.unwrap();
        let seen: Vec<_> = lines.iter().map(|line| (line.client_id.as_str(), line.origin)).collect();
        assert_eq!(seen, [("portal", "file"), (client.app.id.as_str(), "registered")]);
        assert_eq!(lines[1].metadata["contacts"], json!(["admin@rp.example"]));
        let told = serde_json::to_string(&lines).unwrap();
        assert!(!told.contains(&client.app.secret) && !told.contains("sha256:") && !told.contains(&client.token));
        assert!(world.node.house.delete_client(&realm(), &client.app.id).await.unwrap());
        assert!(
            !world.node.house.delete_client(&realm(), "portal").await.unwrap(),
            "a file's client is not ours to end"
        );
        unauthorized(&client.manages(world, &Method::GET, None).await);
    })
    .await;
}

#[tokio::test]
async fn registrations_that_nobody_uses_go_and_those_in_use_stay() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let (used, unused) = (registers(world, &least()).await, registers(world, &least()).await);
        world.advance(days(29));
        assert_eq!(world.node.house.forget_clients().await.unwrap(), 0);
        browser.opens(&world.portal().asks().url()).await;
        browser.submits_if(&crate::support::people::MARIE.credentials()).await;
        tokens(&mut browser, &used.app).await;
        world.advance(days(1) + hours(1));
        assert_eq!(world.node.house.forget_clients().await.unwrap(), 1);
        unauthorized(&unused.manages(world, &Method::GET, None).await);
        assert_eq!(used.manages(world, &Method::GET, None).await.status, 200);
        let gone = format!(
            "SELECT count(*) FROM events WHERE name = 'client.forgotten' AND content LIKE '%{}%'",
            unused.app.id
        );
        assert_eq!(world.database.count(&gone).await, 1);
    })
    .await;
}
