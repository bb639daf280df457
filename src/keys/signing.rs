//! Signing keys: made by us, parsed once, held; the private part leaves sealed or not at all (SR-157).
//!
//! Their randomness is the cryptographic library's own, for keys and for ECDSA alike: a signature from a seeded
//! generator would give the key away.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::ids::KeyId;
use crate::protocol::client::SigningAlgorithm;
use crate::secret::Secret;

/// A key that signs, and what verifies its signatures.
pub(crate) struct SigningKey {
    id: KeyId,
    pair: Pair,
    public: ParsedPublicKey,
}

/// A pair with its algorithm: the two ways of RSA are two kinds of keys here (SR-153).
enum Pair {
    Rs256(Box<RsaKeyPair>),
    Ps256(Box<RsaKeyPair>),
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// What goes wrong with a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFault {
    /// Neither 2048 nor 3072 bits.
    #[error("RSA keys have 2048 or 3072 bits, not {0}")]
    Size(u32),
    /// The bytes are no such key.
    #[error("not a private key for {}", .0.as_str())]
    NotAKey(SigningAlgorithm),
    /// The library could not make a key or a signature, or claims could not be written.
    #[error("the key could not be made or used")]
    Unusable,
}

/// The public part of a key (RFC 7517 §4, RFC 7518 §6).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Jwk {
    kid: KeyId,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: SigningAlgorithm,
    #[serde(flatten)]
    public: PublicMembers,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kty")]
enum PublicMembers {
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    #[serde(rename = "EC")]
    Ec { crv: &'static str, x: String, y: String },
    /// RFC 8037 §2.
    #[serde(rename = "OKP")]
    Okp { crv: &'static str, x: String },
}

impl SigningKey {
    /// A new key; `rsa_bits` matters for RSA only. RSA takes a while: not on a thread that serves.
    pub(crate) fn generate(id: KeyId, algorithm: SigningAlgorithm, rsa_bits: u32) -> Result<Self, KeyFault> {
        let pair = match algorithm {
            SigningAlgorithm::RS256 => Pair::Rs256(Box::new(generate_rsa(rsa_bits)?)),
            SigningAlgorithm::PS256 => Pair::Ps256(Box::new(generate_rsa(rsa_bits)?)),
            SigningAlgorithm::ES256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
                Pair::Es256(pair.map_err(|_| KeyFault::Unusable)?)
            }
            SigningAlgorithm::EdDSA => Pair::Ed25519(Ed25519KeyPair::generate().map_err(|_| KeyFault::Unusable)?),
        };
        Self::of(id, pair)
    }

    /// A key as it was sealed.
    pub(crate) fn from_pkcs8(id: KeyId, algorithm: SigningAlgorithm, der: &Secret<Vec<u8>>) -> Result<Self, KeyFault> {
        let pair = match algorithm {
            SigningAlgorithm::RS256 => RsaKeyPair::from_pkcs8(der.expose()).map(|pair| Pair::Rs256(Box::new(pair))),
            SigningAlgorithm::PS256 => RsaKeyPair::from_pkcs8(der.expose()).map(|pair| Pair::Ps256(Box::new(pair))),
            SigningAlgorithm::ES256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.expose()).map(Pair::Es256)
            }
            SigningAlgorithm::EdDSA => Ed25519KeyPair::from_pkcs8(der.expose()).map(Pair::Ed25519),
        };
        Self::of(id, pair.map_err(|_| KeyFault::NotAKey(algorithm))?)
    }

    /// The private key as PKCS#8, for sealing and nothing else.
    pub(crate) fn to_pkcs8(&self) -> Result<Secret<Vec<u8>>, KeyFault> {
        let der = match &self.pair {
            Pair::Rs256(pair) | Pair::Ps256(pair) => pair.as_der().map(|der: Pkcs8V1Der<'_>| der.as_ref().to_owned()),
            Pair::Es256(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_owned()),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_owned()),
        };
        der.map(Secret::new).map_err(|_| KeyFault::Unusable)
    }

    fn of(id: KeyId, pair: Pair) -> Result<Self, KeyFault> {
        let public = match &pair {
            Pair::Rs256(pair) => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()),
            Pair::Ps256(pair) => ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, pair.public_key()),
            Pair::Es256(pair) => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key()),
            Pair::Ed25519(pair) => ParsedPublicKey::new(&ED25519, pair.public_key()),
        };
        Ok(Self { id, pair, public: public.map_err(|_| KeyFault::Unusable)? })
    }

    /// Its identifier, the `kid` of what it signs.
    pub(crate) const fn id(&self) -> KeyId {
        self.id
    }

    /// The one algorithm it is used with (SR-153).
    pub(crate) const fn algorithm(&self) -> SigningAlgorithm {
        match &self.pair {
            Pair::Rs256(_) => SigningAlgorithm::RS256,
            Pair::Ps256(_) => SigningAlgorithm::PS256,
            Pair::Es256(_) => SigningAlgorithm::ES256,
            Pair::Ed25519(_) => SigningAlgorithm::EdDSA,
        }
    }

    /// The signature of a message.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let rsa = |pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign_digest(encoding, &digest(&SHA256, message), &mut signature).map(|()| signature)
        };
        let signature = match &self.pair {
            Pair::Rs256(pair) => rsa(pair, &RSA_PKCS1_SHA256),
            // RFC 7518 §3.5: the salt is as long as the digest.
            Pair::Ps256(pair) => rsa(pair, &RSA_PSS_SHA256),
            Pair::Es256(pair) => pair.sign_digest(&digest(&SHA256, message)).map(|signed| signed.as_ref().to_owned()),
            Pair::Ed25519(pair) => pair.try_sign(message).map(|signed| signed.as_ref().to_owned()),
        };
        signature.map_err(|_| KeyFault::Unusable)
    }

    /// Whether the signature is this key's.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(message, signature).is_ok()
    }

    /// The public part.
    pub(super) fn jwk(&self) -> Jwk {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let public = match &self.pair {
            Pair::Rs256(pair) | Pair::Ps256(pair) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                PublicMembers::Rsa {
                    n: text(n.big_endian_without_leading_zero()),
                    e: text(e.big_endian_without_leading_zero()),
                }
            }
            Pair::Es256(pair) => {
                // SEC 1 §2.3.3: 0x04, then both coordinates at full length.
                let point = pair.public_key().as_ref();
                let (x, y) = point.split_first().map(|(_, both)| both.split_at(both.len() / 2)).unwrap_or_default();
                PublicMembers::Ec { crv: "P-256", x: text(x), y: text(y) }
            }
            Pair::Ed25519(pair) => PublicMembers::Okp { crv: "Ed25519", x: text(pair.public_key().as_ref()) },
        };
        Jwk { kid: self.id, usage: "sig", alg: self.algorithm(), public }
    }
}

