//! `client_secret_jwt` and `private_key_jwt`: a JWT that the client signs of itself (RFC 7523 §2.2, §3; OpenID Connect
//! Core §9; SR-148).
//!
//! Who signed it is found out elsewhere; here is judged what it says, to whom, and for how long. It counts once: whoever
//! judged it spends its `jti` before it proves anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::{Duration, Timestamp, minutes};
use crate::protocol::client::authentication::AssertionAudience;
use crate::protocol::client::{Client, ClientAuthenticationMethod, ClientId};
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;
use crate::protocol::token::NumericDate;

/// The one kind of assertion that we take (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far ahead `exp` may lie: so long its name is kept.
const LIFETIME: Duration = minutes(5);
/// How far a client's clock may be ahead of ours. FAPI 2.0 §5.3.2.1: ten seconds must be taken, more than sixty not.
const AHEAD: Duration = Duration::from_secs(30);
/// An assertion that is longer is refused when it is opened; its subject is not looked for.
const LONGEST: usize = 8 * 1024;

/// What assertions may be signed with, all methods together: what is announced.
pub(crate) const ALGORITHMS: [ClientAlgorithm; 6] = [
    ClientAlgorithm::RS256,
    ClientAlgorithm::PS256,
    ClientAlgorithm::ES256,
    ClientAlgorithm::ES384,
    ClientAlgorithm::EdDSA,
    ClientAlgorithm::HS256,
];

/// `client_assertion`, when the request has one of the kind that we take (RFC 7521 §4.2).
pub(super) fn read(parameters: &Parameters) -> Result<Option<&str>, Error> {
    let (token, kind) = (parameters.single("client_assertion")?, parameters.single("client_assertion_type")?);
    match (token, kind) {
        (None, None) => Ok(None),
        (Some(token), Some(JWT_BEARER)) => Ok(Some(token)),
        // RFC 6749 §5.2: an "unsupported authentication method" is invalid_client.
        (Some(_), Some(_)) => Err(Error::invalid_client()),
        _ => Err(Error::invalid_request("client_assertion and client_assertion_type go together")),
    }
}

/// Whom an assertion speaks of, before anybody believes it: `client_id` may be left out (RFC 7521 §4.2).
pub(super) fn subject(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let claims = Some(token).filter(|token| token.len() <= LONGEST)?.split('.').nth(1)?;
    let subject: Subject = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(subject.sub)
}

/// With what that client's assertions may be signed: never what their header says (SR-153).
pub(crate) fn algorithms(client: &Client) -> Vec<ClientAlgorithm> {
    let fitting: &[ClientAlgorithm] = match client.authentication {
        ClientAuthenticationMethod::ClientSecretJwt => &[ClientAlgorithm::HS256],
        ClientAuthenticationMethod::PrivateKeyJwt => client.may_sign_with(),
        _ => &[],
    };
    let registered = client.assertions.algorithm;
    fitting.iter().copied().filter(|algorithm| registered.is_none_or(|one| one == *algorithm)).collect()
}

/// To whom an assertion must be addressed, and when it comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// Us.
    pub(crate) issuer: &'a str,
    /// The token endpoint and the endpoint that is asked, by each of their addresses.
    pub(crate) endpoints: &'a [String],
    /// The present.
    pub(crate) now: Timestamp,
}

/// An assertion that says what it must; it proves nothing until its name is spent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assertion {
    client_id: ClientId,
    method: ClientAuthenticationMethod,
    jti: String,
    until: Timestamp,
}

/// An assertion that was the first of its name.
#[derive(Debug)]
pub(crate) struct Proven {
    client_id: ClientId,
    method: ClientAuthenticationMethod,
}

/// What is wrong with an assertion; for the log, since its sender learns that it is refused and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    /// RFC 7523 §3 (1) and (2): for client authentication both are the client.
    #[error("iss and sub are not both the client_id")]
    Party,
    /// RFC 7523 §3 (3).
    #[error("aud does not name us as the client's policy wants")]
    Audience,
    /// RFC 7523 §3 (4).
    #[error("exp is missing or past")]
    Expired,
    /// SR-148.
    #[error("exp lies more than five minutes ahead")]
    LongLived,
    /// RFC 7523 §3 (5) and (6).
    #[error("nbf or iat lies ahead")]
    NotYet,
    /// A number of seconds, or not there.
    #[error("a moment is not a number of seconds")]
    Moment,
    /// RFC 7523 §3 (7); OpenID Connect Core §9 requires it.
    #[error("jti is missing")]
    Nameless,
}

