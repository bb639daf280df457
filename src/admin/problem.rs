//! What goes wrong at this door, as `application/problem+json` (RFC 9457). Nothing that came in is reflected, and what is not
//! theirs to see is not there (SR-199).

use std::fmt::Display;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::app::call::NoCall;
use crate::store::StoreError;

/// What went wrong.
#[derive(Debug)]
pub(super) enum Problem {
    /// Who asks may not; the answer says how they could (RFC 6750 §3).
    Denied(Box<Response>),
    /// No such realm, organisation, member, role or address.
    NotFound,
    /// The address knows no such method.
    Method,
    /// The query has a member that is unknown, repeated or out of bounds.
    Query,
    /// The body is no JSON object with the members that it must have and no others.
    Body,
    /// The role was revoked: it has to be declared anew first.
    RoleRevoked,
    /// An organisation keeps its last administrator (SR-191).
    LastAdministrator,
    /// Something of ours failed.
    Ours,
}

impl Problem {
    /// Something of ours failed; the cause is for the log.
    pub(super) fn ours(what: &str, cause: impl Display) -> Self {
        tracing::error!(what, %cause, "administration failed");
        Self::Ours
    }

    /// Status, name and sentence.
    const fn told(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Denied(_) | Self::NotFound => {
                (StatusCode::NOT_FOUND, "not-found", "There is nothing of that name here.")
            }
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This address is asked in another way.")
            }
            Self::Query => (StatusCode::BAD_REQUEST, "malformed-query", "The query has what it may not have."),
            Self::Body => (
                StatusCode::BAD_REQUEST,
                "malformed-body",
                "The body must be application/json, an object with its members and no others, each once.",
            ),
            Self::RoleRevoked => {
                (StatusCode::CONFLICT, "role-revoked", "The role was revoked: it has to be declared anew first.")
            }
            Self::LastAdministrator => (
                StatusCode::CONFLICT,
                "last-administrator",
                "The organisation would have no administrator: another one has to be named first.",
            ),
            Self::Ours => (StatusCode::INTERNAL_SERVER_ERROR, "server-error", "The request could not be completed."),
        }
    }
}

impl From<NoCall> for Problem {
    fn from(none: NoCall) -> Self {
        match none {
            NoCall::UnknownRealm => Self::NotFound,
            NoCall::Unwired => Self::ours("a request could not be read", "a layer is missing"),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::ours("the store failed", error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, name, title) = self.told();
        if let Self::Denied(denied) = self {
            return *denied;
        }
        let told = json!({"type": format!("urn:guichet:problem:{name}"), "title": title, "status": status.as_u16()});
        let mut answer = (status, Json(told)).into_response();
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }
}
