//! Pairwise subjects and the lists that make several hosts one sector (OpenID Connect Core §8).

use guichet::clock::Duration;
use serde_json::json;

use super::{opens, posts, refused, registers, tokens};
use crate::oauth::signed_in;
use crate::support::client_app::claims;
use crate::support::peer::Reply;
use crate::support::world::on_each_database;

const LIST: &str = "https://sector.example/redirects.json";
const KIND: &str = "application/json";

fn pairwise(list: Option<&str>, redirect_uris: &[&str]) -> serde_json::Value {
    json!({"redirect_uris": redirect_uris, "subject_type": "pairwise", "sector_identifier_uri": list})
}

#[tokio::test]
async fn sr_161_clients_of_one_sector_know_somebody_by_one_name_and_others_by_another() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let peer = world.outside.peer("sector.example").await;
        let (a, b, c) = ("https://a.example/cb", "https://b.example/cb", "https://c.example/cb");
        peer.says(Reply::document(KIND, json!([a, b]).to_string()));
        let (mut browser, public) = signed_in(world).await;
        let mut subjects = Vec::new();
        for asked in [pairwise(Some(LIST), &[a]), pairwise(Some(LIST), &[b]), pairwise(None, &[c])] {
            let client = registers(world, &asked).await;
            assert_eq!(client.told["subject_type"], "pairwise");
            assert_eq!(client.told["sector_identifier_uri"], asked["sector_identifier_uri"]);
            let given = tokens(&mut browser, &client.app).await;
            let sub = claims(&given.id_token)["sub"].as_str().unwrap().to_owned();
            assert_eq!(client.app.userinfo(&given.access_token).await.json()["sub"], sub);
            subjects.push(sub);
        }
        let [one, two, three] = subjects.try_into().unwrap();
        assert_eq!(one, two);
        assert_ne!(one, three);
        assert_ne!(claims(&public.id_token)["sub"], one);
    })
    .await;
}

#[tokio::test]
async fn sr_161_without_a_list_several_hosts_are_no_sector() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let asked = pairwise(None, &["https://a.example/cb", "https://b.example/cb"]);
        assert_eq!(refused(&posts(world, None, &asked).await), "invalid_client_metadata");
    })
    .await;
}

#[tokio::test]
async fn sr_168_sr_169_sr_170_whatever_is_wrong_with_a_list_is_told_with_one_sentence() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let peer = world.outside.peer("sector.example").await;
        let uri = "https://a.example/cb";
        world.outside.names.lead("inside.example", &["10.0.0.1:443".parse().unwrap()]);
        let mut told = Vec::new();
        for (list, reply) in [
            (LIST, Reply::status(404)),
            (LIST, Reply::document("text/html", json!([uri]).to_string())),
            (LIST, Reply::document(KIND, json!(["https://b.example/cb"]).to_string())),
            (LIST, Reply::document(KIND, json!({"redirect_uris": [uri]}).to_string())),
            (LIST, Reply::redirect("https://elsewhere.example/")),
            ("https://inside.example/list", Reply::status(404)),
            ("https://nobody.example/list", Reply::status(404)),
        ] {
            peer.says(reply);
            let answer = posts(world, None, &pairwise(Some(list), &[uri])).await;
            assert_eq!(refused(&answer), "invalid_client_metadata", "{list}");
            told.push(answer.body);
            world.advance(Duration::from_secs(31));
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
        peer.says(Reply::document(KIND, json!([uri]).to_string()));
        registers(world, &pairwise(Some(LIST), &[uri])).await;
    })
    .await;
}

#[tokio::test]
async fn sr_151_nothing_is_fetched_for_somebody_who_may_not_register() {
    on_each_database(async |world| {
        opens(world, "initial-token").await;
        let peer = world.outside.peer("sector.example").await;
        let asked = pairwise(Some(LIST), &["https://a.example/cb"]);
        assert_eq!(posts(world, Some("made-up"), &asked).await.status, 401);
        assert_eq!((peer.met(), world.outside.names.asked()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn sr_161_a_change_is_held_to_the_list_as_well() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let peer = world.outside.peer("sector.example").await;
        let (a, b) = ("https://a.example/cb", "https://b.example/cb");
        peer.says(Reply::document(KIND, json!([a]).to_string()));
        let client = registers(world, &pairwise(Some(LIST), &[a])).await;
        let change = client.changed("redirect_uris", json!([a, b]));
        let put = http::Method::PUT;
        assert_eq!(refused(&client.manages(world, &put, Some(&change)).await), "invalid_client_metadata");
        world.advance(Duration::from_secs(31));
        peer.says(Reply::document(KIND, json!([a, b]).to_string()));
        assert_eq!(client.manages(world, &put, Some(&change)).await.status, 200);
    })
    .await;
}
