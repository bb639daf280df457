//! Who stands at the counter: one request to a hosted page, before any journey is known.
//!
//! Extracted once; handlers take it instead of headers, cookies, realms and clocks. [`Caller::show`] is the only way a
//! page leaves the house.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri, RawPathParams};
use axum::response::{IntoResponse as _, Response};
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::problem::Problem;
use crate::app::App;
use crate::app::arrival::Arrival;
use crate::app::cookies::{self, Name};
use crate::app::houses::House;
use crate::authentication::session::{BrowserSession, Ending};
use crate::clock::{Timestamp, days};
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::identity::language::Language;
use crate::ids::UserId;
use crate::mail::browser::Browser;
use crate::mail::sheet::Occasion;
use crate::protocol::parameters::Parameters;
use crate::secret::{Secret, SecretHash};
use crate::store::{StoreError, sessions};
use crate::themes::frame::{Application, Frame, LANGUAGE_PARAMETER, SessionEnd};
use crate::themes::language::Wishes;
use crate::themes::page::Page;
use crate::themes::steps::Steps;

/// Most bytes of what a browser calls itself.
const LONGEST_AGENT: usize = 256;

/// One request to a hosted page.
pub(crate) struct Caller {
    /// The house's parts.
    pub(crate) app: Arc<App>,
    /// The realm that was asked.
    pub(crate) house: Arc<House>,
    /// When and from where.
    pub(crate) arrival: Arrival,
    /// The language of the answer.
    pub(crate) language: Language,
    /// The browser as people know it.
    pub(crate) agent: Browser,
    /// The query of the address.
    pub(crate) query: Parameters,
    headers: HeaderMap,
    here: String,
    says_language: bool,
    chose_language: bool,
    /// The end of the session that the page is made in, where the page may tell of it.
    pub(crate) session_end: Option<SessionEnd>,
    /// Which of several steps the page is.
    pub(crate) steps: Option<Steps>,
}

impl Caller {
    /// The one reading of the clock.
    pub(crate) const fn now(&self) -> Timestamp {
        self.arrival.now
    }

    /// The network that counters count.
    pub(crate) fn network(&self) -> String {
        self.arrival.source.network()
    }

    /// When and from where, for a mail.
    pub(crate) fn occasion(&self) -> Occasion {
        Occasion { at: self.now(), browser: self.agent }
    }

    /// The browser's own cookie, when it came with one.
    pub(crate) fn browser(&self) -> Option<SecretHash> {
        cookies::read(&self.headers, Name::Browser).map(|token| SecretHash::of(&token))
    }

    /// The browser's own cookie, or a new one and the header that sets it.
    pub(crate) fn browser_or_new(&self) -> (SecretHash, Option<String>) {
        if let Some(known) = self.browser() {
            return (known, None);
        }
        let token = entropy::token(&*self.app.entropy);
        (token.hash(), Some(cookies::set(Name::Browser, token.expose(), None)))
    }

    /// What the browser calls itself, as far as we keep it.
    pub(crate) fn user_agent(&self) -> &str {
        let said = self.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        said.get(..LONGEST_AGENT).unwrap_or(said)
    }

    /// A cookie of this request.
    pub(crate) fn cookie(&self, name: Name<'_>) -> Option<Secret<String>> {
        cookies::read(&self.headers, name).map(Secret::new)
    }

    /// The live session of this browser with this realm.
    pub(crate) async fn session(&self) -> Result<Option<BrowserSession>, StoreError> {
        let Some(token) = self.cookie(Name::Session(&self.house.realm.name)) else { return Ok(None) };
        sessions::by_token(&self.app.store.reads(), &self.house.realm.name, &token.hash(), self.now()).await
    }

    /// Whose session this browser still names and why it is over, when it is.
    pub(crate) async fn ended_session(&self) -> Result<Option<(UserId, Ending)>, StoreError> {
        let Some(token) = self.cookie(Name::Session(&self.house.realm.name)) else { return Ok(None) };
        sessions::over(&self.app.store.reads(), &self.house.realm.name, &token.hash(), self.now()).await
    }

    /// An event of this request.
    pub(crate) fn event(&self, kind: EventKind) -> Event {
        self.app.event(kind, &self.house.realm.name, &self.arrival)
    }

    /// The path of a page of this realm.
    pub(crate) fn path(&self, page: &str) -> String {
        format!("/realms/{}/{page}", self.house.realm.name)
    }

    /// The full address of a page of this realm, built from the configured issuer only (SR-56).
    pub(crate) fn address(&self, page: &str) -> String {
        format!("{}/{page}", self.house.issuer)
    }

    /// Speaks the language that the client's request asks for, unless the person chose one here.
    pub(crate) fn prefer(&mut self, wished: Option<Language>) {
        if let Some(language) = wished.filter(|_| !self.chose_language) {
            self.language = language;
        }
    }

    /// Path and query of this request.
    pub(crate) fn here(&self) -> &str {
        &self.here
    }

    /// A value of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.single(name).ok().flatten()
    }

    /// A page, for a person without a journey.
    pub(crate) fn show<P: Page>(&self, status: StatusCode, page: &P) -> Result<Response, Problem> {
        self.show_for(None, status, page)
    }

    /// A page, with the application that the person came from.
    pub(crate) fn show_for<P: Page>(
        &self,
        application: Option<Application>,
        status: StatusCode,
        page: &P,
    ) -> Result<Response, Problem> {
        let mut frame = Frame::new(&self.house.realm, self.language, &self.here);
        if let Some(application) = application {
            frame = frame.for_application(application);
        }
        if let Some(end) = &self.session_end {
            frame = frame.in_session(end.clone());
        }
        if let Some(steps) = &self.steps {
            frame = frame.in_steps(steps.clone());
        }
        if let Some(mailbox) = &self.app.demo_mailbox {
            frame = frame.in_demo(mailbox);
        }
        let html = self.house.theme.render(&frame, page).map_err(Problem::render)?;
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.says_language {
            let choice = cookies::set(Name::Language, self.language.tag(), Some(days(365)));
            append_cookie(&mut response, &choice);
        }
        Ok(response)
    }
}

/// Sends the browser on, by 303 and never 307 (SR-110).
pub(crate) fn see_other(location: &str, cookies: &[String]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    // Our own paths and percent-encoded queries always are header values.
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        append_cookie(&mut response, cookie);
    }
    response
}

/// Adds a `Set-Cookie`.
pub(crate) fn append_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let arrival = Arrival::of(&parts.extensions, app)
            .ok_or_else(|| Problem::ours("a layer is missing", "source or reference"))?;
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Problem::NotFound)?;
        let name = path.iter().find(|(key, _)| *key == "realm").map(|(_, value)| value).unwrap_or_default();
        let house = app.house(name).ok_or(Problem::NotFound)?;
        let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes()).map_err(|_| Problem::Tampered)?;
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let said = query.single(LANGUAGE_PARAMETER).ok().flatten().filter(|tag| tag.parse::<Language>().is_ok());
        let kept = cookies::read(&parts.headers, Name::Language);
        let wishes = Wishes {
            chosen: said.or(kept.as_deref()),
            accept_language: Some(header(ACCEPT_LANGUAGE)),
            ..Wishes::default()
        };
        Ok(Self {
            language: wishes.language(house.realm.default_language),
            agent: Browser::read(header(USER_AGENT)),
            says_language: said.is_some(),
            chose_language: wishes.chosen.is_some_and(|tag| tag.parse::<Language>().is_ok()),
            here: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            headers: parts.headers.clone(),
            app: Arc::clone(app),
            house,
            arrival,
            query,
            session_end: None,
            steps: None,
        })
    }
}
