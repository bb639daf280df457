//! What an authority signs besides certificates, `SIGNED{}` (RFC 5280 §4.1.1): lists of the revoked, answers of OCSP.
//!
//! What was signed is kept as it came, for the signature covers those very bytes and not what a library would write in
//! their place.

use rasn::prelude::{Any, AsnType, BitString, Decode, Decoder, SequenceOf};
use rasn_pkix::AlgorithmIdentifier;
use rustls::pki_types::CertificateDer;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert};

/// What was signed, how, the signature, and who made it.
#[derive(Debug, Clone, AsnType, Decode)]
pub struct Signed {
    message: Any,
    algorithm: AlgorithmIdentifier,
    signature: BitString,
    /// Certificates that come with it: of answers of OCSP only (RFC 6960 §4.2.1).
    #[rasn(tag(explicit(0)))]
    certificates: Option<SequenceOf<Any>>,
}

impl Signed {
    /// Reads it, in DER and with nothing behind it.
    pub fn read(der: &[u8]) -> Option<Self> {
        rasn::der::decode(der).ok()
    }

    /// The bytes that the signature covers.
    pub fn message(&self) -> &[u8] {
        self.message.as_bytes()
    }

    /// The certificates that came with it, whosever they are.
    pub fn certificates(&self) -> impl Iterator<Item = CertificateDer<'_>> {
        self.certificates.iter().flatten().map(|one| CertificateDer::from(one.as_bytes()))
    }

    /// Whether the key of that certificate made the signature, by one of the algorithms that certificates may be signed
    /// with here: nothing of SHA-1, no short key.
    pub fn is_by(&self, signer: &CertificateDer<'_>) -> bool {
        let (Ok(signer), Some(algorithm)) = (EndEntityCert::try_from(signer), self.algorithm()) else { return false };
        if !self.signature.len().is_multiple_of(8) {
            return false;
        }
        let signature = self.signature.as_raw_slice();
        let mut fitting = ALL_VERIFICATION_ALGS.iter().filter(|one| *one.signature_alg_id() == *algorithm);
        fitting.any(|one| signer.verify_signature(*one, self.message(), signature).is_ok())
    }

    /// The contents of the `AlgorithmIdentifier`, by which the verifier names its algorithms.
    fn algorithm(&self) -> Option<Vec<u8>> {
        let mut contents = rasn::der::encode(&self.algorithm.algorithm).ok()?;
        contents.extend_from_slice(self.algorithm.parameters.as_ref().map_or(&[], Any::as_bytes));
        Some(contents)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_upset_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let sequence = [&[0x30, 0x82, 1, 0], bytes.as_slice()].concat();
            prop_assert!(Signed::read(&bytes).is_none_or(|signed| !signed.is_by(&CertificateDer::from(bytes.as_slice()))));
            prop_assert!(Signed::read(&sequence).is_none_or(|signed| signed.message().len() < sequence.len()));
        }
    }
}
