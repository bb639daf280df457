//! A request that a client makes for itself: a form, and the proof of who sends it (RFC 6749 §2.3, §3.2.1).
//!
//! A client proves itself first, by its one registered method, as slowly for unknown clients as for known ones (SR-147).
//! Wrong proofs are slowed per client and source, so that nobody can lock a portal out (SR-9).

use axum::body::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};

use super::caller::Caller;
use super::fault::Fault;
use super::{client_assertion, client_certificate};
use crate::event::{Event, EventKind};
use crate::protocol::client::Client;
use crate::protocol::client_authentication::{AuthenticatedClient, Evidence, PresentedClient, Proof, Shown};
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;
use crate::store::StoreError;
use crate::throttle::{Guessed, Slowed, Subject};

/// Such a request, its client proven.
pub(super) struct FromClient {
    /// Who sent it.
    pub(super) client: AuthenticatedClient,
    /// What the form says.
    pub(super) parameters: Parameters,
}

impl FromClient {
    /// Reads the form and proves the client.
    pub(super) async fn read(caller: &Caller, body: &Bytes) -> Result<Self, Fault> {
        if !is_form(&caller.headers) {
            return Err(Fault::Client(Error::invalid_request("the body is not application/x-www-form-urlencoded")));
        }
        let parameters = Parameters::parse(body).map_err(|fault| Fault::Client(fault.into()))?;
        let client = prove(caller, &parameters).await?;
        caller.app.note_use(&caller.house, &client, caller.arrival.now).await?;
        Ok(Self { client, parameters })
    }
}

async fn prove(caller: &Caller, parameters: &Parameters) -> Result<AuthenticatedClient, Fault> {
    let mut headers = caller.headers.get_all(AUTHORIZATION).iter();
    let (authorization, second) = (headers.next(), headers.next());
    let refused = |error: Error| match authorization {
        Some(_) => Fault::Challenged(error, "Basic realm=\"token\", charset=\"UTF-8\""),
        None => Fault::Client(error),
    };
    if second.is_some() {
        return Err(refused(Error::invalid_request("the Authorization header is repeated")));
    }
    let authorization = authorization.map(|value| value.to_str().unwrap_or_default());
    let shown = Shown { authorization, certificate: caller.certificate.as_ref() };
    let presented = PresentedClient::read(shown, parameters).map_err(refused)?;
    let found = caller.app.client(&caller.house, presented.client_id()).await?;
    let known = found.is_some();
    let evidence = evidence(caller, &presented, found.as_deref()).await?;
    match presented.authenticate(found, evidence.as_ref()) {
        Ok(client) => Ok(client),
        Err(error) => match slow_down(caller, &presented, known).await? {
            None => Err(refused(error)),
            Some(slowed) => Err(Fault::Slowed(slowed.seconds(caller.arrival.now))),
        },
    }
}

/// What has to be found out about a proof before it can be judged.
async fn evidence(
    caller: &Caller,
    presented: &PresentedClient,
    known: Option<&Client>,
) -> Result<Option<Evidence>, StoreError> {
    Ok(match presented.proof() {
        Proof::Name | Proof::Secret(_) => None,
        Proof::Assertion(token) => client_assertion::proven(caller, token, known).await?.map(Evidence::Assertion),
        Proof::Certificate(shown) => client_certificate::proven(caller, shown, known).await.map(Evidence::Certificate),
    })
}

/// Counts a failure; says so when there were too many.
async fn slow_down(caller: &Caller, presented: &PresentedClient, known: bool) -> Result<Option<Slowed>, StoreError> {
    let (app, now) = (&caller.app, caller.arrival.now);
    let tx = app.store.begin().await?;
    let network = caller.arrival.source.network();
    // Names that nobody has share one counter: a stranger could make up any number (SR-76).
    let subject = format!("{} {network}", if known { presented.client_id() } else { "" });
    let reserved = app.throttle.reserve(&tx, Guessed::ClientSecret, Subject::Client(&subject), &network, now).await?;
    let client = Some(presented.client_id().chars().take(100).collect());
    tx.commit(&Event { client, ..caller.event(EventKind::ClientRefused) }).await?;
    Ok(reserved.err())
}

fn is_form(headers: &HeaderMap) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = said.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
