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
use super::resume::{self, Answer};
use crate::app::App;
use crate::app::trouble::Trouble;
use crate::authentication::attempt::{LoginAttempt, Step};
use crate::authentication::journey::{Journey, Typed};
use crate::authentication::policy::Demanded;
use crate::authentication::session::BrowserSession;
use crate::event::{Event, EventKind};
use crate::ids::{FlowId, OrganisationId};
use crate::protocol::client::Client;
use crate::protocol::error::Error;
use crate::protocol::issuer::Endpoint;
use crate::protocol::organisation::Selection;
use crate::protocol::parameters::Parameters;
use crate::protocol::request::presented::{Presented, Way};
use crate::protocol::request::{
    Acceptance, AuthorizationRequest, Prompt, Provider, Refusal, Rejection, check, unresolved,
};
use crate::protocol::response::{AuthorizationResponse, Delivery, ErrorResponse};
use crate::realm::model::Entrance;
use crate::store::StoreError;
use crate::store::flows::{self, Flow};

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
    let chooses = request.prompts().contains(Prompt::SelectAccount);
    match (session, acceptance) {
        (Some(session), Some(Acceptance::Accepted)) if !register && !chooses => {
            let failed = |error| Fault::page("an account could not be read", error);
            match owed(&caller, &request, client.as_deref(), &session).await.map_err(failed)? {
                Owed::Nothing(organisation) => {
                    resume::give(&caller, Answer { request: &request, flow: None, organisation }, &session).await
                }
                owed if silent => carry(&caller, request.fail(owed.error()).response()),
                Owed::Organisation => begin(&caller, request, Opening::Organisation(session), register).await,
                Owed::Consent => begin(&caller, request, Opening::Consent(session), register).await,
                Owed::Step | Owed::MoreProof => begin(&caller, request, Opening::Step(session), register).await,
                Owed::Confirmation => begin(&caller, request, Opening::Confirmation(session), register).await,
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
        (Some(session), Some(Acceptance::TooOld)) if !chooses => {
            begin(&caller, request, Opening::Confirmation(session), register).await
        }
        // Nobody is signed in, and nobody in particular is expected.
        (None, _) if caller.house.realm.entrance == Entrance::Choice && request.login_hint().is_none() => {
            begin(&caller, request, Opening::Choice, register).await
        }
        _ => begin(&caller, request, Opening::SignIn, register).await,
    }
}

/// What a person with an open session still has to do before a code.
#[derive(Clone, Copy)]
enum Owed {
    /// Nothing: the answer is for that organisation, if any.
    Nothing(Option<OrganisationId>),
    /// A required action: a realm may ask more today than when the session was opened (SR-73).
    Step,
    /// To show a second factor or a certificate, or to answer their questions: this client asks for more than the session was opened with (RFC 9470
    /// §5).
    MoreProof,
    /// To prove once more who they are, before they add a factor (SR-82) or answer their questions.
    Confirmation,
    /// To say for which organisation they act (DOMAIN.md §5).
    Organisation,
    /// To agree to what the client asks (SR-77).
    Consent,
}

impl Owed {
    /// What silence gets.
    const fn error(self) -> Error {
        match self {
            Self::Consent => Error::consent_required(),
            Self::MoreProof | Self::Confirmation => Error::login_required(),
            Self::Nothing(_) | Self::Step | Self::Organisation => Error::interaction_required(),
        }
    }
}

async fn owed(
    caller: &Caller,
    request: &AuthorizationRequest,
    client: Option<&Client>,
    session: &BrowserSession,
) -> Result<Owed, StoreError> {
    let user = session.authenticated.user();
    let account = App::account(&caller.app.store.reads(), &caller.house, user, caller.arrival.now).await?;
    let attempt = LoginAttempt::of_session(&session.authenticated);
    let wanted = client.map_or(Demanded::NOTHING, |client| request.demanded(client));
    let policy = caller.house.realm.policy(wanted, caller.arrival.now).with(request.action());
    match attempt.advance(account.as_ref(), &policy) {
        Step::Enter(_) => {}
        Step::AskSecondFactor | Step::AskCertificate | Step::AskChallenge(_) => return Ok(Owed::MoreProof),
        Step::Ask => return Ok(Owed::Confirmation),
        Step::Require(_) | Step::Refuse => return Ok(Owed::Step),
    }
    let organisation = match caller.app.organisation_of(&caller.house, request, session, None).await? {
        Selection::Owed => return Ok(Owed::Organisation),
        Selection::Of(organisation) => Some(organisation),
        Selection::Nobody => None,
    };
    let asks = resume::asks_consent(caller, request, session, None).await?;
    Ok(if asks { Owed::Consent } else { Owed::Nothing(organisation) })
}

/// Where a journey begins.
enum Opening {
    /// At the page where people choose between registering, signing in and turning back.
    Choice,
    /// At the sign-in page: nobody is signed in, or somebody else is meant, or the person chooses.
    SignIn,
    /// Before the same page, for the person of that session alone.
    Confirmation(BrowserSession),
    /// With what that session has proven: more is owed.
    Step(BrowserSession),
    /// Entered already: the person says for which organisation they act.
    Organisation(BrowserSession),
    /// Entered already: only the consent is owed.
    Consent(BrowserSession),
}

impl Opening {
    fn journey(&self, typed: Typed) -> Journey {
        let journey = Journey { typed, ..Journey::default() };
        match self {
            Self::Choice | Self::SignIn => journey,
            Self::Confirmation(session) => Journey { confirm: Some(session.authenticated.user()), ..journey },
            Self::Step(session) => Journey { attempt: LoginAttempt::of_session(&session.authenticated), ..journey },
            Self::Organisation(session) | Self::Consent(session) => Journey { entered: Some(session.id), ..journey },
        }
    }

    const fn page(&self) -> &'static str {
        match self {
            Self::Choice => "welcome",
            Self::SignIn | Self::Confirmation(_) => "sign-in",
            Self::Step(_) => "go-on",
            Self::Organisation(_) => "choose-organisation",
            Self::Consent(_) => "consent",
        }
    }
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
        levels: &caller.house.levels(),
        id_token_hint: &hint,
    })
}

