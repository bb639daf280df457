//! The authorities that a realm trusts, and the ways that lead from one of them to a certificate (RFC 5280 §6.1).
//!
//! Only listed authorities count, never the machine's (SR-86); any certificate may be listed, so that an operator can
//! trust one issuing authority and not its sisters. The library walks the paths, within its own bounds on depth and on
//! signatures to check (SR-94).

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, Error, KeyUsage, VerifiedPath, anchor_from_trusted_cert};

use crate::clock::{Duration, Timestamp};
use crate::source::ClientCertificate;

/// The authorities whose certificates a realm takes.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors(Vec<CertificateDer<'static>>);

/// A text that holds something else than certificates, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not certificates in PEM")]
pub struct NotCertificates;

/// Why no way leads to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPath {
    /// It, or one above it, is no longer valid.
    Expired,
    /// It, or one above it, is not valid yet.
    NotYetValid,
    /// It is an authority's own.
    Authority,
    /// It, or one above it, is not for clients (RFC 5280 §4.2.1.12).
    Usage,
    /// It cannot be read, or says something that has to be understood and is not.
    Unreadable,
    /// No listed authority is at its end.
    UnknownIssuer,
}

/// A way from a certificate to a listed authority: every signature, date and constraint on it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationPath(Vec<CertificateDer<'static>>);

impl CertificationPath {
    /// Each certificate of the way with that of its issuer, the client's own first.
    pub fn links(&self) -> impl Iterator<Item = (&CertificateDer<'static>, &CertificateDer<'static>)> {
        self.0.iter().zip(self.0.iter().skip(1))
    }
}

impl TrustAnchors {
    /// Reads a file of authorities in PEM, one or several.
    pub fn read(pem: &str) -> Result<Self, NotCertificates> {
        let listed = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
        let listed = listed.map_err(|_| NotCertificates)?;
        let every = pem.matches("-----BEGIN ").count() == listed.len();
        let sound = every && !listed.is_empty() && listed.iter().all(|der| anchor_from_trusted_cert(der).is_ok());
        if sound { Ok(Self(listed)) } else { Err(NotCertificates) }
    }

    /// Takes in those of another file.
    pub fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The certificates themselves.
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.0
    }

    /// Whether a way leads from one of them to that certificate.
    pub(crate) fn lead_to(&self, certificate: &ClientCertificate, now: Timestamp) -> bool {
        self.path_to(certificate.der(), certificate.chain(), now).is_ok()
    }

    /// The way from one of them to that certificate, by way of some of the others: it may be used by clients (RFC 5280
    /// §4.2.1.12) and is valid now, as is all between.
    pub fn path_to(&self, leaf: &[u8], others: &[Vec<u8>], now: Timestamp) -> Result<CertificationPath, NoPath> {
        let seconds = u64::try_from(now.seconds()).map_err(|_| NoPath::NotYetValid)?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let anchors: Vec<_> = self.0.iter().filter_map(|der| anchor_from_trusted_cert(der).ok()).collect();
        let between: Vec<_> = others.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let der = CertificateDer::from(leaf);
        let leaf = EndEntityCert::try_from(&der).map_err(|_| NoPath::Unreadable)?;
        let usage = KeyUsage::client_auth();
        let path = leaf.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &between, now, usage, None, None);
        self.written(der.clone().into_owned(), &path.map_err(|error| NoPath::of(&error))?)
    }

    /// The library knows an anchor by its name and key; the operator listed a certificate that has both.
    fn written(&self, leaf: CertificateDer<'static>, path: &VerifiedPath<'_>) -> Result<CertificationPath, NoPath> {
        let is_it = |der: &&CertificateDer<'static>| anchor_from_trusted_cert(der).as_ref() == Ok(path.anchor());
        let anchor = self.0.iter().find(is_it).ok_or(NoPath::UnknownIssuer)?;
        let between = path.intermediate_certificates().map(|above| above.der().into_owned());
        Ok(CertificationPath([leaf].into_iter().chain(between).chain([anchor.clone()]).collect()))
    }
}

impl NoPath {
    /// The library tells the most telling of the reasons that it met.
    fn of(error: &Error) -> Self {
        match error {
            Error::CertExpired { .. } => Self::Expired,
            Error::CertNotValidYet { .. } => Self::NotYetValid,
            Error::CaUsedAsEndEntity => Self::Authority,
            Error::RequiredEkuNotFoundContext(_) => Self::Usage,
            Error::BadDer | Error::BadDerTime | Error::UnsupportedCriticalExtension | Error::TrailingData(_) => {
                Self::Unreadable
            }
            _ => Self::UnknownIssuer,
        }
    }
}
