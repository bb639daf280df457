//! What an authority signs besides certificates, `SIGNED{}` (RFC 5280 §4.1.1): lists of the revoked, answers of OCSP.

use rustls::pki_types::CertificateDer;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert};

use super::der::{BIT_STRING, Reader, SEQUENCE};

/// What was signed, how, and the signature.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The bytes that the signature covers.
    pub message: &'a [u8],
    /// The contents of the `AlgorithmIdentifier`.
    algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Takes the three from where they stand, one behind the other; the reader goes on behind them.
    pub fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let message = reader.value().filter(|value| value.tag == SEQUENCE)?.whole;
        let algorithm = reader.take(SEQUENCE)?;
        let (unused, signature) = reader.take(BIT_STRING)?.split_first()?;
        (*unused == 0).then_some(Self { message, algorithm, signature })
    }

    /// Whether the key of that certificate made the signature, by one of the algorithms that certificates may be signed
    /// with here: nothing of SHA-1, no short key.
    pub fn is_by(&self, signer: &CertificateDer<'_>) -> bool {
        let Ok(signer) = EndEntityCert::try_from(signer) else { return false };
        let mut fitting = ALL_VERIFICATION_ALGS.iter().filter(|one| *one.signature_alg_id() == *self.algorithm);
        fitting.any(|one| signer.verify_signature(*one, self.message, self.signature).is_ok())
    }
}
