//! Registries that answer badly, late or never: the person waits no longer than promised.

use std::sync::Arc;

use guichet::clock::{Duration, Stopwatch};
use guichet::identity::organisation::Registry;
use guichet::registries::{FixedMode, Looked, RegistrySettings, Trouble};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{NOW, STREET, Town, asks, found, insee_refuses, of_dinum, of_insee, registries, siret};
use crate::support::outside::Outside;
use crate::support::peer::Reply;

/// Three seconds and a half are promised; a machine that does much else at the time has a little more.
const PROMISED: Duration = Duration::from_secs(5);

#[tokio::test]
async fn one_failure_is_tried_again_and_a_second_is_not() {
    let town = Town::new().await;
    town.insee.says_in_turn([insee_refuses(503), Reply::json(200, &of_insee())]);
    assert_eq!(found(&town.looks().await), Some((Registry::Insee, STREET)));
    assert_eq!((town.insee.met(), town.dinum.met()), (2, 0));

    let town = Town::new().await;
    town.insee.says_in_turn([insee_refuses(500), insee_refuses(502), Reply::json(200, &of_insee())]);
    town.dinum.says(Reply::json(200, &of_dinum()));
    assert_eq!(found(&town.looks().await), Some((Registry::Dinum, STREET)));
    assert_eq!((town.insee.met(), town.dinum.met()), (2, 1));
}

#[tokio::test]
async fn what_would_be_the_same_again_is_asked_once() {
    for refusal in [insee_refuses(404), insee_refuses(429), insee_refuses(400), Reply::status(401), Reply::status(302)]
    {
        let town = Town::new().await;
        town.insee.says(refusal);
        town.looks_up(&asks(&[Registry::Insee]), NOW).await;
        assert_eq!(town.insee.met(), 1);
    }
}

#[tokio::test]
async fn sr_168_answers_that_make_no_sense_or_have_no_end_are_no_answers() {
    let json = "application/json";
    let long = format!("{{\"results\":[],\"x\":\"{}\"}}", "x".repeat(512 * 1024));
    for (reply, trouble) in [
        (Reply::document(json, "tilleul"), Trouble::Malformed),
        (Reply::document(json, &of_dinum().to_string().as_bytes()[..200]), Trouble::Malformed),
        (Reply::document(json, "{}"), Trouble::Malformed),
        (Reply::document(json, long), Trouble::Malformed),
        (Reply::endless(json), Trouble::Malformed),
        (Reply::document("text/html", of_dinum().to_string()), Trouble::Malformed),
        (Reply::json(200, &of_dinum()).with("Content-Encoding", "gzip"), Trouble::Malformed),
        (Reply::json(200, &json!({ "results": [{ "siren": "481463081" }] })), Trouble::Malformed),
        (Reply::status(204), Trouble::Malformed),
    ] {
        let town = Town::new().await;
        town.dinum.says(reply);
        let told = town.looks_up(&asks(&[Registry::Dinum]), NOW).await;
        assert_eq!(told, Looked::Unchecked(trouble));
    }
}

#[tokio::test]
async fn sr_168_a_redirect_is_followed_by_nobody() {
    let town = Town::new().await;
    let elsewhere = town.outside.peer("elsewhere.example").await;
    elsewhere.says(Reply::json(200, &of_insee()));
    for status in [301, 302, 307, 308] {
        town.insee.says(Reply::status(status).with("Location", "https://elsewhere.example/siret/73282932000074"));
        let told = town.looks_up(&asks(&[Registry::Insee]), NOW).await;
        assert_eq!((told, elsewhere.met()), (Looked::Unchecked(Trouble::Misconfigured), 0), "{status}");
    }
}

#[tokio::test]
async fn sr_169_a_registry_s_name_that_leads_inside_is_not_followed() {
    let town = Town::new().await;
    town.outside.names.lead("insee.example", &["10.0.0.1:443".parse().unwrap()]);
    let told = town.looks_up(&asks(&[Registry::Insee]), NOW).await;
    assert_eq!((told, town.insee.met()), (Looked::Unchecked(Trouble::Misconfigured), 0));
}

#[tokio::test]
async fn sr_172_whoever_cannot_show_that_name_is_told_no_number_and_no_key() {
    let town = Town::new().await;
    let stranger = town.outside.stranger("127.0.0.1", "other.example").await;
    stranger.says(Reply::json(200, &of_insee()));
    town.outside.names.lead("insee.example", &[stranger.address]);
    let told = town.looks_up(&asks(&[Registry::Insee]), NOW).await;
    assert_eq!(told, Looked::Unchecked(Trouble::Unavailable));
    assert_eq!(stranger.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn with_the_registries_hung_the_person_types_after_three_seconds() {
    let town = Town::new().await;
    let never = Arc::new(Semaphore::new(0));
    town.insee.says(Reply::json(200, &of_insee()).behind(&never));
    town.dinum.says(Reply::half("application/json"));
    let watch = Stopwatch::start();
    assert_eq!(town.looks().await, Looked::Unchecked(Trouble::Unavailable));
    assert!(watch.elapsed() < PROMISED, "{:?}", watch.elapsed());
    assert_eq!((town.insee.met(), town.dinum.met()), (1, 1), "each had its part of the time");
}

#[tokio::test]
async fn a_hung_registry_leaves_time_for_the_other() {
    let town = Town::new().await;
    town.insee.says(Reply::half("application/json"));
    town.dinum.says(Reply::json(200, &of_dinum()));
    assert_eq!(found(&town.looks().await), Some((Registry::Dinum, STREET)));
}

#[tokio::test]
async fn the_built_in_table_hangs_as_long_as_a_registry() {
    let hung = registries(&Outside::new(), RegistrySettings::Fixed(FixedMode::Hangs));
    let watch = Stopwatch::start();
    let told = hung.look_up(&asks(&[Registry::Insee, Registry::Dinum]), &siret("00000101600013"), NOW).await;
    assert_eq!(told, Looked::Unchecked(Trouble::Unavailable));
    assert!(watch.elapsed() < PROMISED, "{:?}", watch.elapsed());
}
