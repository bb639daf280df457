//! `GET`, `POST /realms/{realm}/account/session`: how long the open session still lasts, for the script of its pages.
//!
//! Asking is no activity: a page left open keeps nobody signed in (SR-101). Staying is a form that its person sends.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::authentication::session::BrowserSession;
use crate::ids::UserId;
use crate::journeys::caller::Caller;
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::secret::SecretHash;
use crate::store::sessions;
use crate::themes::frame::{LANGUAGE_PARAMETER, SessionEnd};
use crate::themes::phrase::Phrase;

/// What the script is told.
#[derive(Debug, Serialize)]
struct Lasting {
    /// Seconds until the end.
    left: u64,
    /// When that is, in the words of the page.
    words: String,
    /// Whether staying would move it.
    stays: bool,
}

/// What a page carries of the end of the session that it was made in.
pub(super) fn announced(caller: &Caller, browser: &SecretHash, session: &BrowserSession) -> SessionEnd {
    let token = caller.app.forms.token(browser, &subject(session.authenticated.user()), &*caller.app.entropy);
    SessionEnd {
        action: format!("{}?{LANGUAGE_PARAMETER}={}", caller.path("account/session"), caller.language),
        token,
        left: caller.now().until(session.end()).as_secs(),
        warns: session.warns().as_secs(),
    }
}

/// What the form is about: a re-authentication in another tab makes a new session, and the form is good all the same.
fn subject(user: UserId) -> Vec<u8> {
    [b"stay".as_slice(), user.uuid().as_bytes()].concat()
}

/// `GET`
pub(crate) async fn ask(caller: Caller) -> Result<Response, Problem> {
    match caller.session().await? {
        Some(session) => tell(&caller, &session),
        None => Ok(over()),
    }
}

/// `POST`
pub(crate) async fn stay(posted: Posted) -> Result<Response, Problem> {
    let caller = &posted.caller;
    let Some(session) = caller.session().await? else { return Ok(over()) };
    posted.check(&subject(session.authenticated.user()))?;
    let tx = caller.app.store.begin().await?;
    let there = sessions::touch(&tx, session.id, caller.now()).await?;
    tx.commit_housekeeping().await?;
    if there { tell(caller, &BrowserSession { seen_at: caller.now(), ..session }) } else { Ok(over()) }
}

fn tell(caller: &Caller, session: &BrowserSession) -> Result<Response, Problem> {
    let (end, stays) = (session.end(), session.end() < session.expires_at);
    let words = Phrase::new(if stays { "session.ends" } else { "session.ends_anyway" }).clock("end", end);
    let words = caller.house.theme.say(caller.language, &words).map_err(Problem::render)?;
    Ok(kept_by_nobody(Json(Lasting { left: caller.now().until(end).as_secs(), words, stays }).into_response()))
}

fn over() -> Response {
    kept_by_nobody(StatusCode::FORBIDDEN.into_response())
}

fn kept_by_nobody(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
