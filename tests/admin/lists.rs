//! What the authority reads.

use http::Method;
use serde_json::json;

use super::{ALL, api, asks, member, office, opens, problem, reads, token, with_marie};
use crate::support::organisations::{EXAMPLE, FRIENDS, TOWN};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{REALM, on_each_database};

#[tokio::test]
async fn sr_187_organisations_are_found_by_their_number_and_read_with_whom_they_name() {
    on_each_database(async |world| {
        let marie = with_marie(world).await;
        world.has_organisation_in(REALM, &TOWN).await;
        let client = office(world, "office", ALL).await;
        let token = token(&client).await;
        for typed in ["00000101600013", "000%20001%20016%2000013", "000.001.016.00013"] {
            let found = reads(&client, &token, &format!("/organizations?number={typed}")).await;
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{typed}: {found}");
            assert_eq!(found["items"][0]["id"], EXAMPLE.id);
        }
        assert_eq!(reads(&client, &token, "/organizations?number=00000103200010").await["items"], json!([]));
        let one = reads(&client, &token, &format!("/organizations/{}", EXAMPLE.id)).await;
        for (member, value) in [
            ("alias", json!(EXAMPLE.alias())),
            ("scheme", json!("siret")),
            ("number", json!(EXAMPLE.siret)),
            ("legal_name", json!("EXEMPLE SAS")),
            ("category", json!("company")),
            ("source", json!("fixed")),
            ("closed", json!(false)),
            ("contacts", json!([])),
        ] {
            assert_eq!(one[member], value, "{member}: {one}");
        }
        let members = reads(&client, &token, &format!("/organizations/{}/members", EXAMPLE.id)).await;
        let member = &members["items"][0];
        assert_eq!((&member["user"], &member["email"]), (&json!(marie), &json!(MARIE.email)));
        assert_eq!(member["roles"][0]["role"], "administrator");
        assert_eq!(member["roles"][1]["state"], "declared");
        assert!(members.get("next").is_none(), "{members}");
        // No secret of anybody, nor anything that helps to sign in as them.
        let all = format!("{one} {members}");
        assert!(!["argon2", "password", "answer", "secret"].iter().any(|word| all.contains(word)), "{all}");
    })
    .await;
}

#[tokio::test]
async fn sr_189_sr_190_lists_come_in_pages_and_a_mark_is_good_for_its_own_list() {
    on_each_database(async |world| {
        with_marie(world).await;
        world.has_organisation_in(REALM, &TOWN).await;
        world.has_organisation_in(REALM, &FRIENDS).await;
        member(world, &PAUL, &["user=declared"]).await;
        let client = office(world, "office", ALL).await;
        let token = token(&client).await;
        let mut seen = Vec::new();
        let mut path = "/organizations?max=1".to_owned();
        loop {
            let page = reads(&client, &token, &path).await;
            seen.push(page["items"][0]["number"].clone());
            assert_eq!(page["items"].as_array().unwrap().len(), 1);
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/organizations?max=1&after={next}");
        }
        assert_eq!(seen.len(), 3);
        let mark = path.rsplit('=').next().unwrap().to_owned();
        let members = format!("/organizations/{}/members", EXAMPLE.id);
        let first = reads(&client, &token, &format!("{members}?max=1")).await;
        let next = first["next"].as_str().unwrap();
        let second = reads(&client, &token, &format!("{members}?max=1&after={next}")).await;
        assert_ne!(first["items"][0]["user"], second["items"][0]["user"]);
        assert!(second.get("next").is_none());
        for query in [
            format!("{members}?after={mark}"),
            format!("/organizations?after={next}"),
            "/organizations?after=x".to_owned(),
            "/organizations?max=0".to_owned(),
            "/organizations?max=201".to_owned(),
            "/organizations?max=-1".to_owned(),
            "/organizations?max=1&max=2".to_owned(),
            "/organizations?sort=name".to_owned(),
            "/organizations?number%5B%5D=1".to_owned(),
            format!("/organizations/{}?full=1", EXAMPLE.id),
        ] {
            let answer = asks(&client, &token, &Method::GET, &query, "").await;
            assert_eq!(problem(&answer), (400, "malformed-query".to_owned()), "{query}");
        }
        assert_eq!(reads(&client, &token, "/organizations?max=200").await["items"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn sr_183_an_organisation_of_another_realm_is_not_there() {
    on_each_database(async |world| {
        opens(world).await;
        let client = office(world, "office", ALL).await;
        world.adds_realm("autre").await;
        world.has_organisation_in("autre", &EXAMPLE).await;
        let token = token(&client).await;
        assert_eq!(reads(&client, &token, "/organizations").await["items"], json!([]));
        for path in [format!("/organizations/{}", EXAMPLE.id), format!("/organizations/{}/members", EXAMPLE.id)] {
            let answer = asks(&client, &token, &Method::GET, &path, "").await;
            assert_eq!(problem(&answer), (404, "not-found".to_owned()), "{path}");
        }
        for id in ["x", "0199a2b4-0000-7000-8000-00000000ffff", "%00", "..%2F.."] {
            let answer = asks(&client, &token, &Method::GET, &format!("/organizations/{id}"), "").await;
            assert_eq!(answer.status, 404, "{id} at {}", api());
        }
    })
    .await;
}
