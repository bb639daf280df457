//! What can go wrong at the hosted pages, each with a code, a status, words and a way out (STYLE.md §6).
//!
//! A handler returns the problem; [`worded`] turns it into a page in the person's language, once for all handlers. The
//! cause goes to the log under the reference that the person sees, and nowhere else (SR-199).

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri};

use super::caller::{Caller, see_other};
use super::dispatch::Outcome;
use super::error_pages::{BusyPage, Cause, NotFoundPage};
use super::form_post::FormPostPage;
use super::interruptions::{ApplicationsPage, CookiesRefusedPage, StartAgainPage};
use super::session_over::SessionOver;
use super::sign_out;
use crate::app::App;
use crate::app::issuing::NotDrawn;
use crate::app::trouble::Trouble;
use crate::clock::Duration;
use crate::code::Code;
use crate::identity::language::Language;
use crate::protocol::logout;
use crate::protocol::parameters::Parameters;
use crate::store::StoreError;
use crate::themes::frame::{Application, Frame};
use crate::themes::language::Wishes;
use crate::themes::theme::RenderError;
use crate::throttle::Slowed;
use crate::throttle::hashing::Busy;

/// How long a person waits before the next try when we are busy.
const RETRY: Duration = Duration::from_secs(5);

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Problem {
    /// No such realm or page.
    NotFound,
    /// The journey is over, another browser's, or the page was a bookmark.
    JourneyLost,
    /// A form came without the cookie that it was shown with.
    CookiesRefused {
        /// Where to try again.
        again: String,
    },
    /// A form that is not ours, or not this browser's (SR-107).
    ForeignForm,
    /// A body or a query that none of our pages sends.
    Tampered,
    /// The address was a closed account's a short while ago (SR-178); told to who reads its mailbox alone.
    AddressRests,
    /// Only administrators of the organisation do this, and this person is none, or none any more (SR-185).
    NotAdministrator,
    /// This realm takes no registrations (SR-68).
    RegistrationClosed,
    /// Passwords are being hashed as fast as we can.
    Busy,
    /// This source asks for too much.
    Slowed(Slowed),
    /// Not a problem: this form was answered before, and gets the same answer.
    Answered(Outcome),
    /// The session that this browser names is over.
    SessionOver(Box<SessionOver>),
    /// Another step of this journey was quicker: go and see where it stands.
    Overtaken(String),
    /// Something of ours failed.
    Ours(String),
}

impl Problem {
    /// Something of ours failed while doing `what`.
    pub(crate) fn ours(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Ours(format!("{what}: {cause}"))
    }

    /// A page could not be rendered.
    pub(crate) fn render(cause: RenderError) -> Self {
        Self::ours("a page could not be rendered", cause)
    }

