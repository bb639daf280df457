//! The authorization request: a row of checks, and what has passed them all (OpenID Connect Core §3.1.2.2).
//!
//! The row stands in [`check`] and [`judge`], in order. Until `client_id` and `redirect_uri` are proven an error is a
//! [`Refusal`], shown on a page of ours; afterwards it is an [`ErrorResponse`] for the client. A check that needs an
//! earlier one asks for its proof ([`KnownClient`], [`RegisteredRedirectUri`]), so a wrong order does not compile.

mod acr_values;
mod claims;
mod client_id;
pub(crate) mod display;
pub(crate) mod dpop_jkt;
mod id_token_hint;
mod kc_action;
mod login_hint;
mod max_age;
mod nonce;
pub(crate) mod pkce;
pub(crate) mod presented;
mod prompt;
pub(crate) mod pushed;
pub(crate) mod redirect_uri;
mod registration;
pub(crate) mod request_object;
mod resource;
pub(crate) mod response_mode;
mod response_type;
mod scope;
mod state;
pub(crate) mod ui_locales;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::client_id::KnownClient;
use self::pkce::CodeChallenge;
use self::presented::Presented;
pub(crate) use self::prompt::{Prompt, Prompts};
use self::pushed::PushedReference;
use self::redirect_uri::RegisteredRedirectUri;
use self::response_mode::ResponseMode;
use super::assurance::{Acr, Demand, at_least};
use super::claims::RequestedClaims;
use super::client::{Client, ClientId, PushedRequests};
use super::error::Error;
use super::issuer::Issuer;
use super::parameters::{ParameterFault, Parameters};
use super::response::{Delivery, ErrorResponse, ReturnAddress};
use super::scope::Scope;
use super::stored::Stored;
use super::subject::Subject;
use super::thumbprint::Thumbprint;
use super::token::IdTokenHint;
use crate::authentication::policy::Demanded;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::{Duration, Timestamp};
use crate::identity::language::Language;

/// What the checks know of the realm that is asked.
pub(crate) struct Provider<'a> {
    /// The realm's issuer.
    pub(crate) issuer: &'a Issuer,
    /// The relying party that `client_id` names, when there is one.
    pub(crate) client: Option<&'a Client>,
    /// Whether people may register, so that `prompt=create` leads somewhere.
    pub(crate) registration_open: bool,
    /// Whether the realm wants every request pushed.
    pub(crate) pushed: PushedRequests,
    /// The levels that its people can reach.
    pub(crate) levels: &'a [Acr],
    /// Reads an ID token that we issued, expired or not; `None` when it is not one of ours.
    pub(crate) id_token_hint: &'a dyn Fn(&str) -> Option<IdTokenHint>,
}

/// Why nothing can be answered to the client: the address to answer to is not proven (SR-125).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The parameters could not be read at all.
    #[error("unreadable parameters: {0}")]
    Unreadable(#[from] ParameterFault),
    /// No `client_id`.
    #[error("client_id is missing")]
    ClientIdMissing,
    /// No relying party of that name in this realm.
    #[error("client_id is unknown")]
    ClientUnknown,
    /// No `redirect_uri`; there is no default, even when one is registered (OpenID Connect Core §3.1.2.1).
    #[error("redirect_uri is missing")]
    RedirectUriMissing,
    /// Not one of those the client registered.
    #[error("redirect_uri is not registered")]
    RedirectUriMismatch,
    /// The object, or what the reference names, is no good, and beside it stands no address that is registered.
    #[error("{0}")]
    Unresolved(Error),
}

impl From<Refusal> for Error {
    /// For the client itself, where it pushes (RFC 9126 §2.3).
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unreadable(fault) => fault.into(),
            Refusal::ClientIdMissing | Refusal::ClientUnknown => Self::invalid_client(),
            Refusal::RedirectUriMissing => Self::invalid_request("redirect_uri is missing"),
            Refusal::RedirectUriMismatch => Self::invalid_request("redirect_uri is not registered"),
            Refusal::Unresolved(error) => error,
        }
    }
}

