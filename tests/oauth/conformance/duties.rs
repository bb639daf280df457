//! What every module asks of answers, tokens, claims and keys, warnings included.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;
use url::Url;

use super::metadata;
use crate::oauth::{document, header};
use crate::support::client_app::{Asked, ClientApp, Presents, Tokens, endpoint, issuer, parameter, tokens};
use crate::support::http::Answer;

/// A client that can show who it is.
pub(super) trait Rp {
    /// Its name, its addresses, its server.
    fn app(&self) -> &ClientApp;
    /// How it shows who it is, by its registered name.
    fn method(&self) -> &'static str;
    /// A request to the token endpoint.
    async fn requests(&self, form: &[(&str, &str)]) -> Answer;
}

impl Rp for ClientApp {
    fn app(&self) -> &ClientApp {
        self
    }

    fn method(&self) -> &'static str {
        match self.presents {
            Presents::Basic => "client_secret_basic",
            Presents::Post => "client_secret_post",
            Presents::Name | Presents::Nothing => "none",
        }
    }

    async fn requests(&self, form: &[(&str, &str)]) -> Answer {
        self.token(form).await
    }
}

/// From the authorization response to userinfo: what a module checks once the browser came back.
pub(super) async fn completes(rp: &impl Rp, asked: &Asked, answer: &Url) -> Tokens {
    let said = metadata::of(rp.app()).await;
    assert!(metadata::lists(&said, "token_endpoint_auth_methods_supported", rp.method()), "{}", rp.method());
    publishes_good_keys(rp.app()).await;
    let code = answers(rp.app(), asked, answer);
    let given = gives(&exchanges(rp, asked, &code).await);
    let told = identifies(rp.app(), asked, &given).await;
    let person = tells(&rp.app().userinfo(&given.access_token).await);
    assert_eq!(person["sub"], told["sub"]);
    given
}

/// The bare answer to a code; the verifier goes along where a challenge went before.
pub(super) async fn exchanges(rp: &impl Rp, asked: &Asked, code: &str) -> Answer {
    let app = rp.app();
    let form = app.redemption(code, asked);
    rp.requests(if value(asked, "code_challenge").is_some() { &form } else { &form[..3] }).await
}

/// A parameter of a request.
fn value<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// The parameters of an answer beside those that the registered address has; each of them known, and there once.
fn known(app: &ClientApp, answer: &Url, names: &[&str]) {
    assert!(answer.fragment().is_none(), "{answer}");
    let registered: Url = app.redirect_uri.parse().unwrap();
    let own: Vec<_> = registered.query_pairs().collect();
    let mut given: Vec<_> = answer.query_pairs().collect();
    assert!(own.iter().all(|pair| given.contains(pair)), "the registered query is kept: {answer}");
    given.retain(|pair| !own.contains(pair));
    assert!(given.iter().all(|(name, _)| names.contains(&&**name)), "{answer}");
    let once: BTreeSet<_> = given.iter().map(|(name, _)| name).collect();
    assert_eq!(once.len(), given.len(), "{answer}");
}

/// The code in an answer that says what it must, and nothing else.
pub(super) fn answers(app: &ClientApp, asked: &Asked, answer: &Url) -> String {
    known(app, answer, &["code", "state", "iss", "session_state"]);
    let code = app.code(asked, answer);
    assert!(code.len() >= 16 && entropy(&code) > 96.0, "{code}");
    code
}

