//! The one place where an access token of ours is taken at an endpoint of ours (RFC 6750, RFC 9449 §7, RFC 8705 §3).
//!
//! It comes in the header or the form body, never in the address (SR-164). Our signature is checked, then whether it is
//! worth something still, then whether it is in the hands that it was bound to: reads, and a write for a DPoP proof only.

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};

use super::call::Call;
use super::possession;
use super::standing::{Stands, stands};
use crate::protocol::client::Client;
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::confirmation::Confirmation;
use crate::protocol::dpop::Proof;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::parameters::Parameters;
use crate::protocol::token::AccessToken;
use crate::store::StoreError;
use crate::store::held::Held;

/// What an open-banking client names a request by, and wants to read again (FAPI 1.0 Part 1 §6.2.1).
const INTERACTION: HeaderName = HeaderName::from_static("x-fapi-interaction-id");

/// An access token in force, shown by its rightful sender, to whom it was meant for, out of a grant that stands.
pub(crate) struct PresentedAccessToken {
    /// What it says.
    pub(crate) claims: AccessToken,
    /// To whom it was issued.
    pub(crate) client: Arc<Client>,
    /// The grant, of whoever gave it; none for a client that acts for itself.
    held: Option<Held>,
}

/// How a token is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// RFC 6750 §2.1.
    Bearer,
    /// RFC 9449 §7.1.
    Dpop,
}

/// Why a token is not taken, and by which scheme the client may try again.
#[derive(Debug)]
pub(crate) struct Denial {
    error: Error,
    scheme: Scheme,
    /// Whether anything was shown: RFC 6750 §3.1 has no error code in the challenge where nothing was.
    shown: bool,
    /// The scope that is missing.
    scope: Option<&'static str>,
}

impl Denial {
    const fn new(scheme: Scheme, error: Error) -> Self {
        Self { error, scheme, shown: true, scope: None }
    }

    /// One sentence for every cause, so that probing teaches nothing.
    const fn refused(scheme: Scheme) -> Self {
        Self::new(scheme, Error::new(ErrorCode::InvalidToken, "the access token is not valid"))
    }

    const fn missing() -> Self {
        let error = Error::new(ErrorCode::InvalidToken, "an access token is missing");
        Self { error, scheme: Scheme::Bearer, shown: false, scope: None }
    }
}

/// Why a request goes without an answer.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// Its token is not taken.
    Denied(Denial),
    /// Something of ours failed.
    Ours(StoreError),
}

impl From<Denial> for NotTaken {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<StoreError> for NotTaken {
    fn from(error: StoreError) -> Self {
        Self::Ours(error)
    }
}

/// A place of ours that takes access tokens.
#[derive(Debug, Clone)]
pub(crate) struct Resource<'a> {
    /// What a token for it names (RFC 9068 §4).
    pub(crate) audience: &'a str,
    /// Where it is found (RFC 9449 §4.3 no. 9).
    pub(crate) addresses: Vec<String>,
}

impl PresentedAccessToken {
    /// The token of a request to that resource; `in_body` is what its form says.
    pub(crate) async fn read(call: &Call, in_body: Option<&str>, resource: &Resource<'_>) -> Result<Self, NotTaken> {
        let (house, now) = (&call.house, call.arrival.now);
        let (scheme, token) = shown(call, in_body)?;
        let refused = || Denial::refused(scheme);
        let claims = house.keys.access_token(token, &house.issuer, now).ok_or_else(refused)?;
        if !claims.is_for(resource.audience) {
            return Err(refused().into());
        }
        let Stands { client, held } = stands(call, &claims).await?.ok_or_else(refused)?;
        let proof = Shown { scheme, token, claims: &claims }.proven(call, &client, &resource.addresses)?;
        if let Some(proof) = proof {
            spend(call, &proof).await?;
        }
        Ok(Self { claims, client, held })
    }

    /// How it is shown.
    fn scheme(&self) -> Scheme {
        match self.claims.confirmation() {
            Some(Confirmation::Key(_)) => Scheme::Dpop,
            Some(Confirmation::Certificate(_)) | None => Scheme::Bearer,
        }
    }

