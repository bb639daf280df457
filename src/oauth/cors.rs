//! Which pages of other origins may read what we answer (SR-121; Fetch §3.2): those of a client's own `web_origins`,
//! compared as text, at the endpoints that scripts have business with.
//!
//! No cookie opens anything here, and credentials are not allowed but where Keycloak's adapter insists on sending them: at
//! the token endpoint, for the origins of clients whose profile says so (`docs/adr/0031`). The authorization endpoint,
//! logout and the hosted pages are opened by people and read by nobody. Metadata and keys are public and say so themselves.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    AUTHORIZATION, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::fault::Fault;
use crate::app::App;
use crate::app::houses::House;
use crate::protocol::client::Client;
use crate::protocol::parameters::Parameters;
use crate::store::StoreError;

/// Where a client's pages ask for tokens, by the path behind the realm.
const TOKEN: &str = "/protocol/openid-connect/token";

/// Where they ask for themselves at all.
const FOR_SCRIPTS: [&str; 6] = [
    TOKEN,
    "/protocol/openid-connect/userinfo",
    "/protocol/openid-connect/revoke",
    "/protocol/openid-connect/token/introspect",
    "/protocol/openid-connect/ext/par/request",
    "/protocol/openid-connect/auth/device",
];

/// Documents that anybody may read.
const PUBLIC: [&str; 2] = ["/protocol/openid-connect/certs", "/.well-known/openid-configuration"];

/// Longer than any form that an endpoint takes.
const LONGEST_FORM: usize = 1024 * 1024;

/// The layer around the protocol's endpoints.
pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(ORIGIN).cloned() else { return next.run(request).await };
    let Some((realm, path)) = place(request.uri().path()) else { return next.run(request).await };
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if PUBLIC.contains(&path) && preflight {
        return granted(HeaderValue::from_static("*"));
    }
    let Some(house) = app.house(realm).filter(|_| FOR_SCRIPTS.contains(&path)) else { return next.run(request).await };
    let for_tokens = path == TOKEN;
    let answered = if preflight {
        before(&app, &house, &origin).await
    } else {
        answer(&app, &house, &origin, request, next).await
    };
    let (mut response, readers) = answered.unwrap_or_else(|error| (Fault::from(error).into_response(), Vec::new()));
    if for_tokens && readers.iter().any(|client| client.profile.suits_adapters()) {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    response
}

/// The realm, and the path behind it.
fn place(path: &str) -> Option<(&str, &str)> {
    let behind = path.strip_prefix("/realms/")?;
    behind.find('/').map(|at| behind.split_at(at))
}

/// An answer, and the clients whose pages may read it.
type Answered = Result<(Response, Vec<Arc<Client>>), StoreError>;

/// Before a request a browser asks whether it may send it. Who will send it is not known yet: some client of the realm.
async fn before(app: &App, house: &House, origin: &HeaderValue) -> Answered {
    let readers = match origin.to_str() {
        Ok(text) => app.clients_at(house, text).await?,
        Err(_) => Vec::new(),
    };
    let response = if readers.is_empty() { StatusCode::NO_CONTENT.into_response() } else { granted(origin.clone()) };
    Ok((response, readers))
}

fn granted(origin: HeaderValue) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type, dpop"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// The answer, readable for the origin if the client that the request names registered it.
async fn answer(app: &App, house: &House, origin: &HeaderValue, request: Request, next: Next) -> Answered {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LONGEST_FORM).await else {
        return Ok((StatusCode::PAYLOAD_TOO_LARGE.into_response(), Vec::new()));
    };
    let client_id = named(&parts.headers, &body);
    let mut response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let client = match client_id {
        Some(client_id) => app.client(house, &client_id).await?,
        None => None,
    };
    let text = origin.to_str().unwrap_or_default();
    let reader = client.filter(|client| client.web_origins.contains(text));
    if reader.is_some() {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("dpop-nonce, www-authenticate"));
    }
    Ok((response, reader.into_iter().collect()))
}

/// The client that a request names: in its form, or in its access token. Nothing is proven by that, and nothing opened:
/// whoever lies about it is refused in a sentence that pages of that client may read.
fn named(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let form = Parameters::parse(body).ok();
    let client_id = form.as_ref().and_then(|form| form.single("client_id").ok().flatten());
    if let Some(client_id) = client_id {
        return Some(client_id.to_owned());
    }
    let in_form = form.as_ref().and_then(|form| form.single("access_token").ok().flatten());
    let in_header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    let token = in_header.map(|(_, token)| token.trim()).or(in_form)?;
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims.get("client_id")?.as_str().map(str::to_owned)
}
