//! What goes wrong at the endpoints, for whom: a client gets the JSON of its RFC, a person gets a page.

use std::fmt::Display;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use crate::app::bearer::{Denial, NotTaken};
use crate::app::call::NoCall;
use crate::app::trouble::Trouble;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::request::Refusal;
use crate::store::StoreError;

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Fault {
    /// For the client itself, as JSON (RFC 6749 §5.2).
    Client(Error),
    /// For the client, with the challenge of the scheme that it used (RFC 6749 §5.2, RFC 6750 §3).
    Challenged(Error, &'static str),
    /// For the client, whose access token is not taken (RFC 6750 §3).
    Denied(Denial),
    /// For a person, on a page.
    Person(Trouble),
    /// Guessing is slowed.
    Slowed(u64),
    /// No such realm.
    UnknownRealm,
    /// A layer is missing.
    Unwired,
}

impl Fault {
    /// Something of ours failed while a person waits.
    pub(crate) fn page(what: &str, cause: impl Display) -> Self {
        Self::Person(Trouble::Ours(format!("{what}: {cause}")))
    }

    /// Something of ours failed while a client waits; the cause is for the log only (SR-199).
    pub(crate) fn server(what: &str, cause: impl Display) -> Self {
        tracing::error!(what, %cause, "an endpoint failed");
        Self::Client(Error::new(ErrorCode::ServerError, "the request could not be completed"))
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::server("the store failed", error)
    }
}

impl From<NoCall> for Fault {
    fn from(none: NoCall) -> Self {
        match none {
            NoCall::UnknownRealm => Self::UnknownRealm,
            NoCall::Unwired => Self::Unwired,
        }
    }
}

impl From<NotTaken> for Fault {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::Denied(denial) => Self::Denied(denial),
            NotTaken::Ours(error) => error.into(),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        tracing::info!(%refusal, "an authorization request was refused");
        Self::Person(match refusal {
            Refusal::ClientIdMissing | Refusal::ClientUnknown => Trouble::UnknownApplication,
            Refusal::RedirectUriMissing | Refusal::RedirectUriMismatch => Trouble::UndeclaredAddress,
            Refusal::Unreadable(_) | Refusal::Unresolved(_) => Trouble::MalformedRequest,
        })
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Client(error) => told(&error),
            Self::Challenged(error, challenge) => {
                let mut response = told(&error);
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
                response
            }
            Self::Denied(denial) => denial.into_response(),
            Self::Person(trouble) => person(trouble),
            Self::Slowed(seconds) => {
                let mut response = told(&Error::new(ErrorCode::TemporarilyUnavailable, "too many attempts"));
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                response
            }
            Self::UnknownRealm => person(Trouble::NothingHere),
            Self::Unwired => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

fn told(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, Json(error)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn person(trouble: Trouble) -> Response {
    let mut response = StatusCode::BAD_REQUEST.into_response();
    response.extensions_mut().insert(Arc::new(trouble));
    response
}