/// The error in an answer that says what it must, and nothing else.
pub(super) fn refuses(app: &ClientApp, asked: &Asked, answer: &Url) -> String {
    known(app, answer, &["error", "error_description", "error_uri", "state", "iss", "session_state"]);
    assert_eq!(parameter(answer, "state").as_ref(), Some(&asked.state));
    assert_eq!(parameter(answer, "iss"), Some(issuer()));
    // RFC 6749 §4.1.2.1: no control characters either.
    let description = parameter(answer, "error_description").unwrap();
    assert!(description.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\'));
    parameter(answer, "error").unwrap()
}

/// The tokens in an answer of the token endpoint.
pub(super) fn gives(answer: &Answer) -> Tokens {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let given = tokens(answer);
    assert!(given.answer["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "{}", given.answer);
    assert!(given.answer["token_type"].as_str().unwrap().eq_ignore_ascii_case("bearer"));
    for token in [Some(&given.access_token), given.refresh_token.as_ref()].into_iter().flatten() {
        assert!(entropy(token) > 96.0, "{token}");
    }
    given
}

/// Claims about a person that no ID token of the code flow holds unless they were asked for by name.
const PERSONAL: [&str; 19] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
    "address",
    "phone_number",
    "phone_number_verified",
];

/// The claims of an ID token that holds what it must (OpenID Connect Core §2, §3.1.3.7), and nothing that nobody asked for.
pub(super) async fn identifies(app: &ClientApp, asked: &Asked, given: &Tokens) -> Value {
    if let Some(nonce) = value(asked, "nonce") {
        // By a library of somebody else's as well.
        app.checked(&given.id_token, nonce).await;
    }
    let told = signed(app, &given.id_token).await;
    let (now, year) = (app.now().seconds(), 365 * 24 * 3600);
    let time = |name: &str| told[name].as_i64().unwrap_or_else(|| panic!("{name} in {told}"));
    assert!(time("exp") > now, "{told}");
    assert!((now - time("iat")).abs() <= 300, "{told}");
    assert!((now - year..=now).contains(&time("auth_time")), "{told}");
    assert_eq!(told["nonce"].as_str(), value(asked, "nonce"));
    assert!(told["sub"].as_str().is_some_and(|sub| !sub.is_empty() && sub.len() <= 255 && sub.is_ascii()));
    assert!(!told["acr"].as_str().unwrap().is_empty());
    assert!(told.get("azp").is_none_or(|azp| *azp == app.id));
    if let Some(at_hash) = told.get("at_hash") {
        assert_eq!(header(&given.id_token)["alg"], "RS256", "of SHA-256");
        let hash = digest(&SHA256, given.access_token.as_bytes());
        assert_eq!(*at_hash, URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
    }
    for claim in PERSONAL {
        assert!(told.get(claim).is_none(), "{claim} is told by userinfo alone");
    }
    told
}

/// The claims of a token that a published key of ours signed for that client; its header names the key.
pub(super) async fn signed(app: &ClientApp, token: &str) -> Value {
    let keys: JwkSet = serde_json::from_str(&document(app, &endpoint("certs")).await.body).unwrap();
    let header = header(token);
    let key = keys.find(header["kid"].as_str().unwrap()).unwrap();
    let algorithm: Algorithm = header["alg"].as_str().unwrap().parse().unwrap();
    let mut expected = Validation::new(algorithm);
    expected.set_required_spec_claims(&["iss", "aud", "sub"]);
    expected.set_issuer(&[issuer()]);
    expected.set_audience(&[&app.id]);
    // The story's clock is not the library's.
    expected.validate_exp = false;
    decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &expected).unwrap().claims
}

/// What userinfo says of the person, each standard claim as its type is (OpenID Connect Core §5.1, §5.3.2).
pub(super) fn tells(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    let told = answer.json();
    for (claim, value) in told.as_object().unwrap() {
        let good = match claim.as_str() {
            "updated_at" => value.is_number(),
            "address" => value.as_object().is_some_and(|parts| parts.values().all(Value::is_string)),
            "email_verified" | "phone_number_verified" => value.is_boolean(),
            _ => value.as_str().is_some_and(|text| !text.is_empty()),
        };
        assert!(good, "{claim} is {value}");
    }
    assert!(told["sub"].is_string());
    told
}

/// The key set: good keys, each of a name of its own, nothing private or shared, no type that libraries do not know.
pub(super) async fn publishes_good_keys(app: &ClientApp) {
    let answer = document(app, &endpoint("certs")).await;
    assert_eq!(answer.status, 200);
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    assert!(!keys.is_empty());
    let names: BTreeSet<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(names.len(), keys.len(), "each key has a name of its own");
    for key in &keys {
        let members: &[&str] = match key["kty"].as_str().unwrap() {
            "RSA" => &["n", "e"],
            "EC" => &["crv", "x", "y"],
            "OKP" => &["crv", "x"],
            other => panic!("a key of type {other}"),
        };
        assert!(members.iter().all(|member| key[member].as_str().is_some_and(|text| !text.is_empty())), "{key}");
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{private} is nobody's to see");
        }
        assert_eq!(key["use"], "sig");
        DecodingKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    }
}

/// Shannon's, in bits, of the whole text.
#[expect(clippy::cast_precision_loss, reason = "counts of characters")]
pub(super) fn entropy(text: &str) -> f64 {
    let all = text.chars().count() as f64;
    let distinct: BTreeSet<_> = text.chars().collect();
    let share = |c: &char| text.chars().filter(|other| other == c).count() as f64 / all;
    distinct.iter().map(|c| -share(c) * share(c).log2()).sum::<f64>() * all
}
