//! Whether a form was sent from our own pages (SR-107).
//!
//! Browsers say where a POST comes from in `Origin` and `Sec-Fetch-Site`; at least one must be there and all must
//! agree. This stands beside the form's own token: one tells that the browser says so, the other that the page was
//! ours. For hosted pages only; the protocol's endpoints take posts from anywhere.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, header};

use super::answer::{Asker, Refusal};

/// Refuses state-changing requests from other origins than `ours`, on all routes of `pages`.
pub fn own_forms_only<S: Clone + Send + Sync + 'static>(pages: Router<S>, ours: &str) -> Router<S> {
    pages.layer(middleware::from_fn_with_state(ours.to_owned(), layer))
}

async fn layer(State(ours): State<String>, request: Request, next: Next) -> Response {
    if is_own(request.method(), request.headers(), &ours) {
        return next.run(request).await;
    }
    tracing::warn!("a form from another origin");
    Asker::of(&request).answer(Refusal::Foreign)
}

/// Whether a request with this method and these headers changes nothing, or comes from `ours`.
fn is_own(method: &Method, headers: &HeaderMap, ours: &str) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let agrees = |name, wanted: &str| {
        let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
        match (values.next(), values.next()) {
            (None, _) => None,
            (Some(value), None) => Some(value == wanted.as_bytes()),
            _ => Some(false),
        }
    };
    match (agrees(header::ORIGIN.as_str(), ours), agrees("sec-fetch-site", "same-origin")) {
        (None, None) => false,
        (origin, site) => origin.unwrap_or(true) && site.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_107_a_form_is_taken_only_when_the_browser_says_it_is_ours() {
        const OURS: &str = "https://id.example.org";
        for (method, origin, site, expected) in [
            ("POST", Some(OURS), Some("same-origin"), true),
            ("POST", Some(OURS), None, true),
            ("POST", None, Some("same-origin"), true),
            ("POST", None, None, false),
            ("POST", Some("null"), Some("same-origin"), false),
            ("POST", Some("https://id.example.org:8443"), None, false),
            ("POST", Some("http://id.example.org"), None, false),
            ("POST", Some("https://id.example.org.evil.example"), None, false),
            ("POST", Some(OURS), Some("cross-site"), false),
            ("POST", Some(OURS), Some("same-site"), false),
            ("POST", None, Some("none"), false),
            ("PUT", None, None, false),
            ("DELETE", Some("https://evil.example"), None, false),
            ("GET", Some("https://evil.example"), Some("cross-site"), true),
            ("HEAD", None, None, true),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
            headers.extend(
                site.map(|site| (http::HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(site))),
            );
            assert_eq!(is_own(&method.parse().unwrap(), &headers, OURS), expected, "{method} {origin:?} {site:?}");
        }
    }

    #[test]
    fn sr_107_two_origins_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::ORIGIN, HeaderValue::from_static("https://id.example.org"));
        headers.append(header::ORIGIN, HeaderValue::from_static("https://id.example.org"));
        assert!(!is_own(&Method::POST, &headers, "https://id.example.org"));
    }
}
