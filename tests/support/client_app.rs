//! A relying party, in raw HTTP: what it asks for, what it gets, and the `openidconnect` crate's checks of ID tokens.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use guichet::clock::{Clock, MovableClock, Timestamp};
use guichet::entropy::{self, Entropy};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName};
use http::{Method, Request};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, Nonce};
use serde_json::Value;
use url::Url;

use super::http::{Answer, exchange};
use super::world::{PUBLIC, REALM, World};

/// How a client authenticates at the token endpoint (RFC 6749 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presents {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
    /// Its name alone.
    Name,
    /// Nothing but what the story puts into the form.
    Nothing,
}

/// A relying party of the realm.
pub(crate) struct ClientApp {
    pub(crate) node: SocketAddr,
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
    /// How it proves who it is.
    pub(crate) presents: Presents,
    clock: Arc<MovableClock>,
    entropy: Arc<dyn Entropy>,
}

/// A request that a client began, and what it keeps until the answer.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Asked {
    /// The request with another value; an empty one leaves the parameter out.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(other, _)| other != name);
        if !value.is_empty() {
            self.parameters.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Where the browser is sent.
    pub(crate) fn url(&self) -> String {
        let mut url = Url::parse(&endpoint("auth")).unwrap();
        url.query_pairs_mut().extend_pairs(&self.parameters);
        url.into()
    }
}

/// What a client was given.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) id_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) answer: Value,
}

impl ClientApp {
    pub(crate) fn new(world: &World, id: &str, secret: &str, redirect_uri: &str) -> Self {
        Self {
            node: world.node.address,
            id: id.to_owned(),
            secret: secret.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            presents: Presents::Basic,
            clock: Arc::clone(&world.clock),
            entropy: Arc::clone(&world.entropy),
        }
    }

    /// The present, as the client has it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Chance, as the client has it.
    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// Begins a sign-in, with PKCE, `state` and `nonce`.
    pub(crate) fn asks(&self) -> Asked {
        let token = || entropy::token(&*self.entropy).expose().clone();
        let (state, nonce, verifier) = (token(), token(), token());
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Asked { state, nonce, verifier, parameters }
    }

    /// The code in an answer, once its `state` and `iss` are checked (RFC 9207 §2.4).
    pub(crate) fn code(&self, asked: &Asked, answer: &Url) -> String {
        assert!(answer.as_str().starts_with(&self.redirect_uri), "{answer}");
        assert_eq!(parameter(answer, "state").as_ref(), Some(&asked.state), "{answer}");
        assert_eq!(parameter(answer, "iss"), Some(issuer()), "{answer}");
        parameter(answer, "code").unwrap_or_else(|| panic!("no code: {answer}"))
    }

    /// Trades the code of an answer for tokens, and checks the ID token.
    pub(crate) async fn redeems(&self, asked: &Asked, answer: &Url) -> Tokens {
        let code = self.code(asked, answer);
        let tokens = tokens(&self.exchanges(&code, asked).await);
        self.checked(&tokens.id_token, &asked.nonce).await;
        tokens
    }

    /// The bare answer to a code.
    pub(crate) async fn exchanges(&self, code: &str, asked: &Asked) -> Answer {
        self.token(&self.redemption(code, asked)).await
    }