/// Judges what an assertion of `client` says; its signature stands, and `algorithm` made it.
pub(crate) fn judge(
    client: &Client,
    algorithm: ClientAlgorithm,
    claims: &Map<String, Value>,
    expected: Expected<'_>,
) -> Result<Assertion, Flaw> {
    let is_client = |name: &str| claims.get(name).and_then(Value::as_str) == Some(client.client_id.as_str());
    if !(is_client("iss") && is_client("sub")) {
        return Err(Flaw::Party);
    }
    if !claims.get("aud").is_some_and(|aud| names_us(aud, client.assertions.audience, expected)) {
        return Err(Flaw::Audience);
    }
    let until = moment(claims, "exp")?.filter(|exp| *exp > expected.now).ok_or(Flaw::Expired)?;
    if until > expected.now + LIFETIME {
        return Err(Flaw::LongLived);
    }
    for name in ["nbf", "iat"] {
        if moment(claims, name)?.is_some_and(|moment| moment > expected.now + AHEAD) {
            return Err(Flaw::NotYet);
        }
    }
    let jti = claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty()).ok_or(Flaw::Nameless)?;
    let method = if algorithm == ClientAlgorithm::HS256 {
        ClientAuthenticationMethod::ClientSecretJwt
    } else {
        ClientAuthenticationMethod::PrivateKeyJwt
    };
    Ok(Assertion { client_id: client.client_id.clone(), method, jti: jti.to_owned(), until })
}

/// The policies that [`AssertionAudience`] has: a list may name others besides, so the strict one takes none.
fn names_us(aud: &Value, policy: AssertionAudience, expected: Expected<'_>) -> bool {
    let ours = |one: &Value| one.as_str().is_some_and(|one| one == expected.issuer || is_endpoint(one, expected));
    match (policy, aud) {
        (AssertionAudience::Issuer, aud) => aud.as_str() == Some(expected.issuer),
        (AssertionAudience::IssuerOrEndpoint, Value::Array(several)) => several.iter().any(ours),
        (AssertionAudience::IssuerOrEndpoint, aud) => ours(aud),
    }
}

fn is_endpoint(one: &str, expected: Expected<'_>) -> bool {
    expected.endpoints.iter().any(|endpoint| endpoint == one)
}

/// A moment that the assertion may name, and must name as a number.
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, Flaw> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    NumericDate::read(value).map(|date| Some(date.into())).ok_or(Flaw::Moment)
}

impl Assertion {
    /// Whose it is.
    pub(crate) const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The name that counts once for this client.
    pub(crate) fn jti(&self) -> &str {
        &self.jti
    }

    /// Until when it would be taken again.
    pub(crate) const fn until(&self) -> Timestamp {
        self.until
    }

    /// What it proves, if spending its name said that nobody had spent it.
    pub(crate) fn spent(self, first: bool) -> Option<Proven> {
        first.then_some(Proven { client_id: self.client_id, method: self.method })
    }
}

