//! The security headers of every answer (SR-111 to SR-113; the exact policy is UX.md §1.1's).
//!
//! A handler may say less strict things about caching, and a page that needs it may bring a policy of its own; the
//! rest is set here, over whatever was there.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::themes::page;

/// The policy of hosted pages.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(page::POLICY);
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=(), \
     publickey-credentials-get=(self), publickey-credentials-create=(self)",
);
const ONE_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Whether browsers reach us over https, and so may be told to come back that way only.
pub(super) async fn layer(State(secure): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    dress(response.headers_mut(), secure);
    response
}

fn dress(headers: &mut HeaderMap, secure: bool) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, SAME_ORIGIN);
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
    headers.insert(PERMISSIONS_POLICY, PERMISSIONS);
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
    if is_html(headers) {
        headers.insert(OPENER_POLICY, SAME_ORIGIN);
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(PAGE_POLICY);
    }
    // What may be kept says so itself: assets, metadata, public keys.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
