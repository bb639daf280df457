//! A holder of a key: it makes proofs of possession (RFC 9449 §4.2), as they should be or with any mistake in them.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::clock::Timestamp;
use http::HeaderName;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::client_app::{Asked, ClientApp, endpoint};
use super::http::Answer;
use super::signer::Signer;

/// The header that a proof travels in.
pub(crate) const DPOP: HeaderName = HeaderName::from_static("dpop");

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Whoever holds that key.
pub(crate) struct Holder {
    pub(crate) signer: Signer,
}

impl Holder {
    /// With a new key for that algorithm.
    pub(crate) fn new(algorithm: &'static str) -> Self {
        Self { signer: Signer::new(algorithm, "").nameless() }
    }

    /// The key's own name (RFC 7638), by other means than the product's.
    pub(crate) fn thumbprint(&self) -> String {
        let jwk = self.signer.jwk();
        let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
        let canonical = match text("kty").as_str() {
            "RSA" => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text("e"), text("n")),
            "EC" => format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, text("crv"), text("x"), text("y")),
            _ => format!(r#"{{"crv":"{}","kty":"OKP","x":"{}"}}"#, text("crv"), text("x")),
        };
        hash(&canonical)
    }

    /// A proof with these claims and, in its header, what a header needs and these changes.
    pub(crate) fn signs(&self, header: &Value, claims: &Value) -> String {
        let mut all = json!({"typ": "dpop+jwt", "jwk": self.signer.jwk()});
        for (name, value) in header.as_object().unwrap() {
            all[name] = value.clone();
        }
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.signer.signs_under(&all, &claims)
    }

    /// A good proof for a request to the token endpoint.
    pub(crate) fn at_token(&self, now: Timestamp) -> String {
        self.signs(&json!({}), &claims("POST", &endpoint("token"), None, now))
    }

    /// A good proof for asking who that token is about.
    pub(crate) fn at_userinfo(&self, token: &str, now: Timestamp) -> String {
        self.signs(&json!({}), &claims("GET", &endpoint("userinfo"), Some(token), now))
    }

    /// Redeems a code with a good proof.
    pub(crate) async fn redeems(&self, client: &ClientApp, code: &str, asked: &Asked, now: Timestamp) -> Answer {
        client.token_with(&client.redemption(code, asked), &[(DPOP, &self.at_token(now))]).await
    }

    /// Uses a refresh token with a good proof.
    pub(crate) async fn refreshes(&self, client: &ClientApp, token: &str, now: Timestamp) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        client.token_with(&form, &[(DPOP, &self.at_token(now))]).await
    }

    /// Asks who that token is about, with a good proof.
    pub(crate) async fn userinfo(&self, client: &ClientApp, token: &str, now: Timestamp) -> Answer {
        shows(client, "DPoP", token, &[&self.at_userinfo(token, now)]).await
    }
}

/// The claims of a proof for that request, each with a name of its own.
pub(crate) fn claims(method: &str, url: &str, token: Option<&str>, now: Timestamp) -> Value {
    let jti = format!("proof-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    json!({"jti": jti, "htm": method, "htu": url, "iat": now.seconds(), "ath": token.map(hash)})
}

/// Asks who that token is about, by that scheme and with these proofs.
pub(crate) async fn shows(client: &ClientApp, scheme: &str, token: &str, proofs: &[&str]) -> Answer {
    let token = format!("{scheme} {token}");
    let proofs = proofs.iter().map(|proof| (DPOP, *proof));
    let headers: Vec<_> = [(AUTHORIZATION, token.as_str())].into_iter().chain(proofs).collect();
    client.sends(&http::Method::GET, &endpoint("userinfo"), &headers, String::new()).await
}

/// SHA-256, as JWTs write it.
pub(crate) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}