fn worth(request: &AuthorizationRequest, client: &Client, session: &BrowserSession, caller: &Caller) -> Acceptance {
    let authenticated = &session.authenticated;
    let subject = caller.app.subjects.of(client, authenticated.user());
    request.accepts(&subject, authenticated.auth_time(), caller.arrival.now)
}

/// Stores the request as a journey of this browser, and sends it to the hosted pages.
async fn begin(
    caller: &Caller,
    request: AuthorizationRequest,
    opening: Opening,
    register: bool,
) -> Result<Response, Fault> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.arrival.now);
    let failed = |error| Fault::page("a journey could not begin", error);
    let tx = app.store.begin().await.map_err(failed)?;
    let journeys = app.throttle.journey(&tx, &caller.arrival.source.network(), now).await.map_err(failed)?;
    if let Err(slowed) = journeys {
        tx.commit_housekeeping().await.map_err(failed)?;
        return Err(Fault::Person(Trouble::Slowed { seconds: slowed.seconds(now) }));
    }
    let create = register || request.prompts().contains(Prompt::Create);
    // Registering another account is not a confirmation of the open session.
    let opening = if create { Opening::SignIn } else { opening };
    let typed = Typed { identifier: request.login_hint().unwrap_or_default().to_owned(), ..Typed::default() };
    let (browser, cookie) = caller.browser_or_new();
    let flow = Flow {
        id: FlowId::new(now, &*app.entropy),
        realm: realm.name.clone(),
        browser,
        journey: opening.journey(typed),
        request: Some(request),
        version: 0,
        created_at: now,
        seen_at: now,
    };
    flows::insert(&tx, &flow).await.map_err(failed)?;
    let client = flow.request.as_ref().map(|request| request.client_id().to_string());
    let event = Event { flow: Some(flow.id), client, ..caller.event(EventKind::JourneyBegan) };
    tx.commit(&event).await.map_err(failed)?;
    let page = if create && realm.registration.is_some() { "register" } else { opening.page() };
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
