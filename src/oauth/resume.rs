//! Where a journey comes back into the protocol: finished (`…/auth/resume?flow=…`) or left (`…/auth/cancel?flow=…`).
//!
//! The journey says which session it ended in; the browser must hold that very session. When nothing is left to agree to,
//! the client gets its code.

use axum::extract::RawQuery;
use axum::response::Response;
use http::HeaderValue;
use http::header::SET_COOKIE;

use super::caller::{Caller, carry, see_other};
use super::fault::Fault;
use crate::app::consents::Answered;
use crate::app::cookies::{self, Name};
use crate::authentication::freshness::RECENT;
use crate::authentication::session::BrowserSession;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::ids::{FlowId, GrantId, OrganisationId, SessionId};
use crate::protocol::assurance::Acr;
use crate::protocol::code::AuthorizationCode;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::grant::Authentication;
use crate::protocol::organisation::Selection;
use crate::protocol::parameters::Parameters;
use crate::protocol::request::{Acceptance, AuthorizationRequest, Prompt};
use crate::protocol::session_state::BrowserState;
use crate::store::flows::{self, Flow};
use crate::store::pushed::{self, Pushed};
use crate::store::{StoreError, Tx, grants, sessions, spent};

/// `GET …/auth/resume`
pub(crate) async fn resume(caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (realm, failed) = (&caller.house.realm.name, |error| Fault::page("a journey could not be taken up", error));
    let applications = format!("/realms/{realm}/applications");
    let Some(flow) = find(&caller, query).await.map_err(failed)? else { return Ok(see_other(&applications, None)) };
    let session = caller.session().await.map_err(failed)?;
    let session = session.filter(|session| flow.journey.entered == Some(session.id));
    match (&flow.request, session) {
        (Some(request), Some(session)) => {
            let chosen = flow.journey.acts_for;
            let selection = caller.app.organisation_of(&caller.house, request, &session, chosen).await;
            let organisation = match selection.map_err(failed)? {
                Selection::Owed => {
                    return Ok(see_other(&format!("/realms/{realm}/choose-organisation?flow={}", flow.id), None));
                }
                Selection::Of(organisation) => Some(organisation),
                Selection::Nobody => None,
            };
            let consented = flow.journey.consented;
            if asks_consent(&caller, request, &session, consented).await.map_err(failed)? {
                return Ok(see_other(&format!("/realms/{realm}/consent?flow={}", flow.id), None));
            }
            give(&caller, Answer { request, flow: Some(&flow), organisation }, &session).await
        }
        // A device waits for an answer.
        (None, Some(_)) if flow.journey.device.is_some() => {
            Ok(see_other(&format!("/realms/{realm}/device/confirm?flow={}", flow.id), None))
        }
        (None, Some(_)) => Ok(match &flow.journey.errand {
            // The person came for a page of their account.
            Some(errand) => see_other(&format!("/realms/{realm}/{}?flow={}", errand.page, flow.id), None),
            None => see_other(&applications, None),
        }),
        // Not entered yet, or the session ended meanwhile: the journey says where it stands.
        (_, None) => Ok(see_other(&format!("/realms/{realm}/go-on?flow={}", flow.id), None)),
    }
}

/// `GET …/auth/cancel`: the person turns back, and the client is told (DESIGN.md §6). Nothing of ours changes by it:
/// coming back leads on from where the journey stands.
pub(crate) async fn cancel(caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let failed = |error| Fault::page("a journey could not be left", error);
    let flow = find(&caller, query).await.map_err(failed)?;
    let request = flow.and_then(|flow| flow.request);
    let client = match &request {
        Some(request) => caller.app.client(&caller.house, request.client_id().as_str()).await.map_err(failed)?,
        None => None,
    };
    match (&request, client) {
        (Some(request), Some(client)) if request.is_still_registered(&client) => {
            carry(&caller, request.fail(Error::access_denied()).response())
        }
        _ => Ok(see_other(&format!("/realms/{}/applications", caller.house.realm.name), None)),
    }
}

/// The journey that the address names, if it is this browser's.
async fn find(caller: &Caller, query: Option<String>) -> Result<Option<Flow>, StoreError> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes()).ok();
    let id = parameters.as_ref().and_then(|parameters| parameters.single("flow").ok().flatten());
    let (Some(id), Some(browser)) = (id.and_then(|id| id.parse::<FlowId>().ok()), caller.cookie(Name::Browser)) else {
        return Ok(None);
    };
    let (reads, realm) = (caller.app.store.reads(), &caller.house.realm.name);
    flows::load(&reads, realm, id, &browser.hash(), caller.arrival.now).await
}

/// Whether the person has to agree first (SR-77); what was said in another session than this counts for nothing.
pub(super) async fn asks_consent(
    caller: &Caller,
    request: &AuthorizationRequest,
    session: &BrowserSession,
    in_session: Option<SessionId>,
) -> Result<bool, StoreError> {
    // A client that is gone, or another than it was, gets no answer at all: see below.
    let Some(client) = caller.app.client(&caller.house, request.client_id().as_str()).await? else { return Ok(false) };
    let answered = Answered { in_session, session: session.id };
    caller.app.owes_consent(&client, request, session.authenticated.user(), answered).await
}

