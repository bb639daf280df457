//! Registries are asked no more than they like: copies, shares, rests, and a breaker, over time.

use guichet::clock::{Duration, hours, minutes};
use guichet::identity::organisation::Registry;
use guichet::registries::{Looked, Trouble};
use serde_json::json;

use super::{NOW, STREET, Town, asks, found, insee_refuses, of_insee};
use crate::support::peer::Reply;

const MOMENT: Duration = Duration::from_millis(1);

#[tokio::test]
async fn what_was_found_is_good_for_a_day() {
    let (town, insee) = (Town::new().await, asks(&[Registry::Insee]));
    town.insee.says(Reply::json(200, &of_insee()));
    assert!(found(&town.looks_up(&insee, NOW).await).is_some());
    town.insee.says(insee_refuses(404));
    assert_eq!(found(&town.looks_up(&insee, NOW + hours(24) - MOMENT).await), Some((Registry::Insee, STREET)));
    assert_eq!((town.looks_up(&insee, NOW + hours(24)).await, town.insee.met()), (Looked::NotFound, 2));
}

#[tokio::test]
async fn that_there_is_no_such_number_is_good_for_ten_minutes() {
    let (town, dinum) = (Town::new().await, asks(&[Registry::Dinum]));
    town.dinum.says(Reply::json(200, &json!({ "results": [] })));
    for now in [NOW, NOW + minutes(10) - MOMENT] {
        assert_eq!((town.looks_up(&dinum, now).await, town.dinum.met()), (Looked::NotFound, 1));
    }
    town.dinum.says(Reply::json(200, &super::of_dinum()));
    assert!(found(&town.looks_up(&dinum, NOW + minutes(10)).await).is_some());
}

#[tokio::test]
async fn insee_is_asked_twenty_five_times_a_minute_at_most() {
    let (town, insee) = (Town::new().await, asks(&[Registry::Insee]));
    // An answer that is not kept, and is no failure.
    town.insee.says(insee_refuses(403));
    for second in 0..25 {
        let told = town.looks_up(&insee, NOW + Duration::from_secs(second)).await;
        assert_eq!(told, Looked::Partial(None));
    }
    let wait = Duration::from_secs(31);
    let told = town.looks_up(&insee, NOW + Duration::from_secs(29)).await;
    assert_eq!((told, town.insee.met()), (Looked::Unchecked(Trouble::RateLimited(wait)), 25));
    assert_eq!(town.looks_up(&insee, NOW + minutes(1)).await, Looked::Partial(None));
}

#[tokio::test]
async fn the_open_registry_is_asked_five_times_a_second_at_most() {
    let (town, dinum) = (Town::new().await, asks(&[Registry::Dinum]));
    let mut hidden = super::of_dinum();
    hidden["results"][0]["siren"] = json!("481463081");
    town.dinum.says(Reply::json(200, &hidden));
    for _ in 0..4 {
        town.looks_up(&dinum, NOW).await;
    }
    town.dinum.says(Reply::json(200, &json!({ "results": [] })));
    assert_eq!(town.looks_up(&dinum, NOW).await, Looked::NotFound);
    let other = super::siret("48146308100036");
    let told = town.registries.look_up(&dinum, &other, NOW).await;
    assert_eq!((told, town.dinum.met()), (Looked::Unchecked(Trouble::RateLimited(Duration::from_secs(1))), 5));
    let told = town.registries.look_up(&dinum, &other, NOW + Duration::from_secs(1)).await;
    assert_eq!(told, Looked::NotFound);
}

#[tokio::test]
async fn who_says_too_many_is_left_alone_as_long_as_it_says() {
    let (town, insee) = (Town::new().await, asks(&[Registry::Insee]));
    town.insee.says(insee_refuses(429).with("Retry-After", "30"));
    let rest = Duration::from_secs(30);
    assert_eq!(town.looks_up(&insee, NOW).await, Looked::Unchecked(Trouble::RateLimited(rest)));
    town.insee.says(Reply::json(200, &of_insee()));
    let told = town.looks_up(&insee, NOW + rest - MOMENT).await;
    assert_eq!((told, town.insee.met()), (Looked::Unchecked(Trouble::RateLimited(MOMENT)), 1));
    assert!(found(&town.looks_up(&insee, NOW + rest).await).is_some());
}

#[tokio::test]
async fn who_failed_five_times_is_left_alone_for_a_minute_and_then_tried() {
    let (town, dinum) = (Town::new().await, asks(&[Registry::Dinum]));
    town.dinum.says(Reply::status(503));
    for _ in 0..5 {
        assert_eq!(town.looks_up(&dinum, NOW).await, Looked::Unchecked(Trouble::Unavailable));
    }
    assert_eq!(town.dinum.met(), 10, "each was tried twice");
    let open = Duration::from_mins(1);
    for now in [NOW, NOW + open - MOMENT] {
        let told = town.looks_up(&dinum, now).await;
        assert_eq!((told, town.dinum.met()), (Looked::Unchecked(Trouble::Unavailable), 10), "nobody waits");
    }
    town.looks_up(&dinum, NOW + open).await;
    town.dinum.says(Reply::json(200, &super::of_dinum()));
    let told = town.looks_up(&dinum, NOW + open + MOMENT).await;
    assert_eq!((told, town.dinum.met()), (Looked::Unchecked(Trouble::Unavailable), 12), "one try, and it failed");
    assert!(found(&town.looks_up(&dinum, NOW + open + open).await).is_some(), "the next one goes well");
    town.dinum.says(Reply::status(503));
    let later = NOW + hours(24) + open + open;
    town.looks_up(&dinum, later).await;
    assert_eq!((town.looks_up(&dinum, later).await, town.dinum.met()), (Looked::Unchecked(Trouble::Unavailable), 17));
}
