//! Journeys that begin at a hosted page and not at the authorization endpoint: nobody asked, or the browser that was
//! asked kept no cookie and tries again.
//!
//! Trying again takes the client's request into a new journey of this browser, and nothing else of the old one, whose
//! id proves nothing (SR-71): it is worth what opening the client's own link again is worth.

use url::form_urlencoded::Serializer;

use super::caller::Caller;
use super::dispatch::Outcome;
use super::problem::Problem;
use crate::app::App;
use crate::authentication::journey::{Journey, Typed};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::FlowId;
use crate::protocol::request::AuthorizationRequest;
use crate::store::flows::{self, Flow};

/// Says that somebody tries again, now with cookies.
const AGAIN: &str = "again";
/// What they had typed as their identifier, as OpenID Connect Core §3.1.2.1 names it.
const HINT: &str = "login_hint";
/// The longest identifier that is carried along.
const LONGEST: usize = 254;

/// Begins a journey at `page`, and says where it goes on.
pub(super) async fn begin(
    caller: &Caller,
    page: &str,
    request: Option<AuthorizationRequest>,
    identifier: &str,
) -> Result<Outcome, Problem> {
    let (app, now) = (&caller.app, caller.now());
    let tx = app.store.begin().await?;
    if app.throttle.journey(&tx, &caller.network(), now).await?.is_err() {
        tx.commit_housekeeping().await?;
        return Err(Problem::Busy);
    }
    let (browser, cookie) = caller.browser_or_new();
    let typed = Typed { identifier: identifier.to_owned(), ..Typed::default() };
    let flow = Flow {
        id: FlowId::new(now, &*app.entropy),
        realm: caller.house.realm.name.clone(),
        browser,
        request,
        journey: Journey { typed, ..Journey::default() },
        version: 0,
        created_at: now,
        seen_at: now,
    };
    flows::insert(&tx, &flow).await?;
    tx.commit(&Event { flow: Some(flow.id), ..caller.event(EventKind::JourneyBegan) }).await?;
    Ok(Outcome { location: format!("{page}?flow={}", flow.id), cookies: cookie.into_iter().collect() })
}

/// What to tell a browser that came to a journey without its cookie: that cookies are refused, once they are accepted
/// where it goes on, or that no such journey is known.
pub(super) async fn without_cookie(caller: &Caller) -> Problem {
    let flow = match journey(caller, caller.now()).await {
        Ok(Some(flow)) => flow,
        Ok(None) => return Problem::JourneyLost,
        Err(problem) => return problem,
    };
    if caller.parameter(AGAIN).is_none() {
        return refused(caller, "");
    }
    let identifier: String = caller.parameter(HINT).unwrap_or_default().chars().take(LONGEST).collect();
    let page = caller.here().split('?').next().unwrap_or_default().to_owned();
    match begin(caller, &page, flow.request, &identifier).await {
        Ok(outcome) => Problem::Answered(outcome),
        Err(problem) => problem,
    }
}

/// Cookies are refused; trying again keeps the identifier that was typed.
pub(super) fn refused(caller: &Caller, identifier: &str) -> Problem {
    let (page, flow) = (caller.here().split('?').next().unwrap_or_default(), caller.parameter("flow"));
    let mut query = Serializer::new(String::new());
    query.extend_pairs(flow.map(|flow| ("flow", flow))).append_pair(AGAIN, "1");
    if !identifier.is_empty() {
        query.append_pair(HINT, identifier);
    }
    Problem::CookiesRefused { again: format!("{page}?{}", query.finish()) }
}

/// The journey that the address names, whosever it is.
async fn journey(caller: &Caller, now: Timestamp) -> Result<Option<Flow>, Problem> {
    let Some(id) = caller.parameter("flow").and_then(|id| id.parse::<FlowId>().ok()) else { return Ok(None) };
    let app: &App = &caller.app;
    Ok(flows::of_any_browser(&app.store.reads(), &caller.house.realm.name, id, now).await?)
}
