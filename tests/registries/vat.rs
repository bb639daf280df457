//! Numbers for value added tax: what VIES is asked, what it means, and that its silence is nobody's fault.

use guichet::clock::{Duration, Stopwatch, hours};
use guichet::identity::organisation::{Line, Registry};
use guichet::realm::model::RegistryPolicy;
use guichet::registries::{PublicRegistries, RegistrySettings, Trouble, VatChecked};
use serde_json::{Value, json};

use super::{NOW, Town, addresses, registries, vat};
use crate::support::peer::Reply;

pub(crate) fn verdict(country: &str, number: &str, valid: bool) -> Value {
    json!({
        "countryCode": country,
        "vatNumber": number,
        "requestDate": "2026-03-03T13:12:00.000Z",
        "valid": valid,
        "requestIdentifier": "WAPIAAAAWf0cH3Jk",
        "name": "VOORBEELD BV",
        "address": "---"
    })
}

pub(crate) fn failure(code: &str) -> Reply {
    Reply::json(200, &json!({ "actionSucceed": false, "errorWrappers": [{ "error": code }] }))
}

/// The document of a request.
fn asked(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_number_is_asked_for_without_its_prefix() {
    for (country, number, letters, digits) in [
        ("DE", "DE136695976", "DE", "136695976"),
        ("GR", "EL094259216", "EL", "094259216"),
        ("FR", "83404833048", "FR", "83404833048"),
        ("GB", "XI980780684", "XI", "980780684"),
    ] {
        let town = Town::new().await;
        town.vies.says(Reply::json(200, &verdict(letters, digits, true)));
        let VatChecked::Valid(record) = town.checks(country, number, NOW).await else { panic!("{number}") };
        assert_eq!((record.name.as_ref().map(Line::as_str), &record.address), (Some("VOORBEELD BV"), &None));
        assert_eq!((record.source, record.consultation.as_deref()), (Registry::Vies, Some("WAPIAAAAWf0cH3Jk")));
        let heard = &town.vies.heard()[0];
        assert!(heard.starts_with("POST /taxation_customs/vies/rest-api/check-vat-number HTTP/1.1\r\n"), "{heard}");
        assert_eq!(asked(heard), json!({ "countryCode": letters, "vatNumber": digits }));
    }
}

#[tokio::test]
async fn our_own_number_goes_along_to_have_the_check_on_record() {
    let town = Town::new().await;
    town.vies.says(Reply::json(200, &verdict("DE", "136695976", true)));
    let requester = Some(vat("FR", "83404833048"));
    let settings = RegistrySettings::Public(Box::new(PublicRegistries { requester, ..addresses() }));
    let registries = registries(&town.outside, settings);
    registries.check_vat(&RegistryPolicy::default(), &vat("DE", "136695976"), NOW).await;
    let question = json!({
        "countryCode": "DE",
        "vatNumber": "136695976",
        "requesterMemberStateCode": "FR",
        "requesterNumber": "83404833048",
    });
    assert_eq!(asked(&town.vies.heard()[0]), question);
}

#[tokio::test]
async fn a_good_number_is_good_for_a_day_and_a_bad_one_is_asked_for_each_time() {
    let town = Town::new().await;
    town.vies.says(Reply::json(200, &verdict("DE", "136695976", false)));
    for met in 1..=2 {
        assert_eq!((town.checks("DE", "136695976", NOW).await, town.vies.met()), (VatChecked::Invalid, met));
    }
    town.vies.says(Reply::json(200, &verdict("DE", "136695976", true)));
    let almost = NOW + hours(24) - Duration::from_millis(1);
    for (now, met) in [(NOW, 3), (almost, 3), (NOW + hours(24), 4)] {
        let told = town.checks("DE", "136695976", now).await;
        assert!(matches!(told, VatChecked::Valid(_)) && town.vies.met() == met);
    }
}

#[tokio::test]
async fn no_verdict_is_never_bad_whatever_the_status() {
    for (reply, trouble) in [
        (failure("MS_UNAVAILABLE"), Trouble::MemberState),
        (failure("SERVICE_UNAVAILABLE"), Trouble::Unavailable),
        (failure("INVALID_INPUT"), Trouble::Malformed),
        (failure("IP_BLOCKED"), Trouble::Misconfigured),
        (failure("NEVER_HEARD_OF"), Trouble::Malformed),
        (Reply::status(500), Trouble::Unavailable),
        (Reply::document("text/html", "<html>"), Trouble::Malformed),
        (Reply::redirect("https://elsewhere.example/"), Trouble::Misconfigured),
        (Reply::json(200, &json!({ "valid": false, "userError": "MS_UNAVAILABLE" })), Trouble::MemberState),
    ] {
        let town = Town::new().await;
        town.vies.says(reply);
        let told = town.checks("DE", "136695976", NOW).await;
        assert_eq!((told, town.vies.met()), (VatChecked::Unchecked(trouble), 1), "and is not asked for again at once");
    }
}

#[tokio::test]
async fn when_too_many_ask_at_once_it_is_asked_once_more_after_a_moment() {
    let town = Town::new().await;
    let good = Reply::json(200, &verdict("DE", "136695976", true));
    town.vies.says_in_turn([failure("MS_MAX_CONCURRENT_REQ"), good]);
    let watch = Stopwatch::start();
    assert!(matches!(town.checks("DE", "136695976", NOW).await, VatChecked::Valid(_)));
    assert!(watch.elapsed() >= Duration::from_millis(1500) && town.vies.met() == 2);

    let town = Town::new().await;
    town.vies.says(failure("GLOBAL_MAX_CONCURRENT_REQ"));
    let told = town.checks("DE", "136695976", NOW).await;
    assert_eq!(told, VatChecked::Unchecked(Trouble::RateLimited(Duration::from_millis(1500))));
    assert_eq!(town.vies.met(), 2, "once, and not more");
}

#[tokio::test]
async fn one_silent_member_state_closes_no_door_to_the_others() {
    let town = Town::new().await;
    town.vies.says(failure("MS_UNAVAILABLE"));
    for second in 0..6 {
        town.checks("DE", "136695976", NOW + Duration::from_secs(second)).await;
    }
    town.vies.says(Reply::json(200, &verdict("LU", "15027442", true)));
    let told = town.checks("LU", "15027442", NOW + Duration::from_secs(6)).await;
    assert!(matches!(told, VatChecked::Valid(_)));
}

#[tokio::test]
async fn vies_is_asked_about_the_union_s_numbers_where_the_realm_wants_it() {
    let town = Town::new().await;
    town.vies.says(Reply::json(200, &verdict("DE", "136695976", true)));
    let british = town.checks("GB", "980780684", NOW).await;
    let quiet = RegistryPolicy { check_vat: false, ..RegistryPolicy::default() };
    let german = town.registries.check_vat(&quiet, &vat("DE", "136695976"), NOW).await;
    assert_eq!((british, german, town.vies.met()), (VatChecked::NotAsked, VatChecked::NotAsked, 0));
}
