//! What a client's certificate must be before anybody reads it: a key proven in the handshake, within bounds (SR-86).
//!
//! Nothing is said of whose it is. Realms have anchors of their own and RFC 8705 §2.2 clients sign their certificates
//! themselves, so any chain passes here, expired and foreign ones too, and is judged by whoever relies on it. What
//! passes the bounds is cheap to read (SR-94): they hold alike for what a proxy hands over.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use crate::source::ClientCertificate;

/// Certificates in a chain, the client's included: public authorities in Europe have two or three above a person.
const CERTIFICATES: usize = 6;
/// Bytes of all of them together.
const BYTES: usize = 32 * 1024;
/// Bytes of the client's key as a SubjectPublicKeyInfo: an RSA modulus of 8192 bits and what stands around it.
const KEY_BYTES: usize = 8192 / 8 + 40;

/// Judges that a client holds the key of the certificate that it shows, and asks for one without insisting.
#[derive(Debug)]
pub(super) struct Possession {
    algorithms: WebPkiSupportedAlgorithms,
}

impl Possession {
    pub(super) const fn new(provider: &CryptoProvider) -> Self {
        Self { algorithms: provider.signature_verification_algorithms }
    }
}

/// What a client shows, if it keeps the bounds.
pub(super) fn bounded(leaf: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<ClientCertificate, Error> {
    let bytes: usize = others.iter().map(|one| one.len()).sum::<usize>() + leaf.len();
    if others.len() >= CERTIFICATES || bytes > BYTES {
        return Err(CertificateError::ApplicationVerificationFailure.into());
    }
    let key = ParsedCertificate::try_from(leaf)?.subject_public_key_info();
    if key.len() > KEY_BYTES {
        return Err(CertificateError::ApplicationVerificationFailure.into());
    }
    Ok(ClientCertificate::new(leaf, others.iter().map(|one| one.to_vec()).collect()))
}

impl ClientCertVerifier for Possession {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    /// No hint: which authorities count is the realm's to say, and self-signed certificates have none.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        bounded(leaf, others).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, Issuer, KeyPair, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm};

    use super::*;

    /// An RSA key of that many bits, as far as a certificate shows it: RSAPublicKey (RFC 8017 §A.1.1), exponent 65537.
    struct RsaOf(Vec<u8>);

    impl RsaOf {
        fn bits(bits: usize) -> Self {
            let modulus = [vec![0, 0xff], vec![0xff; bits / 8 - 1]].concat();
            let length = |bytes: usize| [vec![0x82], u16::try_from(bytes).unwrap().to_be_bytes().to_vec()].concat();
            let integer = [vec![2], length(modulus.len()), modulus, vec![2, 3, 1, 0, 1]].concat();
            Self([vec![0x30], length(integer.len()), integer].concat())
        }
    }

    impl PublicKeyData for RsaOf {
        fn der_bytes(&self) -> &[u8] {
            &self.0
        }

        fn algorithm(&self) -> &'static SignatureAlgorithm {
            &PKCS_RSA_SHA256
        }
    }

    fn issued(key: &impl PublicKeyData) -> CertificateDer<'static> {
        let authority = Issuer::new(CertificateParams::default(), KeyPair::generate().unwrap());
        CertificateParams::default().signed_by(key, &authority).unwrap().der().clone()
    }

    #[test]
    fn sr_94_keys_and_chains_are_bounded() {
        let leaf = issued(&KeyPair::generate().unwrap());
        let other = |bytes| CertificateDer::from(vec![0x30; bytes]);
        for (leaf, others, taken) in [
            (leaf.clone(), vec![], true),
            (issued(&RsaOf::bits(4096)), vec![], true),
            (issued(&RsaOf::bits(8192)), vec![], true),
            (issued(&RsaOf::bits(8448)), vec![], false),
            (issued(&RsaOf::bits(65536)), vec![], false),
            (leaf.clone(), vec![other(1000); 5], true),
            (leaf.clone(), vec![other(1000); 6], false),
            (leaf.clone(), vec![other(32_768 - leaf.len())], true),
            (leaf.clone(), vec![other(32_769 - leaf.len())], false),
            (other(1000), vec![], false),
            (CertificateDer::from([leaf.as_ref(), &[0]].concat()), vec![], false),
        ] {
            let shown = (leaf.len(), others.iter().map(|one| one.len()).collect::<Vec<_>>());
            assert_eq!(bounded(&leaf, &others).is_ok(), taken, "{shown:?}");
        }
    }
}
