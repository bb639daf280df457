//! A key of a client in software: it signs assertions, request objects and proofs, and shows its public half as a JWK.
//!
//! Signed by other means than the product verifies with, down to the bytes that are put together, so that a story can
//! make every mistake that a client could.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use aws_lc_rs::{hmac, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A key, the algorithm that it is used with, and the name that it goes by.
pub(crate) struct Signer {
    pub(crate) algorithm: &'static str,
    pub(crate) kid: Option<String>,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
    Secret(String),
}

impl Signer {
    /// A new key for that algorithm: `RS256`, `PS256`, `ES256`, `ES384` or `EdDSA`.
    pub(crate) fn new(algorithm: &'static str, kid: &str) -> Self {
        let key = match algorithm {
            "RS256" | "PS256" => Key::Rsa(Box::new(rsa::KeyPair::generate(KeySize::Rsa2048).unwrap())),
            "ES256" => Key::Ecdsa(Box::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())),
            "ES384" => Key::Ecdsa(Box::new(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())),
            "EdDSA" => Key::Ed25519(Box::new(Ed25519KeyPair::generate().unwrap())),
            other => panic!("no key for {other}"),
        };
        Self { algorithm, kid: Some(kid.to_owned()), key }
    }

    /// Whoever shares that secret: `HS256` (OpenID Connect Core §10.1).
    pub(crate) fn sharing(secret: &str) -> Self {
        Self { algorithm: "HS256", kid: None, key: Key::Secret(secret.to_owned()) }
    }

    /// The same RSA key with its other algorithm.
    pub(crate) fn with_algorithm(self, algorithm: &'static str) -> Self {
        Self { algorithm, ..self }
    }

    /// The same key, without a name.
    pub(crate) fn nameless(self) -> Self {
        Self { kid: None, ..self }
    }

    /// Its public half (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
    pub(crate) fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.key {
            Key::Rsa(key) => {
                let public = key.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                json!({"kty": "RSA", "n": text(n.big_endian_without_leading_zero()),
                       "e": text(e.big_endian_without_leading_zero())})
            }
            Key::Ecdsa(key) => {
                // SEC 1 §2.3.3: 0x04, then both coordinates.
                let (x, y) = key.public_key().as_ref()[1..].split_at((key.public_key().as_ref().len() - 1) / 2);
                let crv = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({"kty": "EC", "crv": crv, "x": text(x), "y": text(y)})
            }
            Key::Ed25519(key) => json!({"kty": "OKP", "crv": "Ed25519", "x": text(key.public_key().as_ref())}),
            Key::Secret(_) => panic!("a secret has no public half"),
        };
        if let Some(kid) = &self.kid {
            jwk["kid"] = json!(kid);
        }
        jwk
    }

    /// The set of this one key.
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    /// A JWS of these claims, its header as bare as can be.
    pub(crate) fn signs(&self, claims: &Value) -> String {
        self.signs_under(&json!({}), claims)
    }

    /// The same with members of the header added or replaced; `null` leaves one out.
    pub(crate) fn signs_under(&self, header: &Value, claims: &Value) -> String {
        let mut all = json!({"alg": self.algorithm});
        if let Some(kid) = &self.kid {
            all["kid"] = json!(kid);
        }
        for (name, value) in header.as_object().unwrap() {
            all[name] = value.clone();
        }
        all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let message =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(all.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.signature(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let chance = SystemRandom::new();
        match &self.key {
            Key::Rsa(key) => {
                let padding = if self.algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &chance, message, &mut signature).unwrap();
                signature
            }
            Key::Ecdsa(key) => key.sign(&chance, message).unwrap().as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Key::Secret(secret) => {
                hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), message).as_ref().to_vec()
            }
        }
    }
}
