//! What the suite checks in every module, warnings included: of pushed requests, of answers to the browser, of tokens and
//! of what they open, and of refusals (CONFORMANCE.md 2.1, 2.5).

use std::collections::BTreeSet;

use http::header::DATE;
use rustls::version::{TLS12, TLS13};
use serde_json::{Value, json};
use url::Url;

use super::party::Party;
use super::stage::{By, Plan};
use crate::oauth::{header, jwks, refused};
use crate::support::browser::Browser;
use crate::support::card::TlsClient;
use crate::support::client_app::{Asked, Tokens, claims, issuer, tokens};
use crate::support::http::Answer;

/// What FAPI 2.0 §5.4.1 has signatures made by.
pub(crate) const STRONG: [&str; 4] = ["PS256", "ES256", "EdDSA", "Ed25519"];

/// The parameters of an answer, as they were said or signed.
pub(crate) struct Returned(Vec<(String, String)>);

impl Returned {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn has_only(&self, known: &[&str]) {
        assert!(self.0.iter().all(|(name, _)| known.contains(&name.as_str())), "{:?}", self.0);
    }
}

impl Party {
    /// The reference to a request that it pushed.
    pub(crate) async fn pushed(&self, asked: &Asked) -> String {
        kept(&self.pushes(asked, &[]).await).0
    }

    /// What came back with the browser: beside the registered query, in the query (FAPI 2.0) or signed in it (JARM).
    pub(crate) async fn reads(&self, browser: &Browser) -> Returned {
        let answer = browser.left_for();
        let registered = Url::parse(&self.app.redirect_uri).unwrap();
        let beside = answer.as_str().strip_prefix(registered.as_str());
        assert!(beside.is_some_and(|rest| rest.starts_with(['?', '&'])), "{answer} is not at {registered}");
        assert_eq!(answer.fragment(), None);
        let own = registered.query_pairs().count();
        let fields: Vec<_> = answer.query_pairs().into_owned().skip(own).collect();
        match (self.plan, fields.as_slice()) {
            (Plan::Security, _) => Returned(fields),
            (Plan::MessageSigning, [(name, jwt)]) if name == "response" => Returned(self.opens_answer(jwt).await),
            (Plan::MessageSigning, _) => panic!("not signed: {answer}"),
        }
    }

    /// JARM §2.1: of the issuer, for the client, for ten minutes at most.
    async fn opens_answer(&self, jwt: &str) -> Vec<(String, String)> {
        let mut said = self.verified(jwt).await;
        let said = said.as_object_mut().unwrap();
        let lives = said.remove("exp").unwrap().as_i64().unwrap() - self.app.now().seconds();
        assert!((1..=600).contains(&lives), "{lives}");
        assert_eq!(said.remove("aud"), Some(json!(self.app.id)));
        said.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
    }

    /// The claims of a JWT for this client, once the realm's key has verified it.
    pub(crate) async fn verified(&self, jwt: &str) -> Value {
        let said = header(jwt);
        assert!(STRONG.iter().any(|algorithm| said["alg"] == *algorithm), "{said}");
        let key = jwks(&self.app).await.into_iter().find(|key| key["kid"] == said["kid"]).unwrap();
        let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(key).unwrap();
        let mut rules = jsonwebtoken::Validation::new(said["alg"].as_str().unwrap().parse().unwrap());
        rules.set_audience(&[&self.app.id]);
        rules.set_issuer(&[issuer()]);
        // The story's clock is not the machine's.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
        jsonwebtoken::decode::<Value>(jwt, &key, &rules).unwrap().claims
    }

    /// The code that came back, once all around it is as it must be.
    pub(crate) async fn code(&self, asked: &Asked, browser: &Browser) -> String {
        let answer = self.reads(browser).await;
        answer.has_only(&["code", "state", "iss", "session_state"]);
        assert_eq!((answer.get("state"), answer.get("iss")), (said(asked, "state"), Some(issuer().as_str())));
        let code = answer.get("code").unwrap_or_else(|| panic!("no code: {}", browser.left_for()));
        assert!(code.len() >= 16 && entropy(code) > 96.0, "{code}");
        code.to_owned()
    }

    /// The error that came back, once all around it is as it must be.
    pub(crate) async fn error(&self, asked: &Asked, browser: &Browser) -> String {
        let answer = self.reads(browser).await;
        answer.has_only(&["error", "error_description", "error_uri", "state", "session_state", "iss"]);
        assert_eq!((answer.get("state"), answer.get("iss")), (said(asked, "state"), Some(issuer().as_str())));
        assert!(answer.get("error_description").is_none_or(is_legal));
        answer.get("error").unwrap_or_else(|| panic!("no error: {}", browser.left_for())).to_owned()
    }

    /// A code out of an open session.
    pub(crate) async fn gets_a_code(&self, browser: &mut Browser) -> (Asked, String) {
        let asked = self.asks();
        self.opens(browser, &asked).await;
        let code = self.code(&asked, browser).await;
        (asked, code)
    }

    /// The whole way for that request, out of an open session.
    pub(crate) async fn happy(&self, browser: &mut Browser, asked: &Asked) -> Tokens {
        self.opens(browser, asked).await;
        self.completes(asked, browser).await
    }

    /// From the answer in that browser to userinfo.
    pub(crate) async fn completes(&self, asked: &Asked, browser: &Browser) -> Tokens {
        let code = self.code(asked, browser).await;
        self.takes(asked, &self.exchanges(&code, asked).await).await
    }

