//! How registered clients manage themselves (RFC 7592).

use guichet::clock::{days, hours, minutes};
use http::Method;
use http::header::AUTHORIZATION;
use serde_json::json;

use super::{
    CALLBACK, address, asks, goes, least, opens, posts, refused, registered, registers, tokens, unauthorized, with,
};
use crate::oauth::{is_a_page, signed_in};
use crate::support::world::{REALM, on_each_database};

#[tokio::test]
async fn sr_187_rfc_7592_a_client_reads_what_it_is_without_its_secret() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let client = registers(world, &with("contacts", json!(["admin@rp.example"]))).await;
        let read = client.manages(world, &Method::GET, None).await;
        assert_eq!((read.status.as_u16(), read.header("cache-control")), (200, Some("no-store")));
        let mut expected = client.told.clone();
        expected.as_object_mut().unwrap().remove("client_secret");
        assert_eq!(read.json(), expected);
        assert!(!read.body.contains("sha256:"));
    })
    .await;
}

#[tokio::test]
async fn rfc_7592_a_change_replaces_the_whole_and_counts_at_once() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let mut client = registers(world, &with("logo_uri", json!("https://rp.example/logo.png"))).await;
        tokens(&mut browser, &client.app).await;
        let mut change = client.changed("redirect_uris", json!(["https://rp.example/neuf"]));
        change.as_object_mut().unwrap().remove("logo_uri");
        let answer = client.manages(world, &Method::PUT, Some(&change)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told = answer.json();
        assert_eq!(told["redirect_uris"], json!(["https://rp.example/neuf"]));
        assert!(told.get("logo_uri").is_none(), "what is left out is gone");
        assert!(told.get("client_secret").is_none(), "the secret stays, and is not told again");
        assert_eq!(told["registration_access_token"], client.token.as_str());

        browser.opens(&client.app.asks().url()).await;
        is_a_page(&browser, 400, "une adresse de retour qu’elle n’a pas déclarée");
        client.app.redirect_uri = "https://rp.example/neuf".to_owned();
        tokens(&mut browser, &client.app).await;
    })
    .await;
}

#[tokio::test]
async fn rfc_7592_a_change_names_its_client_and_chooses_no_secret() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let client = registers(world, &least()).await;
        for (member, value) in
            [("client_id", json!("portal")), ("client_id", json!(null)), ("client_secret", json!("another"))]
        {
            let change = client.changed(member, value);
            let answer = client.manages(world, &Method::PUT, Some(&change)).await;
            assert_eq!(refused(&answer), "invalid_request", "{member}");
        }
        assert_eq!(
            refused(&client.manages(world, &Method::PUT, Some(&client.changed("redirect_uris", json!([])))).await),
            "invalid_redirect_uri"
        );
        let same = client.changed("client_secret", json!(client.app.secret));
        assert_eq!(client.manages(world, &Method::PUT, Some(&same)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn sr_146_a_client_that_needs_a_secret_of_another_kind_gets_a_new_one_and_one_that_needs_none_loses_it() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let client = registers(world, &with("token_endpoint_auth_method", json!("none"))).await;
        assert!(client.told.get("client_secret").is_none());
        let mut change = client.changed("token_endpoint_auth_method", json!("client_secret_post"));
        let told = client.manages(world, &Method::PUT, Some(&change)).await.json();
        assert!(told["client_secret"].as_str().unwrap().len() >= 43);
        assert_eq!(told["client_secret_expires_at"], 0);
        change["token_endpoint_auth_method"] = json!("none");
        let told = client.manages(world, &Method::PUT, Some(&change)).await.json();
        assert!(told.get("client_secret").is_none() && told.get("client_secret_expires_at").is_none());
    })
    .await;
}

