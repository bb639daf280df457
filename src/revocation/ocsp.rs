//! The Online Certificate Status Protocol (RFC 6960): the question about one certificate, and what the answer says.
//!
//! Pure. An answer counts when the issuer signed it, or somebody whom the issuer itself certified for that purpose
//! (RFC 6960 §4.2.2.2), when it is about this very certificate, and when it is of now. Responders that make their answers
//! ahead repeat no nonce (RFC 9654 §2.1): then its dates alone say how old it is.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::pki_types::{CertificateDer, UnixTime};
use sha2::{Digest as _, Sha256};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::told::{SKEW, Told, moment};
use crate::clock::{Duration, Timestamp};
use crate::proofs::certificate::{Doubt, Standing};
use crate::x509::der::{
    ENUMERATED, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, context, value,
};
use crate::x509::fields;
use crate::x509::signed::Signed;

/// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1
const BASIC: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1];
/// id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2
const NONCE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
/// id-kp-OCSPSigning, 1.3.6.1.5.5.7.3.9
const SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 9];
/// id-sha1: every responder knows it (RFC 5019 §2.1.1). It names the issuer, and protects nothing.
const SHA_1: &[u8] = &[0x2b, 0x0e, 3, 2, 0x1a];
/// id-sha256
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

/// The question whether `subject`, which `issuer` issued, is revoked.
pub fn question((subject, issuer): (&CertificateDer<'_>, &CertificateDer<'_>), nonce: &[u8; 32]) -> Option<Vec<u8>> {
    let (subject, issuer) = (fields::read(subject)?, fields::read(issuer)?);
    let hashed = |bytes: &[u8]| value(OCTET_STRING, &[digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref()]);
    let algorithm = value(SEQUENCE, &[&value(OBJECT_IDENTIFIER, &[SHA_1]), &[5, 0]]);
    let name = hashed(issuer.subject().as_raw());
    let key = hashed(&issuer.public_key().subject_public_key.data);
    let id = value(SEQUENCE, &[&algorithm, &name, &key, &value(INTEGER, &[subject.raw_serial()])]);
    let list = value(SEQUENCE, &[&value(SEQUENCE, &[&id])]);
    let nonce = value(OCTET_STRING, &[&value(OCTET_STRING, &[nonce])]);
    let extension = value(SEQUENCE, &[&value(OBJECT_IDENTIFIER, &[NONCE]), &nonce]);
    let extensions = value(context(2), &[&value(SEQUENCE, &[&extension])]);
    Some(value(SEQUENCE, &[&value(SEQUENCE, &[&list, &extensions])]))
}

/// What the answer says of `subject`; `nonce` is that of the question, where it was asked just now.
pub fn judge(
    answer: &[u8],
    (subject, issuer): (&CertificateDer<'_>, &CertificateDer<'_>),
    nonce: Option<&[u8; 32]>,
    now: Timestamp,
) -> Result<Told, Doubt> {
    let basic = basic(answer)?;
    let mut reader = Reader::new(Reader::alone(basic, SEQUENCE).ok_or(Doubt::Unreadable)?);
    let signed = Signed::read(&mut reader).ok_or(Doubt::Unreadable)?;
    let charged = reader.optional(context(0)).and_then(|list| Reader::alone(list, SEQUENCE));
    if !reader.is_done() {
        return Err(Doubt::Unreadable);
    }
    if !signed.is_by(issuer) && !is_by_delegate(&signed, charged.unwrap_or_default(), issuer, now) {
        return Err(Doubt::Forged);
    }
    let content = content(signed.message).ok_or(Doubt::Unreadable)?;
    // RFC 9654 §2.1: a responder may leave the nonce out, and may not make up another.
    if let (Some(asked), Some(told)) = (nonce, content.nonce)
        && asked.as_slice() != told
    {
        return Err(Doubt::Elsewhere);
    }
    let mut answers = Reader::new(content.answers);
    while let Some(one) = answers.take(SEQUENCE) {
        let one = single(one).ok_or(Doubt::Unreadable)?;
        if is_about(one.id, subject, issuer).ok_or(Doubt::Unreadable)? {
            return one.told(now);
        }
    }
    Err(Doubt::Elsewhere)
}

/// `OCSPResponse`: the basic answer in it, if the responder had one (RFC 6960 §4.2.1).
fn basic(answer: &[u8]) -> Result<&[u8], Doubt> {
    let mut reader = Reader::new(Reader::alone(answer, SEQUENCE).ok_or(Doubt::Unreadable)?);
    if reader.take(ENUMERATED).ok_or(Doubt::Unreadable)? != [0] {
        return Err(Doubt::NotTold);
    }
    let bytes = reader.take(context(0)).and_then(|bytes| Reader::alone(bytes, SEQUENCE)).ok_or(Doubt::Unreadable)?;
    let mut bytes = Reader::new(bytes);
    if bytes.take(OBJECT_IDENTIFIER) != Some(BASIC) {
        return Err(Doubt::Unreadable);
    }
    bytes.take(OCTET_STRING).ok_or(Doubt::Unreadable)
}

