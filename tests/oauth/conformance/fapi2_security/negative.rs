//! What the plans ask of DPoP proofs that are wrong, at a resource (RFC 9449 §4.3): each mistake by itself, all else as it
//! should be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use http::{HeaderName, Method};
use serde_json::{Value, json};

use super::checks::refuses;
use super::party::{PAR, Party};
use super::stage::{Stage, Variant};
use crate::support::browser::Browser;
use crate::support::client_app::endpoint;
use crate::support::holder::{DPOP, Holder, claims, hash};
use crate::support::http::Answer;

pub(crate) async fn dpop_negative_tests(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::PROVING {
        let mut bank = stage.first(variant).await;
        let token = bank.happy(&mut browser, &bank.asks()).await.access_token;
        for (case, proof) in mistakes(&bank, &token) {
            is_challenged(&bank.shows("DPoP", &token, &[proof], &[]).await, case);
        }
        headers(&bank, &token).await;
        tolerated(&bank, &token).await;
        once(&bank, &token).await;
        by_rs256(&mut browser, &mut bank).await;
    }
}

/// RFC 9449 §7.1.
fn is_challenged(answer: &Answer, case: &str) {
    assert_eq!(answer.status, 401, "{case}: {}", answer.body);
    let told = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(["invalid_dpop_proof", "invalid_token"].contains(&told.as_str()), "{case}: {told}");
    let challenges = answer.headers.get_all("www-authenticate");
    assert!(challenges.iter().any(|challenge| challenge.to_str().unwrap().starts_with("DPoP error=")), "{case}");
}

