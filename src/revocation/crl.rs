//! Lists of the revoked (RFC 5280 §5, §6.3.3): what one of them says of one certificate.
//!
//! Pure. Whole lists only, of the certificate's own issuer, for every reason: what is partial, for others or a
//! difference to an earlier list tells nothing. A list without a next update has no end and is none (RFC 5280 §5.1.2.5).

use rustls::pki_types::CertificateDer;
use webpki::{BorrowedCertRevocationList, CertRevocationList, EndEntityCert};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{
    DistributionPointName, GeneralName, IssuingDistributionPoint, ParsedExtension, X509Extension,
};
use x509_parser::oid_registry::OID_X509_EXT_ISSUER_DISTRIBUTION_POINT;
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;

use super::told::Told;
use crate::clock::Timestamp;
use crate::proofs::certificate::{Doubt, Standing};
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
    let (rest, parsed) = CertificateRevocationList::from_der(list).map_err(|_| Doubt::Unreadable)?;
    if !rest.is_empty() {
        return Err(Doubt::Unreadable);
    }
    // No indirect lists: whoever issued the certificate issues the list.
    let whose = read.issuer() == leaf.issuer() && read.issuer() == authority.subject();
    if !whose || !scope(&parsed)?.is_none_or(|scope| covers(scope, &of)) {
        return Err(Doubt::Elsewhere);
    }
    let signed = Signed::read(list).ok_or(Doubt::Unreadable)?;
    if !fields::signs_lists(&by) || !signed.is_by(issuer) {
        return Err(Doubt::Forged);
    }
    let next = parsed.next_update().ok_or(Doubt::Unreadable)?;
    let [since, until] = [parsed.last_update(), next].map(|time| Timestamp::from_seconds(time.timestamp()));
    let found = read.find_serial(leaf.serial()).map_err(|_| Doubt::Unreadable)?;
    let standing = found.map_or(Standing::Good, |entry| {
        let at = i64::try_from(entry.revocation_date.as_secs()).map_or(now, Timestamp::from_seconds);
        Standing::Revoked { at }
    });
    Told { standing, since, until }.at(now)
}

/// Whether that certificate is among those that the list is about (RFC 5280 §5.2.5, §6.3.3 (b)). Nothing is, if the
/// list is for some reasons only, for other issuers' certificates or for attributes.
fn covers(scope: &IssuingDistributionPoint<'_>, certificate: &X509Certificate<'_>) -> bool {
    let whole = scope.only_some_reasons.is_none() && !scope.indirect_crl && !scope.only_contains_attribute_certs;
    let kind = if certificate.is_ca() { !scope.only_contains_user_certs } else { !scope.only_contains_ca_certs };
    let addresses = fields::lists_at(certificate);
    let here = match &scope.distribution_point {
        None => true,
        Some(DistributionPointName::FullName(names)) => names.iter().any(|name| match name {
            GeneralName::URI(uri) => addresses.iter().any(|one| one == uri),
            _ => false,
        }),
        Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => false,
    };
    whole && kind && here
}

/// The `issuingDistributionPoint`, if there is one; an error if it does not read, or stands there twice.
fn scope<'a>(list: &'a CertificateRevocationList<'_>) -> Result<Option<&'a IssuingDistributionPoint<'a>>, Doubt> {
    let mut found = list.extensions().iter().filter(|one| one.oid == OID_X509_EXT_ISSUER_DISTRIBUTION_POINT);
    match (found.next().map(X509Extension::parsed_extension), found.next()) {
        (None, _) => Ok(None),
        (Some(ParsedExtension::IssuingDistributionPoint(scope)), None) => Ok(Some(scope)),
        _ => Err(Doubt::Unreadable),
    }
}
