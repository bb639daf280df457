//! Journeys that begin at a hosted page and not at the authorization endpoint: nobody asked, or the browser that was
//! asked kept no cookie and tries again.
//!
//! Trying again takes nothing of the old journey, whose id proves nothing: a client's request belongs to the browser that
//! brought it (SR-71). Who signs in then is shown the realm's applications, each one step away.

use url::form_urlencoded::Serializer;

use super::caller::Caller;
use super::dispatch::Outcome;
use super::problem::Problem;
use crate::authentication::journey::{Journey, Typed};
use crate::event::{Event, EventKind};
use crate::ids::FlowId;
use crate::store::flows::{self, Flow};

/// Says that somebody tries again, now with cookies.
const AGAIN: &str = "again";
/// What they had typed as their identifier, as OpenID Connect Core §3.1.2.1 names it.
const HINT: &str = "login_hint";
/// The longest identifier that is carried along.
const LONGEST: usize = 254;

/// Begins that journey at `page`, and says where it goes on.
pub(super) async fn begin(caller: &Caller, page: &str, journey: Journey) -> Result<Outcome, Problem> {
    let (app, now) = (&caller.app, caller.now());
    let tx = app.store.begin().await?;
    if app.throttle.journey(&tx, &caller.network(), now).await?.is_err() {
        tx.commit_housekeeping().await?;
        return Err(Problem::Busy);
    }
    let (browser, cookie) = caller.browser_or_new();
    let flow = Flow {
        id: FlowId::new(now, &*app.entropy),
        realm: caller.house.realm.name.clone(),
        browser,
        request: None,
        journey,
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
    match is_known(caller).await {
        Ok(true) => {}
        Ok(false) => return Problem::JourneyLost,
        Err(problem) => return problem,
    }
    if caller.parameter(AGAIN).is_none() {
        return refused(caller, "");
    }
    let identifier: String = caller.parameter(HINT).unwrap_or_default().chars().take(LONGEST).collect();
    let page = caller.here().split('?').next().unwrap_or_default().to_owned();
    let typed = Typed { identifier, ..Typed::default() };
    match begin(caller, &page, Journey { typed, ..Journey::default() }).await {
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

/// Whether the address names a journey, whosever it is.
async fn is_known(caller: &Caller) -> Result<bool, Problem> {
    let Some(id) = caller.parameter("flow").and_then(|id| id.parse::<FlowId>().ok()) else { return Ok(false) };
    Ok(flows::is_known(&caller.app.store.reads(), &caller.house.realm.name, id, caller.now()).await?)
}