    /// The form that redeems a code.
    pub(crate) fn redemption<'a>(&'a self, code: &'a str, asked: &'a Asked) -> [(&'static str, &'a str); 4] {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &asked.verifier),
        ]
    }

    /// The bare answer to a refresh token.
    pub(crate) async fn refreshes(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// A request to the token endpoint, with what the client proves itself by.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.posts("token", form, &[]).await
    }

    /// The same, with further headers.
    pub(crate) async fn token_with(&self, form: &[(&str, &str)], further: &[(HeaderName, &str)]) -> Answer {
        self.posts("token", form, further).await
    }

    /// What the provider says of a token.
    pub(crate) async fn introspects(&self, token: &str) -> Value {
        let answer = self.posts("token/introspect", &[("token", token)], &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Gives a token back.
    pub(crate) async fn revokes(&self, token: &str) -> Answer {
        self.posts("revoke", &[("token", token)], &[]).await
    }

    /// A request to an endpoint for clients, with what the client proves itself by.
    pub(crate) async fn posts(&self, name: &str, form: &[(&str, &str)], more: &[(HeaderName, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let basic = self.basic();
        let mut headers = more.to_vec();
        match self.presents {
            Presents::Basic => headers.push((AUTHORIZATION, basic.as_str())),
            Presents::Post => {
                body.append_pair("client_id", &self.id).append_pair("client_secret", &self.secret);
            }
            Presents::Name => {
                body.append_pair("client_id", &self.id);
            }
            Presents::Nothing => {}
        }
        self.sends(&Method::POST, &endpoint(name), &headers, body.finish()).await
    }

    /// Its credentials in a header (RFC 6749 §2.3.1).
    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)))
    }

    /// What the provider says of the person.
    pub(crate) async fn userinfo(&self, access_token: &str) -> Answer {
        let bearer = format!("Bearer {access_token}");
        self.sends(&Method::GET, &endpoint("userinfo"), &[(AUTHORIZATION, &bearer)], String::new()).await
    }

    /// Any request, straight to the node, as a server of the client's.
    pub(crate) async fn sends(
        &self,
        method: &Method,
        url: &str,
        headers: &[(HeaderName, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let url = Url::parse(url).unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
            .header(HOST, url.host_str().unwrap())
            .header("x-forwarded-for", "203.0.113.80")
            .header("x-forwarded-proto", "https");
        if method == Method::POST && !headers.iter().any(|(name, _)| *name == CONTENT_TYPE) {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        exchange(self.node, request.body(body.into()).unwrap()).await
    }

    /// Where a browser goes to sign out.
    #[expect(clippy::unused_self, reason = "the client sends it there, as to everything else")]
    pub(crate) fn logout_url(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = Url::parse(&endpoint("logout")).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }

    /// The claims of an ID token, once the library's checks have passed.
    pub(crate) async fn checked(&self, id_token: &str, nonce: &str) -> CoreIdTokenClaims {
        let keys = self.sends(&Method::GET, &endpoint("certs"), &[], String::new()).await;
        let keys: CoreJsonWebKeySet = serde_json::from_str(&keys.body).unwrap();
        let (id, secret) = (ClientId::new(self.id.clone()), ClientSecret::new(self.secret.clone()));
        let now = jiff::Timestamp::from_millisecond(self.clock.now().millis()).unwrap().to_string();
        let verifier =
            CoreIdTokenVerifier::new_confidential_client(id, secret, IssuerUrl::new(issuer()).unwrap(), keys)
                .set_allowed_algs([
                    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
                    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                    CoreJwsSigningAlgorithm::EdDsa,
                ])
                .set_time_fn(move || now.parse().unwrap());
        let token: CoreIdToken = id_token.parse().unwrap();
        token.claims(&verifier, &Nonce::new(nonce.to_owned())).unwrap_or_else(|error| panic!("{error:?}")).clone()
    }
}

/// The realm's issuer.
pub(crate) fn issuer() -> String {
    format!("{PUBLIC}/realms/{REALM}")
}

/// An endpoint of the protocol, by the last part of its path.
pub(crate) fn endpoint(name: &str) -> String {
    format!("{PUBLIC}/realms/{REALM}/protocol/openid-connect/{name}")
}

/// A query parameter.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The tokens of a successful answer.
pub(crate) fn tokens(answer: &Answer) -> Tokens {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = answer.json();
    let text = |name: &str| answer[name].as_str().map(ToOwned::to_owned);
    Tokens {
        access_token: text("access_token").unwrap(),
        id_token: text("id_token").unwrap(),
        refresh_token: text("refresh_token"),
        answer,
    }
}

/// The payload of a JWT, unchecked.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
