//! A public key that somebody else wrote (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), parsed once.
//!
//! Its type fixes the algorithms it may be used with, and `alg`, `use` and `key_ops` narrow them (SR-153): a key of
//! another purpose never verifies. A private key is none of our business and is told apart, so that its owner hears of it.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::keys::jws::decode;
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::thumbprint::Thumbprint;

/// RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2; `priv` is how later key types call theirs.
const PRIVATE_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// The points of Ed25519 with a small order, sign left out, as RFC 8032 §5.1.2 writes their `y` and as it must not.
/// Signatures of such a key can be made up by anybody.
const SMALL_ORDER: [&str; 7] = [
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
    "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
    "7P_______________________________________38",
    "7f_______________________________________38",
    "7v_______________________________________38",
];

/// A key that verifies signatures.
pub(crate) struct PublicKey {
    kid: Option<String>,
    only: Option<ClientAlgorithm>,
    material: Material,
    thumbprint: Thumbprint,
}

enum Material {
    /// One key, two ways to sign.
    Rsa {
        pkcs1: Box<ParsedPublicKey>,
        pss: Box<ParsedPublicKey>,
    },
    P256(Box<ParsedPublicKey>),
    P384(Box<ParsedPublicKey>),
    Ed25519(Box<ParsedPublicKey>),
}

/// Why a JWK is not a key for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwkFault {
    /// It has members that only its owner may know.
    #[error("the key is a private one")]
    Private,
    /// Of a type, a curve or a purpose that we have no use for.
    #[error("the key is not for signatures that we verify")]
    Unsupported,
    /// Members are missing, malformed, or out of their range.
    #[error("the key is malformed, or of a size that is not accepted")]
    Malformed,
}

impl PublicKey {
    /// Reads a JWK.
    pub(crate) fn read(jwk: &Map<String, Value>) -> Result<Self, JwkFault> {
        if PRIVATE_MEMBERS.iter().any(|member| jwk.contains_key(*member)) {
            return Err(JwkFault::Private);
        }
        let kty = member(jwk, "kty")?;
        verifies_by_its_own_word(jwk)?;
        let only = jwk.get("alg").map(|alg| alg.as_str().and_then(ClientAlgorithm::parse));
        let only = only.map(|algorithm| algorithm.ok_or(JwkFault::Unsupported)).transpose()?;
        let (material, thumbprint) = match kty {
            "RSA" => rsa(jwk)?,
            "EC" => elliptic(jwk)?,
            "OKP" => edwards(jwk)?,
            _ => return Err(JwkFault::Unsupported),
        };
        let kid = jwk.get("kid").map(|kid| kid.as_str().map(str::to_owned).ok_or(JwkFault::Malformed)).transpose()?;
        Ok(Self { kid, only, material, thumbprint })
    }

    /// `kid`.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Its name by itself (RFC 7638).
    pub(crate) const fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// Whether signatures of that algorithm may be its own.
    pub(crate) fn fits(&self, algorithm: ClientAlgorithm) -> bool {
        self.verifier(algorithm).is_some()
    }

    /// Whether the signature is its own.
    pub(super) fn verifies(&self, algorithm: ClientAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        self.verifier(algorithm).is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }

    fn verifier(&self, algorithm: ClientAlgorithm) -> Option<&ParsedPublicKey> {
        let key = match (&self.material, algorithm) {
            (Material::Rsa { pkcs1, .. }, ClientAlgorithm::RS256) => pkcs1,
            (Material::Rsa { pss, .. }, ClientAlgorithm::PS256) => pss,
            (Material::P256(key), ClientAlgorithm::ES256)
            | (Material::P384(key), ClientAlgorithm::ES384)
            | (Material::Ed25519(key), ClientAlgorithm::EdDSA) => key,
            _ => return None,
        };
        self.only.is_none_or(|only| only == algorithm).then_some(key)
    }
}

/// RFC 7517 §4.2, §4.3: what a key says it is for.
fn verifies_by_its_own_word(jwk: &Map<String, Value>) -> Result<(), JwkFault> {
    let signs = jwk.get("use").is_none_or(|usage| usage == "sig");
    let operations =
        jwk.get("key_ops").map(|operations| operations.as_array().ok_or(JwkFault::Malformed)).transpose()?;
    let verifies = operations.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
    if signs && verifies { Ok(()) } else { Err(JwkFault::Unsupported) }
}

