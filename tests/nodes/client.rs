//! The portal's own requests, made by hand: to one node or the other, several times at once, with what was used before.

use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::RequestBuilder;
use reqwest::header::LOCATION;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::browser::Browser;
use super::site::Site;

/// The verifier of every exchange here (RFC 7636 §4.1).
const VERIFIER: &str = "tilleul-brouette-42-tilleul-brouette-42-tilleul";

/// The portal as a client.
#[derive(Clone)]
pub(crate) struct Client {
    origin: String,
    portal: String,
    secret: String,
    http: reqwest::Client,
}

/// What a token endpoint answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// Where it sends a browser.
    pub(crate) location: Option<String>,
    /// The JSON.
    pub(crate) json: Value,
}

impl Client {
    /// The portal of that site.
    pub(crate) fn of(site: &Site) -> Self {
        let Site { origin, portal, secret, .. } = site;
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Self { origin: origin.clone(), portal: portal.clone(), secret: secret.clone(), http }
    }

    /// What the open session of a browser answers an authorization request with: a parameter of the redirect.
    pub(crate) async fn asks(&self, browser: &mut Browser, parameter: &str, more: &str) -> Option<String> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let Self { origin, portal, .. } = self;
        browser.ask(&format!(
            "{origin}/realms/certinomis/protocol/openid-connect/auth?response_type=code&client_id=portal&scope=openid\
             &redirect_uri={portal}/callback&state=s&nonce=n&code_challenge_method=S256&code_challenge={challenge}{more}"
        ));
        browser.hop().await.unwrap();
        let answered = browser.asks_for()?;
        answered.query_pairs().find(|(name, _)| name == parameter).map(|(_, value)| value.into_owned())
    }

    /// A code for the session of a browser.
    pub(crate) async fn code(&self, browser: &mut Browser) -> String {
        let code = self.asks(browser, "code", "").await;
        code.unwrap_or_else(|| panic!("no code: {:?} {}", browser.asks_for(), browser.page.words()))
    }

    /// The reference of a request that it pushed to that node (RFC 9126 §2.2).
    pub(crate) async fn pushes(&self, node: u16) -> String {
        let callback = format!("{}/callback", self.portal);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let form = [
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", &callback),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge),
        ];
        let pushed = self.http.post(at(node, "ext/par/request")).basic_auth("portal", Some(&self.secret)).form(&form);
        Answer::to(pushed).await.token("request_uri")
    }

    /// Where a browser takes such a reference.
    pub(crate) fn pushed_address(&self, request_uri: &str) -> String {
        let mut address: url::Url =
            format!("{}/realms/certinomis/protocol/openid-connect/auth", self.origin).parse().unwrap();
        address.query_pairs_mut().append_pair("client_id", "portal").append_pair("request_uri", request_uri);
        address.into()
    }

    /// A request of another client's to an endpoint of that node, which is told that it comes from `source`.
    pub(crate) fn posts(&self, node: u16, endpoint: &str, source: Ipv4Addr, form: &[(&str, &str)]) -> RequestBuilder {
        self.http.post(at(node, endpoint)).header("x-forwarded-for", source.to_string()).form(form)
    }

    /// The exchange of a code at that node.
    pub(crate) fn redeems(&self, code: &str, node: u16) -> RequestBuilder {
        let callback = format!("{}/callback", self.portal);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("code_verifier", VERIFIER),
        ];
        self.token(node).form(&form)
    }

    /// The exchange of a refresh token at that node.
    pub(crate) fn refreshes(&self, token: &str, node: u16) -> RequestBuilder {
        self.token(node).form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// A token given back at that node.
    pub(crate) fn revokes(&self, token: &str, node: u16) -> RequestBuilder {
        let asked = self.http.post(at(node, "revoke")).basic_auth("portal", Some(&self.secret));
        asked.form(&[("token", token)])
    }

    /// Whether an access token is believed at that node.
    pub(crate) async fn believes(&self, token: &str, node: u16) -> bool {
        let asked = self.http.get(at(node, "userinfo")).bearer_auth(token).send().await.unwrap();
        asked.status().is_success()
    }

    /// The `kid`s that a node publishes.
    pub(crate) async fn published(&self, node: u16) -> Vec<String> {
        let answer = self.http.get(at(node, "certs")).send().await.unwrap();
        let set: Value = answer.json().await.unwrap();
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }

    fn token(&self, node: u16) -> RequestBuilder {
        self.http.post(at(node, "token")).basic_auth("portal", Some(&self.secret))
    }
}

fn at(node: u16, endpoint: &str) -> String {
    format!("http://127.0.0.1:{node}/realms/certinomis/protocol/openid-connect/{endpoint}")
}

impl Answer {
    /// Sends the request.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let location = answer.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
        Self { status: answer.status().as_u16(), location, json: answer.json().await.unwrap_or_default() }
    }

    /// A token of it.
    pub(crate) fn token(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_else(|| panic!("no {name}: {self:?}")).to_owned()
    }
}

/// The `kid` of a token.
pub(crate) fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}
