//! What goes wrong at the protocol's endpoints, in the words of the RFCs.
//!
//! Descriptions are fixed English sentences: nothing that came in is ever reflected in them, and they hold only the
//! characters that RFC 6749 §5.2 allows. Which codes may travel to a client's redirect address is decided here; what
//! goes wrong before that address is proven is a [`Refusal`](super::request::Refusal) and never gets a code to travel.

use serde::Serialize;

/// An `error` code registered for OAuth or OpenID Connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorCode {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2: the client did not authenticate.
    InvalidClient,
    /// RFC 6749 §5.2: the code or refresh token is no good.
    InvalidGrant,
    /// RFC 6749 §4.1.2.1, §5.2: the client may not ask for this.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidScope,
    /// RFC 8707 §2, RFC 8693 §2.2.2: the client may not have tokens for this resource.
    InvalidTarget,
    /// RFC 6749 §4.1.2.1: the person said no.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable,
    /// OpenID Connect Core §3.1.2.6: `prompt=none`, and a page would be needed.
    InteractionRequired,
    /// OpenID Connect Core §3.1.2.6: `prompt=none`, and nobody is signed in.
    LoginRequired,
    /// RFC 9470 §5: nobody can authenticate here as the request wants it.
    UnmetAuthenticationRequirements,
    /// OpenID Connect Core §3.1.2.6, RFC 9126 §2.3: what `request_uri` names is no good, or used up.
    InvalidRequestUri,
    /// OpenID Connect Core §3.1.2.6: `prompt=none`, and the person would have to agree first.
    ConsentRequired,
    /// OpenID Connect Core §3.1.2.6.
    InvalidRequestObject,
    /// OpenID Connect Core §3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RegistrationNotSupported,
    /// RFC 7591 §3.2.2.
    InvalidRedirectUri,
    /// RFC 7591 §3.2.2.
    InvalidClientMetadata,
    /// RFC 7591 §3.2.2.
    UnapprovedSoftwareStatement,
    /// RFC 8628 §3.5: the person has not answered yet.
    AuthorizationPending,
    /// RFC 8628 §3.5: the same, and the device asks too often.
    SlowDown,
    /// RFC 8628 §3.5: nobody answered in time.
    ExpiredToken,
    /// RFC 6750 §3.1.
    InvalidToken,
    /// RFC 6750 §3.1.
    InsufficientScope,
    /// RFC 9449 §5: the proof is missing, or does not prove what it should.
    InvalidDpopProof,
    /// RFC 9449 §8, §9: the proof is to be made again, with the nonce of the answer.
    UseDpopNonce,
}

impl ErrorCode {
    /// The code as it is written on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Self::ConsentRequired => "consent_required",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }

    /// The HTTP status where the answer goes straight to the client (RFC 6749 §5.2, RFC 6750 §3.1).
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }

    /// Whether the code belongs in an authorization response; the others exist at the token endpoint or a resource.
    pub(crate) const fn may_travel(self) -> bool {
        !matches!(
            self,
            Self::InvalidClient
                | Self::InvalidGrant
                | Self::UnsupportedGrantType
                | Self::InvalidRedirectUri
                | Self::InvalidClientMetadata
                | Self::UnapprovedSoftwareStatement
                | Self::AuthorizationPending
                | Self::SlowDown
                | Self::ExpiredToken
                | Self::InvalidToken
                | Self::InsufficientScope
                | Self::InvalidDpopProof
                | Self::UseDpopNonce
        )
    }
}

/// An error for a client: a code and one sentence for its developer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}: {description}", .code.as_str())]
pub(crate) struct Error {
    #[serde(rename = "error")]
    code: ErrorCode,
    #[serde(rename = "error_description")]
    description: &'static str,
}