/// Proofs with one mistake in each.
fn mistakes(bank: &Party, token: &str) -> Vec<(&'static str, String)> {
    let (holder, other, now) = (&bank.holder, Holder::new("ES256"), bank.app.now().seconds());
    let here = bank.url("userinfo");
    let good = || claims("GET", &here, Some(token), bank.app.now());
    let with = |name: &str, value: Value| bank.proof("userinfo", Some(token), &json!({ name: value }));
    let under = |header: &Value| holder.signs(header, &good());
    let unsigned = |algorithm: &str| {
        let header = json!({"typ": "dpop+jwt", "alg": algorithm, "jwk": holder.signer.jwk()});
        let [header, claims] = [header, good()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        format!("{header}.{claims}.")
    };
    let mut private = holder.signer.jwk();
    private["d"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE");
    let mut tampered = under(&json!({}));
    tampered.replace_range(tampered.len() - 8.., "AAAAAAAA");
    vec![
        ("no JWT", "x.y.z".to_owned()),
        ("nothing", String::new()),
        ("typ missing", under(&json!({"typ": null}))),
        ("typ wrong", under(&json!({"typ": "jwt"}))),
        ("typ of an access token", under(&json!({"typ": "at+jwt"}))),
        ("alg missing", under(&json!({"alg": null}))),
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("alg of another kind of key", under(&json!({"alg": "PS256"}))),
        ("alg symmetric", under(&json!({"alg": "HS256"}))),
        ("jwk missing", under(&json!({"jwk": null}))),
        ("jwk of somebody else", under(&json!({"jwk": other.signer.jwk()}))),
        ("jwk private", under(&json!({"jwk": private}))),
        ("jwk by reference", under(&json!({"jwk": null, "kid": "1", "jku": "https://bank.example/jwks"}))),
        ("signature wrong", tampered),
        ("signed with another key", other.signs(&json!({}), &good())),
        ("jti missing", with("jti", json!(null))),
        ("jti empty", with("jti", json!(""))),
        ("htm missing", with("htm", json!(null))),
        ("htm wrong", with("htm", json!("PUT"))),
        ("htm in lower case", with("htm", json!("get"))),
        ("htu missing", with("htu", json!(null))),
        ("htu wrong", with("htu", json!("https://elsewhere.example/userinfo"))),
        ("htu of another endpoint", with("htu", json!(endpoint("token")))),
        ("htu over http", with("htu", json!(here.replace("https:", "http:")))),
        ("iat missing", with("iat", json!(null))),
        ("iat an hour ago", with("iat", json!(now - 3600))),
        ("iat in an hour", with("iat", json!(now + 3600))),
        ("iat a text", with("iat", json!(now.to_string()))),
        ("ath missing", with("ath", json!(null))),
        ("ath wrong", with("ath", json!(hash("another token")))),
        ("ath the token itself", with("ath", json!(token))),
    ]
}

/// Two headers, none, another scheme; and a name in capitals, which is the same.
async fn headers(bank: &Party, token: &str) {
    let good = || bank.proof("userinfo", Some(token), &json!({}));
    let two = bank.shows("DPoP", token, &[good(), good()], &[]).await;
    assert_eq!(two.status, 400, "two proofs: {}", two.body);
    is_challenged(&bank.shows("DPoP", token, &[], &[]).await, "no proof");
    is_challenged(&bank.shows("Bearer", token, &[good()], &[]).await, "as a bearer token");
    let (capitals, proof) = (HeaderName::from_bytes(b"DPOP").unwrap(), good());
    assert_eq!(bank.shows("DPoP", token, &[], &[(capitals, &proof)]).await.status, 200);
}

/// What is left out of a comparison, what is written otherwise, what nobody has heard of.
async fn tolerated(bank: &Party, token: &str) {
    let here = bank.url("userinfo");
    let (scheme, host) = here.split_once("://").unwrap();
    let (host, path) = host.split_once('/').unwrap();
    for htu in [
        format!("{here}?x=1"),
        format!("{here}#part"),
        format!("{here}?x=1#part"),
        format!("{}://{}/{path}", scheme.to_uppercase(), host.to_uppercase()),
        format!("{scheme}://{host}:443/{path}"),
    ] {
        let answer = bank.shows("DPoP", token, &[bank.proof("userinfo", Some(token), &json!({"htu": htu}))], &[]).await;
        assert_eq!(answer.status, 200, "{htu}: {}", answer.body);
    }
    // A query of the request is none of the proof's either.
    let (authorization, proof) = (format!("DPoP {token}"), bank.proof("userinfo", Some(token), &json!({})));
    let headers = [(AUTHORIZATION, authorization.as_str()), (DPOP, &proof)];
    assert_eq!(bank.sends(&Method::GET, "userinfo?x=1", &headers, String::new()).await.status, 200);
    let mut more = claims("GET", &here, Some(token), bank.app.now());
    more["unheard_of"] = json!(1);
    let more = bank.holder.signs(&json!({"unheard_of": "x"}), &more);
    assert_eq!(bank.shows("DPoP", token, &[more], &[]).await.status, 200);
}

/// A good proof still works, and works once.
async fn once(bank: &Party, token: &str) {
    let last = [bank.proof("userinfo", Some(token), &json!({}))];
    assert_eq!(bank.shows("DPoP", token, &last, &[]).await.status, 200);
    let again = bank.shows("DPoP", token, &last, &[]).await;
    assert_eq!((again.status.as_u16(), again.json()["error"].as_str()), (401, Some("invalid_dpop_proof")));
}

/// FAPI 2.0 §5.4.1 has no RS256: the key of a good proof makes none by that algorithm, anywhere.
async fn by_rs256(browser: &mut Browser, bank: &mut Party) {
    bank.holder = Holder::new("PS256");
    let token = bank.happy(browser, &bank.asks()).await.access_token;
    let (asked, code) = bank.gets_a_code(browser).await;
    let holder =
        Holder { signer: std::mem::replace(&mut bank.holder, Holder::new("ES256")).signer.with_algorithm("RS256") };
    let now = bank.app.now();
    let by = |method: &str, name: &str, token: Option<&str>| {
        [holder.signs(&json!({}), &claims(method, &bank.url(name), token, now))]
    };
    is_challenged(&bank.shows("DPoP", &token, &by("GET", "userinfo", Some(&token)), &[]).await, "RS256");
    let form = bank.app.redemption(&code, &asked);
    refuses(&bank.posts("token", &form, &by("POST", "token", None)).await, 400, &["invalid_dpop_proof"]);
    refuses(&bank.pushes(&bank.asks(), &by("POST", PAR, None)).await, 400, &["invalid_dpop_proof"]);
}
