//! The authorization endpoint: `GET`, `POST …/protocol/openid-connect/auth` (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).
//!
//! The row of checks is in [`request`](crate::protocol::request). What passes it is answered at once by an open session,
//! or becomes a journey. A cross-site POST goes on as a GET, so that no cookie has to be `SameSite=None` (SR-100).

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::response::Response;

use super::caller::{Caller, carry, see_other, signed};
use super::fault::Fault;
use super::presented::{self, Obstacle};
use super::resume;
use crate::app::trouble::Trouble;
use crate::authentication::attempt::{LoginAttempt, Step};
use crate::authentication::journey::{Journey, Typed};
use crate::authentication::session::BrowserSession;
use crate::event::{Event, EventKind};
use crate::ids::FlowId;
use crate::protocol::assurance::Acr;
use crate::protocol::client::Client;
use crate::protocol::error::Error;
use crate::protocol::issuer::Endpoint;
use crate::protocol::parameters::Parameters;
use crate::protocol::request::presented::{Presented, Way};
use crate::protocol::request::{
    Acceptance, AuthorizationRequest, Prompt, Provider, Refusal, Rejection, check, unresolved,
};
use crate::protocol::response::{AuthorizationResponse, Delivery, ErrorResponse};
use crate::store::flows::{self, Flow};
use crate::store::{StoreError, users};

/// `GET`
pub(crate) async fn by_get(caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    authorize(caller, &read(query)?, false).await
}

/// `POST`
pub(crate) async fn by_post(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    let parameters = Parameters::parse(&body).map_err(Refusal::from)?;
    match caller.without_cookies(Endpoint::Authorization, &parameters) {
        Some(detour) => Ok(detour),
        None => authorize(caller, &parameters, false).await,
    }
}

/// `GET …/registrations`: Keycloak's way of saying `prompt=create`.
pub(crate) async fn registrations(caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    authorize(caller, &read(query)?, true).await
}

fn read(query: Option<String>) -> Result<Parameters, Refusal> {
    Ok(Parameters::parse(query.unwrap_or_default().as_bytes())?)
}

async fn authorize(caller: Caller, parameters: &Parameters, register: bool) -> Result<Response, Fault> {
    let client = caller.client_named(parameters).await?;
    let request = match read_and_judge(&caller, client.as_deref(), parameters).await? {
        Ok(request) => request,
        Err(Rejection::Refused(refusal)) => return Err(refusal.into()),
        Err(Rejection::Answered(error)) => return deliver(&caller, &error, client.as_deref()),
    };
    let session = caller.session().await?;
    let acceptance = session.as_ref().zip(client.as_deref());
    let acceptance = acceptance.map(|(session, client)| worth(&request, client, session, &caller));
    let silent = request.prompts().contains(Prompt::None);
    match (session, acceptance) {
        (Some(session), Some(Acceptance::Accepted)) if !register => {
            let failed = |error| Fault::page("an account could not be read", error);
            match owed(&caller, &session).await.map_err(failed)? {
                false => resume::answer(&caller, &request, &session).await,
                true if silent => carry(&caller, request.fail(Error::interaction_required()).response()),
                true => begin(&caller, request, Some((session, Acceptance::Accepted)), register).await,
            }
        }
        (session, acceptance) if silent => {
            let told = match (session, acceptance) {
                (Some(_), Some(Acceptance::SomebodyElse)) | (None, _) => "nobody suitable is signed in",
                _ => "the person has to authenticate again",
            };
            tracing::debug!(told, "prompt=none could not be met");
            carry(&caller, request.fail(Error::login_required()).response())
        }
        (session, acceptance) => begin(&caller, request, session.zip(acceptance), register).await,
    }
}

/// Whether something has become owed since the session was opened: a realm may ask more today (SR-73).
async fn owed(caller: &Caller, session: &BrowserSession) -> Result<bool, StoreError> {
    let account = users::account(&caller.app.store.reads(), session.authenticated.user()).await?;
    let attempt = LoginAttempt::of_session(&session.authenticated);
    let step = attempt.advance(account.as_ref(), &caller.house.realm.required_actions);
    Ok(!matches!(step, Step::Enter(_)))
}

/// Finds out what is asked, wherever it stands, and judges it.
async fn read_and_judge(
    caller: &Caller,
    client: Option<&Client>,
    given: &Parameters,
) -> Result<Result<AuthorizationRequest, Rejection>, Fault> {
    let presented = match client {
        // Nobody's object is opened; the first check says who is missing.
        None => Ok(Presented { parameters: given.clone(), way: Way::Browser, signed: false }),
        Some(client) => presented::by_browser(caller, client, given).await,
    };
    match presented {
        Ok(presented) => Ok(judge(caller, client, &presented)),
        Err(Obstacle::Told(error)) => Ok(Err(with_provider(caller, client, |it| unresolved(given, it, error)))),
        Err(Obstacle::Ours(fault)) => Err(fault),
    }
}

