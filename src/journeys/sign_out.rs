//! `GET`, `POST /realms/{realm}/sign-out`: asking before a session ends, when nobody proved that it is meant (SR-165).
//!
//! The protocol's door sends people here with what the client asked for; it is judged again when they press the button.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;
use http::{HeaderValue, StatusCode};

use super::caller::{Caller, append_cookie, see_other};
use super::fields::Fields;
use super::logout::{SignOutPage, SignedOutPage};
use super::problem::Problem;
use crate::app::App;
use crate::app::cookies::{self, Name};
use crate::event::{Event, EventKind};
use crate::protocol::logout;
use crate::store::{StoreError, sessions, users};
use crate::themes::form::FormState;

/// What forms of this page are about.
const SUBJECT: &[u8] = b"sign-out";

/// `GET`
pub(crate) async fn page(caller: Caller) -> Result<Response, Problem> {
    let Some(session) = caller.session().await? else { return goodbye(&caller) };
    let user = users::by_id(&caller.app.store.reads(), session.authenticated.user()).await?;
    let (browser, fresh) = caller.browser_or_new();
    let form = FormState::new(caller.app.forms.token(&browser, SUBJECT, &*caller.app.entropy));
    let name = user.map(|user| user.full_name()).unwrap_or_default();
    let mut response = caller.show(StatusCode::OK, &SignOutPage { form, name })?;
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// A pressed button.
pub(crate) struct Press(Caller);

impl FromRequest<Arc<App>> for Press {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let body = axum::body::to_bytes(body, 64 * 1024).await.map_err(|_| Problem::Tampered)?;
        let fields = Fields::read(&body).map_err(|_| Problem::Tampered)?;
        let browser = caller.browser().ok_or_else(|| Problem::CookiesRefused { again: caller.here().to_owned() })?;
        app.forms.check(fields.token(), &browser, SUBJECT).ok_or(Problem::ForeignForm)?;
        Ok(Self(caller))
    }
}

/// `POST`
pub(crate) async fn submit(Press(caller): Press) -> Result<Response, Problem> {
    let destination = destination(&caller).await?;
    end(&caller, destination.as_deref()).await
}

/// `GET /realms/{realm}/signed-out`
pub(crate) async fn done(caller: Caller) -> Result<Response, Problem> {
    goodbye(&caller)
}

/// Ends the open session and sends the browser on.
async fn end(caller: &Caller, destination: Option<&str>) -> Result<Response, Problem> {
    let tx = caller.app.store.begin().await?;
    let mut event = caller.event(EventKind::SignedOut);
    if let Some(session) = caller.session().await? {
        sessions::end(&tx, session.id, caller.now()).await?;
        event = Event { session: Some(session.id), user: Some(session.authenticated.user()), ..event };
    }
    tx.commit(&event).await?;
    let here = caller.path("signed-out");
    let forget = cookies::forget(Name::Session(&caller.house.realm.name));
    let mut response = see_other(destination.unwrap_or(&here), &[forget]);
    // SR-113; cookies stay: the browser's own, the known device and the language are no part of the session.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

/// Where the client wants people to go afterwards, by the query of this page.
async fn destination(caller: &Caller) -> Result<Option<String>, StoreError> {
    let verify = |token: &str| caller.house.keys.id_token_hint(token, &caller.house.issuer, caller.now());
    let Ok(asked) = logout::read(&caller.query, &verify) else { return Ok(None) };
    let client = match asked.client_id() {
        Some(id) => caller.app.client(&caller.house, id).await?,
        None => None,
    };
    let request = asked.judge(&caller.query, client.as_deref(), None);
    Ok(request.ok().and_then(|request| request.destination))
}

fn goodbye(caller: &Caller) -> Result<Response, Problem> {
    caller.show(StatusCode::OK, &SignedOutPage { sign_in: None })
}
