//! Answers of VIES, as it writes them, and what is read in them. The codes are those of its own test service.

use http::StatusCode;
use serde_json::Value;

use super::*;
use crate::identity::organisation::Line;
use crate::identity::territory::Country;

const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

fn number(country: &str, text: &str) -> VatNumber {
    VatNumber::parse(Country::try_from(country).unwrap(), text).unwrap()
}

fn german() -> VatNumber {
    number("DE", "136695976")
}

fn verdict(valid: bool) -> Value {
    json!({
        "countryCode": "DE",
        "vatNumber": "136695976",
        "requestDate": "2026-03-03T13:12:00.000Z",
        "valid": valid,
        "requestIdentifier": "",
        "name": "---",
        "address": "---",
        "traderName": "---",
        "traderNameMatch": "NOT_PROCESSED"
    })
}

fn failure(code: &str) -> Value {
    json!({ "actionSucceed": false, "errorWrappers": [{ "error": code }] })
}

fn told(status: u16, said: &Value) -> Result<VatRecord, Trouble> {
    let said = Some(serde_json::to_vec(said).unwrap());
    read(&Answer { status: StatusCode::from_u16(status).unwrap(), retry_after: None, said }, &german(), NOW)
}

#[test]
fn a_verdict_is_read_and_hyphens_are_no_name() {
    let record = told(200, &verdict(true)).unwrap();
    assert_eq!((&record.number, record.source, record.checked_at), (&german(), Registry::Vies, NOW));
    assert_eq!((record.name, record.address, record.consultation), (None, None, None));
    let mut whole = verdict(true);
    whole["name"] = json!("MUSTERWERK GMBH");
    whole["address"] = json!("AM BEISPIEL 1\n10115 BERLIN\n");
    whole["requestIdentifier"] = json!("WAPIAAAAWf0cH3Jk");
    let record = told(200, &whole).unwrap();
    assert_eq!(record.name.as_ref().map(Line::as_str), Some("MUSTERWERK GMBH"));
    assert_eq!(record.address.as_ref().map(Line::as_str), Some("AM BEISPIEL 1 10115 BERLIN"));
    assert_eq!(record.consultation.as_deref(), Some("WAPIAAAAWf0cH3Jk"));
    whole["requestIdentifier"] = json!("<script>");
    assert_eq!(told(200, &whole).unwrap().consultation, None, "evidence is letters and digits");
    assert_eq!(told(200, &verdict(false)), Err(Trouble::NotFound));
}

#[test]
fn the_body_decides_and_no_verdict_is_never_bad() {
    for (code, trouble) in [
        ("INVALID_INPUT", Trouble::Malformed),
        ("INVALID_REQUESTER_INFO", Trouble::Misconfigured),
        ("SERVICE_UNAVAILABLE", Trouble::Unavailable),
        ("MS_UNAVAILABLE", Trouble::MemberState),
        ("TIMEOUT", Trouble::MemberState),
        ("VAT_BLOCKED", Trouble::Misconfigured),
        ("IP_BLOCKED", Trouble::Misconfigured),
        ("GLOBAL_MAX_CONCURRENT_REQ", Trouble::RateLimited(PAUSE)),
        ("GLOBAL_MAX_CONCURRENT_REQ_TIME", Trouble::RateLimited(PAUSE)),
        ("MS_MAX_CONCURRENT_REQ", Trouble::RateLimited(PAUSE)),
        ("MS_MAX_CONCURRENT_REQ_TIME", Trouble::RateLimited(PAUSE)),
        ("A_CODE_THAT_NOBODY_KNOWS", Trouble::Malformed),
    ] {
        for status in [200, 400, 500] {
            assert_eq!(told(status, &failure(code)), Err(trouble), "{status} {code}");
        }
        let mut bad = verdict(false);
        bad["userError"] = json!(code);
        assert_eq!(told(200, &bad), Err(trouble), "a reason makes `valid: false` no verdict: {code}");
        assert!(!trouble.speaks_about_the_number());
    }
    for (said, outcome) in [("VALID", true), ("INVALID", false)] {
        let mut answer = verdict(outcome);
        answer["userError"] = json!(said);
        assert_eq!(told(200, &answer).is_ok(), outcome, "these are the verdict itself");
    }
}

#[test]
fn what_is_no_answer_of_its_is_none() {
    for (status, said, trouble) in [
        (200, json!({}), Trouble::Malformed),
        (200, json!([]), Trouble::Malformed),
        (200, json!({ "valid": "yes" }), Trouble::Malformed),
        (200, json!({ "isValid": true }), Trouble::Malformed),
        (503, json!({}), Trouble::Unavailable),
        (404, json!({ "status": 404 }), Trouble::Misconfigured),
    ] {
        assert_eq!(told(status, &said), Err(trouble), "{status} {said}");
    }
    let page = |status| Answer { status: StatusCode::from_u16(status).unwrap(), retry_after: None, said: None };
    for (status, trouble) in [(200, Trouble::Malformed), (302, Trouble::Misconfigured), (502, Trouble::Unavailable)] {
        assert_eq!(read(&page(status), &german(), NOW), Err(trouble), "{status}");
    }
    for (member, other) in [("vatNumber", "136695977"), ("countryCode", "FR")] {
        let mut answer = verdict(true);
        answer[member] = json!(other);
        assert_eq!(told(200, &answer), Err(Trouble::Malformed), "another's number");
    }
}

#[test]
fn greece_and_northern_ireland_go_by_the_letters_of_the_union() {
    for (country, text, letters, digits) in [
        ("GR", "094259216", "EL", "094259216"),
        ("GR", "EL094259216", "EL", "094259216"),
        ("GB", "XI980780684", "XI", "980780684"),
    ] {
        let number = number(country, text);
        assert_eq!((number.prefix().as_str(), number.number()), (letters, digits), "{text}");
    }
}