/// What a client's request is answered with.
pub(super) struct Answer<'a> {
    /// The request.
    pub(super) request: &'a AuthorizationRequest,
    /// The journey by which the person had to come: the client is told what they did on the way.
    pub(super) flow: Option<&'a Flow>,
    /// The organisation that they act for.
    pub(super) organisation: Option<OrganisationId>,
}

/// Issues the code: a grant from a session and a request, by value (STYLE.md §3).
pub(super) async fn give(
    caller: &Caller,
    Answer { request, flow, organisation }: Answer<'_>,
    session: &BrowserSession,
) -> Result<Response, Fault> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.arrival.now);
    // The files may have changed while the person was on their way.
    let client = app.client(&caller.house, request.client_id().as_str()).await?;
    let Some(client) = client.filter(|client| request.is_still_registered(client)) else {
        return Err(crate::protocol::request::Refusal::RedirectUriMismatch.into());
    };
    let authenticated = &session.authenticated;
    let subject = app.subjects.of(&client, authenticated.user());
    if request.accepts(&subject, authenticated.auth_time(), now) == Acceptance::SomebodyElse {
        // OpenID Connect Core §3.1.2.1: when another than the hinted person signs in, "it SHOULD return an error, such
        // as login_required" (SR-136).
        return carry(caller, request.fail(Error::login_required()).response());
    }
    let reached = authenticated.acr();
    let failed = |error| Fault::page("a code could not be issued", error);
    let tx = app.store.begin().await.map_err(failed)?;
    let answered = answered(caller, &tx, request, flow).await.map_err(failed)?;
    let missed = flow.is_some_and(|flow| flow.journey.missed);
    let fails = request.is_failed_by(reached) && answered.is_none();
    if missed || fails || client.requests.minimum_acr.is_some_and(|least| !reached.reaches(least)) {
        let unmet = ErrorCode::UnmetAuthenticationRequirements;
        let error = Error::new(unmet, "the end-user could not authenticate at the demanded level");
        return carry(caller, request.fail(error).response());
    }
    let code = entropy::token(&*app.entropy);
    let id = GrantId::new(now, &*app.entropy);
    let authentication = Authentication::from(session);
    let issued = AuthorizationCode::new(id, request, authentication, &subject, now, realm.tokens.code).saying(answered);
    let issued = issued.on_behalf_of(organisation);
    if let Some(reference) = request.pushed() {
        // RFC 9126 §7.3: used up with the code, of which there is one, however many pages were opened (SR-133).
        let pushed = Pushed { realm: &realm.name, client: request.client_id(), reference };
        if !pushed::spend(&tx, pushed, now).await.map_err(failed)? {
            return carry(caller, request.fail(Error::invalid_request_uri()).response());
        }
    }
    grants::issue(&tx, &realm.name, &code.hash(), &issued, realm.tokens.refresh_absolute).await.map_err(failed)?;
    // SR-101: an application that asks in silence whether somebody is still there is no activity of theirs.
    if !request.prompts().contains(Prompt::None) {
        sessions::touch(&tx, session.id, now).await.map_err(failed)?;
    }
    let event = Event {
        user: Some(session.authenticated.user()),
        session: Some(session.id),
        client: Some(request.client_id().to_string()),
        ..caller.event(EventKind::CodeIssued)
    };
    if let Err(error) = tx.commit(&event).await {
        tracing::error!(%error, "a code could not be committed");
        let error = Error::new(ErrorCode::ServerError, "the request could not be completed");
        return carry(caller, request.fail(error).response());
    }
    let address = request.return_address();
    let state = BrowserState::of(session.id);
    let salt = entropy::nonce(&*app.entropy);
    let session_state = state.session_state(request.client_id(), address.redirect_uri().as_str(), &salt);
    let acted = request.action().is_some_and(|action| flow.is_some_and(|flow| flow.journey.settled.contains(&action)));
    let mut response = carry(caller, address.code(&code, session_state, acted))?;
    // A session that was opened before there was such a cookie, or a browser that lost it.
    let kept = Name::State(&realm.name);
    if caller.cookie(kept).is_none_or(|known| known.expose() != state.as_str())
        && let Ok(cookie) = HeaderValue::from_str(&cookies::set(kept, state.as_str(), None))
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What the code says of the questions that were answered on the way: for the request that asked, a moment after, and once,
/// however often the browser comes back to it (DOMAIN.md §8).
async fn answered(
    caller: &Caller,
    tx: &Tx,
    request: &AuthorizationRequest,
    flow: Option<&Flow>,
) -> Result<Option<Acr>, StoreError> {
    let Some(flow) = flow.filter(|_| request.asks_the_challenge()) else { return Ok(None) };
    let Some(at) = flow.journey.attempt.answered(caller.arrival.now) else { return Ok(None) };
    // No passkey's challenge has a space in it.
    let challenge = format!("questions of {}", flow.id);
    let spent = spent::spend_challenge(tx, (&caller.house.realm.name, &challenge), at + RECENT).await?;
    Ok(spent.then_some(Acr::ChallengeAnswered))
}
