//! `request`, and what `request_uri` holds: a request that its client signed (RFC 9101, OpenID Connect Core §6).
//!
//! The signature was verified with the client's keys before its claims come here. They say the whole request: what stands
//! outside is not looked at (RFC 9101 §6.3, SR-127). Who must sign is held to the rules of FAPI 2.0 Message Signing §5.3.1,
//! others to what their object says of itself. An object may be presented again as long as it lasts (docs/adr/0021).

use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::protocol::client::Client;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::issuer::Issuer;
use crate::protocol::parameters::Parameters;
use crate::protocol::token::NumericDate;

/// How far the client's clock may differ (SR-156).
const SKEW: i64 = 60;
/// FAPI 2.0 Message Signing §5.3.1: `nbf` "no longer than 60 minutes in the past", `exp` "no longer than 60 minutes
/// after" it.
const LONGEST: i64 = 60 * 60;
/// Most characters of `jti`.
const LONGEST_NAME: usize = 255;
/// Claims about the object, which are no parameters.
const ENVELOPE: [&str; 7] = ["iss", "aud", "sub", "exp", "nbf", "iat", "jti"];

/// What is wrong with an object, for its developer.
const fn refused(description: &'static str) -> Error {
    Error::new(ErrorCode::InvalidRequestObject, description)
}

/// The parameters that the object says.
pub(crate) fn read(
    claims: &Map<String, Value>,
    client: &Client,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<Parameters, Error> {
    parties(claims, client, issuer)?;
    times(claims, client.requests.signed, now.seconds())?;
    let jti = claims.get("jti").is_none_or(|jti| jti.as_str().is_some_and(|jti| jti.len() <= LONGEST_NAME));
    if !jti {
        return Err(refused("jti of the request object is no short text"));
    }
    let mut pairs = Vec::new();
    for (name, value) in claims.iter().filter(|(name, _)| !ENVELOPE.contains(&name.as_str())) {
        let values = texts(name, value).ok_or(refused("a parameter of the request object has another type"))?;
        pairs.extend(values.into_iter().map(|value| (name.clone(), value)));
    }
    let said = Parameters::said(pairs).map_err(|_| refused("the request object says too much"))?;
    Ok(said.with("client_id", client.client_id.as_str()))
}

/// Whose it is, and for whom.
fn parties(claims: &Map<String, Value>, client: &Client, issuer: &Issuer) -> Result<(), Error> {
    let (own, strict) = (client.client_id.as_str(), client.requests.signed);
    let agrees = |name: &str| claims.get(name).map(|value| value.as_str() == Some(own));
    let for_us = |value: &Value| value.as_str() == Some(issuer.as_str());
    let audience = claims.get("aud").map(|aud| for_us(aud) || aud.as_array().is_some_and(|all| all.iter().any(for_us)));
    for (verdict, needed, description) in [
        // RFC 9101 §5: "the client_id … values in the request … and in the Request Object MUST be identical"
        (agrees("client_id"), false, "client_id of the request object is another"),
        (agrees("iss"), strict, "iss of the request object is not the client"),
        (audience, strict, "aud of the request object is not the issuer"),
    ] {
        if verdict == Some(false) || (needed && verdict.is_none()) {
            return Err(refused(description));
        }
    }
    // RFC 9101 §10.8: an object with `sub` could pass for a client assertion, and an assertion for an object.
    if agrees("sub") == Some(true) {
        return Err(refused("sub of the request object is the client"));
    }
    // RFC 9101 §4: "request and request_uri parameters MUST NOT be included in Request Objects"
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err(refused("a request object holds no other"));
    }
    Ok(())
}

/// Whether it is its time.
fn times(claims: &Map<String, Value>, strict: bool, now: i64) -> Result<(), Error> {
    let [exp, nbf, iat] = ["exp", "nbf", "iat"].map(|name| claims.get(name).map(seconds));
    let (exp, nbf, iat) = match (exp, nbf, iat) {
        (Some(None), _, _) | (_, Some(None), _) | (_, _, Some(None)) => {
            return Err(refused("a time of the request object is no number"));
        }
        (exp, nbf, iat) => (exp.flatten(), nbf.flatten(), iat.flatten()),
    };
    if exp.is_some_and(|exp| exp <= now) {
        return Err(refused("the request object is over"));
    }
    if nbf.into_iter().chain(iat).any(|from| from > now + SKEW) {
        return Err(refused("the request object is not yet good"));
    }
    match (exp, nbf) {
        _ if !strict => Ok(()),
        (Some(exp), Some(nbf)) if nbf >= now - LONGEST && exp.saturating_sub(nbf) <= LONGEST => Ok(()),
        _ => Err(refused("the request object needs nbf and exp within 60 minutes")),
    }
}