    /// The tokens of an answer to that request, once they and what they open are as they must be.
    pub(crate) async fn takes(&self, asked: &Asked, answer: &Answer) -> Tokens {
        let given = tokens(answer);
        assert!(answer.header("content-type").unwrap().starts_with("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(given.answer["expires_in"].is_u64());
        assert!(given.answer["token_type"].as_str().unwrap().eq_ignore_ascii_case(self.scheme()));
        // FAPI 2.0 §5.3.2.1: at least 128 bits.
        assert!(entropy(&given.access_token) > 128.0);
        assert!(given.refresh_token.as_ref().is_some_and(|token| entropy(token) > 128.0 && is_visible(token)));
        let bound = match self.variant.binds {
            By::Jwt => json!({"jkt": self.holder.thumbprint()}),
            By::Certificate => json!({"x5t#S256": self.card.thumbprint()}),
        };
        assert_eq!(claims(&given.access_token)["cnf"], bound);
        let told = self.identified(asked, &given.id_token).await;
        let userinfo = self.userinfo(&given.access_token).await;
        assert_eq!((userinfo.status.as_u16(), &userinfo.json()["sub"]), (200, &told["sub"]));
        assert!(userinfo.header("content-type").unwrap().starts_with("application/json"));
        assert!(userinfo.header(DATE).is_some());
        given
    }

    /// What an ID token says, once it is good.
    async fn identified(&self, asked: &Asked, id_token: &str) -> Value {
        let told = self.verified(id_token).await;
        if let Some(nonce) = said(asked, "nonce") {
            self.app.checked(id_token, nonce).await;
        }
        assert_eq!(told["nonce"].as_str(), said(asked, "nonce"));
        let (now, time) = (self.app.now().seconds(), |name: &str| told[name].as_i64().unwrap());
        assert!((now - time("iat")).abs() <= 300 && time("exp") > now);
        assert!((now - 365 * 86_400..=now).contains(&time("auth_time")));
        assert!(told["acr"].as_str().is_some_and(|acr| !acr.is_empty()));
        told
    }
}

/// The reference in an answer to a pushed request, and for how many seconds it is good (RFC 9126 §2.2).
pub(crate) fn kept(answer: &Answer) -> (String, u64) {
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let told = answer.json();
    let uri = told["request_uri"].as_str().unwrap();
    assert!(entropy(uri.rsplit(':').next().unwrap()) > 128.0, "{uri}");
    let lives = told["expires_in"].as_u64().unwrap();
    // FAPI 2.0 §5.3.2.2: less than 600 seconds.
    assert!((5..600).contains(&lives), "{lives}");
    (uri.to_owned(), lives)
}

/// A machine is refused by that status and one of these errors, in a form that it can read (RFC 6749 §5.2).
pub(crate) fn refuses(answer: &Answer, status: u16, errors: &[&str]) {
    let told = answer.json();
    assert_eq!(answer.status, status, "{told}");
    let error = refused(answer);
    assert!(errors.contains(&error.as_str()), "{error}, none of {errors:?}: {told}");
    let known = ["error", "error_description", "error_uri"];
    assert!(told.as_object().unwrap().keys().all(|member| known.contains(&member.as_str())), "{told}");
    assert!(told["error_description"].as_str().is_none_or(is_legal), "{told}");
}

/// RFC 9325 §4.2, FAPI 2.0 §5.2: 1.3 where it is offered, of 1.2 what has ECDHE and AES-GCM, and nothing older.
pub(crate) async fn has_modern_tls(client: &TlsClient) {
    for (client, agreed) in [
        (client.clone(), Some("TLSv1_3")),
        (client.knowing(&[&TLS13]), Some("TLSv1_3")),
        (client.knowing(&[&TLS12]).offering(&["ECDHE_ECDSA_WITH_AES_128_GCM"]), Some("TLSv1_2")),
        (client.knowing(&[&TLS12]).offering(&["ECDHE_ECDSA_WITH_AES_256_GCM"]), Some("TLSv1_2")),
        (client.knowing(&[&TLS12]).offering(&["CHACHA20"]), None),
    ] {
        let stream = client.connects(&client.memory()).await.ok();
        let version = stream.map(|stream| format!("{:?}", stream.get_ref().1.protocol_version().unwrap()));
        assert_eq!(version.as_deref(), agreed);
    }
    for old in [[3, 1], [3, 2]] {
        let answer = client.is_told_of(old).await;
        assert!(answer.is_empty() || answer[0] == 0x15, "an alert to {old:?}: {answer:?}");
    }
}

/// What the request says under that name.
pub(crate) fn said<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// RFC 6749 §5.2: what a description may be made of.
fn is_legal(description: &str) -> bool {
    description.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\')
}

/// RFC 6749 appendix A.17: what a refresh token may be made of.
fn is_visible(token: &str) -> bool {
    token.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Shannon's, in bits, of the whole text.
#[expect(clippy::cast_precision_loss, reason = "counts of characters")]
pub(crate) fn entropy(text: &str) -> f64 {
    let all = text.chars().count() as f64;
    let distinct: BTreeSet<_> = text.chars().collect();
    let share = |c: &char| text.chars().filter(|other| other == c).count() as f64 / all;
    distinct.iter().map(|c| -share(c) * share(c).log2()).sum::<f64>() * all
}
