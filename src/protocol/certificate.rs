//! The one name in a certificate by which a client of ours is known (RFC 8705 §2.1.2): parsed, never compared as text
//! (SR-94). A certificate that cannot be read carries no name.

use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::client::CertificateName;
use crate::source::ClientCertificate;
use crate::x509::DistinguishedName;

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
