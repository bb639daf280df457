//! `claims` (OpenID Connect Core §5.5), the ladder of levels, and what a request leaves to its client's registration.

use guichet::clock::Duration;
use serde_json::{Value, json};

use super::{declares, signed_in, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, Tokens, claims, parameter, tokens};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{REALM, on_each_database};

async fn given(browser: &mut Browser, client: &ClientApp, asked: &Asked) -> Tokens {
    browser.opens(&asked.url()).await;
    client.redeems(asked, browser.left_for()).await
}

/// What an object says of a person.
fn personal(said: &Value) -> Vec<&str> {
    const OF_A_PERSON: [&str; 8] =
        ["email", "email_verified", "family_name", "given_name", "locale", "name", "preferred_username", "updated_at"];
    OF_A_PERSON.into_iter().filter(|name| said.get(name).is_some()).collect()
}

#[tokio::test]
async fn sr_164_sr_203_claims_are_told_where_they_were_asked_for_by_name() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let openid = || portal.asks().with("scope", "openid");
        for (asked, in_userinfo, in_id_token) in [
            (json!({}), vec![], vec![]),
            (json!({"userinfo": {"name": {"essential": true}, "phone_number": null}}), vec!["name"], vec![]),
            (json!({"id_token": {"email": null, "name": {"value": "Somebody else"}}}), vec![], vec!["email", "name"]),
            (
                json!({"userinfo": {"email": null, "iss": null}, "id_token": {"locale": null}}),
                vec!["email"],
                vec!["locale"],
            ),
        ] {
            let given = given(&mut browser, &portal, &openid().with("claims", &asked.to_string())).await;
            let userinfo = portal.userinfo(&given.access_token).await.json();
            assert_eq!(personal(&userinfo), in_userinfo, "{asked}");
            assert_eq!(personal(&claims(&given.id_token)), in_id_token, "{asked}");
            // As long as the grant is refreshed, it says the same.
            let refreshed = tokens(&portal.refreshes(given.refresh_token.as_ref().unwrap()).await);
            assert_eq!(personal(&claims(&refreshed.id_token)), in_id_token, "{asked}");
            assert_eq!(personal(&portal.userinfo(&refreshed.access_token).await.json()), in_userinfo, "{asked}");
        }
        let both = portal.asks().with("scope", "openid email").with("claims", "{\"userinfo\":{\"name\":null}}");
        let given = given(&mut browser, &portal, &both).await;
        let said = portal.userinfo(&given.access_token).await.json();
        assert_eq!(personal(&said), ["email", "email_verified", "name"]);
        assert_eq!((said["name"].as_str(), said["email"].as_str()), (Some("Marie Durand"), Some(MARIE.email)));
    })
    .await;
}

#[tokio::test]
async fn sr_164_no_name_opens_what_the_client_did_not_register() {
    on_each_database(async |world| {
        let narrow = with_client(world, "narrow", &[("scope", "\"openid email\"")]).await;
        let (mut browser, _) = signed_in(world).await;
        let every =
            json!({"userinfo": {"name": {"essential": true}, "email": null}, "id_token": {"family_name": null}});
        let asked = narrow.asks().with("scope", "openid").with("claims", &every.to_string());
        let given = given(&mut browser, &narrow, &asked).await;
        assert_eq!(personal(&narrow.userinfo(&given.access_token).await.json()), ["email"]);
        assert!(personal(&claims(&given.id_token)).is_empty());
    })
    .await;
}

#[tokio::test]
async fn sr_136_a_named_person_alone_may_answer() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut hers, marie) = signed_in(world).await;
        let mut his = world.browser();
        PAUL.gets_an_account(world, &mut his).await;
        let sub = claims(&marie.id_token)["sub"].as_str().unwrap().to_owned();
        let named = json!({"id_token": {"sub": {"value": sub}}}).to_string();
        for asked in [named, json!({"userinfo": {"sub": {"values": ["nobody", sub]}}}).to_string()] {
            let silent = portal.asks().with("prompt", "none").with("claims", &asked);
            given(&mut hers, &portal, &silent).await;
            his.opens(&silent.url()).await;
            assert_eq!(parameter(his.left_for(), "error").as_deref(), Some("login_required"));
        }
        // Somebody else who signs in all the same is not answered for.
        let mut stranger = world.browser();
        let asked = portal.asks().with("claims", &json!({"id_token": {"sub": {"value": sub}}}).to_string());
        stranger.opens(&asked.url()).await.submits(&PAUL.credentials()).await;
        assert_eq!(parameter(stranger.left_for(), "error").as_deref(), Some("login_required"));
    })
    .await;
}

