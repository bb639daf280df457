//! Bounds on each request: its method, its framing, its size, its time (SR-108, SR-206, SR-207).
//!
//! Bounds on connections and on header bytes are the listeners' (`listeners`, `admission`): hyper cuts those before a
//! request exists. Conflicting lengths are hyper's too, and tested with ours: two
//! Content-Lengths are refused; beside chunks a length is ignored and the connection ended (RFC 9112 §6.3).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, Method, header};

use super::answer::{Asker, Refusal};
use super::client_cert::{CLIENT_CERT, CLIENT_CERT_CHAIN};
use crate::config::Limits;

/// Headers that decide who is asking or how the message is read: each at most once, under its own name only.
const SINGLE: [HeaderName; 10] = [
    header::HOST,
    header::AUTHORIZATION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::TRANSFER_ENCODING,
    header::ORIGIN,
    HeaderName::from_static("sec-fetch-site"),
    CLIENT_CERT,
    CLIENT_CERT_CHAIN,
    HeaderName::from_static("dpop"),
];

/// Headers whose lines may repeat, but which must not come under an alias either.
const UNALIASED: [HeaderName; 4] = [
    header::COOKIE,
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
];

pub(super) async fn layer(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let asker = Asker::of(&request);
    if let Err(refusal) = judge(&request, &limits) {
        tracing::warn!(?refusal, "refused before any page");
        return asker.answer(refusal);
    }
    match tokio::time::timeout(limits.request_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => asker.answer(Refusal::TooSlow),
    }
}

fn judge(request: &Request, limits: &Limits) -> Result<(), Refusal> {
    if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
        return Err(Refusal::Method);
    }
    if !is_unambiguous(request.headers()) {
        return Err(Refusal::Ambiguous);
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limits.body_bytes) { Err(Refusal::TooLarge) } else { Ok(()) }
}

/// Whether no header that matters is given twice, or under a name that some proxies take for it.
fn is_unambiguous(headers: &HeaderMap) -> bool {
    let alone = SINGLE.iter().all(|name| headers.get_all(name).iter().nth(1).is_none());
    let aliased = |name: &HeaderName| {
        let plain = name.as_str().replace('_', "-");
        plain != name.as_str() && SINGLE.iter().chain(&UNALIASED).any(|known| known.as_str() == plain)
    };
    alone && !headers.keys().any(aliased)
}
