//! The issuer of a realm, and the addresses that follow from it (DESIGN.md §3).
//!
//! Endpoints are derived from the issuer alone, so that what the metadata announces and what is routed cannot differ.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::ids::RealmName;

/// `iss`: the realm's own address, compared as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Issuer(String);

/// An address of the protocol below an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// RFC 6749 §3.1.
    Authorization,
    /// RFC 6749 §3.2.
    Token,
    /// OpenID Connect Core §5.3.
    UserInfo,
    /// OpenID Connect RP-Initiated Logout §2.
    EndSession,
    /// RFC 8628 §3.1.
    DeviceAuthorization,
    /// RFC 7517 §5.
    Jwks,
    /// RFC 7662 §2.
    Introspection,
    /// RFC 7009 §2.
    Revocation,
    /// OpenID Connect Session Management §3.2.
    CheckSession,
    /// RFC 7591 §3; what is below it is RFC 7592's.
    Registration,
    /// RFC 9126 §2.
    PushedAuthorizationRequest,
}

impl Endpoint {
    /// The path below `/realms/{realm}`.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Authorization => "/protocol/openid-connect/auth",
            Self::Token => "/protocol/openid-connect/token",
            Self::UserInfo => "/protocol/openid-connect/userinfo",
            Self::EndSession => "/protocol/openid-connect/logout",
            Self::DeviceAuthorization => "/protocol/openid-connect/auth/device",
            Self::Jwks => "/protocol/openid-connect/certs",
            Self::Introspection => "/protocol/openid-connect/token/introspect",
            Self::Revocation => "/protocol/openid-connect/revoke",
            Self::CheckSession => "/protocol/openid-connect/login-status-iframe.html",
            Self::Registration => "/clients-registrations/openid-connect",
            Self::PushedAuthorizationRequest => "/protocol/openid-connect/ext/par/request",
        }
    }
}

impl Issuer {
    /// The issuer of `realm` on the server that people reach at `base`.
    pub(crate) fn new(base: &Url, realm: &RealmName) -> Self {
        Self(format!("{}/realms/{realm}", base.as_str().trim_end_matches('/')))
    }

    /// The issuer as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the realm is administered by machines: what their tokens are for (RFC 8707 §2).
    pub(crate) fn administration(&self) -> String {
        // The name of a realm has no slash: the last one of these is ours, whatever stands before it.
        let (base, realm) = self.0.rsplit_once("/realms/").unwrap_or((&self.0, ""));
        format!("{base}/admin/realms/{realm}")
    }

    /// The address of an endpoint.
    pub(crate) fn endpoint(&self, endpoint: Endpoint) -> String {
        format!("{}{}", self.0, endpoint.path())
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_no_trailing_slash_and_its_endpoints_lie_below() {
        for (base, issuer) in [
            ("http://localhost:8080", "http://localhost:8080/realms/certinomis"),
            ("https://id.example/", "https://id.example/realms/certinomis"),
            ("https://example.org/sso/", "https://example.org/sso/realms/certinomis"),
        ] {
            let found = Issuer::new(&base.parse().unwrap(), &"certinomis".parse().unwrap());
            assert_eq!(found.as_str(), issuer);
            assert_eq!(found.administration(), issuer.replace("/realms/", "/admin/realms/"));
            assert_eq!(found.endpoint(Endpoint::Jwks), format!("{issuer}/protocol/openid-connect/certs"));
        }
    }
}
