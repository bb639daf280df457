//! The Online Certificate Status Protocol (RFC 6960): the question about one certificate, and what the answer says.
//!
//! Pure. An answer counts when the issuer signed it, or somebody whom the issuer itself certified for that purpose
//! (RFC 6960 §4.2.2.2), when it is about this very certificate, and when it is of now. Responders that make their answers
//! ahead repeat no nonce (RFC 9654 §2.1): then its dates alone say how old it is.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rasn::types::{Any, Integer, ObjectIdentifier, OctetString};
use rasn_ocsp::{
    CertId, CertStatus, OcspRequest, OcspResponse, OcspResponseStatus, Request, ResponseData, SingleResponse,
    TbsRequest,
};
use rasn_pkix::{AlgorithmIdentifier, Extension};
use rustls::pki_types::{CertificateDer, UnixTime};
use sha2::{Digest as _, Sha256};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::certificate::X509Certificate;
use x509_parser::num_bigint::BigInt;

use super::told::{SKEW, Told};
use crate::clock::{Duration, Timestamp};
use crate::proofs::certificate::{Doubt, Standing};
use crate::x509::fields;
use crate::x509::signed::Signed;

/// id-pkix-ocsp-basic
const BASIC: [u32; 10] = [1, 3, 6, 1, 5, 5, 7, 48, 1, 1];
/// id-pkix-ocsp-nonce
const NONCE: [u32; 10] = [1, 3, 6, 1, 5, 5, 7, 48, 1, 2];
/// id-sha1: every responder knows it (RFC 5019 §2.1.1). It names the issuer, and protects nothing.
const SHA_1: [u32; 6] = [1, 3, 14, 3, 2, 26];
/// id-sha256
const SHA_256: [u32; 9] = [2, 16, 840, 1, 101, 3, 4, 2, 1];
/// id-kp-OCSPSigning, 1.3.6.1.5.5.7.3.9, as the verifier of paths wants it.
const SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 9];

/// The question whether `subject`, which `issuer` issued, is revoked.
pub fn question((subject, issuer): (&CertificateDer<'_>, &CertificateDer<'_>), nonce: &[u8; 32]) -> Option<Vec<u8>> {
    let (subject, issuer) = (fields::read(subject)?, fields::read(issuer)?);
    let null = Any::new(vec![5, 0]);
    let req_cert = CertId {
        hash_algorithm: AlgorithmIdentifier { algorithm: ObjectIdentifier::new(&SHA_1[..])?, parameters: Some(null) },
        issuer_name_hash: sha_1(issuer.subject().as_raw()).into(),
        issuer_key_hash: sha_1(&issuer.public_key().subject_public_key.data).into(),
        serial_number: serial(&subject),
    };
    let nonce = rasn::der::encode(&OctetString::from_slice(nonce)).ok()?;
    let nonce = Extension { extn_id: ObjectIdentifier::new(&NONCE[..])?, critical: false, extn_value: nonce.into() };
    let tbs_request = TbsRequest {
        version: Integer::from(0),
        requestor_name: None,
        request_list: vec![Request { req_cert, single_request_extensions: None }],
        request_extensions: Some(vec![nonce].into()),
    };
    rasn::der::encode(&OcspRequest { tbs_request, optional_signature: None }).ok()
}