fn seconds(value: &Value) -> Option<i64> {
    NumericDate::read(value).map(|date| Timestamp::from(date).seconds())
}

/// The values of a parameter, as a query would have them. RFC 9101 §4: "Parameter names and string values MUST be
/// included as JSON strings", numbers as numbers; RFC 8707 §2: several resources as an array; Core §6.1: `claims` as an
/// object.
fn texts(name: &str, value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) => Some(vec![text.clone()]),
        Value::Number(_) | Value::Bool(_) => Some(vec![value.to_string()]),
        Value::Array(values) if name == "resource" => values.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        Value::Object(_) if name == "claims" => Some(vec![value.to_string()]),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::client::tests::public;
    use crate::protocol::token::tests::issuer;

    const NOW: i64 = 1_800_000_000;

    fn read_by(client: &Client, changes: &Value) -> Result<String, Error> {
        let mut claims = json!({
            "iss": "portal", "aud": issuer().as_str(), "client_id": "portal", "scope": "openid", "nbf": NOW - 1, "exp": NOW + 60
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let mut claims = claims.as_object().unwrap().clone();
        claims.retain(|_, value| *value != json!("-"));
        read(&claims, client, &issuer(), Timestamp::from_seconds(NOW)).map(|parameters| parameters.encoded())
    }

    fn strict() -> Client {
        let mut client = public("portal");
        client.requests.signed = true;
        client
    }

    #[test]
    fn sr_134_an_object_is_of_its_client_for_us_and_of_now() {
        let us = issuer();
        for (changes, plainly, strictly) in [
            (json!({}), true, true),
            (json!({"client_id": "-"}), true, true),
            (json!({"client_id": "other"}), false, false),
            (json!({"iss": "-"}), true, false),
            (json!({"iss": "other"}), false, false),
            (json!({"aud": "-"}), true, false),
            (json!({"aud": ["https://a.example", us.as_str()]}), true, true),
            (json!({"aud": "https://a.example"}), false, false),
            (json!({"aud": format!("{}/", us.as_str())}), false, false),
            (json!({"sub": "portal"}), false, false),
            (json!({"sub": "somebody"}), true, true),
            (json!({"request": "a.b.c"}), false, false),
            (json!({"request_uri": "https://rp.example/o"}), false, false),
            (json!({"exp": NOW}), false, false),
            (json!({"exp": NOW - 1}), false, false),
            (json!({"exp": "soon"}), false, false),
            (json!({"exp": "-"}), true, false),
            (json!({"exp": 1_800_000_000.5}), false, false),
            (json!({"nbf": "-"}), true, false),
            (json!({"nbf": NOW + 60}), true, true),
            (json!({"nbf": NOW + 61}), false, false),
            (json!({"iat": NOW + 61}), false, false),
            (json!({"nbf": NOW - 3600, "exp": NOW + 1}), true, false),
            (json!({"nbf": NOW - 3599, "exp": NOW + 1}), true, true),
            (json!({"nbf": NOW - 3601, "exp": NOW - 1}), false, false),
            (json!({"exp": NOW + 3600}), true, false),
            (json!({"exp": i64::MAX, "nbf": i64::MIN}), true, false),
            (json!({"jti": "j-1"}), true, true),
            (json!({"jti": 7}), false, false),
            (json!({"jti": "j".repeat(256)}), false, false),
        ] {
            for (client, verdict) in [(public("portal"), plainly), (strict(), strictly)] {
                let outcome = read_by(&client, &changes);
                assert_eq!(outcome.is_ok(), verdict, "{changes} {}", client.requests.signed);
                assert!(outcome.is_ok_and(|_| true) || !verdict);
            }
        }
        let error = read_by(&strict(), &json!({"iss": "other"})).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidRequestObject);
    }

    #[test]
    fn an_object_says_its_parameters_and_nothing_of_its_envelope() {
        let said = json!({
            "max_age": 60, "resource": ["https://a.example/", "https://b.example/"], "state": "é", "nonce": null,
            "claims": {"userinfo": {"name": null}}
        });
        assert_eq!(
            read_by(&public("portal"), &said).unwrap(),
            "claims=%7B%22userinfo%22%3A%7B%22name%22%3Anull%7D%7D&client_id=portal&max_age=60\
             &resource=https%3A%2F%2Fa.example%2F&resource=https%3A%2F%2Fb.example%2F&scope=openid&state=%C3%A9"
        );
        for unfit in [json!({"scope": ["openid"]}), json!({"resource": [1]}), json!({"state": {"a": 1}})] {
            assert!(read_by(&public("portal"), &unfit).is_err(), "{unfit}");
        }
        assert!(read_by(&public("portal"), &json!({"state": "x".repeat(4097)})).is_err());
    }
}