/// Why a request did not pass.
#[derive(Debug)]
pub(crate) enum Rejection {
    /// For a page of ours, never a redirect.
    Refused(Refusal),
    /// For the client, at its proven address.
    Answered(Box<ErrorResponse>),
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An authorization request that passed every check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest {
    client_id: ClientId,
    return_address: ReturnAddress,
    received: Timestamp,
    scope: Scope,
    nonce: Option<String>,
    code_challenge: Option<CodeChallenge>,
    #[serde(default)]
    dpop_jkt: Option<Thumbprint>,
    prompts: Prompts,
    max_age: Option<Duration>,
    login_hint: Option<String>,
    hinted_user: Option<Subject>,
    ui_locales: Vec<Language>,
    // What older binaries did not ask has a default: they run beside this one.
    #[serde(default)]
    demand: Demand,
    #[serde(default)]
    claims: RequestedClaims,
    #[serde(default)]
    subjects: BTreeSet<Subject>,
    #[serde(default)]
    resources: BTreeSet<String>,
    #[serde(default)]
    pushed: Option<PushedReference>,
    #[serde(default)]
    action: Option<RequiredActionKind>,
}

impl Stored for AuthorizationRequest {}

/// The row, first half: whom we answer, and where.
pub(crate) fn check(
    presented: &Presented,
    provider: &Provider<'_>,
    now: Timestamp,
) -> Result<AuthorizationRequest, Rejection> {
    let parameters = &presented.parameters;
    let client = client_id::check(parameters, provider.client)?;
    let address = address(parameters, provider, client)?;
    judge(presented, provider, client, address.clone(), now).map_err(|error| {
        // SR-126: a frame that asked for silence gets its answer; anybody else is shown where the link leads first.
        let delivery = if prompt::asks_for_silence(parameters) { Delivery::AtOnce } else { Delivery::ByTheUser };
        Rejection::Answered(Box::new(ErrorResponse::new(address, error, delivery)))
    })
}

/// The rejection where a request could not even be read, because its object or its reference is no good: told at the
/// address that stands beside it when that is registered, otherwise on a page of ours (SR-125). It moves nobody by itself.
pub(crate) fn unresolved(beside: &Parameters, provider: &Provider<'_>, error: Error) -> Rejection {
    let client = client_id::check(beside, provider.client);
    match client.and_then(|client| address(beside, provider, client)) {
        Ok(address) => Rejection::Answered(Box::new(ErrorResponse::new(address, error, Delivery::ByTheUser))),
        Err(refusal @ (Refusal::ClientIdMissing | Refusal::ClientUnknown)) => refusal.into(),
        Err(_) => Refusal::Unresolved(error).into(),
    }
}

/// Where the answer goes, and how.
fn address(
    parameters: &Parameters,
    provider: &Provider<'_>,
    client: KnownClient<'_>,
) -> Result<ReturnAddress, Refusal> {
    let redirect_uri = redirect_uri::check(parameters, client)?;
    let mode = response_mode::check(parameters, client).unwrap_or(ResponseMode::usual(&client));
    let address = ReturnAddress::new(provider.issuer.clone(), redirect_uri, mode, state::check(parameters));
    Ok(address.signed_for(&client))
}

/// The row, second half: what is asked.
fn judge(
    presented: &Presented,
    provider: &Provider<'_>,
    client: KnownClient<'_>,
    return_address: ReturnAddress,
    now: Timestamp,
) -> Result<AuthorizationRequest, Error> {
    let parameters = &presented.parameters;
    parameters.none_repeated()?;
    response_mode::check(parameters, client)?;
    presented::check(presented, client, provider.pushed)?;
    registration::check(parameters)?;
    response_type::check(parameters, client)?;
    display::check(parameters)?;
    let claims = claims::check(parameters, client)?;
    Ok(AuthorizationRequest {
        scope: scope::check(parameters, client)?,
        nonce: nonce::check(parameters)?,
        code_challenge: pkce::check(parameters, client)?,
        prompts: prompt::check(parameters, provider.registration_open)?,
        max_age: max_age::check(parameters, client)?,
        login_hint: login_hint::check(parameters)?,
        hinted_user: id_token_hint::check(parameters, client, provider.id_token_hint)?,
        ui_locales: ui_locales::check(parameters)?,
        demand: acr_values::check(parameters, client, claims.acr.as_ref(), provider.levels)?,
        claims: claims.told,
        subjects: claims.subjects,
        resources: resource::check(parameters, client)?,
        dpop_jkt: dpop_jkt::check(parameters)?,
        pushed: presented.way.reference(),
        action: kc_action::check(parameters)?,
        client_id: client.client_id.clone(),
        return_address,
        received: now,
    })
}

/// What a session is worth to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acceptance {
    /// It answers the request.
    Accepted,
    /// The person has to authenticate (again).
    TooOld,
    /// The request hints at somebody else (SR-136).
    SomebodyElse,
}

