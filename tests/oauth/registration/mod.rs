//! Relying parties that register themselves (RFC 7591, RFC 7592, OpenID Connect Registration), files as in
//! `src/oauth/registration`.

mod management;
mod operators;
mod registering;
mod sectors;

use std::collections::BTreeMap;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, Method};
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, Tokens, issuer};
use crate::support::http::Answer;
use crate::support::world::World;

/// Where the stories' clients take answers.
pub(super) const CALLBACK: &str = "https://rp.example/retour";

/// Where clients register.
pub(crate) fn address() -> String {
    format!("{}/clients-registrations/openid-connect", issuer())
}

/// Opens registration as far as that word says.
pub(crate) async fn opens(world: &mut World, policy: &str) {
    world.rewrites_realm(&[("policy = \"closed\"", &format!("policy = \"{policy}\""))]).await;
}

/// What a client asks at least.
pub(crate) fn least() -> Value {
    json!({"redirect_uris": [CALLBACK]})
}

/// The same, and this.
pub(super) fn with(member: &str, value: Value) -> Value {
    let mut metadata = least();
    metadata[member] = value;
    metadata
}

/// A request of a client's server, with JSON when there is some.
pub(crate) async fn asks(
    world: &World,
    method: &Method,
    url: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers: Vec<(HeaderName, &str)> = vec![(CONTENT_TYPE, "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| (AUTHORIZATION, bearer)));
    let body = body.map(ToString::to_string).unwrap_or_default();
    world.portal().sends(method, url, &headers, body).await
}

/// The bare answer to a registration.
pub(crate) async fn posts(world: &World, token: Option<&str>, metadata: &Value) -> Answer {
    asks(world, &Method::POST, &address(), token, Some(metadata)).await
}

/// A client that registered itself.
pub(crate) struct Registered {
    pub(crate) told: Value,
    pub(crate) app: ClientApp,
    pub(crate) uri: String,
    pub(crate) token: String,
}

/// Registers a client, and checks what every registration must tell (RFC 7591 §3.2.1).
pub(crate) async fn registers(world: &World, metadata: &Value) -> Registered {
    registered(world, &posts(world, None, metadata).await)
}

pub(super) fn registered(world: &World, answer: &Answer) -> Registered {
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let told = answer.json();
    let text = |member: &str| told[member].as_str().unwrap_or_else(|| panic!("{member} in {told}")).to_owned();
    let (id, uri, token) = (text("client_id"), text("registration_client_uri"), text("registration_access_token"));
    assert!(told["client_id_issued_at"].is_i64());
    assert_eq!(uri, format!("{}/{id}", address()));
    assert!(token.len() >= 43);
    assert_eq!(told["client_secret"].is_string(), told["client_secret_expires_at"].is_i64());
    let secret = told["client_secret"].as_str().unwrap_or_default();
    let callback = told["redirect_uris"][0].as_str().unwrap();
    let app = ClientApp::new(world, &id, secret, callback);
    Registered { told, app, uri, token }
}

impl Registered {
    /// GET, PUT or DELETE at its own address, with its own token.
    pub(crate) async fn manages(&self, world: &World, method: &Method, body: Option<&Value>) -> Answer {
        asks(world, method, &self.uri, Some(&self.token), body).await
    }

    /// What it is told, as it would send it back, with another value of one member.
    pub(crate) fn changed(&self, member: &str, value: Value) -> Value {
        let mut metadata = self.told.clone();
        let ours =
            ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];
        for member in ours {
            metadata.as_object_mut().unwrap().remove(member);
        }
        metadata[member] = value;
        metadata
    }
}

/// What a registration is refused with (RFC 7591 §3.2.2).
pub(super) fn refused(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    answer.json()["error"].as_str().unwrap().to_owned()
}

/// What a wrong token is refused with (RFC 7592 §2.1, RFC 6750 §3.1).
pub(super) fn unauthorized(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(answer.json()["error"], "invalid_token");
}

/// Goes to the client, and through the page that asks whether it may learn of the person.
pub(super) async fn goes(browser: &mut Browser, asked: &Asked) {
    browser.opens(&asked.url()).await;
    if !browser.has_left()
        && let Some(form) = browser.page().form_with("session", &BTreeMap::new())
    {
        browser.sends(&form).await;
    }
}

/// Tokens for that client out of an open session.
pub(crate) async fn tokens(browser: &mut Browser, client: &ClientApp) -> Tokens {
    let asked = client.asks();
    goes(browser, &asked).await;
    client.redeems(&asked, browser.left_for()).await
}
