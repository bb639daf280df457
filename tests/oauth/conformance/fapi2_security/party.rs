//! A client of the plan: what it pushes, sends and shows, as its variant has it, and every part of it to be changed.
//!
//! With a certificate it speaks to the aliases of the endpoints (RFC 8705 §5). In the plan of message signing what it
//! pushes is an object that it signs (RFC 9101).

use guichet::entropy;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderName, Method, Request};
use serde_json::{Value, json};

use super::stage::{By, Plan, Variant};
use crate::oauth::client_authentication::JWT_BEARER;
use crate::oauth::referring;
use crate::support::browser::Browser;
use crate::support::card::{Card, TlsClient};
use crate::support::client_app::{Asked, ClientApp, endpoint, issuer};
use crate::support::holder::{DPOP, Holder, claims};
use crate::support::http::Answer;
use crate::support::signer::Signer;
use crate::support::world::{CERTIFICATE, PUBLIC};

/// The endpoint for pushed requests, as the others by the end of its path.
pub(crate) const PAR: &str = "ext/par/request";

/// What a client says in a form to prove who it is.
pub(crate) type Credentials = Vec<(&'static str, String)>;

/// A client of the plan.
pub(crate) struct Party {
    pub(crate) app: ClientApp,
    pub(crate) plan: Plan,
    pub(crate) variant: Variant,
    /// Signs assertions and requests.
    pub(crate) signer: Signer,
    /// Signs proofs of possession.
    pub(crate) holder: Holder,
    pub(crate) card: Card,
    /// Its connection to the listener for certificates, with its card shown.
    pub(crate) tls: TlsClient,
}

impl Party {
    /// The same client with the other algorithm of its RSA key.
    pub(crate) fn by(self, algorithm: &'static str) -> Self {
        Self { signer: self.signer.with_algorithm(algorithm), ..self }
    }

    /// Where it finds an endpoint.
    pub(crate) fn url(&self, name: &str) -> String {
        let url = endpoint(name);
        if self.variant.shows_certificates() { url.replace(PUBLIC, CERTIFICATE) } else { url }
    }

    /// Any request to an endpoint.
    pub(crate) async fn sends(
        &self,
        method: &Method,
        name: &str,
        headers: &[(HeaderName, &str)],
        body: String,
    ) -> Answer {
        let url = self.url(name);
        if !self.variant.shows_certificates() {
            return self.app.sends(method, &url, headers, body).await;
        }
        let mut request = Request::builder().method(method).uri(url.replace(CERTIFICATE, ""));
        request = request.header(HOST, CERTIFICATE.trim_start_matches("https://"));
        if method == Method::POST {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        self.tls.asks(request.body(body).unwrap()).await.unwrap()
    }

    // --- who it is

    /// What it proves itself by, beside its connection.
    pub(crate) fn credentials(&self) -> Credentials {
        match self.variant.authenticates {
            By::Jwt => self.asserting(&json!({})),
            By::Certificate => self.naming_itself(),
        }
    }

    /// Its name alone.
    pub(crate) fn naming_itself(&self) -> Credentials {
        vec![("client_id", self.app.id.clone())]
    }

    /// An assertion, some of its claims changed; `null` leaves one out.
    pub(crate) fn asserting(&self, changes: &Value) -> Credentials {
        let (now, id) = (self.app.now().seconds(), &self.app.id);
        let jti = entropy::token(self.app.entropy()).expose().clone();
        // FAPI 2.0 §5.3.2.1: the issuer as a plain string.
        let good = json!({"iss": id, "sub": id, "aud": issuer(), "jti": jti, "iat": now, "exp": now + 60});
        let assertion = self.signer.signs(&changed(good, changes));
        vec![("client_assertion_type", JWT_BEARER.to_owned()), ("client_assertion", assertion)]
    }

    /// A form, with what the client proves itself by.
    pub(crate) async fn posts(&self, name: &str, fields: &[(&str, &str)], proofs: &[String]) -> Answer {
        self.posts_as(&self.credentials(), name, fields, proofs).await
    }

    /// The same with other credentials.
    pub(crate) async fn posts_as(
        &self,
        credentials: &Credentials,
        name: &str,
        fields: &[(&str, &str)],
        proofs: &[String],
    ) -> Answer {
        let said = |name: &str| fields.iter().any(|(other, _)| *other == name);
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields).extend_pairs(credentials.iter().filter(|(name, _)| !said(name)));
        let headers: Vec<_> = proofs.iter().map(|proof| (DPOP, proof.as_str())).collect();
        self.sends(&Method::POST, name, &headers, body.finish()).await
    }

    // --- what it asks for

    /// Begins a sign-in.
    pub(crate) fn asks(&self) -> Asked {
        self.app.asks()
    }

    /// What it pushes.
    pub(crate) fn request(&self, asked: &Asked) -> Vec<(String, String)> {
        match self.plan {
            Plan::Security => asked.parameters.clone(),
            Plan::MessageSigning => self.holding(&self.signed(asked, &json!({}))),
        }
    }

    /// The request as a signed object, some of its claims changed; `null` leaves one out.
    pub(crate) fn signed(&self, asked: &Asked, changes: &Value) -> String {
        self.signer.signs_under(&json!({"typ": "oauth-authz-req+jwt"}), &self.object(asked, changes))
    }

    /// The claims of that object (FAPI 2.0 Message Signing §5.3.1).
    pub(crate) fn object(&self, asked: &Asked, changes: &Value) -> Value {
        let now = self.app.now().seconds();
        let mut good = json!({"iss": self.app.id, "aud": issuer(), "iat": now, "nbf": now, "exp": now + 300});
        for (name, value) in &asked.parameters {
            good[name] = json!(value);
        }
        changed(good, changes)
    }

    /// A form that holds that object.
    pub(crate) fn holding(&self, object: &str) -> Vec<(String, String)> {
        [("client_id", self.app.id.as_str()), ("request", object)].map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec()
    }

    /// The bare answer to a request that it pushes.
    pub(crate) async fn pushes(&self, asked: &Asked, proofs: &[String]) -> Answer {
        self.pushes_form(&self.request(asked), proofs).await
    }

    /// The bare answer to that form.
    pub(crate) async fn pushes_form(&self, form: &[(String, String)], proofs: &[String]) -> Answer {
        self.posts(PAR, &texts(form), proofs).await
    }

    /// The bare answer to a request that it pushes with other credentials.
    pub(crate) async fn pushes_as(&self, credentials: &Credentials, asked: &Asked) -> Answer {
        self.posts_as(credentials, PAR, &texts(&self.request(asked)), &[]).await
    }

    /// Pushes a request, and opens it in that browser.
    pub(crate) async fn opens<'b>(&self, browser: &'b mut Browser, asked: &Asked) -> &'b mut Browser {
        let uri = self.pushed(asked).await;
        browser.opens(&referring(&self.app, &uri)).await
    }

    // --- what it holds

    /// A good proof for a request to that endpoint, where its tokens are bound to a key.
    pub(crate) fn proofs(&self, name: &str) -> Vec<String> {
        let proof = || self.proof(name, None, &json!({}));
        (self.variant.binds == By::Jwt).then(proof).into_iter().collect()
    }

    /// A proof for a request to that endpoint with that token, some of its claims changed.
    pub(crate) fn proof(&self, name: &str, token: Option<&str>, changes: &Value) -> String {
        let method = if name == "userinfo" { "GET" } else { "POST" };
        let good = claims(method, &self.url(name), token, self.app.now());
        self.holder.signs(&json!({}), &changed(good, changes))
    }

    /// A request to the token endpoint, with all that it needs.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.posts("token", form, &self.proofs("token")).await
    }

    /// The bare answer to a code.
    pub(crate) async fn exchanges(&self, code: &str, asked: &Asked) -> Answer {
        self.token(&self.app.redemption(code, asked)).await
    }

    /// The bare answer to a refresh token.
    pub(crate) async fn refreshes(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// What its tokens are shown by.
    pub(crate) const fn scheme(&self) -> &'static str {
        match self.variant.binds {
            By::Jwt => "DPoP",
            By::Certificate => "Bearer",
        }
    }

    /// Asks who that token is about, with all that it needs.
    pub(crate) async fn userinfo(&self, token: &str) -> Answer {
        self.shows(self.scheme(), token, &self.resource_proofs(token), &[]).await
    }

    /// A good proof for showing that token, where it is bound to a key.
    pub(crate) fn resource_proofs(&self, token: &str) -> Vec<String> {
        let proof = || self.proof("userinfo", Some(token), &json!({}));
        (self.variant.binds == By::Jwt).then(proof).into_iter().collect()
    }

    /// The same by that scheme, with these proofs and headers.
    pub(crate) async fn shows(
        &self,
        scheme: &str,
        token: &str,
        proofs: &[String],
        further: &[(HeaderName, &str)],
    ) -> Answer {
        let token = format!("{scheme} {token}");
        let proofs = proofs.iter().map(|proof| (DPOP, proof.as_str()));
        let headers: Vec<_> =
            [(AUTHORIZATION, token.as_str())].into_iter().chain(proofs).chain(further.iter().cloned()).collect();
        self.sends(&Method::GET, "userinfo", &headers, String::new()).await
    }
}

/// These claims with others in their place; `null` leaves one out.
fn changed(mut claims: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn texts(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