    /// That it is worth nothing after all.
    pub(crate) fn refused(&self) -> NotTaken {
        Denial::refused(self.scheme()).into()
    }

    /// That it is a client's own, where its scope reaches that far: whoever speaks for a person is no administrator
    /// (SR-186).
    pub(crate) fn of_client_within(&self, scope: &'static str) -> Result<&Client, NotTaken> {
        self.reaches(scope)?;
        if self.held.is_some() { Err(self.refused()) } else { Ok(&self.client) }
    }

    /// What a person gave, where its scope reaches that far.
    pub(crate) fn held_within(&self, scope: &'static str) -> Result<&Held, NotTaken> {
        self.reaches(scope)?;
        self.held.as_ref().ok_or_else(|| self.refused())
    }

    fn reaches(&self, scope: &'static str) -> Result<(), Denial> {
        if self.claims.scope().contains(scope) {
            return Ok(());
        }
        let error = Error::new(ErrorCode::InsufficientScope, "the access token does not have the scope");
        Err(Denial { scope: Some(scope), ..Denial::new(self.scheme(), error) })
    }
}

/// The one token of a request, and how it is shown.
fn shown<'a>(call: &'a Call, in_body: Option<&'a str>) -> Result<(Scheme, &'a str), Denial> {
    let twice = |why| Err(Denial::new(Scheme::Bearer, Error::invalid_request(why)));
    let mut headers = call.headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (headers.next(), headers.next());
    if second.is_some() {
        return twice("the Authorization header is repeated");
    }
    let in_header = first.and_then(|value| schemed(value.to_str().ok()?));
    // RFC 6750 §2: "Clients MUST NOT use more than one method to transmit the token in each request."
    match (in_header, in_body) {
        (None, None) => Err(Denial::missing()),
        (Some(_), Some(_)) => twice("two access tokens in one request"),
        _ if is_in_query(call) => twice("an access token is in the address"),
        (Some(shown), None) => Ok(shown),
        (None, Some(token)) => Ok((Scheme::Bearer, token)),
    }
}

/// RFC 9110 §11.1: the name of a scheme is compared without case.
fn schemed(header: &str) -> Option<(Scheme, &str)> {
    let (name, token) = header.split_once(' ')?;
    let schemes = [("bearer", Scheme::Bearer), ("dpop", Scheme::Dpop)];
    let (_, scheme) = schemes.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known))?;
    Some((scheme, token.trim()))
}

fn is_in_query(call: &Call) -> bool {
    let parameters = Parameters::parse(call.query.as_bytes());
    // One that is repeated is there as well.
    parameters.is_ok_and(|parameters| !matches!(parameters.single("access_token"), Ok(None)))
}

/// A token and the way it came.
struct Shown<'a> {
    scheme: Scheme,
    token: &'a str,
    claims: &'a AccessToken,
}

impl Shown<'_> {
    /// Whether whoever sends it holds what it is bound to; a proof that says so is still to be spent.
    fn proven(&self, call: &Call, client: &Client, addresses: &[String]) -> Result<Option<Proof>, Denial> {
        let Self { scheme, token, claims } = self;
        let right = match (claims.confirmation(), scheme) {
            (Some(Confirmation::Key(key)), Scheme::Dpop) => {
                let denied = |error| Denial::new(Scheme::Dpop, error);
                let proof = possession::proof(call, client, addresses, Some(token)).map_err(denied)?;
                let proof = proof.ok_or(denied(Error::invalid_dpop_proof("a DPoP proof is missing")))?;
                return if proof.key() == key { Ok(Some(proof)) } else { Err(Denial::refused(Scheme::Dpop)) };
            }
            (Some(Confirmation::Certificate(bound)), Scheme::Bearer) => {
                possession::certificate(call).as_ref() == Some(bound)
            }
            (None, Scheme::Bearer) => true,
            // RFC 9449 §7.2: a bound token is none for the Bearer scheme; nor is one of another kind for DPoP (§7.1).
            (Some(Confirmation::Key(_)), Scheme::Bearer) => return Err(Denial::refused(Scheme::Dpop)),
            (Some(Confirmation::Certificate(_)) | None, Scheme::Dpop) => false,
        };
        if right { Ok(None) } else { Err(Denial::refused(*scheme)) }
    }
}

