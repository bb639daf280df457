//! What can go wrong at the hosted pages, each with a code, a status, words and a way out (STYLE.md §6).
//!
//! A handler returns the problem; [`worded`] turns it into a page in the person's language, once for all handlers. The
//! cause goes to the log under the reference that the person sees, and nowhere else (SR-199).

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use super::caller::{Caller, see_other};
use super::dispatch::Outcome;
use super::error_pages::{BusyPage, Cause, NotFoundPage};
use super::interruptions::{ApplicationsPage, CookiesRefusedPage, StartAgainPage};
use crate::app::App;
use crate::clock::Duration;
use crate::code::Code;
use crate::store::StoreError;
use crate::themes::frame::Application;
use crate::themes::theme::RenderError;
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
    CookiesRefused,
    /// A form that is not ours, or not this browser's (SR-107).
    ForeignForm,
    /// A body or a query that none of our pages sends.
    Tampered,
    /// The account may not be used; told after the right password only.
    AccountSuspended,
    /// This realm takes no registrations (SR-68).
    RegistrationClosed,
    /// Passwords are being hashed as fast as we can.
    Busy,
    /// Not a problem: this form was answered before, and gets the same answer.
    Answered(Outcome),
    /// Another step of this journey was quicker: go and see where it stands.
    Overtaken(String),
    /// Something of ours failed.
    Ours(String),
    /// A layer that this handler needs is not there.
    Unwired(&'static str),
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
            Self::NotFound | Self::Answered(_) | Self::Overtaken(_) => None,
            Self::JourneyLost => Some(Code::E0408),
            Self::CookiesRefused => Some(Code::E0406),
            Self::ForeignForm => Some(Code::E0410),
            Self::Tampered => Some(Code::E0410),
            Self::AccountSuspended | Self::RegistrationClosed => None,
            Self::Busy => Some(Code::E0409),
            Self::Ours(_) | Self::Unwired(_) => Some(Code::E0001),
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::JourneyLost => StatusCode::OK,
            Self::CookiesRefused | Self::Tampered => StatusCode::BAD_REQUEST,
            Self::ForeignForm | Self::AccountSuspended | Self::RegistrationClosed => StatusCode::FORBIDDEN,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Answered(_) | Self::Overtaken(_) => StatusCode::SEE_OTHER,
            Self::Ours(_) | Self::Unwired(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn page(&self, caller: &Caller) -> Result<Response, Self> {
        let (status, reference, now) = (self.status(), caller.arrival.reference.as_str(), caller.now());
        let start = caller.path("sign-in");
        match self {
            Self::NotFound => caller.show(status, &NotFoundPage { start: Some(start) }),
            Self::JourneyLost => caller.show(status, &applications(caller)),
            Self::CookiesRefused => caller.show(status, &CookiesRefusedPage { again: caller.here().to_owned() }),
            Self::ForeignForm => caller.show(status, &StartAgainPage { start: caller.here().to_owned() }),
            Self::Tampered => caller.show(status, &Cause::UnreadableForm.page(reference, now)),
            Self::AccountSuspended => caller.show(status, &Cause::AccountSuspended.page(reference, now)),
            Self::RegistrationClosed => caller.show(status, &Cause::RegistrationClosed.page(reference, now)),
            Self::Busy => {
                let page = BusyPage { retry_after: RETRY, again: Some(caller.here().to_owned()) };
                let mut response = caller.show(status, &page)?;
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY.as_secs()));
                Ok(response)
            }
            Self::Answered(outcome) => Ok(outcome.response()),
            Self::Overtaken(location) => Ok(see_other(location, &[])),
            Self::Ours(_) | Self::Unwired(_) => caller.show(status, &Cause::Ours.page(reference, now)),
        }
    }
}

/// The realm's applications, for somebody whose way back is lost (UX §1.2).
pub(crate) fn applications(caller: &Caller) -> ApplicationsPage {
    let clients = caller.house.realm.clients.iter().filter(|client| client.home.is_some());
    let applications = clients.map(|client| Application {
        name: client.name.in_language(caller.language).to_owned(),
        href: client.home.as_ref().map(ToString::to_string),
    });
    ApplicationsPage { applications: applications.collect() }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::ours("the store failed", error)
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
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<Arc<Problem>>().cloned() else { return response };
    match Caller::from_request_parts(&mut kept, &app).await {
        Ok(caller) => {
            tell_the_log(&problem, &caller);
            problem.page(&caller).unwrap_or_else(|unrenderable| {
                tell_the_log(&unrenderable, &caller);
                unrenderable.status().into_response()
            })
        }
        // Not even a realm: the outermost frame words it.
        Err(_) => response,
    }
}

fn tell_the_log(problem: &Problem, caller: &Caller) {
    let (reference, code) = (caller.arrival.reference.as_str(), problem.code().map(|code| code.to_string()));
    match problem {
        Problem::Answered(_) | Problem::Overtaken(_) | Problem::NotFound => {}
        Problem::Ours(_) | Problem::Unwired(_) => tracing::error!(reference, code, ?problem, "a page failed"),
        _ => tracing::info!(reference, code, ?problem, "a page was refused"),
    }
}
