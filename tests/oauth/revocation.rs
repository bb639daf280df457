//! Tokens given back (RFC 7009): with all that hangs on their grant, and by their owner alone.

use serde_json::json;

use crate::oauth::services::{ORDERS, alone, person_for_orders, with_services};
use crate::oauth::{refused, signed_in, tokens, with_client, with_public_client};
use crate::support::client_app::{ClientApp, Tokens, tokens as read};
use crate::support::http::Answer;
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

/// RFC 7009 §2.2: 200, and nothing to read.
fn is_done(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

async fn is_over(client: &ClientApp, given: &Tokens) {
    assert_eq!(refused(&client.refreshes(given.refresh_token.as_ref().unwrap()).await), "invalid_grant");
    assert_eq!(client.userinfo(&given.access_token).await.status, 401);
}

#[tokio::test]
async fn sr_163_a_revoked_token_ends_its_family_and_no_other() {
    on_each_database(async |world| {
        let portal = world.portal();
        let phone = with_public_client(world, "phone").await;
        let (mut browser, first) = signed_in(world).await;
        for client in [&portal, &phone] {
            for by_access_token in [true, false] {
                let (before, bystander) = (tokens(&mut browser, client).await, tokens(&mut browser, client).await);
                let given = read(&client.refreshes(before.refresh_token.as_ref().unwrap()).await);
                let token = if by_access_token { &given.access_token } else { given.refresh_token.as_ref().unwrap() };
                is_done(&client.revokes(token).await);
                is_over(client, &given).await;
                assert_eq!(client.userinfo(&before.access_token).await.status, 401, "tokens of before hang on it too");
                is_done(&client.revokes(token).await);
                assert_eq!(client.refreshes(bystander.refresh_token.as_ref().unwrap()).await.status, 200);
            }
        }
        assert_eq!(portal.userinfo(&first.access_token).await.status, 200);
        // A member that was used already is of the family as well.
        let second = read(&portal.refreshes(first.refresh_token.as_ref().unwrap()).await);
        is_done(&portal.revokes(first.refresh_token.as_ref().unwrap()).await);
        is_over(&portal, &second).await;
        let events = "SELECT count(*) FROM events WHERE name = 'token.revoked'";
        assert!(world.database.count(events).await >= 5);
    })
    .await;
}

#[tokio::test]
async fn sr_162_sr_163_of_unknown_and_strange_tokens_nothing_is_told_and_nothing_is_ended() {
    on_each_database(async |world| {
        let (portal, shop) = (world.portal(), with_client(world, "shop", &[]).await);
        let (mut browser, given) = signed_in(world).await;
        let refresh = given.refresh_token.as_ref().unwrap();
        for token in [refresh.as_str(), &given.access_token, &given.id_token, "unknown", "a.b.c"] {
            is_done(&shop.revokes(token).await);
        }
        is_done(&portal.revokes(&given.id_token).await);
        assert_eq!(portal.userinfo(&given.access_token).await.status, 200);
        // RFC 7009 §2.1: a hint that is wrong, or not understood, changes nothing.
        for (hint, kind) in
            [("access_token", "refresh_token"), ("refresh_token", "access_token"), ("x", "access_token")]
        {
            let next = tokens(&mut browser, &portal).await;
            let form = [("token", next.answer[kind].as_str().unwrap()), ("token_type_hint", hint)];
            is_done(&portal.posts("revoke", &form, &[]).await);
            is_over(&portal, &next).await;
        }
        let mut stranger = world.portal();
        "wrong".clone_into(&mut stranger.secret);
        let answer = stranger.revokes(refresh).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (401, "invalid_client".to_owned()));
        for form in [vec![], vec![("token", "x"), ("token", "x")]] {
            assert_eq!(refused(&portal.posts("revoke", &form, &[]).await), "invalid_request");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_163_a_token_that_hangs_on_no_grant_of_its_client_ends_alone() {
    on_each_database(async |world| {
        let services = with_services(world).await;
        let (robot, orders, gateway) = (services.robot, services.orders, services.gateway);
        let both = [alone(&robot.for_itself(&[("resource", ORDERS)]).await), alone(&robot.for_itself(&[]).await)];
        is_done(&orders.revokes(&both[0]).await);
        assert_eq!(orders.introspects(&both[0]).await["active"], true, "it was not given to the resource");
        is_done(&robot.revokes(&both[0]).await);
        assert_eq!(orders.introspects(&both[0]).await, json!({"active": false}));
        assert_eq!(orders.introspects(&both[1]).await["active"], true);
        // What was exchanged for the portal's token is the gateway's, and the portal's family is not.
        let (_, marie) = person_for_orders(world, &MARIE).await;
        let further = alone(&gateway.swaps(&marie.access_token, &[("resource", ORDERS)]).await);
        assert_eq!(orders.introspects(&further).await["active"], true);
        is_done(&gateway.revokes(&further).await);
        assert_eq!(orders.introspects(&further).await, json!({"active": false}));
        assert_eq!(refused(&gateway.swaps(&further, &[]).await), "invalid_request");
        assert_eq!(world.portal().userinfo(&marie.access_token).await.status, 200);
        assert_eq!(world.database.count("SELECT count(*) FROM revoked_access_tokens").await, 2);
    })
    .await;
}

#[tokio::test]
async fn sr_163_when_the_store_fails_nobody_is_told_that_a_token_is_gone() {
    on_each_database(async |world| {
        let (portal, (_, given)) = (world.portal(), signed_in(world).await);
        let refresh = given.refresh_token.as_ref().unwrap();
        world.database.execute("ALTER TABLE events RENAME TO events_elsewhere").await;
        let answer = portal.revokes(refresh).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (500, &json!("server_error")));
        world.database.execute("ALTER TABLE events_elsewhere RENAME TO events").await;
        assert_eq!(portal.introspects(refresh).await["active"], true, "and nothing happened by halves");
        is_done(&portal.revokes(refresh).await);
        is_over(&portal, &given).await;
    })
    .await;
}