    /// The stable code, where there is something to explain.
    const fn code(&self) -> Option<Code> {
        match self {
            Self::Answered(_) | Self::Overtaken(_) | Self::SessionOver(_) => None,
            Self::NotFound => Some(Code::E0401),
            Self::Tampered => Some(Code::E0402),
            Self::ForeignForm => Some(Code::E0403),
            Self::CookiesRefused { .. } => Some(Code::E0404),
            Self::JourneyLost => Some(Code::E0406),
            Self::RegistrationClosed => Some(Code::E0424),
            Self::NotAdministrator => Some(Code::E0464),
            Self::AddressRests => Some(Code::E0494),
            Self::Slowed(_) => Some(Code::E0421),
            Self::Busy => Some(Code::E0430),
            Self::Ours(_) => Some(Code::E0001),
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::JourneyLost => StatusCode::OK,
            Self::CookiesRefused { .. } | Self::Tampered => StatusCode::BAD_REQUEST,
            Self::ForeignForm | Self::NotAdministrator | Self::RegistrationClosed | Self::SessionOver(_) => {
                StatusCode::FORBIDDEN
            }
            Self::AddressRests => StatusCode::CONFLICT,
            Self::Slowed(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Answered(_) | Self::Overtaken(_) => StatusCode::SEE_OTHER,
            Self::Ours(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn page_and_log(&self, caller: &Caller) -> Result<Response, Self> {
        tell_the_log(self, caller);
        self.page(caller)
    }

    fn page(&self, caller: &Caller) -> Result<Response, Self> {
        let (status, reference, now) = (self.status(), caller.arrival.reference.as_str(), caller.now());
        let start = caller.path("sign-in");
        match self {
            Self::NotFound => caller.show(status, &NotFoundPage { start: Some(start) }),
            Self::JourneyLost => caller.show(status, &applications(caller)),
            Self::CookiesRefused { again } => caller.show(status, &CookiesRefusedPage { again: again.clone() }),
            Self::ForeignForm => caller.show(status, &StartAgainPage { start: caller.here().to_owned() }),
            Self::Tampered => caller.show(status, &Cause::UnreadableForm.page(reference, now)),
            Self::NotAdministrator => caller.show(status, &Cause::NotAdministrator.page(reference, now)),
            Self::AddressRests => caller.show(status, &Cause::AddressRests.page(reference, now)),
            Self::RegistrationClosed => caller.show(status, &Cause::RegistrationClosed.page(reference, now)),
            Self::Busy => later(caller, status, RETRY, Some(caller.here().to_owned())),
            Self::Slowed(slowed) => later(caller, status, now.until(slowed.until), None),
            Self::Answered(outcome) => Ok(outcome.response()),
            Self::Overtaken(location) => Ok(see_other(location, &[])),
            Self::SessionOver(over) => over.page(caller),
            Self::Ours(_) => caller.show(status, &Cause::Ours.page(reference, now)),
        }
    }
}

/// Come back later, at `again` when it can be asked for again by opening it.
fn later(caller: &Caller, status: StatusCode, wait: Duration, again: Option<String>) -> Result<Response, Problem> {
    let seconds = wait.as_secs().max(1);
    let page = BusyPage { retry_after: Duration::from_secs(seconds), again };
    let mut response = caller.show(status, &page)?;
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

/// The realm's applications, for somebody whose way back is lost (UX §1.2), or who came by a mail.
pub(crate) fn applications(caller: &Caller) -> ApplicationsPage {
    let clients = caller.house.realm.clients.iter().filter(|client| client.home.is_some());
    let applications = clients.map(|client| Application {
        name: client.name.in_language(caller.language).to_owned(),
        href: client.home.as_ref().map(ToString::to_string),
    });
    ApplicationsPage { applications: applications.collect(), lost: caller.parameter("flow").is_some() }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::ours("the store failed", error)
    }
}

impl From<NotDrawn> for Problem {
    fn from(fault: NotDrawn) -> Self {
        match fault {
            NotDrawn::Busy(busy) => busy.into(),
            NotDrawn::Unhashed(fault) => Self::ours("a temporary password could not be hashed", fault),
        }
    }
}

impl From<Busy> for Problem {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Turns the problem of a handler into a page; the layer that lies around all hosted pages.
pub(crate) async fn worded(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut kept = parts.clone();
    forget_unreadable_query(&mut kept);
    let response = next.run(Request::from_parts(parts, body)).await;
    let problem = response.extensions().get::<Arc<Problem>>().cloned();
    let trouble = response.extensions().get::<Arc<Trouble>>().cloned();
    if problem.is_none() && trouble.is_none() {
        return response;
    }
    let page = match Caller::from_request_parts(&mut kept, &app).await {
        Ok(mut caller) => match (problem, trouble) {
            (Some(problem), _) => problem.page_and_log(&caller),
            (None, Some(trouble)) => {
                caller.prefer(logout::language(&caller.query));
                shown(&trouble, &caller)
            }
            (None, None) => return response,
        },
        Err(_) => homeless(&app, &kept, response.status()),
    };
    page.unwrap_or_else(|unrenderable| {
        tracing::error!(?unrenderable, "a page could not be shown");
        unrenderable.status().into_response()
    })
}

/// A page about a query that cannot be read is shown as if there were none.
fn forget_unreadable_query(parts: &mut Parts) {
    let readable = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes()).is_ok();
    if !readable && let Ok(path) = parts.uri.path().parse::<Uri>() {
        parts.uri = path.clone();
        parts.extensions.insert(OriginalUri(path));
    }
}

/// What the protocol's door cannot answer with a redirect.
fn shown(trouble: &Trouble, caller: &Caller) -> Result<Response, Problem> {
    let (reference, now) = (caller.arrival.reference.as_str(), caller.now());
    let cause = |cause: Cause| caller.show(StatusCode::BAD_REQUEST, &cause.page(reference, now));
    match trouble {
        Trouble::NothingHere => Problem::NotFound.page(caller),
        Trouble::UnknownApplication => cause(Cause::UnknownApplication),
        Trouble::UndeclaredAddress => cause(Cause::UndeclaredAddress),
        Trouble::MalformedRequest => cause(Cause::MalformedRequest),
        Trouble::WayBack { application, href } => {
            let name = application.as_ref().map(|name| name.in_language(caller.language));
            let back = Application { name: name.unwrap_or_default().to_owned(), href: Some(href.clone()) };
            let page = Cause::MalformedRequest.page(reference, now);
            caller.show_for(Some(back), StatusCode::BAD_REQUEST, &page)
        }
        Trouble::FormPost { action, fields, by_itself } => {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            caller.show(StatusCode::OK, &FormPostPage { action: action.clone(), fields, by_itself: *by_itself })
        }
        Trouble::SignedOut { farewell, onward } => sign_out::signed_out(caller, farewell, Some(onward.clone())),
        Trouble::Slowed { seconds } => {
            later(caller, StatusCode::TOO_MANY_REQUESTS, Duration::from_secs(*seconds), None)
        }
        Trouble::Ours(cause) => Problem::Ours(cause.clone()).page_and_log(caller),
    }
}

/// A page of no realm, in our own look.
fn homeless(app: &App, parts: &Parts, status: StatusCode) -> Result<Response, Problem> {
    let accepted = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Wishes { accept_language: accepted, ..Wishes::default() }.language(Language::French);
    let frame = Frame::bare(language, parts.uri.path());
    let html = app.bare.render(&frame, &NotFoundPage { start: None }).map_err(Problem::render)?;
    let status = if status.is_server_error() { status } else { StatusCode::NOT_FOUND };
    Ok((status, [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")], html).into_response())
}

fn tell_the_log(problem: &Problem, caller: &Caller) {
    let (reference, code) = (caller.arrival.reference.as_str(), problem.code().map(|code| code.to_string()));
    match problem {
        Problem::Answered(_) | Problem::Overtaken(_) | Problem::NotFound | Problem::SessionOver(_) => {}
        Problem::Ours(cause) => tracing::error!(reference, code, cause, "a page failed"),
        _ => tracing::info!(reference, code, "a page was refused"),
    }
}