impl Proven {
    /// The method that this proves `client` by.
    pub(super) fn proves(&self, client: &Client) -> Option<ClientAuthenticationMethod> {
        (self.client_id == client.client_id).then_some(self.method)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::client::tests::confidential;
    use crate::protocol::client::{AssertionPolicy, Profile};

    const ISSUER: &str = "https://id.example/realms/certinomis";
    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

    fn signing(audience: AssertionAudience) -> Client {
        let assertions = AssertionPolicy { audience, ..AssertionPolicy::default() };
        Client { authentication: ClientAuthenticationMethod::PrivateKeyJwt, assertions, ..confidential("shop") }
    }

    fn verdict(audience: AssertionAudience, change: &Value) -> Result<(), Flaw> {
        let base = "/protocol/openid-connect";
        let endpoints = [
            format!("{ISSUER}{base}/token"),
            format!("{ISSUER}{base}/ext/par/request"),
            format!("https://mtls.example/realms/certinomis{base}/token"),
        ];
        let now = NOW.seconds();
        let mut claims = json!({
            "iss": "shop", "sub": "shop", "aud": ISSUER, "jti": "one", "iat": now, "exp": now + 60,
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let expected = Expected { issuer: ISSUER, endpoints: &endpoints, now: NOW };
        let claims = claims.as_object().unwrap();
        judge(&signing(audience), ClientAlgorithm::ES256, claims, expected).map(|_| ())
    }

    #[test]
    fn sr_148_an_assertion_says_who_to_whom_until_when_and_its_name() {
        let now = NOW.seconds();
        for (change, told) in [
            (json!({}), Ok(())),
            (json!({"iat": null}), Ok(())),
            (json!({"nbf": now - 3600, "iat": now - 3600}), Ok(())),
            (json!({"iss": "other"}), Err(Flaw::Party)),
            (json!({"iss": null}), Err(Flaw::Party)),
            (json!({"iss": ISSUER}), Err(Flaw::Party)),
            (json!({"sub": "other"}), Err(Flaw::Party)),
            (json!({"sub": null}), Err(Flaw::Party)),
            (json!({"sub": ["shop"]}), Err(Flaw::Party)),
            (json!({"sub": "Shop"}), Err(Flaw::Party)),
            (json!({"aud": null}), Err(Flaw::Audience)),
            (json!({"exp": null}), Err(Flaw::Expired)),
            (json!({"exp": now}), Err(Flaw::Expired)),
            (json!({"exp": now - 300}), Err(Flaw::Expired)),
            (json!({"exp": now + 1}), Ok(())),
            (json!({"exp": now + 300}), Ok(())),
            (json!({"exp": now + 301}), Err(Flaw::LongLived)),
            (json!({"exp": i64::MAX}), Err(Flaw::LongLived)),
            (json!({"exp": 1e300}), Err(Flaw::LongLived)),
            (json!({"exp": (now + 60).to_string()}), Err(Flaw::Moment)),
            (json!({"exp": 1_772_543_580.75}), Ok(())),
            (json!({"nbf": now + 8, "iat": now + 8}), Ok(())),
            (json!({"nbf": now + 30}), Ok(())),
            (json!({"nbf": now + 31}), Err(Flaw::NotYet)),
            (json!({"iat": now + 61}), Err(Flaw::NotYet)),
            (json!({"nbf": "soon"}), Err(Flaw::Moment)),
            (json!({"jti": null}), Err(Flaw::Nameless)),
            (json!({"jti": ""}), Err(Flaw::Nameless)),
            (json!({"jti": 7}), Err(Flaw::Nameless)),
        ] {
            assert_eq!(verdict(AssertionAudience::IssuerOrEndpoint, &change), told, "{change}");
        }
    }

    #[test]
    fn sr_148_the_audience_is_what_the_clients_policy_takes() {
        let token = format!("{ISSUER}/protocol/openid-connect/token");
        let pushed = format!("{ISSUER}/protocol/openid-connect/ext/par/request");
        let alias = "https://mtls.example/realms/certinomis/protocol/openid-connect/token";
        for (aud, widely, strictly) in [
            (json!(ISSUER), true, true),
            (json!(token), true, false),
            (json!(pushed), true, false),
            (json!(alias), true, false),
            (json!([ISSUER]), true, false),
            (json!(["https://elsewhere.example", token]), true, false),
            (json!([]), false, false),
            (json!([[ISSUER]]), false, false),
            (json!(format!("{ISSUER}/")), false, false),
            (json!(ISSUER.to_uppercase()), false, false),
            (json!(format!("{ISSUER}/protocol/openid-connect/token/introspect")), false, false),
            (json!("https://elsewhere.example"), false, false),
            (json!("shop"), false, false),
            (json!(""), false, false),
            (json!({"aud": ISSUER}), false, false),
        ] {
            let change = json!({ "aud": aud });
            for (policy, taken) in
                [(AssertionAudience::IssuerOrEndpoint, widely), (AssertionAudience::Issuer, strictly)]
            {
                let told = if taken { Ok(()) } else { Err(Flaw::Audience) };
                assert_eq!(verdict(policy, &change), told, "{aud} for {policy:?}");
            }
        }
    }

    #[test]
    fn sr_148_the_registration_says_with_what_is_signed() {
        use ClientAlgorithm::{ES256, ES384, EdDSA, HS256, PS256, RS256};
        use ClientAuthenticationMethod::{ClientSecretBasic, ClientSecretJwt, PrivateKeyJwt};
        for (authentication, algorithm, profile, taken) in [
            (PrivateKeyJwt, None, Profile::Standard, vec![RS256, PS256, ES256, ES384, EdDSA]),
            (PrivateKeyJwt, Some(ES384), Profile::Standard, vec![ES384]),
            (PrivateKeyJwt, Some(HS256), Profile::Standard, vec![]),
            (PrivateKeyJwt, None, Profile::Fapi2Security, vec![PS256, ES256, EdDSA]),
            (PrivateKeyJwt, Some(RS256), Profile::Fapi2MessageSigning, vec![]),
            (ClientSecretJwt, None, Profile::Standard, vec![HS256]),
            (ClientSecretJwt, Some(ES256), Profile::Standard, vec![]),
            (ClientSecretBasic, None, Profile::Standard, vec![]),
        ] {
            let assertions = AssertionPolicy { algorithm, ..AssertionPolicy::default() };
            let client = Client { authentication, assertions, profile, ..confidential("shop") };
            assert_eq!(algorithms(&client), taken, "{authentication:?} {algorithm:?} {profile:?}");
            assert!(taken.iter().all(|algorithm| ALGORITHMS.contains(algorithm)));
        }
    }

    #[test]
    fn an_assertion_is_worth_nothing_when_its_name_was_spent() {
        let assertion = || Assertion {
            client_id: ClientId::new("shop"),
            method: ClientAuthenticationMethod::PrivateKeyJwt,
            jti: "one".to_owned(),
            until: NOW,
        };
        let shop = signing(AssertionAudience::Issuer);
        assert_eq!(assertion().spent(true).unwrap().proves(&shop), Some(ClientAuthenticationMethod::PrivateKeyJwt));
        assert_eq!(assertion().spent(true).unwrap().proves(&confidential("other")), None);
        assert!(assertion().spent(false).is_none());
    }
}