/// RFC 7518 §6.3.1. Shorter keys are broken, longer ones are a way to keep us busy.
fn rsa(jwk: &Map<String, Value>) -> Result<(Material, Thumbprint), JwkFault> {
    let (n, e) = (member(jwk, "n")?, member(jwk, "e")?);
    let components = PublicKeyComponents { n: bytes(n)?, e: bytes(e)? };
    // "MUST NOT include" a leading zero: one number, one writing, one thumbprint.
    let first = components.n.first().filter(|first| **first != 0).ok_or(JwkFault::Malformed)?;
    let bits = components.n.len() * 8 - first.leading_zeros() as usize;
    let exponent = exponent(&components.e).filter(|exponent| *exponent >= 3 && exponent % 2 == 1);
    if !(2048..=8192).contains(&bits) || exponent.is_none() {
        return Err(JwkFault::Malformed);
    }
    let parsed = |way| components.to_parsed_public_key(way).map(Box::new).map_err(|_| JwkFault::Malformed);
    let material =
        Material::Rsa { pkcs1: parsed(&RSA_PKCS1_2048_8192_SHA256)?, pss: parsed(&RSA_PSS_2048_8192_SHA256)? };
    Ok((material, Thumbprint::of(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#))))
}

/// At most four bytes, without a leading zero.
fn exponent(bytes: &[u8]) -> Option<u32> {
    let fits = bytes.len() <= 4 && bytes.first().is_some_and(|first| *first != 0);
    fits.then(|| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// RFC 7518 §6.2.1: both coordinates at full length. P-521 has no algorithm here, and other curves none either.
fn elliptic(jwk: &Map<String, Value>) -> Result<(Material, Thumbprint), JwkFault> {
    let crv = member(jwk, "crv")?;
    let (length, algorithm): (_, &'static dyn VerificationAlgorithm) = match crv {
        "P-256" => (32, &ECDSA_P256_SHA256_FIXED),
        "P-384" => (48, &ECDSA_P384_SHA384_FIXED),
        _ => return Err(JwkFault::Unsupported),
    };
    let (x, y) = (member(jwk, "x")?, member(jwk, "y")?);
    let (left, right) = (bytes(x)?, bytes(y)?);
    if left.len() != length || right.len() != length {
        return Err(JwkFault::Malformed);
    }
    // SEC 1 §2.3.3: 0x04, then both. That the point is on its curve is checked in here.
    let key = parsed(algorithm, &[&[4], left.as_slice(), &right].concat())?;
    let material = if length == 32 { Material::P256(key) } else { Material::P384(key) };
    Ok((material, Thumbprint::of(&format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#))))
}

/// RFC 8037 §2; Ed448 and the curves of key agreement are not for us.
fn edwards(jwk: &Map<String, Value>) -> Result<(Material, Thumbprint), JwkFault> {
    if member(jwk, "crv")? != "Ed25519" {
        return Err(JwkFault::Unsupported);
    }
    let x = member(jwk, "x")?;
    let point = bytes(x)?;
    if point.len() != 32 || is_of_small_order(&point) {
        return Err(JwkFault::Malformed);
    }
    let key = parsed(&ED25519, &point)?;
    Ok((Material::Ed25519(key), Thumbprint::of(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#))))
}

fn is_of_small_order(point: &[u8]) -> bool {
    let mut y = point.to_owned();
    y.iter_mut().last().into_iter().for_each(|last| *last &= 0x7f);
    SMALL_ORDER.contains(&URL_SAFE_NO_PAD.encode(y).as_str())
}

fn parsed(algorithm: &'static dyn VerificationAlgorithm, point: &[u8]) -> Result<Box<ParsedPublicKey>, JwkFault> {
    ParsedPublicKey::new(algorithm, point).map(Box::new).map_err(|_| JwkFault::Malformed)
}

fn member<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<&'a str, JwkFault> {
    jwk.get(name).and_then(Value::as_str).ok_or(JwkFault::Malformed)
}

fn bytes(text: &str) -> Result<Vec<u8>, JwkFault> {
    decode(text).ok_or(JwkFault::Malformed)
}

#[cfg(test)]
mod tests;
