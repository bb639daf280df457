//! `GET`, `POST /realms/{realm}/sign-out`: asking before a session ends, when nobody proved that it is meant (SR-165).
//!
//! The protocol's door sends people here with what the client asked for; it is judged again when they press the button.

use std::collections::BTreeSet;

use axum::response::Response;
use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderValue, StatusCode};

use super::caller::{Caller, append_cookie, see_other};
use super::logout::{SignOutPage, SignedOutPage};
use super::posted::Posted;
use super::problem::Problem;
use crate::app::cookies::{self, Name};
use crate::app::endings::Farewell;
use crate::event::{Event, EventKind};
use crate::ids::RealmName;
use crate::protocol::client::Client;
use crate::protocol::logout::{self, LogoutRequest};
use crate::store::{StoreError, users};
use crate::themes::form::FormState;
use crate::themes::frame::Application;
use crate::themes::page::POLICY;

/// What forms of this page are about.
pub(super) const SUBJECT: &[u8] = b"sign-out";

/// `GET`
pub(crate) async fn page(mut caller: Caller) -> Result<Response, Problem> {
    caller.prefer(logout::language(&caller.query));
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

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    posted.check(SUBJECT)?;
    let Posted { mut caller, .. } = posted;
    caller.prefer(logout::language(&caller.query));
    let request = asked(&caller).await?;
    let farewell = end(&caller).await?;
    let realm = &caller.house.realm.name;
    let (destination, application) = match &request {
        Some(request) => (request.destination.clone(), request.client_id.is_some()),
        None => (None, false),
    };
    let here = request.map_or_else(|| caller.path("signed-out"), |request| request.goodbye(realm));
    if !farewell.frames.is_empty() {
        // The page that says goodbye knows the way back to an application; without one there is nothing to go on to.
        return signed_out(&caller, &farewell, destination.or_else(|| application.then_some(here)));
    }
    let mut response = see_other(destination.as_deref().unwrap_or(&here), &[]);
    forget(&mut response, realm);
    Ok(response)
}

/// `GET /realms/{realm}/signed-out`
pub(crate) async fn done(mut caller: Caller) -> Result<Response, Problem> {
    caller.prefer(logout::language(&caller.query));
    let client = match caller.parameter("client_id") {
        Some(id) => caller.app.client(&caller.house, id).await?,
        None => None,
    };
    match client {
        Some(client) => caller.show_for(Some(way_back(&client, &caller)), StatusCode::OK, &SignedOutPage::default()),
        None => goodbye(&caller),
    }
}

/// The page after a session ended, where applications are told of it in the browser (Front-Channel Logout §3). Its policy
/// lets it load their frames and nothing else of theirs.
pub(crate) fn signed_out(
    caller: &Caller,
    farewell: &Farewell,
    destination: Option<String>,
) -> Result<Response, Problem> {
    let frames = farewell.frames.iter().map(ToString::to_string).collect();
    let mut response = caller.show(StatusCode::OK, &SignedOutPage { sign_in: None, frames, go_on: destination })?;
    let origins: BTreeSet<_> = farewell.frames.iter().map(|frame| frame.origin().ascii_serialization()).collect();
    let origins = origins.into_iter().collect::<Vec<_>>().join(" ");
    let policy = HeaderValue::from_str(&format!("{POLICY}; frame-src {origins}"));
    let policy = policy.map_err(|fault| Problem::ours("a policy is no header", fault))?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    forget(&mut response, &caller.house.realm.name);
    Ok(response)
}

/// Ends the open session.
async fn end(caller: &Caller) -> Result<Farewell, Problem> {
    let tx = caller.app.store.begin().await?;
    let (mut event, mut farewell) = (caller.event(EventKind::SignedOut), Farewell::default());
    if let Some(session) = caller.session().await? {
        farewell = caller.app.end_session(&tx, &caller.house, session.id, caller.now()).await?;
        event = Event { session: Some(session.id), user: Some(session.authenticated.user()), ..event };
    }
    tx.commit(&event).await?;
    Ok(farewell)
}

/// The browser forgets the session. Cookies of its own, the known device and the language are no part of it (SR-113).
fn forget(response: &mut Response, realm: &RealmName) {
    append_cookie(response, &cookies::forget(Name::Session(realm)));
    append_cookie(response, &cookies::forget(Name::State(realm)));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
}

/// What the client asked for, by the query of this page.
async fn asked(caller: &Caller) -> Result<Option<LogoutRequest>, StoreError> {
    let verify = |token: &str| caller.house.keys.id_token_hint(token, &caller.house.issuer, caller.now());
    let Ok(asked) = logout::read(&caller.query, &verify) else { return Ok(None) };
    let client = match asked.client_id() {
        Some(id) => caller.app.client(&caller.house, id).await?,
        None => None,
    };
    Ok(asked.judge(&caller.query, client.as_deref(), None).ok())
}

fn way_back(client: &Client, caller: &Caller) -> Application {
    let name = client.name.in_language(caller.language).to_owned();
    Application { name, href: client.home.as_ref().map(ToString::to_string) }
}

fn goodbye(caller: &Caller) -> Result<Response, Problem> {
    caller.show(StatusCode::OK, &SignedOutPage::default())
}
