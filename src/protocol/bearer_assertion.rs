//! The JWT bearer grant (RFC 7523 §2.1): somebody whom the realm trusts vouches for a person or for a client.
//!
//! Whose keys and which claims are for that issuer to have; that it speaks to us, now, and once, is judged here. Nobody
//! sat at a browser, so no session stands behind the tokens, and nothing is said of how the person proved who they are.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::{Client, ClientId, PublishedKeys};
use super::error::Error;
use super::issuer::{Endpoint, Issuer};
use super::parameters::Parameters;
use super::resource::Wish;
use super::token::{NumericDate, SKEW};
use crate::clock::{Duration, Timestamp};
use crate::secret::Secret;

/// How far ahead an assertion may end: it is made to be used at once.
const LONGEST: Duration = Duration::from_mins(5);
/// Most bytes of a name that others make up.
const LONGEST_NAME: usize = 255;

/// Whom an issuer may vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Vouched {
    /// People with an account: `sub` is the account's own, or what they sign in with.
    User,
    /// The client that presents the assertion: `sub` is its `client_id`.
    Client,
}

/// Somebody whose assertions the realm takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// `iss`, compared as text.
    pub issuer: String,
    /// Its public keys.
    pub keys: PublishedKeys,
    /// Whom it may vouch for.
    pub subjects: Vouched,
    /// The clients that may present its assertions.
    pub clients: BTreeSet<ClientId>,
}

impl TrustedIssuer {
    /// Whether that client may present its assertions.
    pub(crate) fn is_presented_by(&self, client: &Client) -> bool {
        self.clients.contains(&client.client_id)
    }
}

/// RFC 7523 §2.1.
#[derive(Debug)]
pub(crate) struct AssertionRequest {
    /// The JWT.
    pub(crate) assertion: Secret<String>,
    /// How far the token is to reach.
    pub(crate) wish: Wish,
}

impl AssertionRequest {
    /// Reads it.
    pub(crate) fn read(parameters: &Parameters) -> Result<Self, Error> {
        let assertion = parameters.single("assertion")?.ok_or(Error::invalid_request("assertion is missing"))?;
        Ok(Self { assertion: Secret::new(assertion.to_owned()), wish: Wish::read(parameters)? })
    }
}

/// An assertion that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BearerAssertion {
    /// `sub`.
    pub(crate) subject: String,
    /// `jti`.
    pub(crate) jti: String,
    /// Until when it would be taken, were it not spent.
    pub(crate) until: Timestamp,
}

/// Why an assertion is refused: for the log, and for the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// `iss` is not the issuer whose key it is.
    #[error("issuer")]
    Issuer,
    /// `aud` is neither the issuer nor the token endpoint.
    #[error("audience")]
    Audience,
    /// `exp`, `nbf` or `iat` is missing, wrong, or too far away.
    #[error("time")]
    Time,
    /// `sub` is missing.
    #[error("subject")]
    Subject,
    /// `jti` is missing or over-long.
    #[error("name")]
    Name,
}

/// RFC 7523 §3, for claims whose signature stands.
pub(crate) fn judge(
    claims: &Map<String, Value>,
    trusted: &TrustedIssuer,
    ours: &Issuer,
    now: Timestamp,
) -> Result<BearerAssertion, Unfit> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if text("iss") != Some(&trusted.issuer) {
        return Err(Unfit::Issuer);
    }
    let endpoint = ours.endpoint(Endpoint::Token);
    let is_ours = |audience: &Value| audience.as_str().is_some_and(|said| said == ours.as_str() || said == endpoint);
    let meant = match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().any(is_ours),
        one => one.is_some_and(is_ours),
    };
    if !meant {
        return Err(Unfit::Audience);
    }
    let until = in_force(claims, now).ok_or(Unfit::Time)?;
    let subject = text("sub").ok_or(Unfit::Subject)?.to_owned();
    let jti = text("jti").filter(|jti| jti.len() <= LONGEST_NAME).ok_or(Unfit::Name)?.to_owned();
    Ok(BearerAssertion { subject, jti, until })
}

/// When it ends, if it is in force: its end near, its beginning behind us, within what clocks differ by (SR-156).
fn in_force(claims: &Map<String, Value>, now: Timestamp) -> Option<Timestamp> {
    let ends = Timestamp::from(NumericDate::read(claims.get("exp")?)?);
    let begun = ["nbf", "iat"].iter().all(|name| match claims.get(*name) {
        None => true,
        Some(said) => NumericDate::read(said).is_some_and(|said| Timestamp::from(said) <= now + SKEW),
    });
    (begun && now < ends && ends <= now + LONGEST + SKEW).then_some(ends)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::grant::tests::NOW;
    use crate::protocol::token::tests::issuer;

    fn trusted() -> TrustedIssuer {
        TrustedIssuer {
            issuer: "https://hr.example".to_owned(),
            keys: PublishedKeys::None,
            subjects: Vouched::User,
            clients: [ClientId::new("portal")].into(),
        }
    }

    #[test]
    fn sr_152_an_assertion_is_of_its_issuer_for_us_now_and_has_a_name() {
        let (ours, endpoint) = (issuer().as_str().to_owned(), issuer().endpoint(Endpoint::Token));
        let now = NOW.seconds();
        for (claim, value, verdict) in [
            ("note", json!(1), Ok(())),
            ("aud", json!(endpoint), Ok(())),
            ("aud", json!(["https://x.example", ours]), Ok(())),
            ("iat", json!(now + 60), Ok(())),
            ("exp", json!(now + 360), Ok(())),
            ("iss", json!("https://hr.example/"), Err(Unfit::Issuer)),
            ("iss", json!(ours), Err(Unfit::Issuer)),
            ("iss", json!(null), Err(Unfit::Issuer)),
            ("aud", json!("https://x.example"), Err(Unfit::Audience)),
            ("aud", json!(format!("{ours}/")), Err(Unfit::Audience)),
            ("aud", json!([]), Err(Unfit::Audience)),
            ("aud", json!(null), Err(Unfit::Audience)),
            ("exp", json!(now), Err(Unfit::Time)),
            ("exp", json!(now + 361), Err(Unfit::Time)),
            ("exp", json!(null), Err(Unfit::Time)),
            ("exp", json!((now + 60).to_string()), Err(Unfit::Time)),
            ("nbf", json!(now + 61), Err(Unfit::Time)),
            ("iat", json!(now + 61), Err(Unfit::Time)),
            ("iat", json!("yesterday"), Err(Unfit::Time)),
            ("sub", json!(null), Err(Unfit::Subject)),
            ("sub", json!(""), Err(Unfit::Subject)),
            ("jti", json!(null), Err(Unfit::Name)),
            ("jti", json!("x".repeat(256)), Err(Unfit::Name)),
        ] {
            let mut claims = json!({
                "iss": "https://hr.example", "sub": "marie", "aud": ours, "exp": now + 60, "iat": now, "jti": "1"
            });
            claims[claim] = value.clone();
            let judged = judge(claims.as_object().unwrap(), &trusted(), &issuer(), NOW).map(|_| ());
            assert_eq!(judged, verdict, "{claim} {value}");
        }
    }
}