#[tokio::test]
async fn a_level_that_must_be_had_and_cannot_is_an_error_and_a_preferred_one_is_not() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let acr = |demand: Value| json!({"id_token": {"acr": demand}}).to_string();
        let silent = |claims: &str| portal.asks().with("prompt", "none").with("claims", claims);
        for unmet in [
            json!({"essential": true, "value": "certificate"}),
            json!({"essential": true, "values": ["gold", "two-factors"]}),
        ] {
            browser.opens(&silent(&acr(unmet)).url()).await;
            assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("unmet_authentication_requirements"));
        }
        for met in [
            json!({"essential": true, "values": ["certificate", "password"]}),
            json!({"essential": true}),
            json!({"value": "certificate"}),
            Value::Null,
        ] {
            let given = given(&mut browser, &portal, &silent(&acr(met))).await;
            assert_eq!(claims(&given.id_token)["acr"], "password");
        }
        given(&mut browser, &portal, &portal.asks().with("prompt", "none").with("acr_values", "certificate gold"))
            .await;
    })
    .await;
}

#[tokio::test]
async fn what_a_request_leaves_out_is_as_its_client_registered_it() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        declares(world, "shop", "default_max_age = \"60s\"\ndefault_acr_values = [\"password\"]\n").await;
        let (mut browser, _) = signed_in(world).await;
        given(&mut browser, &shop, &shop.asks().with("prompt", "none")).await;
        world.advance(Duration::from_secs(61));
        browser.opens(&shop.asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("login_required"));
        // "The max_age request parameter overrides this default value."
        given(&mut browser, &shop, &shop.asks().with("prompt", "none").with("max_age", "3600")).await;
    })
    .await;
}

#[tokio::test]
async fn malformed_claims_and_displays_are_told_and_known_ones_pass() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        for (name, value) in [
            ("claims", "[]"),
            ("claims", "{\"userinfo\":1}"),
            ("claims", "{\"userinfo\":{\"name\":{\"values\":[[[[1]]]]}}}"),
            ("display", "wall"),
            ("dpop_jkt", "abc"),
        ] {
            browser.opens(&portal.asks().with("prompt", "none").with(name, value).url()).await;
            assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_request"), "{name}={value}");
        }
        for (name, value) in [("display", "touch"), ("claims_locales", "fr-CA de"), ("claims", "{\"else\":{}}")] {
            given(&mut browser, &portal, &portal.asks().with(name, value)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sr_63_sr_194_what_an_operator_sets_is_judged_whole_and_written_down() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let realm = REALM.parse().unwrap();
        let house = &world.node.house;
        let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        let set = async |claims: &[(&str, &str)]| {
            let claims: Vec<_> = claims.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            house.set_claims(&realm, &marie, &claims).await
        };
        world.advance(guichet::clock::minutes(1));
        for refused in [
            ("email", "autre@exemple.fr"),
            ("email_verified", "false"),
            ("sub", "1"),
            ("birthdate", "hier"),
            ("x", "y"),
        ] {
            assert!(set(&[("nickname", "Mimi"), refused]).await.is_err(), "{refused:?}");
        }
        let now = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        assert_eq!(now.profile, marie.profile, "all or nothing");
        set(&[("nickname", "Mimi")]).await.unwrap();
        // What was read before somebody else changed it is not written over.
        assert!(set(&[("nickname", "Minou")]).await.is_err());
        let now = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        assert_eq!((now.profile.nickname.as_deref(), now.updated_at), (Some("Mimi"), world.now()));
        let written = "SELECT count(*) FROM events WHERE name = 'account.profile_changed'";
        assert_eq!(world.database.count(written).await, 1);
    })
    .await;
}
