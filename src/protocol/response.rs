//! The authorization response: what goes back to the client's address, code or error (RFC 6749 §4.1.2, RFC 9207).
//!
//! A response is data: the door turns it into a 303 or into a form. The registered address is kept to the letter;
//! our parameters follow whatever query it has. In the modes of JARM the parameters are the claims of a JWT, and one
//! parameter, `response`, carries it: until the door has signed it there is nothing that could be carried.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::client::{Client, ClientId, SigningAlgorithm};
use super::error::{Error, ErrorCode};
use super::issuer::Issuer;
use super::request::redirect_uri::RegisteredRedirectUri;
use super::request::response_mode::ResponseMode;
use super::token::{NumericDate, TokenKind};
use crate::clock::{Duration, Timestamp};
use crate::secret::Secret;

/// JARM §2.1: "A maximum JWT lifetime of 10 minutes is RECOMMENDED."
const LIFETIME: Duration = Duration::from_mins(10);

/// Where and how the answer to one request goes: the only way to make an [`AuthorizationResponse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReturnAddress {
    issuer: Issuer,
    redirect_uri: RegisteredRedirectUri,
    response_mode: ResponseMode,
    state: Option<String>,
    /// In the modes that sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

/// For whom a signed answer is, and with what it is signed (JARM §2.1, §3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Signature {
    audience: ClientId,
    algorithm: SigningAlgorithm,
}

/// An authorization response, ready to be carried.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum AuthorizationResponse {
    /// Send the browser there, by 303 and never 307 (SR-110).
    Redirect(String),
    /// A page with a form that posts itself (Form Post Response Mode §2); every value is to be escaped (SR-117).
    FormPost {
        /// The `action` of the form.
        action: String,
        /// Its hidden fields.
        fields: Vec<(&'static str, String)>,
    },
    /// To be signed first.
    Unsigned(Box<UnsignedResponse>),
}

/// A response that is carried as a JWT (JARM §2.1), and has no signature yet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UnsignedResponse {
    address: ReturnAddress,
    signature: Signature,
    fields: Vec<(&'static str, String)>,
}

/// The claims of a signed response.
#[derive(Serialize)]
pub(crate) struct SignedResponse<'a> {
    iss: &'a Issuer,
    aud: &'a ClientId,
    exp: NumericDate,
    #[serde(flatten)]
    parameters: BTreeMap<&'static str, &'a str>,
}

impl TokenKind for SignedResponse<'_> {
    const TYP: &'static str = "JWT";
}

/// Whether an error may move the browser by itself (SR-126).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The person has acted, or the client asked for silence.
    AtOnce,
    /// On a page that says where the way back leads: a link with a nonsense request is no open redirector.
    ByTheUser,
}

/// An error for the client, at its proven address.
#[derive(Debug, Clone)]
pub(crate) struct ErrorResponse {
    address: ReturnAddress,
    error: Error,
    delivery: Delivery,
}

impl ReturnAddress {
    /// Bundles what the first checks proved.
    pub(super) const fn new(
        issuer: Issuer,
        redirect_uri: RegisteredRedirectUri,
        response_mode: ResponseMode,
        state: Option<String>,
    ) -> Self {
        Self { issuer, redirect_uri, response_mode, state, signature: None }
    }

    /// The same, signed as that client wants it where its mode is one that signs.
    pub(super) fn signed_for(self, client: &Client) -> Self {
        let signature = || Signature { audience: client.client_id.clone(), algorithm: client.signs.authorization };
        Self { signature: self.response_mode.is_signed().then(signature), ..self }
    }

    /// The proven redirect address.
    pub(crate) const fn redirect_uri(&self) -> &RegisteredRedirectUri {
        &self.redirect_uri
    }

    /// The successful answer (OpenID Connect Core §3.1.2.5, Session Management §2).
    ///
    /// `acted` says that what the client wanted to be done was done, as Keycloak tells it.
    pub(crate) fn code(
        &self,
        code: &Secret<String>,
        session_state: Option<String>,
        acted: bool,
    ) -> AuthorizationResponse {
        let state = session_state.map(|state| ("session_state", state));
        let status = acted.then(|| ("kc_action_status", "success".to_owned()));
        self.carry([("code", code.expose().clone())].into_iter().chain(state).chain(status).collect())
    }

