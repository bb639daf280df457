//! Lists of the revoked (RFC 5280 §5, §6.3.3): what one of them says of one certificate.
//!
//! Pure. Whole lists only, of the certificate's own issuer, for every reason: what is partial, for others or a
//! difference to an earlier list tells nothing. A list without a next update has no end and is none (RFC 5280 §5.1.2.5).

use rustls::pki_types::CertificateDer;
use webpki::{BorrowedCertRevocationList, CertRevocationList, EndEntityCert};
use x509_parser::certificate::X509Certificate;

use super::told::{Told, moment};
use crate::clock::Timestamp;
use crate::proofs::certificate::{Doubt, Standing};
use crate::x509::der::{INTEGER, Reader, SEQUENCE, context};
use crate::x509::fields;
use crate::x509::list::LONGEST;
use crate::x509::signed::Signed;

/// What the list says of `subject`, which `issuer` issued.
pub fn judge(
    list: &[u8],
    (subject, issuer): (&CertificateDer<'_>, &CertificateDer<'_>),
    now: Timestamp,
) -> Result<Told, Doubt> {
    if list.len() > LONGEST {
        return Err(Doubt::Unreadable);
    }
    let read: CertRevocationList<'_> =
        BorrowedCertRevocationList::from_der(list).map_err(|_| Doubt::Unreadable)?.into();
    let parties = (EndEntityCert::try_from(subject), EndEntityCert::try_from(issuer));
    let (Ok(leaf), Ok(authority)) = parties else { return Err(Doubt::Unreadable) };
    let (Some(of), Some(by)) = (fields::read(subject), fields::read(issuer)) else { return Err(Doubt::Unreadable) };
    // No indirect lists: whoever issued the certificate issues the list.
    if read.issuer() != leaf.issuer() || read.issuer() != authority.subject() || !covers(&read, &of) {
        return Err(Doubt::Elsewhere);
    }
    let mut reader = Reader::new(Reader::alone(list, SEQUENCE).ok_or(Doubt::Unreadable)?);
    let signed = Signed::read(&mut reader).ok_or(Doubt::Unreadable)?;
    if !fields::signs_lists(&by) || !signed.is_by(issuer) {
        return Err(Doubt::Forged);
    }
    let (since, until) = dates(signed.message).ok_or(Doubt::Unreadable)?;
    let found = read.find_serial(leaf.serial()).map_err(|_| Doubt::Unreadable)?;
    let standing = found.map_or(Standing::Good, |entry| {
        let at = i64::try_from(entry.revocation_date.as_secs()).map_or(now, Timestamp::from_seconds);
        Standing::Revoked { at }
    });
    Told { standing, since, until }.at(now)
}

/// `thisUpdate` and `nextUpdate` of a `TBSCertList` (RFC 5280 §5.1).
fn dates(message: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let mut reader = Reader::new(Reader::alone(message, SEQUENCE)?);
    reader.optional(INTEGER);
    reader.take(SEQUENCE)?; // signature
    reader.take(SEQUENCE)?; // issuer
    Some((moment(reader.value()?)?, moment(reader.value()?)?))
}

/// Whether that certificate is among those that the list is about (RFC 5280 §5.2.5, §6.3.3 (b)).
fn covers(list: &CertRevocationList<'_>, certificate: &X509Certificate<'_>) -> bool {
    let Some(extension) = list.issuing_distribution_point() else { return true };
    scope(extension).is_some_and(|scope| scope.covers(certificate))
}

/// An `IssuingDistributionPoint`, as far as it is understood here.
struct Scope<'a> {
    /// Where the list is, when it says so.
    at: Option<Vec<&'a [u8]>>,
    users_only: bool,
    authorities_only: bool,
}

impl Scope<'_> {
    fn covers(&self, certificate: &X509Certificate<'_>) -> bool {
        let kind = if certificate.is_ca() { !self.users_only } else { !self.authorities_only };
        let named = fields::lists_at(certificate);
        let here = self.at.as_ref().is_none_or(|at| named.iter().any(|one| at.contains(&one.as_bytes())));
        kind && here
    }
}

/// Nothing if the list is for some reasons only, for other issuers' certificates or for attributes.
fn scope(extension: &[u8]) -> Option<Scope<'_>> {
    const URI: u8 = 0x86;
    let boolean = |number: u8| 0x80 | number;
    let mut reader = Reader::new(Reader::alone(extension, SEQUENCE)?);
    let at = match reader.optional(context(0)) {
        None => None,
        Some(name) => {
            let mut names = Reader::new(Reader::alone(name, context(0))?);
            let mut found = Vec::new();
            while let Some(name) = names.value() {
                if name.tag == URI {
                    found.push(name.contents);
                }
            }
            Some(found)
        }
    };
    let users_only = reader.optional(boolean(1)).is_some_and(is_true);
    let authorities_only = reader.optional(boolean(2)).is_some_and(is_true);
    reader.is_done().then_some(Scope { at, users_only, authorities_only })
}

/// X.690 §11.1
fn is_true(boolean: &[u8]) -> bool {
    boolean != [0]
}
