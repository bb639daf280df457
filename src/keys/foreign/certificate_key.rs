//! The key in a client's certificate, by the name that it has as a JWK, so that it can be found among registered ones.
//!
//! A key of a kind that no JWK of ours could be has no name, and is nobody's (RFC 8705 §2.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::jwk::PublicKey;
use crate::protocol::thumbprint::Thumbprint;
use crate::source::ClientCertificate;

/// RFC 5480 §2.1.1.1.
const P256: &str = "1.2.840.10045.3.1.7";
/// RFC 5480 §2.1.1.1.
const P384: &str = "1.3.132.0.34";
/// RFC 8410 §3.
const ED25519: &str = "1.3.101.112";

/// The thumbprint of that certificate's key.
pub(crate) fn thumbprint(certificate: &ClientCertificate) -> Option<Thumbprint> {
    let (_, read) = X509Certificate::from_der(certificate.der()).ok()?;
    let jwk = jwk(read.public_key())?;
    PublicKey::read(jwk.as_object()?).ok().map(|key| key.thumbprint().clone())
}

fn jwk(key: &SubjectPublicKeyInfo<'_>) -> Option<Value> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match key.parsed().ok()? {
        public_key::PublicKey::RSA(rsa) => {
            Some(json!({"kty": "RSA", "n": text(unsigned(rsa.modulus)), "e": text(unsigned(rsa.exponent))}))
        }
        public_key::PublicKey::EC(point) => {
            let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?.to_id_string();
            let crv = [(P256, "P-256"), (P384, "P-384")].into_iter().find(|(oid, _)| *oid == curve)?.1;
            // SEC 1 §2.3.3: 0x04, then both coordinates; compressed points are not for certificates (RFC 5480 §2.2).
            let both = point.data().strip_prefix(&[4])?;
            let (x, y) = both.split_at(both.len() / 2);
            Some(json!({"kty": "EC", "crv": crv, "x": text(x), "y": text(y)}))
        }
        public_key::PublicKey::Unknown(bytes) if key.algorithm.algorithm.to_id_string() == ED25519 => {
            Some(json!({"kty": "OKP", "crv": "Ed25519", "x": text(bytes)}))
        }
        _ => None,
    }
}

/// DER puts a zero before a number whose first bit is set; a JWK does not (RFC 7518 §6.3.1.1).
fn unsigned(number: &[u8]) -> &[u8] {
    number.strip_prefix(&[0]).unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use rcgen::{
        CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512,
        PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData as _,
    };

    use super::*;

    fn certified(key: &KeyPair) -> ClientCertificate {
        ClientCertificate::new(CertificateParams::default().self_signed(key).unwrap().der(), Vec::new())
    }

    #[test]
    fn rfc_8705_a_certificates_key_has_the_name_of_its_jwk() {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        for (algorithm, crv) in [(&PKCS_ECDSA_P256_SHA256, "P-256"), (&PKCS_ECDSA_P384_SHA384, "P-384")] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let (x, y) = key.der_bytes()[1..].split_at((key.der_bytes().len() - 1) / 2);
            let canonical = format!(r#"{{"crv":"{crv}","kty":"EC","x":"{}","y":"{}"}}"#, text(x), text(y));
            assert_eq!(thumbprint(&certified(&key)), Some(Thumbprint::of(&canonical)));
        }
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(key.der_bytes()));
        assert_eq!(thumbprint(&certified(&key)), Some(Thumbprint::of(&canonical)));
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        // RSAPublicKey of 2048 bits (RFC 8017 §A.1.1): nine bytes stand before the modulus, five after it.
        let modulus = &key.der_bytes()[9..9 + 256];
        let canonical = format!(r#"{{"e":"AQAB","kty":"RSA","n":"{}"}}"#, text(modulus));
        assert_eq!(thumbprint(&certified(&key)), Some(Thumbprint::of(&canonical)));
    }

    #[test]
    fn keys_that_no_jwk_of_ours_could_be_have_no_name() {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        assert_eq!(thumbprint(&certified(&key)), None);
        assert_eq!(thumbprint(&ClientCertificate::new(b"no certificate", Vec::new())), None);
    }
}