/// RFC 6960 §4.2.2.2: certified by the very issuer, for signing answers, and valid now.
fn is_by_delegate(signed: &Signed<'_>, charged: &[u8], issuer: &CertificateDer<'_>, now: Timestamp) -> bool {
    /// More certificates than that are not looked at.
    const CERTIFICATES: usize = 4;
    let Ok(anchor) = anchor_from_trusted_cert(issuer) else { return false };
    let (anchors, mut reader) = ([anchor], Reader::new(charged));
    let seconds = u64::try_from(now.seconds()).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let certificates = std::iter::from_fn(|| reader.value()).take(CERTIFICATES);
    certificates.map(|one| CertificateDer::from(one.whole)).any(|delegate| {
        let read = EndEntityCert::try_from(&delegate);
        let usage = KeyUsage::required(SIGNING);
        read.is_ok_and(|read| {
            read.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &[], now, usage, None, None).is_ok()
        }) && signed.is_by(&delegate)
    })
}

/// `ResponseData`
struct Content<'a> {
    answers: &'a [u8],
    nonce: Option<&'a [u8]>,
}

fn content(message: &[u8]) -> Option<Content<'_>> {
    let mut reader = Reader::new(Reader::alone(message, SEQUENCE)?);
    reader.optional(context(0)); // version
    reader.value()?; // responderID: the signature has told who it is
    reader.take(GENERALIZED_TIME)?; // producedAt
    let answers = reader.take(SEQUENCE)?;
    let extensions = match reader.optional(context(1)) {
        Some(extensions) => Reader::alone(extensions, SEQUENCE)?,
        None => &[],
    };
    Some(Content { answers, nonce: nonce(extensions) })
}

fn nonce(extensions: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(extensions);
    std::iter::from_fn(|| reader.take(SEQUENCE)).find_map(|extension| {
        let mut extension = Reader::new(extension);
        let id = extension.take(OBJECT_IDENTIFIER)?;
        extension.optional(1); // critical
        let contents = extension.take(OCTET_STRING).filter(|_| id == NONCE)?;
        // Older responders repeat the octets without wrapping them once more.
        Some(Reader::alone(contents, OCTET_STRING).unwrap_or(contents))
    })
}

/// `SingleResponse`
struct Single<'a> {
    id: &'a [u8],
    /// `None`: the responder does not know the certificate.
    standing: Option<Standing>,
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Single<'_> {
    fn told(&self, now: Timestamp) -> Result<Told, Doubt> {
        let standing = self.standing.ok_or(Doubt::NotTold)?;
        // RFC 6960 §4.2.2.1: without a next update newer word is always there, so that this one is of the moment.
        let until = self.until.unwrap_or(self.since + SKEW);
        let told = Told { standing, since: self.since, until };
        if self.until.is_none() && now >= until { Err(Doubt::Stale) } else { told.at(now) }
    }
}

fn single(answer: &[u8]) -> Option<Single<'_>> {
    let mut reader = Reader::new(answer);
    let id = reader.take(SEQUENCE)?;
    let status = reader.value()?;
    let standing = match status.tag {
        0x80 => Some(Standing::Good),
        0xa1 => Some(Standing::Revoked { at: moment(Reader::new(status.contents).value()?)? }),
        0x82 => None,
        _ => return None,
    };
    let since = moment(reader.value()?)?;
    let until = match reader.optional(context(0)) {
        Some(next) => Some(moment(Reader::new(next).value()?)?),
        None => None,
    };
    Some(Single { id, standing, since, until })
}

/// Whether a `CertID` is that of the certificate: issuer by name and key, and the serial number.
fn is_about(id: &[u8], subject: &CertificateDer<'_>, issuer: &CertificateDer<'_>) -> Option<bool> {
    let mut reader = Reader::new(id);
    let algorithm = Reader::new(reader.take(SEQUENCE)?).take(OBJECT_IDENTIFIER)?;
    let hashed = |bytes: &[u8]| match algorithm {
        SHA_1 => Some(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()),
        SHA_256 => Some(Sha256::digest(bytes).to_vec()),
        _ => None,
    };
    let (name, key, serial) = (reader.take(OCTET_STRING)?, reader.take(OCTET_STRING)?, reader.take(INTEGER)?);
    let (subject, issuer) = (fields::read(subject)?, fields::read(issuer)?);
    Some(
        hashed(issuer.subject().as_raw()).as_deref() == Some(name)
            && hashed(&issuer.public_key().subject_public_key.data).as_deref() == Some(key)
            && subject.raw_serial() == serial,
    )
}