#[tokio::test]
async fn rfc_7592_a_deletion_ends_all_that_the_client_was_given() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let asked = json!({"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]});
        let client = registers(world, &asked).await;
        let given = tokens(&mut browser, &client.app).await;
        let gone = client.manages(world, &Method::DELETE, None).await;
        assert_eq!((gone.status.as_u16(), gone.body.as_str()), (204, ""));
        for method in [Method::GET, Method::DELETE] {
            unauthorized(&client.manages(world, &method, None).await);
        }
        assert_eq!(client.app.userinfo(&given.access_token).await.status, 401);
        assert_eq!(client.app.refreshes(given.refresh_token.as_ref().unwrap()).await.status, 401);
        browser.opens(&client.app.asks().url()).await;
        is_a_page(&browser, 400, "application");
        let live = "SELECT count(*) FROM grants WHERE revoked_at IS NULL AND client_id LIKE 'c_%'";
        assert_eq!(world.database.count(live).await, 0);
        tokens(&mut browser, &world.portal()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_151_a_wrong_token_and_a_client_that_never_was_are_told_apart_by_nothing() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (client, other) = (registers(world, &least()).await, registers(world, &least()).await);
        let nobody = format!("{}/c_AAAAAAAAAAAAAAAAAAAAAA", address());
        let declared = format!("{}/portal", address());
        let mut told = Vec::new();
        for url in [client.uri.as_str(), &nobody, &declared] {
            let answer = asks(world, &Method::GET, url, Some(&other.token), None).await;
            unauthorized(&answer);
            told.push(answer.body);
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
        let bare = asks(world, &Method::GET, &client.uri, None, None).await;
        assert_eq!((bare.status.as_u16(), bare.header("www-authenticate")), (401, Some("Bearer")));
        // The fifth wrong one has to wait, and so has whoever comes after it; the right one has not.
        let mut status = 401;
        for _ in 0..4 {
            status = asks(world, &Method::GET, &client.uri, Some("made-up"), None).await.status.as_u16();
        }
        assert_eq!(status, 429);
        assert_eq!(client.manages(world, &Method::GET, None).await.status, 200);
        world.advance(hours(1));
        unauthorized(&asks(world, &Method::GET, &client.uri, Some("made-up"), None).await);
    })
    .await;
}

#[tokio::test]
async fn sr_183_sr_186_what_a_client_does_with_itself_is_denied_to_whoever_holds_anything_but_its_token() {
    on_each_database(async |world| {
        opens(world, "initial-token").await;
        let initial = world.node.house.initial_token(&REALM.parse().unwrap(), 2, days(7)).await.unwrap();
        let initial = initial.token.expose().as_str();
        let client = registered(world, &posts(world, Some(initial), &least()).await);
        let other = registered(world, &posts(world, Some(initial), &least()).await);
        let (_, person) = signed_in(world).await;
        let change = client.changed("client_name", json!("Hers now"));
        // Wrong tokens are slowed after the fifth; the person's does not live long enough to wait.
        let (at_once, patiently) = (minutes(0), minutes(16));
        for (held, pause) in [(person.access_token.as_str(), at_once), (&other.token, patiently), (initial, patiently)]
        {
            for (method, body) in [(Method::GET, None), (Method::PUT, Some(&change)), (Method::DELETE, None)] {
                world.advance(pause);
                unauthorized(&asks(world, &method, &client.uri, Some(held), body).await);
            }
            let read = client.manages(world, &Method::GET, None).await;
            assert_eq!((read.status.as_u16(), read.json().get("client_name")), (200, client.told.get("client_name")));
        }
        world.advance(patiently);
        unauthorized(&posts(world, Some(&other.token), &least()).await);
    })
    .await;
}

#[tokio::test]
async fn sr_195_each_step_of_a_registration_is_in_the_trail() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let client = registers(world, &least()).await;
        client.manages(world, &Method::GET, None).await;
        client.manages(world, &Method::PUT, Some(&client.changed("client_name", json!("Boutique")))).await;
        unauthorized(&asks(world, &Method::GET, &client.uri, Some("made-up"), None).await);
        client.manages(world, &Method::DELETE, None).await;
        // Events of one instant have no order: the clock stands.
        let names = "SELECT name FROM events WHERE name LIKE 'client.%' ORDER BY name";
        let expected = [
            "client.deleted",
            "client.read",
            "client.registered",
            "client.registration_token_refused",
            "client.replaced",
        ];
        assert_eq!(world.database.texts(names).await, expected);
        let about = format!("SELECT count(*) FROM events WHERE content LIKE '%{}%'", client.app.id);
        assert_eq!(world.database.count(&about).await, 4);
    })
    .await;
}

#[tokio::test]
async fn sr_151_another_node_knows_a_change_at_once() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let client = registers(world, &least()).await;
        let other = world.another_node().await;
        browser.reaches(other.address);
        let asked = client.app.asks();
        goes(&mut browser, &asked).await;
        client.app.code(&asked, browser.left_for());
        client
            .manages(world, &Method::PUT, Some(&client.changed("redirect_uris", json!(["https://rp.example/b"]))))
            .await;
        browser.opens(&client.app.asks().url()).await;
        is_a_page(&browser, 400, "une adresse de retour qu’elle n’a pas déclarée");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_no_bearer_token_is_none() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let client = registers(world, &least()).await;
        let basic = client.app.basic();
        let answer = world.portal().sends(&Method::GET, &client.uri, &[(AUTHORIZATION, &basic)], String::new()).await;
        assert_eq!(answer.status, 401, "the client's secret is another thing");
    })
    .await;
}
