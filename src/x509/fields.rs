//! What stands in a certificate, as far as it is asked for: where its status is told, what its key may do.
//!
//! Extensions that stand there twice are none (RFC 5280 §4.2): the library says so, and they count as absent.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension, X509Extension};
use x509_parser::oid_registry::{
    OID_PKIX_ACCESS_DESCRIPTOR_OCSP, OID_PKIX_AUTHORITY_INFO_ACCESS, OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
};
use x509_parser::prelude::FromDer as _;

/// More addresses of one kind are not asked.
const ADDRESSES: usize = 4;

/// Reads a certificate in DER, with nothing behind it.
pub fn read(der: &[u8]) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(der).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, read)| read)
}

/// Where lists of the revoked are, `cRLDistributionPoints` (RFC 5280 §4.2.1.13): those of its own issuer, for every
/// reason. Only what HTTP can ask is listed.
pub fn lists_at(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extension = certificate.get_extension_unique(&OID_X509_EXT_CRL_DISTRIBUTION_POINTS).ok().flatten();
    let Some(ParsedExtension::CRLDistributionPoints(points)) = extension.map(X509Extension::parsed_extension) else {
        return Vec::new();
    };
    let whole = points.iter().filter(|point| point.reasons.is_none() && point.crl_issuer.is_none());
    let names = whole.filter_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    names.flatten().filter_map(address).take(ADDRESSES).collect()
}

/// Who answers for its status, `authorityInfoAccess` (RFC 5280 §4.2.2.1).
pub fn responders(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extension = certificate.get_extension_unique(&OID_PKIX_AUTHORITY_INFO_ACCESS).ok().flatten();
    let Some(ParsedExtension::AuthorityInfoAccess(access)) = extension.map(X509Extension::parsed_extension) else {
        return Vec::new();
    };
    let ocsp = access.iter().filter(|one| one.access_method == OID_PKIX_ACCESS_DESCRIPTOR_OCSP);
    ocsp.filter_map(|one| address(&one.access_location)).take(ADDRESSES).collect()
}

fn address(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::URI(uri) if uri.starts_with("http://") || uri.starts_with("https://") => Some((*uri).to_owned()),
        _ => None,
    }
}

/// Whether the key may sign lists of the revoked (RFC 5280 §4.2.1.3: without the extension it may do anything).
pub fn signs_lists(certificate: &X509Certificate<'_>) -> bool {
    certificate.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage.value.crl_sign()))
}
