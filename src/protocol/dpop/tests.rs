use serde_json::json;

use super::*;
use crate::protocol::grant::tests::NOW;

const TOKEN: &str = "an-access-token";
const NONCE: &str = "n-1";

fn key() -> Thumbprint {
    Thumbprint::of("{}")
}

fn addresses() -> [String; 2] {
    ["https://id.example/realms/r/userinfo", "https://mtls.example:8443/realms/r/userinfo"].map(str::to_owned)
}

/// The claims of a good proof with some replaced; `null` leaves one out.
fn claims(changes: &Value) -> Map<String, Value> {
    let mut claims = json!({
        "jti": "j-1", "htm": "GET", "htu": "https://id.example/realms/r/userinfo", "iat": NOW.seconds(),
        "ath": URL_SAFE_NO_PAD.encode(Sha256::digest(TOKEN)),
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims.as_object().unwrap().clone()
}

fn verdict(changes: &Value, access_token: Option<&str>, nonces: Option<&[String]>) -> Result<Proof, Error> {
    let request = ProvenRequest { method: "GET", addresses: &addresses(), access_token, nonces, now: NOW };
    judge(&claims(changes), key(), &request)
}

fn htu(text: &str) -> Value {
    json!({ "htu": text })
}

fn at(name: &str, seconds: i64) -> Value {
    json!({ name: NOW.seconds() + seconds })
}

#[test]
fn sr_149_a_proof_is_about_the_request_it_comes_with() {
    let here = "https://id.example/realms/r/userinfo";
    for good in [
        json!({}),
        json!({"more": "than we obey", "nonce": "unasked"}),
        htu(&format!("{here}?x=1")),
        htu(&format!("{here}#part")),
        htu("HTTPS://ID.Example/realms/r/userinfo"),
        htu("https://id.example:443/realms/r/userinfo"),
        htu("https://mtls.example:8443/realms/r/userinfo"),
        at("iat", -10),
        at("iat", 10),
        at("iat", -60),
        at("iat", 15),
        json!({"iat": 1_800_000_000.5}),
        json!({"nbf": NOW.seconds() - 60, "exp": NOW.seconds() + 60}),
        at("nbf", 10),
        at("exp", -10),
        json!({"jti": "j".repeat(LONGEST_NAME)}),
    ] {
        assert!(verdict(&good, Some(TOKEN), None).is_ok(), "{good}");
    }
    for bad in [
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": 7}),
        json!({"jti": "j".repeat(LONGEST_NAME + 1)}),
        json!({"htm": null}),
        json!({"htm": "POST"}),
        json!({"htm": "get"}),
        json!({"htm": ["GET"]}),
        json!({"htu": null}),
        json!({"htu": 7}),
        htu(""),
        htu("/realms/r/userinfo"),
        htu("http://id.example/realms/r/userinfo"),
        htu("https://id.example:8443/realms/r/userinfo"),
        htu("https://id.example.evil.example/realms/r/userinfo"),
        htu("https://somebody@id.example/realms/r/userinfo"),
        htu("https://id.example/realms/r/userinfo/"),
        htu("https://id.example/realms/R/userinfo"),
        htu("https://id.example/realms/r/token"),
        json!({"iat": null}),
        json!({"iat": "1800000000"}),
        json!({"iat": -1}),
        json!({"iat": 1e300}),
        at("iat", -61),
        at("iat", 16),
        at("iat", -3600),
        at("iat", 3600),
        at("nbf", 16),
        at("exp", -15),
        json!({"exp": "never"}),
        json!({"ath": null}),
        json!({"ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}),
        json!({"ath": format!("{}=", URL_SAFE_NO_PAD.encode(Sha256::digest(TOKEN)))}),
    ] {
        let error = verdict(&bad, Some(TOKEN), None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidDpopProof, "{bad}");
    }
    // Where there is no access token, none is hashed.
    assert!(verdict(&json!({"ath": null}), None, None).is_ok());
}

#[test]
fn sr_149_a_nonce_is_asked_for_once_all_else_is_right() {
    let nonces = [NONCE.to_owned(), "n-2".to_owned()];
    for (changes, verdict_is) in [
        (json!({"nonce": NONCE}), None),
        (json!({"nonce": "n-2"}), None),
        (json!({}), Some(ErrorCode::UseDpopNonce)),
        (json!({"nonce": "n-3"}), Some(ErrorCode::UseDpopNonce)),
        (json!({"nonce": 1}), Some(ErrorCode::UseDpopNonce)),
        (json!({"htm": "POST"}), Some(ErrorCode::InvalidDpopProof)),
    ] {
        let outcome = verdict(&changes, Some(TOKEN), Some(&nonces));
        assert_eq!(outcome.err().map(|error| error.code()), verdict_is, "{changes}");
    }
}

#[test]
fn a_proof_is_remembered_for_as_long_as_it_is_taken() {
    let proof = verdict(&at("iat", 10), None, None).unwrap();
    assert_eq!((proof.key(), proof.jti()), (&key(), "j-1"));
    assert_eq!(proof.until(), NOW + Duration::from_secs(10) + OLDEST, "and a minute more by `store::spent`");
}