fn sha_1(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

fn serial(certificate: &X509Certificate<'_>) -> Integer {
    Integer::from(BigInt::from_signed_bytes_be(certificate.raw_serial()))
}

/// What the answer says of `subject`; `nonce` is that of the question, where it was asked just now.
pub fn judge(
    answer: &[u8],
    (subject, issuer): (&CertificateDer<'_>, &CertificateDer<'_>),
    nonce: Option<&[u8; 32]>,
    now: Timestamp,
) -> Result<Told, Doubt> {
    let signed = Signed::read(&basic(answer)?).ok_or(Doubt::Unreadable)?;
    if !signed.is_by(issuer) && !is_by_delegate(&signed, issuer, now) {
        return Err(Doubt::Forged);
    }
    let content: ResponseData = rasn::der::decode(signed.message()).map_err(|_| Doubt::Unreadable)?;
    // RFC 9654 §2.1: a responder may leave the nonce out, and may not make up another.
    if let (Some(asked), Some(told)) = (nonce, told_nonce(&content))
        && asked.as_slice() != told.as_ref()
    {
        return Err(Doubt::Elsewhere);
    }
    let (Some(subject), Some(issuer)) = (fields::read(subject), fields::read(issuer)) else {
        return Err(Doubt::Unreadable);
    };
    let about = content.responses.iter().find(|one| is_about(&one.cert_id, &subject, &issuer));
    told(about.ok_or(Doubt::Elsewhere)?, now)
}

/// The basic answer in an `OCSPResponse`, if the responder had one (RFC 6960 §4.2.1).
fn basic(answer: &[u8]) -> Result<OctetString, Doubt> {
    let read: OcspResponse = rasn::der::decode(answer).map_err(|_| Doubt::Unreadable)?;
    if read.status != OcspResponseStatus::Successful {
        return Err(Doubt::NotTold);
    }
    let bytes = read.bytes.filter(|bytes| BASIC == bytes.r#type);
    bytes.map(|bytes| bytes.response).ok_or(Doubt::Unreadable)
}

/// RFC 6960 §4.2.2.2: certified by the very issuer, for signing answers, and valid now.
fn is_by_delegate(signed: &Signed, issuer: &CertificateDer<'_>, now: Timestamp) -> bool {
    /// More certificates than that are not looked at.
    const CERTIFICATES: usize = 4;
    let Ok(anchor) = anchor_from_trusted_cert(issuer) else { return false };
    let anchors = [anchor];
    let seconds = u64::try_from(now.seconds()).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    signed.certificates().take(CERTIFICATES).any(|delegate| {
        let read = EndEntityCert::try_from(&delegate);
        let usage = KeyUsage::required(SIGNING);
        read.is_ok_and(|read| {
            read.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &[], now, usage, None, None).is_ok()
        }) && signed.is_by(&delegate)
    })
}

fn told_nonce(content: &ResponseData) -> Option<OctetString> {
    let mut extensions = content.response_extensions.as_ref()?.iter();
    let value = &extensions.find(|extension| NONCE == extension.extn_id)?.extn_value;
    // Older responders repeat the octets without wrapping them once more.
    Some(rasn::der::decode(value).unwrap_or_else(|_| value.clone()))
}

/// What one of the answers says.
fn told(answer: &SingleResponse, now: Timestamp) -> Result<Told, Doubt> {
    let standing = match &answer.cert_status {
        CertStatus::Good => Standing::Good,
        CertStatus::Revoked(since) => {
            Standing::Revoked { at: Timestamp::from_seconds(since.revocation_time.timestamp()) }
        }
        CertStatus::Unknown(()) => return Err(Doubt::NotTold),
    };
    let since = Timestamp::from_seconds(answer.this_update.timestamp());
    match &answer.next_update {
        Some(next) => Told { standing, since, until: Timestamp::from_seconds(next.timestamp()) }.at(now),
        // RFC 6960 §4.2.2.1: without a next update newer word is always there, so that this one is of the moment.
        None if now >= since + SKEW => Err(Doubt::Stale),
        None => Told { standing, since, until: since + SKEW }.at(now),
    }
}

/// Whether a `CertID` is that of the certificate: issuer by name and key, and the serial number.
fn is_about(id: &CertId, subject: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let hashed = |bytes: &[u8]| match &id.hash_algorithm.algorithm {
        one if SHA_1 == *one => Some(sha_1(bytes)),
        one if SHA_256 == *one => Some(Sha256::digest(bytes).to_vec()),
        _ => None,
    };
    hashed(issuer.subject().as_raw()).is_some_and(|name| name == id.issuer_name_hash.as_ref())
        && hashed(&issuer.public_key().subject_public_key.data).is_some_and(|key| key == id.issuer_key_hash.as_ref())
        && id.serial_number == serial(subject)
}
