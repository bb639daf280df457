//! Tokens as they are written, and moments of others as they are read.

use serde_json::json;

#[test]
fn sr_156_moments_of_others_are_numbers_of_which_whole_seconds_count() {
    for (written, read) in [
        (json!(1_772_543_520), Some(1_772_543_520)),
        (json!(1_772_543_520.9), Some(1_772_543_520)),
        (json!(1.772_543_52e9), Some(1_772_543_520)),
        (json!(-1.5), Some(-2)),
        (json!(1e300), Some(i64::MAX)),
        (json!("1772543520"), None),
        (json!(null), None),
        (json!([1_772_543_520]), None),
    ] {
        assert_eq!(NumericDate::read(&written).map(|date| date.0), read, "{written}");
    }
}

use super::*;
use crate::protocol::grant::tests::{NOW, grant};

pub(crate) fn issuer() -> Issuer {
    Issuer::new(&"https://id.example".parse().unwrap(), &"certinomis".parse().unwrap())
}

fn stamp() -> Stamp {
    Stamp { jti: "j-1".to_owned(), now: NOW, lifetime: Duration::from_mins(5) }
}

pub(crate) fn access_token() -> AccessToken {
    let (scope, audience) = (grant().scope().clone(), Audience::One(issuer().as_str().to_owned()));
    let purpose = Purpose { scope, audience, confirmation: None };
    AccessToken::of_grant(&issuer(), &grant(), purpose, &stamp())
}

pub(crate) fn id_token(algorithm: SigningAlgorithm, access_token: &str) -> IdToken {
    let at_hash = LeftHalf::of(algorithm, access_token);
    IdToken::new(&issuer(), &grant(), Some("n-1".to_owned()), at_hash, &stamp())
}

