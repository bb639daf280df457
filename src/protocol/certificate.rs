//! What a certificate says, and to which authorities it leads (RFC 5280): parsed, never compared as text (SR-94).
//!
//! The server's layers have bounded what comes here. A certificate that cannot be read carries no name and leads
//! nowhere; why it does not is nobody's business but the log's.

mod distinguished_name;

use std::net::IpAddr;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

pub use self::distinguished_name::DistinguishedName;
use super::client::CertificateName;
use crate::clock::{Duration, Timestamp};
use crate::source::ClientCertificate;

/// The authorities whose certificates a realm takes from clients.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors(Vec<CertificateDer<'static>>);

/// A text that holds something else than certificates, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not certificates in PEM")]
pub struct NotCertificates;

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

    /// Whether a way leads from one of them to that certificate, which may be used by clients (RFC 5280 §4.2.1.12) and
    /// is valid now, as is all between.
    pub(crate) fn lead_to(&self, certificate: &ClientCertificate, now: Timestamp) -> bool {
        let Ok(seconds) = u64::try_from(now.seconds()) else { return false };
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let anchors: Vec<_> = self.0.iter().filter_map(|der| anchor_from_trusted_cert(der).ok()).collect();
        let between: Vec<_> = certificate.chain().iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let leaf = CertificateDer::from(certificate.der());
        EndEntityCert::try_from(&leaf).is_ok_and(|leaf| {
            let usage = KeyUsage::client_auth();
            leaf.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &between, now, usage, None, None).is_ok()
        })
    }
}

/// Whether that name is the certificate's (RFC 8705 §2.1.2).
pub(crate) fn carries(certificate: &ClientCertificate, name: &CertificateName) -> bool {
    let Ok((rest, read)) = X509Certificate::from_der(certificate.der()) else { return false };
    if !rest.is_empty() {
        return false;
    }
    if let CertificateName::SubjectDn(registered) = name {
        return DistinguishedName::of(read.subject()).as_ref() == Some(registered);
    }
    // Twice the same extension is no certificate (RFC 5280 §4.2), and the library says so.
    let names = read.subject_alternative_name().ok().flatten();
    names.is_some_and(|names| names.value.general_names.iter().any(|alternative| is(alternative, name)))
}

fn is(alternative: &GeneralName<'_>, name: &CertificateName) -> bool {
    match (alternative, name) {
        // RFC 4343: names of hosts are compared without case; a wildcard is no host.
        (GeneralName::DNSName(dns), CertificateName::Dns(registered)) => dns.eq_ignore_ascii_case(registered),
        (GeneralName::URI(uri), CertificateName::Uri(registered)) => uri == registered,
        (GeneralName::IPAddress(bytes), CertificateName::Ip(registered)) => ip(bytes) == Some(*registered),
        (GeneralName::RFC822Name(mail), CertificateName::Email(registered)) => is_mailbox(mail, registered),
        _ => false,
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// RFC 5280 §7.5: the host of a mailbox is compared without case, what stands before it exactly.
fn is_mailbox(mail: &str, registered: &str) -> bool {
    match (mail.rsplit_once('@'), registered.rsplit_once('@')) {
        (Some((local, host)), Some((other, other_host))) => local == other && host.eq_ignore_ascii_case(other_host),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
