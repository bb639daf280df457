//! A DPoP proof: whoever sends a request holds that key (RFC 9449 §4.2, §4.3).
//!
//! Its form, `typ`, `alg`, `jwk` and signature were judged when it was opened (`keys::foreign`); here is judged what its
//! claims say of the request that it came with. A [`Proof`] is good once: its name has to be spent before it counts
//! (§11.1), which is for the store.

pub(crate) mod nonce;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::error::{Error, ErrorCode};
use super::thumbprint::Thumbprint;
use super::token::NumericDate;
use crate::clock::{Duration, Timestamp};

/// How old a proof may be: a client's clock may be as far behind as our own nodes' may differ (SR-156).
const OLDEST: Duration = Duration::from_mins(1);
/// How far ahead it may be made. FAPI 2.0 §5.3.2.1 has ten seconds taken and more than sixty refused; what is made ahead
/// can be stolen ahead (RFC 9449 §11.2), so little beyond the ten.
const AHEAD: Duration = Duration::from_secs(15);
/// Bytes of a `jti`.
const LONGEST_NAME: usize = 256;

/// The request that a proof came with.
#[derive(Clone, Copy)]
pub(crate) struct ProvenRequest<'a> {
    /// Its method.
    pub(crate) method: &'a str,
    /// The addresses that lead to where it arrived.
    pub(crate) addresses: &'a [String],
    /// The access token in it, at a resource.
    pub(crate) access_token: Option<&'a str>,
    /// The nonces that are good now, where one is asked for (§8).
    pub(crate) nonces: Option<&'a [String]>,
    /// When it arrived.
    pub(crate) now: Timestamp,
}

/// A proof that says what it must of its request; not spent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    key: Thumbprint,
    jti: String,
    until: Timestamp,
}

impl Proof {
    /// The key that is held.
    pub(crate) const fn key(&self) -> &Thumbprint {
        &self.key
    }

    /// `jti`, unique among the proofs of its key.
    pub(crate) fn jti(&self) -> &str {
        &self.jti
    }

    /// Until when some node might take it.
    pub(crate) const fn until(&self) -> Timestamp {
        self.until
    }
}

/// Judges the claims of a proof that `key` signed, in the order of §4.3.
pub(crate) fn judge(claims: &Map<String, Value>, key: Thumbprint, request: &ProvenRequest<'_>) -> Result<Proof, Error> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let flawed = |right: bool, why| if right { Ok(()) } else { Err(Error::invalid_dpop_proof(why)) };
    let jti = text("jti").filter(|jti| (1..=LONGEST_NAME).contains(&jti.len()));
    let jti = jti.ok_or(Error::invalid_dpop_proof("jti is missing, empty or too long"))?;
    flawed(text("htm") == Some(request.method), "htm is not the method of the request")?;
    let leads_here = |htu| request.addresses.iter().any(|address| is_same(htu, address));
    flawed(text("htu").is_some_and(leads_here), "htu is not the address of the request")?;
    let made = claims.get("iat").and_then(moment).ok_or(Error::invalid_dpop_proof("iat is missing or no time"))?;
    flawed(is_of_now(made, request.now), "iat is too far from the present")?;
    flawed(is_in_force(claims, request.now), "nbf or exp does not allow the present")?;
    if let Some(token) = request.access_token {
        let ath = URL_SAFE_NO_PAD.encode(Sha256::digest(token));
        flawed(text("ath") == Some(&ath), "ath is not the hash of the access token")?;
    }
    if let Some(nonces) = request.nonces
        && !text("nonce").is_some_and(|nonce| nonces.iter().any(|good| good == nonce))
    {
        return Err(Error::new(ErrorCode::UseDpopNonce, "the proof needs the nonce of this answer"));
    }
    Ok(Proof { key, jti: jti.to_owned(), until: made + OLDEST })
}

/// §4.3 no. 9: "without query and fragment parts", and normalised as RFC 3986 §6.2.2 and §6.2.3 have it: scheme and host in
/// any case, the default port said or not.
fn is_same(htu: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    bare(htu).is_some_and(|htu| bare(address) == Some(htu))
}

fn is_of_now(made: Timestamp, now: Timestamp) -> bool {
    now.since(made) <= OLDEST && now.until(made) <= AHEAD
}

/// A proof needs neither (§4.2), but what it says of itself holds; a clock may be as far off as for `iat`.
fn is_in_force(claims: &Map<String, Value>, now: Timestamp) -> bool {
    let holds = |name: &str, rule: &dyn Fn(Timestamp) -> bool| match claims.get(name) {
        Some(value) => moment(value).is_some_and(rule),
        None => true,
    };
    holds("nbf", &|from| now.until(from) <= AHEAD) && holds("exp", &|end| now < end + AHEAD)
}

fn moment(value: &Value) -> Option<Timestamp> {
    NumericDate::read(value).map(Timestamp::from)
}

#[cfg(test)]
mod tests;