#[test]
fn a_left_half_is_that_of_the_digest_of_the_algorithm() {
    for (algorithm, value, left) in [
        // OpenID Connect Core, appendix A.4: `at_hash`, `c_hash`.
        (SigningAlgorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"),
        (
            SigningAlgorithm::PS256,
            "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
            "LDktKdoQak3Pk0cnXxCltA",
        ),
        (SigningAlgorithm::ES256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"),
        // printf %s … | sha512sum, the first 32 bytes.
        (
            SigningAlgorithm::EdDSA,
            "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
            "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM",
        ),
    ] {
        assert_eq!(LeftHalf::of(algorithm, value).0, left, "{algorithm:?}");
    }
}

#[test]
fn sr_203_an_id_token_holds_no_personal_data() {
    // The access token of OpenID Connect Core, appendix A.3, with the at_hash given there.
    let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    assert_eq!(
        serde_json::to_value(id_token(SigningAlgorithm::RS256, access_token)).unwrap(),
        json!({
            "iss": "https://id.example/realms/certinomis", "sub": "01900000-0000-7000-8000-000000000001",
            "aud": "portal", "azp": "portal", "exp": 1_800_000_300, "iat": 1_800_000_000,
            "auth_time": 1_799_999_940, "nonce": "n-1", "acr": "password", "amr": ["pwd"],
            "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "sid": "01900000-0000-7000-8000-00000000000a"
        })
    );
}

#[test]
fn sr_145_an_access_token_is_restricted_to_the_issuer_and_to_its_scope() {
    assert_eq!(
        serde_json::to_value(access_token()).unwrap(),
        json!({
            "iss": "https://id.example/realms/certinomis", "aud": "https://id.example/realms/certinomis",
            "sub": "01900000-0000-7000-8000-000000000001", "client_id": "portal", "azp": "portal",
            "scope": "openid profile", "jti": "j-1", "exp": 1_800_000_300, "iat": 1_800_000_000,
            "auth_time": 1_799_999_940, "acr": "password", "amr": ["pwd"],
            "sid": "01900000-0000-7000-8000-00000000000a", "grant_id": "01900000-0000-7000-8000-00000000000b"
        })
    );
}

#[test]
fn sr_156_an_access_token_is_in_force_for_its_issuer_and_its_time() {
    let other = Issuer::new(&"https://id.example".parse().unwrap(), &"other".parse().unwrap());
    for (issuer, now, verdict) in [
        (issuer(), NOW, true),
        (issuer(), NOW + Duration::from_secs(299), true),
        (issuer(), NOW + Duration::from_mins(5), false),
        (issuer(), NOW - Duration::from_mins(1), true),
        (issuer(), NOW - Duration::from_secs(61), false),
        (other, NOW, false),
    ] {
        assert_eq!(access_token().is_in_force(&issuer, now), verdict, "{issuer} {now:?}");
    }
}

#[test]
fn sr_144_a_token_whose_grant_cannot_be_read_is_not_taken_for_one_that_has_none() {
    let mut json = serde_json::to_value(access_token()).unwrap();
    json["amr"] = json!(["a-method-of-tomorrow"]);
    let token: AccessToken = serde_json::from_value(json).unwrap();
    assert!(token.grant_id().is_none() && !token.is_in_force(&issuer(), NOW));
}

#[test]
fn sr_145_a_token_is_for_the_resources_asked_and_for_userinfo_where_openid_is_in_its_scope() {
    let (api, own) = ("https://api.example/", issuer().as_str().to_owned());
    for (scope, resources, audience) in [
        ("openid", vec![], json!(own)),
        ("orders:read", vec![], json!(own)),
        ("orders:read", vec![api], json!(api)),
        ("openid orders:read", vec![api], json!([api, own])),
    ] {
        let resources = resources.into_iter().map(str::to_owned).collect();
        let made = Audience::new(&issuer(), &Scope::parse(scope).unwrap(), &resources);
        assert_eq!(serde_json::to_value(&made).unwrap(), audience, "{scope}");
        assert_eq!(made.contains(&own), scope.contains("openid") || resources.is_empty());
    }
}

#[test]
fn sr_150_the_token_of_a_client_speaks_for_nobody_else() {
    let purpose = Purpose {
        scope: Scope::default(),
        audience: Audience::One("https://api.example/".to_owned()),
        confirmation: None,
    };
    let token = AccessToken::of_client(&issuer(), &ClientId::new("robot"), purpose, &stamp());
    let json = serde_json::to_value(&token).unwrap();
    assert_eq!(
        json,
        json!({
            "iss": "https://id.example/realms/certinomis", "aud": "https://api.example/", "sub": "client:robot",
            "client_id": "robot", "azp": "robot", "jti": "j-1", "exp": 1_800_000_300, "iat": 1_800_000_000
        })
    );
    assert_eq!(serde_json::from_value::<AccessToken>(json).unwrap(), token);
    assert_eq!((token.grant_id(), token.lifetime()), (None, Duration::from_mins(5)));
}

#[test]
fn sr_152_an_exchanged_token_ends_with_the_one_it_was_exchanged_for_and_hangs_on_its_grant() {
    let subject = access_token();
    let late = Stamp { now: NOW + Duration::from_mins(3), jti: "j-2".to_owned(), ..stamp() };
    let purpose = Purpose {
        scope: Scope::parse("orders:read").unwrap(),
        audience: Audience::One("https://api.example/".to_owned()),
        confirmation: None,
    };
    let (orders, actor) = (ClientId::new("orders"), Actor::new(&ClientId::new("orders"), None));
    let token = subject.exchanged(&orders, subject.subject().clone(), purpose, Some(actor), &late);
    assert_eq!((token.grant_id(), token.ends()), (subject.grant_id(), subject.ends()));
    let json = serde_json::to_value(&token).unwrap();
    assert_eq!(json["act"], json!({"sub": "client:orders"}));
    assert_eq!((&json["client_id"], &json["azp"]), (&json!("orders"), &json!("orders")));
    assert_eq!(serde_json::from_value::<AccessToken>(json).unwrap(), token);
}