    /// Adds what every answer has, `state` if there was one and `iss` always (SR-131, SR-132), and the envelope.
    fn carry(&self, mut fields: Vec<(&'static str, String)>) -> AuthorizationResponse {
        fields.extend(self.state.clone().map(|state| ("state", state)));
        if let Some(signature) = self.signature.clone() {
            // JARM §2.1 and RFC 9207 §2.4: `iss` is a claim of the JWT, and stands nowhere else.
            return AuthorizationResponse::Unsigned(Box::new(UnsignedResponse {
                address: self.clone(),
                signature,
                fields,
            }));
        }
        fields.push(("iss", self.issuer.as_str().to_owned()));
        self.envelope(fields)
    }

    fn envelope(&self, fields: Vec<(&'static str, String)>) -> AuthorizationResponse {
        let address = self.redirect_uri.as_str();
        match self.response_mode {
            ResponseMode::Query | ResponseMode::QueryJwt => {
                AuthorizationResponse::Redirect(with_query(address, &fields))
            }
            ResponseMode::Fragment | ResponseMode::FragmentJwt => {
                AuthorizationResponse::Redirect(format!("{address}#{}", encoded(&fields)))
            }
            ResponseMode::FormPost | ResponseMode::FormPostJwt => {
                AuthorizationResponse::FormPost { action: address.to_owned(), fields }
            }
        }
    }
}

impl UnsignedResponse {
    /// With what it is to be signed.
    pub(crate) const fn algorithm(&self) -> SigningAlgorithm {
        self.signature.algorithm
    }

    /// What is to be signed.
    pub(crate) fn claims(&self, now: Timestamp) -> SignedResponse<'_> {
        SignedResponse {
            iss: &self.address.issuer,
            aud: &self.signature.audience,
            exp: (now + LIFETIME).into(),
            parameters: self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect(),
        }
    }

    /// The response that carries the JWT made of it.
    pub(crate) fn signed(&self, jwt: &Secret<String>) -> AuthorizationResponse {
        self.address.envelope(vec![("response", jwt.expose().clone())])
    }
}

impl ErrorResponse {
    /// An error on its way to the client; a code that has no business in a browser travels as `server_error`.
    pub(super) fn new(address: ReturnAddress, error: Error, delivery: Delivery) -> Self {
        let fallback = Error::new(ErrorCode::ServerError, "the request could not be completed");
        let error = if error.code().may_travel() { error } else { fallback };
        Self { address, error, delivery }
    }

    /// Whether it may go by itself.
    pub(crate) const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// What went wrong.
    pub(crate) const fn error(&self) -> &Error {
        &self.error
    }

    /// What the client gets (RFC 6749 §4.1.2.1).
    pub(crate) fn response(&self) -> AuthorizationResponse {
        self.address.carry(vec![
            ("error", self.error.code().as_str().to_owned()),
            ("error_description", self.error.description().to_owned()),
        ])
    }
}

/// An address with more parameters behind its own, which are kept to the letter (RFC 6749 §3.1.2).
pub(super) fn with_query(address: &str, fields: &[(&'static str, String)]) -> String {
    let encoded = encoded(fields);
    let joint = match address.split_once('?') {
        _ if encoded.is_empty() => "",
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{address}{joint}{encoded}")
}

fn encoded(fields: &[(&'static str, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registered_query_is_kept_to_the_letter() {
        for (address, answer) in [
            ("https://rp.example/cb", "https://rp.example/cb?code=a+b"),
            ("https://rp.example/cb?x=%7e&y", "https://rp.example/cb?x=%7e&y&code=a+b"),
            ("https://rp.example/cb?", "https://rp.example/cb?code=a+b"),
            ("https://rp.example/cb?x=1&", "https://rp.example/cb?x=1&code=a+b"),
            ("com.example.app:/cb", "com.example.app:/cb?code=a+b"),
        ] {
            assert_eq!(with_query(address, &[("code", "a b".to_owned())]), answer);
        }
        assert_eq!(with_query("https://rp.example/", &[]), "https://rp.example/");
    }
}