fn generate_rsa(bits: u32) -> Result<RsaKeyPair, KeyFault> {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        other => return Err(KeyFault::Size(other)),
    };
    RsaKeyPair::generate(size).map_err(|_| KeyFault::Unusable)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use super::*;

    pub(crate) fn key(n: u8, algorithm: SigningAlgorithm) -> SigningKey {
        let id = format!("01900000-0000-7000-8000-0000000001{n:02}").parse().unwrap();
        SigningKey::generate(id, algorithm, 2048).unwrap()
    }

    #[test]
    fn a_key_survives_its_export_and_fits_its_algorithm_only() {
        for algorithm in SigningAlgorithm::ALL {
            let made = key(1, algorithm);
            let der = made.to_pkcs8().unwrap();
            let read = SigningKey::from_pkcs8(made.id(), algorithm, &der).unwrap();
            assert!(made.verifies(b"message", &read.sign(b"message").unwrap()));
            assert!(!made.verifies(b"another", &read.sign(b"message").unwrap()));
            let is_rsa = |algorithm| matches!(algorithm, SigningAlgorithm::RS256 | SigningAlgorithm::PS256);
            for other in SigningAlgorithm::ALL.into_iter().filter(|other| *other != algorithm) {
                // The bytes of an RSA key do not say what it is for: the row does, and the signature is another.
                match SigningKey::from_pkcs8(made.id(), other, &der) {
                    Ok(another) if is_rsa(algorithm) && is_rsa(other) => {
                        assert!(!another.verifies(b"message", &made.sign(b"message").unwrap()));
                    }
                    read => assert_eq!(read.err(), Some(KeyFault::NotAKey(other)), "{algorithm:?} as {other:?}"),
                }
            }
        }
    }

    #[test]
    fn sr_157_short_rsa_keys_are_not_made() {
        let id = "01900000-0000-7000-8000-000000000100".parse().unwrap();
        for bits in [0, 1024, 2047, 4096] {
            for algorithm in [SigningAlgorithm::RS256, SigningAlgorithm::PS256] {
                assert_eq!(SigningKey::generate(id, algorithm, bits).err(), Some(KeyFault::Size(bits)));
            }
        }
        let standard = SigningKey::generate(id, SigningAlgorithm::RS256, 3072).unwrap();
        assert_eq!(standard.sign(b"message").unwrap().len(), 384);
    }

    #[test]
    fn sr_157_a_jwk_has_public_members_only() {
        for (algorithm, members) in [
            (SigningAlgorithm::RS256, ["alg", "kid", "kty", "use", "n", "e"].as_slice()),
            (SigningAlgorithm::PS256, ["alg", "kid", "kty", "use", "n", "e"].as_slice()),
            (SigningAlgorithm::ES256, ["alg", "kid", "kty", "use", "crv", "x", "y"].as_slice()),
            (SigningAlgorithm::EdDSA, ["alg", "kid", "kty", "use", "crv", "x"].as_slice()),
        ] {
            let jwk = serde_json::to_value(key(1, algorithm).jwk()).unwrap();
            let found: BTreeSet<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(found, members.iter().copied().collect());
            assert_eq!((&jwk["alg"], &jwk["use"]), (&algorithm.as_str().into(), &"sig".into()));
        }
    }
}