impl Error {
    /// An error of that code; the sentence ends without a full stop and quotes nothing.
    pub(crate) const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    /// A malformed request.
    pub(crate) const fn invalid_request(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// A code or token that is no good: one sentence for every cause, so that probing teaches nothing (SR-137).
    pub(crate) const fn invalid_grant() -> Self {
        Self::new(
            ErrorCode::InvalidGrant,
            "the code or token is invalid, expired, used, or was issued to another client",
        )
    }

    /// A client that did not authenticate: one sentence for every cause (SR-147).
    pub(crate) const fn invalid_client() -> Self {
        Self::new(ErrorCode::InvalidClient, "client authentication failed")
    }

    /// A resource that the client may not have tokens for (RFC 8707 §2).
    pub(crate) const fn invalid_target() -> Self {
        Self::new(ErrorCode::InvalidTarget, "the client may not ask tokens for this resource")
    }

    /// Scope beyond what the client may have, by this grant.
    pub(crate) const fn excessive_scope() -> Self {
        Self::new(ErrorCode::InvalidScope, "scope exceeds what the client may have by this grant")
    }

    /// A registration that we do not take as it is (RFC 7591 §3.2.2).
    pub(crate) const fn invalid_client_metadata(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidClientMetadata, description)
    }

    /// A reference that leads nowhere: one sentence for every cause, so that guessing teaches nothing (RFC 9126 §7.1).
    pub(crate) const fn invalid_request_uri() -> Self {
        Self::new(ErrorCode::InvalidRequestUri, "request_uri is unknown, expired, used, or of another client")
    }

    /// A proof of possession that does not prove it; the sentence says which of its claims is wrong.
    pub(crate) const fn invalid_dpop_proof(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidDpopProof, description)
    }

    /// The person turned back (DOMAIN: *Annuler*).
    pub(crate) const fn access_denied() -> Self {
        Self::new(ErrorCode::AccessDenied, "the end-user cancelled")
    }

    /// `prompt=none`, and nobody is signed in, or not freshly enough.
    pub(crate) const fn login_required() -> Self {
        Self::new(ErrorCode::LoginRequired, "the end-user has to authenticate")
    }

    /// `prompt=none`, and something is still owed.
    pub(crate) const fn interaction_required() -> Self {
        Self::new(ErrorCode::InteractionRequired, "the end-user has to act on a page")
    }

    /// `prompt=none`, and the person has not agreed to it.
    pub(crate) const fn consent_required() -> Self {
        Self::new(ErrorCode::ConsentRequired, "the end-user has to agree first")
    }

    /// The code.
    pub(crate) const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence for developers.
    pub(crate) const fn description(&self) -> &'static str {
        self.description
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_the_json_of_rfc_6749() {
        let json = serde_json::to_value(Error::access_denied()).unwrap();
        assert_eq!(json, serde_json::json!({"error": "access_denied", "error_description": "the end-user cancelled"}));
    }

    #[test]
    fn sr_125_errors_of_direct_requests_never_travel_through_a_browser() {
        for (code, status, travels) in [
            (ErrorCode::InvalidClient, 401, false),
            (ErrorCode::InvalidGrant, 400, false),
            (ErrorCode::InvalidRedirectUri, 400, false),
            (ErrorCode::InvalidClientMetadata, 400, false),
            (ErrorCode::UnapprovedSoftwareStatement, 400, false),
            (ErrorCode::InvalidToken, 401, false),
            (ErrorCode::InsufficientScope, 403, false),
            (ErrorCode::SlowDown, 400, false),
            (ErrorCode::InvalidDpopProof, 400, false),
            (ErrorCode::UseDpopNonce, 400, false),
            (ErrorCode::InvalidRequest, 400, true),
            (ErrorCode::LoginRequired, 400, true),
            (ErrorCode::InvalidRequestObject, 400, true),
            (ErrorCode::UnmetAuthenticationRequirements, 400, true),
            (ErrorCode::InvalidTarget, 400, true),
            (ErrorCode::ConsentRequired, 400, true),
            (ErrorCode::AccessDenied, 400, true),
            (ErrorCode::TemporarilyUnavailable, 503, true),
        ] {
            assert_eq!((code.status(), code.may_travel()), (status, travels), "{code:?}");
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
