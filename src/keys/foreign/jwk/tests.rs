//! Keys as others write them, good and bad; thumbprints as the standards print them.

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::keys::signing::tests::key;
use crate::protocol::client::SigningAlgorithm;

fn read(jwk: &Value) -> Result<PublicKey, JwkFault> {
    PublicKey::read(jwk.as_object().unwrap())
}

/// A P-256 key with those members changed.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut jwk = serde_json::to_value(key(1, SigningAlgorithm::ES256).jwk()).unwrap();
    for (name, value) in changes {
        jwk[*name] = value.clone();
    }
    jwk
}

#[test]
fn thumbprints_are_those_of_the_standards() {
    for (jwk, thumbprint) in [
        // RFC 7638 §3.1
        (
            json!({
                "kty": "RSA",
                "n": concat!(
                    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs",
                    "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI",
                    "SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
                ),
                "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"
            }),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        ),
        // RFC 8037, appendix A.3
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        ),
        // RFC 9449 §4.2, §6.1
        (
            json!({
                "kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
                "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"
            }),
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        ),
    ] {
        assert_eq!(read(&jwk).ok().unwrap().thumbprint().as_str(), thumbprint);
    }
}

#[test]
fn sr_153_a_key_is_used_as_it_says_and_as_its_type_allows() {
    use ClientAlgorithm::{ES256, ES384, EdDSA, HS256, PS256, RS256};

    let rsa = serde_json::to_value(key(2, SigningAlgorithm::PS256).jwk()).unwrap();
    let mut any_rsa = rsa.clone();
    any_rsa.as_object_mut().unwrap().remove("alg");
    let edwards = serde_json::to_value(key(3, SigningAlgorithm::EdDSA).jwk()).unwrap();
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let (_, point) = p384.public_key().as_ref().split_first().unwrap();
    let (x, y) = point.split_at(48);
    let p384 = json!({"kty": "EC", "crv": "P-384", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)});
    for (jwk, algorithms) in [
        (with(&[]), [ES256].as_slice()),
        (p384, &[ES384]),
        (rsa, &[PS256]),
        (any_rsa, &[RS256, PS256]),
        (edwards, &[EdDSA]),
        (with(&[("alg", "ES384".into())]), &[]),
        (with(&[("alg", "HS256".into())]), &[]),
        (with(&[("key_ops", json!(["verify"]))]), &[ES256]),
    ] {
        let key = read(&jwk).ok().unwrap();
        let fitting: Vec<_> =
            [RS256, PS256, ES256, ES384, EdDSA, HS256].into_iter().filter(|algorithm| key.fits(*algorithm)).collect();
        assert_eq!(fitting, algorithms, "{jwk}");
    }
}

#[test]
fn sr_153_a_key_whose_signatures_anybody_can_make_up_is_none() {
    for text in SMALL_ORDER {
        let mut point = URL_SAFE_NO_PAD.decode(text).unwrap();
        for _sign in 0..2 {
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&point)});
            assert_eq!(read(&jwk).err(), Some(JwkFault::Malformed), "{jwk}");
            point[31] ^= 0x80;
        }
    }
}

#[test]
fn sr_153_other_purposes_types_and_sizes_are_no_keys_for_us() {
    use JwkFault::{Malformed, Private, Unsupported};

    let rsa = |bytes: Vec<u8>, e: &str| json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(bytes), "e": e});
    let of_bits = |bits: usize| {
        let mut n = vec![0xff; bits.div_ceil(8)];
        n[0] >>= (8 - bits % 8) % 8;
        n
    };
    let x = with(&[])["x"].clone();
    let long = |text: &Value| {
        json!(
            URL_SAFE_NO_PAD.encode([&[0], URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap().as_slice()].concat())
        )
    };
    for (case, jwk, verdict) in [
        ("2048 bits", rsa(of_bits(2048), "AQAB"), None),
        ("8192 bits", rsa(of_bits(8192), "AQAB"), None),
        ("2047 bits", rsa(of_bits(2047), "AQAB"), Some(Malformed)),
        ("1024 bits", rsa(of_bits(1024), "AQAB"), Some(Malformed)),
        ("8200 bits", rsa(of_bits(8200), "AQAB"), Some(Malformed)),
        ("200,000 bits", rsa(of_bits(200_000), "AQAB"), Some(Malformed)),
        ("a leading zero", rsa([vec![0], of_bits(2048)].concat(), "AQAB"), Some(Malformed)),
        ("no modulus", rsa(Vec::new(), "AQAB"), Some(Malformed)),
        ("exponent 1", rsa(of_bits(2048), "AQ"), Some(Malformed)),
        ("exponent 0", rsa(of_bits(2048), "AA"), Some(Malformed)),
        ("an even exponent", rsa(of_bits(2048), "AQAA"), Some(Malformed)),
        ("no exponent", rsa(of_bits(2048), ""), Some(Malformed)),
        ("a long exponent", rsa(of_bits(2048), "AQABAQABAQAB"), Some(Malformed)),
        ("P-521", with(&[("crv", "P-521".into())]), Some(Unsupported)),
        ("secp256k1", with(&[("crv", "secp256k1".into())]), Some(Unsupported)),
        ("X25519", json!({"kty": "OKP", "crv": "X25519", "x": "AAAA"}), Some(Unsupported)),
        ("Ed448", json!({"kty": "OKP", "crv": "Ed448", "x": "AAAA"}), Some(Unsupported)),
        ("a type of tomorrow", json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}), Some(Unsupported)),
        ("no type", json!({"crv": "P-256"}), Some(Malformed)),
        ("for encryption", with(&[("use", "enc".into())]), Some(Unsupported)),
        ("use is a number", with(&[("use", 1.into())]), Some(Unsupported)),
        ("for signing", with(&[("key_ops", json!(["sign"]))]), Some(Unsupported)),
        ("key_ops is a text", with(&[("key_ops", "verify".into())]), Some(Malformed)),
        ("for key wrapping", with(&[("alg", "ECDH-ES".into())]), Some(Unsupported)),
        ("alg is none", with(&[("alg", "none".into())]), Some(Unsupported)),
        ("kid is a number", with(&[("kid", 1.into())]), Some(Malformed)),
        ("no point of the curve", with(&[("y", x.clone())]), Some(Malformed)),
        (
            "infinity",
            with(&[("x", URL_SAFE_NO_PAD.encode([0; 32]).into()), ("y", URL_SAFE_NO_PAD.encode([0; 32]).into())]),
            Some(Malformed),
        ),
        ("a long coordinate", with(&[("x", long(&x))]), Some(Malformed)),
        ("a short coordinate", with(&[("x", "AAAA".into())]), Some(Malformed)),
        ("a padded coordinate", with(&[("x", format!("{}=", x.as_str().unwrap()).into())]), Some(Malformed)),
        ("a short Ed25519 key", json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}), Some(Malformed)),
        ("private, EC", with(&[("d", "AAAA".into())]), Some(Private)),
        ("private, null", with(&[("d", Value::Null)]), Some(Private)),
        ("private, RSA", json!({"kty": "RSA", "n": "AAAA", "e": "AQAB", "p": "AAAA"}), Some(Private)),
        ("symmetric", json!({"kty": "oct", "k": "AAAA"}), Some(Private)),
        ("private, of tomorrow", json!({"kty": "AKP", "priv": "AAAA"}), Some(Private)),
    ] {
        assert_eq!(read(&jwk).err(), verdict, "{case}");
    }
}
