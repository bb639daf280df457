//! Frames that clients embed to notice a change of session: `GET …/login-status-iframe.html` (OpenID Connect Session
//! Management 1.0 §3.2), and the question before it, `GET …/3p-cookies/step1.html`, which Keycloak's adapters ask.
//!
//! Any page may embed them: they hold nothing, read one cookie that says nothing (`docs/adr/0024`), and answer in one
//! word. Each is one script, and its policy lets that script run and nothing else (SR-111).

use std::sync::LazyLock;

use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use sha2::{Digest as _, Sha256};

use super::caller::Caller;
use super::fault::Fault;

static CHECK_SESSION: LazyLock<Embedded> = LazyLock::new(|| Embedded::of(include_str!("check_session.js")));
static EMBEDDED_COOKIES: LazyLock<Embedded> = LazyLock::new(|| Embedded::of(include_str!("embedded_cookies.js")));

/// A document that is one script.
struct Embedded {
    html: String,
    policy: String,
}

impl Embedded {
    fn of(script: &str) -> Self {
        let digest = STANDARD.encode(Sha256::digest(script));
        Self {
            html: format!(
                "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>·</title><script>{script}</script></html>"
            ),
            policy: format!("default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors *"),
        }
    }

    fn answer(&self) -> Result<Response, Fault> {
        let policy =
            HeaderValue::from_str(&self.policy).map_err(|fault| Fault::server("a policy is no header", fault))?;
        let mut response = self.html.clone().into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        Ok(response)
    }
}

/// `GET …/login-status-iframe.html`
pub(crate) async fn frame(_: Caller) -> Result<Response, Fault> {
    CHECK_SESSION.answer()
}

/// `GET …/3p-cookies/step1.html`
pub(crate) async fn embedded_cookies(_: Caller) -> Result<Response, Fault> {
    EMBEDDED_COOKIES.answer()
}