async fn spend(call: &Call, proof: &Proof) -> Result<(), NotTaken> {
    let tx = call.app.store.begin().await?;
    if !possession::spend(call, &tx, proof).await? {
        return Err(Denial::new(Scheme::Dpop, Error::invalid_dpop_proof(possession::USED)).into());
    }
    Ok(tx.commit_housekeeping().await?)
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        let status = match self.error.code() {
            // RFC 9449 §7.1: at a resource these are challenges.
            ErrorCode::InvalidDpopProof | ErrorCode::UseDpopNonce => StatusCode::UNAUTHORIZED,
            code => StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST),
        };
        let mut answer = (status, Json(&self.error)).into_response();
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for challenge in self.challenges() {
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                headers.append(WWW_AUTHENTICATE, challenge);
            }
        }
        answer
    }
}

impl Denial {
    /// The scheme that was tried with what went wrong, then the other one (RFC 9449 §7.2).
    fn challenges(&self) -> [String; 2] {
        let algorithms = format!("algs=\"{}\"", ClientAlgorithm::ASYMMETRIC.map(ClientAlgorithm::as_str).join(" "));
        let code = self.shown.then(|| format!("error=\"{}\"", self.error.code().as_str()));
        let scope = self.scope.map(|scope| format!("scope=\"{scope}\""));
        let told: Vec<_> = code.into_iter().chain(scope).collect();
        match self.scheme {
            Scheme::Bearer => [format!("Bearer {}", told.join(", ")), format!("DPoP {algorithms}")],
            Scheme::Dpop => [format!("DPoP {}", [told, vec![algorithms]].concat().join(", ")), "Bearer".to_owned()],
        }
        .map(|challenge| challenge.trim_end().to_owned())
    }
}

/// The answer of a resource, whatever it is: with the nonce for the next proof, and the name of the interaction.
pub(crate) fn answered(call: &Call, answer: Result<Response, impl IntoResponse>) -> Response {
    let mut answer = possession::with_fresh_nonce(call, answer.into_response());
    let named = call.headers.get(INTERACTION).filter(|name| {
        let text = name.to_str().unwrap_or_default();
        // 36 characters: the form with hyphens alone, which nothing else hides in.
        text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
    });
    if let Some(name) = named {
        answer.headers_mut().insert(INTERACTION, name.clone());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_names_what_went_wrong_where_something_was_shown_and_both_ways_to_try_again() {
        let algorithms = "algs=\"RS256 PS256 ES256 ES384 EdDSA\"";
        let proof = Denial::new(Scheme::Dpop, Error::invalid_dpop_proof("a DPoP proof is missing"));
        let narrow = Error::new(ErrorCode::InsufficientScope, "the access token does not have the scope");
        let narrow = Denial { scope: Some("openid"), ..Denial::new(Scheme::Bearer, narrow) };
        for (denial, status, tried, other) in [
            (Denial::missing(), 401, "Bearer".to_owned(), format!("DPoP {algorithms}")),
            (
                Denial::refused(Scheme::Bearer),
                401,
                "Bearer error=\"invalid_token\"".to_owned(),
                format!("DPoP {algorithms}"),
            ),
            (proof, 401, format!("DPoP error=\"invalid_dpop_proof\", {algorithms}"), "Bearer".to_owned()),
            (
                narrow,
                403,
                "Bearer error=\"insufficient_scope\", scope=\"openid\"".to_owned(),
                format!("DPoP {algorithms}"),
            ),
        ] {
            assert_eq!(denial.challenges(), [tried, other]);
            assert_eq!(denial.into_response().status(), status);
        }
    }

    #[test]
    fn a_scheme_is_called_in_any_case() {
        for (header, scheme) in [
            ("Bearer x", Some((Scheme::Bearer, "x"))),
            ("bearer  x", Some((Scheme::Bearer, "x"))),
            ("DPoP x", Some((Scheme::Dpop, "x"))),
            ("dpop x", Some((Scheme::Dpop, "x"))),
            ("Basic x", None),
            ("DPoP", None),
        ] {
            assert_eq!(schemed(header), scheme, "{header}");
        }
    }
}