/// The row of checks.
pub(super) fn judge(
    caller: &Caller,
    client: Option<&Client>,
    presented: &Presented,
) -> Result<AuthorizationRequest, Rejection> {
    with_provider(caller, client, |provider| check(presented, provider, caller.arrival.now))
}

/// What the checks have to know of the realm.
fn with_provider<T>(caller: &Caller, client: Option<&Client>, judge: impl FnOnce(&Provider<'_>) -> T) -> T {
    let (hint, realm) = (|token: &str| caller.id_token_hint(token), &caller.house.realm);
    judge(&Provider {
        issuer: &caller.house.issuer,
        client,
        registration_open: realm.registration.is_some(),
        pushed: realm.pushed,
        id_token_hint: &hint,
    })
}

fn worth(request: &AuthorizationRequest, client: &Client, session: &BrowserSession, caller: &Caller) -> Acceptance {
    let authenticated = &session.authenticated;
    let subject = caller.app.subjects.of(client, authenticated.user());
    match request.accepts(&subject, authenticated.auth_time(), caller.arrival.now) {
        // RFC 9470 §5: who stands too low on the ladder authenticates again, by more.
        Acceptance::Accepted if request.asks_more_than(Acr::of(authenticated.amr())) => Acceptance::TooOld,
        worth => worth,
    }
}

/// Stores the request as a journey of this browser, and sends it to the hosted pages.
async fn begin(
    caller: &Caller,
    request: AuthorizationRequest,
    session: Option<(BrowserSession, Acceptance)>,
    register: bool,
) -> Result<Response, Fault> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.arrival.now);
    let failed = |error| Fault::page("a journey could not begin", error);
    let tx = app.store.begin().await.map_err(failed)?;
    let journeys = app.throttle.journey(&tx, &caller.arrival.source.network(), now).await.map_err(failed)?;
    if let Err(slowed) = journeys {
        tx.commit_housekeeping().await.map_err(failed)?;
        return Err(Fault::Person(Trouble::Slowed { seconds: now.until(slowed.until).as_secs().max(1) }));
    }
    let create = register || request.prompts().contains(Prompt::Create);
    // Choosing another account, or being somebody else, is not a confirmation of the open session.
    let chooses = request.prompts().contains(Prompt::SelectAccount) || create;
    let (mut confirm, mut attempt) = (None, LoginAttempt::default());
    match session {
        Some((session, Acceptance::TooOld)) if !chooses => confirm = Some(session.authenticated.user()),
        Some((session, Acceptance::Accepted)) if !chooses => attempt = LoginAttempt::of_session(&session.authenticated),
        _ => {}
    }
    let typed = Typed { identifier: request.login_hint().unwrap_or_default().to_owned(), ..Typed::default() };
    let (browser, cookie) = caller.browser_or_new();
    let flow = Flow {
        id: FlowId::new(now, &*app.entropy),
        realm: realm.name.clone(),
        browser,
        journey: Journey { attempt, typed, confirm, ..Journey::default() },
        request: Some(request),
        version: 0,
        created_at: now,
        seen_at: now,
    };
    flows::insert(&tx, &flow).await.map_err(failed)?;
    let client = flow.request.as_ref().map(|request| request.client_id().to_string());
    let event = Event { flow: Some(flow.id), client, ..caller.event(EventKind::JourneyBegan) };
    tx.commit(&event).await.map_err(failed)?;
    let page = match (create && realm.registration.is_some(), flow.journey.attempt.user()) {
        (true, _) => "register",
        (false, None) => "sign-in",
        (false, Some(_)) => "go-on",
    };
    Ok(see_other(&format!("/realms/{}/{page}?flow={}", realm.name, flow.id), cookie))
}

/// An error goes by itself where silence was asked for; otherwise the person sees where the way back leads (SR-126).
fn deliver(caller: &Caller, error: &ErrorResponse, client: Option<&Client>) -> Result<Response, Fault> {
    match (error.delivery(), signed(caller, error.response())?) {
        (Delivery::ByTheUser, AuthorizationResponse::Redirect(href)) => {
            let client_id = client.map(|client| client.client_id.as_str());
            tracing::info!(client_id, error = %error.error(), "an authorization request was refused");
            Err(Fault::Person(Trouble::WayBack { application: client.map(|client| client.name.clone()), href }))
        }
        (Delivery::ByTheUser, AuthorizationResponse::FormPost { action, fields }) => {
            Err(Fault::Person(Trouble::FormPost { action, fields, by_itself: false }))
        }
        (_, response) => carry(caller, response),
    }
}