impl AuthorizationRequest {
    /// Whether the client, as it is declared now, still owns the address that the answer goes to.
    pub(crate) fn is_still_registered(&self, client: &Client) -> bool {
        client.client_id == self.client_id && redirect_uri::is_registered(client, self.redirect_uri().as_str())
    }

    /// Whether the session of that `subject`, as the client knows the person, answers this request without another sign-in (SR-135, SR-136).
    ///
    /// An authentication made since the request arrived always does; thus `max_age=0` and `prompt=login` end.
    pub(crate) fn accepts(&self, subject: &Subject, auth_time: Timestamp, now: Timestamp) -> Acceptance {
        let made_for_this = auth_time >= self.received;
        let fresh = self.max_age.is_none_or(|max_age| now.since(auth_time) <= max_age);
        if !made_for_this && (self.prompts.ask_for_authentication() || !fresh) {
            Acceptance::TooOld
        } else if self.hinted_user.as_ref().is_some_and(|hinted| hinted != subject)
            || !(self.subjects.is_empty() || self.subjects.contains(subject))
        {
            Acceptance::SomebodyElse
        } else {
            Acceptance::Accepted
        }
    }

    /// Whether the person is to answer their questions for it.
    pub(crate) fn asks_the_challenge(&self) -> bool {
        self.demand.asks_the_challenge()
    }

    /// Whether that level falls short of what is asked, so that the person has to show more (RFC 9470 §5).
    fn asks_more_than(&self, reached: Acr) -> bool {
        !self.demand.is_met_by(reached)
    }

    /// What is demanded of a person whom that client, as it is declared now, brings by this request.
    pub(crate) fn demanded(&self, client: &Client) -> Demanded {
        self.demand.demanded().and(at_least(client.requests.minimum_acr))
    }

    /// What the person is to do on the way, whether they owe it or not.
    pub(crate) const fn action(&self) -> Option<RequiredActionKind> {
        self.action
    }

    /// Whether an answer at that level would be none to this client (OpenID Connect Core §5.5.1.1).
    pub(crate) fn is_failed_by(&self, reached: Acr) -> bool {
        self.demand.is_essential() && self.asks_more_than(reached)
    }

    /// The answer when the journey ends without a code; it goes at once, for a person has acted or silence was asked.
    pub(crate) fn fail(&self, error: Error) -> ErrorResponse {
        ErrorResponse::new(self.return_address.clone(), error, Delivery::AtOnce)
    }

    /// The relying party.
    pub(crate) const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Where and how the answer goes.
    pub(crate) const fn return_address(&self) -> &ReturnAddress {
        &self.return_address
    }

    /// The proven redirect address.
    pub(crate) const fn redirect_uri(&self) -> &RegisteredRedirectUri {
        self.return_address.redirect_uri()
    }

    /// What is asked for, within what the client registered.
    pub(crate) const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// `nonce`, for the ID token.
    pub(crate) fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// `code_challenge`, kept with the code.
    pub(crate) const fn code_challenge(&self) -> Option<&CodeChallenge> {
        self.code_challenge.as_ref()
    }

    /// The key that the code is bound to (RFC 9449 §10).
    pub(crate) const fn dpop_jkt(&self) -> Option<&Thumbprint> {
        self.dpop_jkt.as_ref()
    }

    /// Which pages are asked for, or that none may be shown.
    pub(crate) const fn prompts(&self) -> Prompts {
        self.prompts
    }

    /// What to write into the identifier field.
    pub(crate) fn login_hint(&self) -> Option<&str> {
        self.login_hint.as_deref()
    }

    /// What is asked for by name.
    pub(crate) const fn claims(&self) -> &RequestedClaims {
        &self.claims
    }

    /// What the tokens will be for.
    pub(crate) const fn resources(&self) -> &BTreeSet<String> {
        &self.resources
    }

    /// The reference that it came by, to be used up with its code.
    pub(crate) const fn pushed(&self) -> Option<PushedReference> {
        self.pushed
    }

    /// The languages asked for, those we speak.
    pub(crate) fn ui_locales(&self) -> &[Language] {
        &self.ui_locales
    }
}

#[cfg(test)]
pub(crate) mod tests;
