//! What is fetched, and what may come back: its kinds, its length, how long it is good (SR-168).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use sha2::{Digest as _, Sha256};

use crate::clock::{Duration, hours, minutes};

/// What a document is fetched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A client's public keys: `jwks_uri` (RFC 7591 §2).
    Jwks,
    /// An authorization request by reference: `request_uri` (RFC 9101 §5.2, OpenID Connect Core §6.2).
    RequestObject,
    /// The redirect addresses that share subjects: `sector_identifier_uri` (OpenID Connect Core §8.1).
    SectorIdentifiers,
    /// A client's picture: `logo_uri` (RFC 7591 §2).
    Logo,
    /// A list of revoked certificates (RFC 5280 §4.2.1.13).
    RevocationList,
    /// The status of one certificate (RFC 6960).
    CertificateStatus,
}

impl Purpose {
    /// The label of the figures.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Jwks => "jwks",
            Self::RequestObject => "request_object",
            Self::SectorIdentifiers => "sector_identifiers",
            Self::Logo => "logo",
            Self::RevocationList => "revocation_list",
            Self::CertificateStatus => "certificate_status",
        }
    }

    /// The kinds that are taken. A request object is one by RFC 9101 §10.2, a JWT by RFC 7519 §10.3.1 and a JWS by
    /// RFC 7515 §9.2.1, and servers say each of the three; `text/plain` is what pages of errors are made of. An SVG
    /// is a program, and no picture (SR-119).
    pub(super) const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Jwks => &["application/jwk-set+json", "application/json"],
            Self::RequestObject => &["application/oauth-authz-req+jwt", "application/jwt", "application/jose"],
            Self::SectorIdentifiers => &["application/json"],
            Self::Logo => &["image/png", "image/jpeg", "image/webp"],
            // RFC 2585 §4.2 has the first; servers that do not know the ending say one of the others.
            Self::RevocationList => &[
                "application/pkix-crl",
                "application/x-pkcs7-crl",
                "application/x-x509-crl",
                "application/octet-stream",
            ],
            Self::CertificateStatus => &["application/ocsp-response"],
        }
    }

    /// Bytes of the longest document.
    pub(super) const fn longest(self) -> usize {
        match self {
            Self::Jwks => 512 * 1024,
            Self::RequestObject | Self::SectorIdentifiers | Self::Logo | Self::CertificateStatus => 64 * 1024,
            Self::RevocationList => 8 * 1024 * 1024,
        }
    }

    /// How long somebody who waits for it will wait, where that is less than any request may take.
    pub(super) const fn patience(self) -> Duration {
        match self {
            Self::CertificateStatus => Duration::from_secs(2),
            _ => Duration::MAX,
        }
    }

    /// Whether it may come in the clear: what authorities publish is signed, and is published so since to verify TLS one
    /// may have to read it first (RFC 5280 §8).
    pub(super) const fn is_signed(self) -> bool {
        matches!(self, Self::RevocationList | Self::CertificateStatus)
    }

    /// Whether an answer's headers announce what is expected, as it is: we ask for nothing packed, and unpack nothing.
    pub(super) fn is_announced(self, headers: &HeaderMap) -> bool {
        let mut kinds = headers.get_all(CONTENT_TYPE).iter();
        let (Some(kind), None) = (kinds.next().and_then(|kind| kind.to_str().ok()), kinds.next()) else { return false };
        // Parameters such as `charset` change nothing: all of these kinds say themselves how they are read.
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let packed =
            headers.get_all(CONTENT_ENCODING).iter().any(|how| !how.as_bytes().eq_ignore_ascii_case(b"identity"));
        !packed && self.kinds().iter().any(|known| known.eq_ignore_ascii_case(kind))
    }

    /// How long a document is good without being asked for again; `fragment` is that of its address.
    ///
    /// A request object may be another one the next time, unless its address says by the fragment what it hashes to
    /// (OpenID Connect Core §6.2).
    pub(super) fn lifetime(self, fragment: Option<&str>, body: &[u8]) -> Duration {
        match self {
            Self::Jwks => minutes(10),
            Self::RequestObject if fragment == Some(&URL_SAFE_NO_PAD.encode(Sha256::digest(body))) => hours(1),
            Self::SectorIdentifiers | Self::Logo => hours(1),
            // What tells of revocations is kept in the database, until it no longer holds.
            Self::RequestObject | Self::RevocationList | Self::CertificateStatus => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_168_each_purpose_takes_its_own_kinds() {
        use Purpose::{Jwks, Logo, RequestObject, SectorIdentifiers};
        for (purpose, kinds, packed, taken) in [
            (Jwks, &["application/json"] as &[&str], None, true),
            (Jwks, &["Application/JWK-Set+JSON; charset=utf-8"], None, true),
            (Jwks, &["application/json"], Some("identity"), true),
            (Jwks, &["application/json"], Some("gzip"), false),
            (Jwks, &["application/json", "text/html"], None, false),
            (Jwks, &[], None, false),
            (Jwks, &["text/html"], None, false),
            (Jwks, &["text/plain; application/json"], None, false),
            (Jwks, &["application/jsonp"], None, false),
            (RequestObject, &["application/oauth-authz-req+jwt"], None, true),
            (RequestObject, &["application/jwt;charset=UTF-8"], None, true),
            (RequestObject, &["application/jose"], None, true),
            (RequestObject, &["application/json"], None, false),
            (RequestObject, &["text/plain"], None, false),
            (SectorIdentifiers, &["application/json"], None, true),
            (SectorIdentifiers, &["application/jwk-set+json"], None, false),
            (Logo, &["image/png"], None, true),
            (Logo, &["image/svg+xml"], None, false),
        ] {
            let kinds = kinds.iter().map(|kind| (CONTENT_TYPE, kind.parse().unwrap()));
            let packed = packed.iter().map(|how| (CONTENT_ENCODING, how.parse().unwrap()));
            let mut headers = HeaderMap::new();
            kinds.chain(packed).for_each(|(name, value)| _ = headers.append(name, value));
            assert_eq!(purpose.is_announced(&headers), taken, "{purpose:?}: {headers:?}");
        }
    }

    #[test]
    fn a_request_object_is_kept_only_where_its_address_says_what_it_is() {
        let hash = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"; // SHA-256 of "abc", FIPS 180-2 appendix B.1
        for (fragment, kept) in [(Some(hash), true), (Some("else"), false), (None, false)] {
            assert_eq!(Purpose::RequestObject.lifetime(fragment, b"abc") > Duration::ZERO, kept, "{fragment:?}");
        }
    }
}
