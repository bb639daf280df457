//! The keys that a client or an issuer publishes (RFC 7517 §5): bounded, read strictly, and public only.
//!
//! "Implementations SHOULD ignore JWKs" that they cannot use, so those are left out; a private key in the set refuses it
//! whole, since whatever it signed can be anybody's.

use serde_json::{Map, Value};

use super::jwk::{JwkFault, PublicKey};
use crate::keys::strict_json;
use crate::protocol::thumbprint::Thumbprint;

/// How many keys a set may hold: a rotation in every algorithm, and room.
const MOST_KEYS: usize = 20;
/// Most bytes of its document: certificates beside the keys make a set long (SR-168).
const LONGEST: usize = 512 * 1024;

/// A set with at least one key that we can use.
pub(crate) struct PublicKeys(Vec<PublicKey>);

/// Why a document is no such set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeySetFault {
    /// Longer than any set needs to be.
    #[error("the key set is too long")]
    TooLong,
    /// Not strict JSON, or without an array `keys` of objects.
    #[error("not a JWK Set")]
    NotAKeySet,
    /// More keys than anybody rotates through.
    #[error("the key set has more than {MOST_KEYS} keys")]
    TooMany,
    /// A private or a symmetric key is among them.
    #[error("the key set holds a private key")]
    Private,
    /// None that we can use.
    #[error("the key set has no key for signatures that we verify")]
    Empty,
}

impl PublicKeys {
    /// Reads a JWK Set.
    pub(crate) fn read(document: &[u8]) -> Result<Self, KeySetFault> {
        if document.len() > LONGEST {
            return Err(KeySetFault::TooLong);
        }
        let set: Map<String, Value> = strict_json::read(document).ok_or(KeySetFault::NotAKeySet)?;
        let listed = set.get("keys").and_then(Value::as_array).ok_or(KeySetFault::NotAKeySet)?;
        if listed.len() > MOST_KEYS {
            return Err(KeySetFault::TooMany);
        }
        let mut keys = Vec::new();
        for jwk in listed {
            match PublicKey::read(jwk.as_object().ok_or(KeySetFault::NotAKeySet)?) {
                Ok(key) => keys.push(key),
                Err(JwkFault::Private) => return Err(KeySetFault::Private),
                Err(JwkFault::Unsupported | JwkFault::Malformed) => {}
            }
        }
        if keys.is_empty() { Err(KeySetFault::Empty) } else { Ok(Self(keys)) }
    }

    /// Whether that key is among them.
    pub(crate) fn hold(&self, key: &Thumbprint) -> bool {
        self.0.iter().any(|held| held.thumbprint() == key)
    }

    /// All of them, in their order.
    pub(super) fn all(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }

    /// Those with that `kid`, or without any. Names should differ (RFC 7517 §4.5); where they do not, each is meant.
    pub(super) fn called(&self, kid: Option<&str>) -> impl Iterator<Item = &PublicKey> {
        self.0.iter().filter(move |key| key.kid() == kid)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::keys::signing::tests::key;
    use crate::protocol::client::SigningAlgorithm;

    #[test]
    fn sr_156_a_set_is_bounded_and_strict() {
        let one = serde_json::to_value(key(1, SigningAlgorithm::ES256).jwk()).unwrap();
        let text = one.to_string();
        let with = |jwk: Value| json!({"keys": [one, jwk]}).to_string();
        let many = |n: usize| json!({ "keys": vec![one.clone(); n] }).to_string();
        for (case, document, verdict) in [
            ("one", many(1), Ok(1)),
            ("the same name twice", many(2), Ok(2)),
            ("as many as may be", many(20), Ok(20)),
            ("many", many(21), Err(KeySetFault::TooMany)),
            ("none", many(0), Err(KeySetFault::Empty)),
            ("an unknown type beside it", with(json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"})), Ok(1)),
            ("an encryption key beside it", with(json!({"kty": "RSA", "use": "enc", "n": "AAAA", "e": "AQAB"})), Ok(1)),
            ("a broken key beside it", with(json!({"kty": "EC", "crv": "P-256"})), Ok(1)),
            ("a short key beside it", with(json!({"kty": "RSA", "n": "AAAA", "e": "AQAB"})), Ok(1)),
            (
                "a private key beside it",
                with(json!({"kty": "EC", "crv": "P-256", "d": "AAAA"})),
                Err(KeySetFault::Private),
            ),
            ("a secret beside it", with(json!({"kty": "oct", "k": "AAAA"})), Err(KeySetFault::Private)),
            ("only broken keys", json!({"keys": [{"kty": "EC"}]}).to_string(), Err(KeySetFault::Empty)),
            ("members besides", json!({"keys": [one], "note": 1}).to_string(), Ok(1)),
            ("something else among the keys", with(json!("key")), Err(KeySetFault::NotAKeySet)),
            ("one key, no set", text.clone(), Err(KeySetFault::NotAKeySet)),
            ("a list", format!("[{text}]"), Err(KeySetFault::NotAKeySet)),
            ("keys twice", format!(r#"{{"keys":[],"keys":[{text}]}}"#), Err(KeySetFault::NotAKeySet)),
            (
                "a member twice",
                format!(r#"{{"keys":[{}]}}"#, text.replacen('{', r#"{"kty":"RSA","#, 1)),
                Err(KeySetFault::NotAKeySet),
            ),
            ("more after it", format!("{} x", many(1)), Err(KeySetFault::NotAKeySet)),
            ("a page", "<!doctype html>".to_owned(), Err(KeySetFault::NotAKeySet)),
            ("nothing", String::new(), Err(KeySetFault::NotAKeySet)),
            ("deep", format!(r#"{{"keys":{}{}}}"#, "[".repeat(1000), "]".repeat(1000)), Err(KeySetFault::NotAKeySet)),
            ("with certificates", format!(r#"{{"keys":[{text}],"x":"{}"}}"#, "x".repeat(500 * 1024)), Ok(1)),
            ("long", format!(r#"{{"keys":[{text}],"x":"{}"}}"#, "x".repeat(LONGEST)), Err(KeySetFault::TooLong)),
        ] {
            assert_eq!(PublicKeys::read(document.as_bytes()).map(|keys| keys.all().count()), verdict, "{case}");
        }
    }
}
