//! `GET`, `POST /realms/{realm}/access-request`: where the link of a request for access lands.
//!
//! Opening it is harmless (SR-47) and signs nobody in (SR-49); the button lets the administrators hear of the request, once.
//! Later the same link says what became of it. Whoever belongs to the organisation already is told so, here and nowhere
//! else: they have read the mailbox.

use axum::response::Response;
use http::{Method, StatusCode};
use serde::Serialize;

use super::access::LANDING;
use crate::app::cookies::Name;
use crate::app::invitations::about;
use crate::clock::{Duration, Timestamp};
use crate::event::EventKind;
use crate::identity::organisation::Organisation;
use crate::journeys::caller::{Caller, append_cookie};
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::link::codes::device;
use crate::journeys::link::{Device, LinkIncompletePage, landing};
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::secret::SecretHash;
use crate::store::access_requests::{self, AccessRequest, Stage};
use crate::store::{members, organisations, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// A request for access, as its link finds it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AccessLinkPage {
    /// The one button.
    pub(crate) form: FormState,
    /// How far the request has come.
    pub(crate) standing: Standing,
    /// The number of the organisation, as it was typed.
    pub(crate) number: String,
    /// When it was asked.
    pub(crate) asked_at: Timestamp,
    /// From which browser, when that is known.
    pub(crate) asked_from: Option<Device>,
    /// Until when the link is good, or the administrators may decide.
    pub(crate) until: Timestamp,
    /// The sign-in page.
    pub(crate) sign_in: String,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// The button passes it on.
    Confirm,
    /// The administrators were told.
    Waiting,
    /// They invited whoever asked.
    Accepted,
    /// They did not.
    Refused,
    /// The link's time is over, or the request's.
    Expired,
    /// Whoever asked belongs to the organisation already.
    Member,
}

impl Standing {
    fn of(request: &AccessRequest, belongs: bool, now: Timestamp) -> Self {
        match request.stage {
            _ if belongs => Self::Member,
            Stage::Accepted(_) => Self::Accepted,
            Stage::Refused(_) => Self::Refused,
            Stage::Proven(_) if now < request.expires_at => Self::Waiting,
            Stage::Asked if now < request.link_ends => Self::Confirm,
            Stage::Proven(_) | Stage::Asked => Self::Expired,
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Expired => StatusCode::GONE,
            Self::Confirm | Self::Waiting | Self::Accepted | Self::Refused | Self::Member => StatusCode::OK,
        }
    }
}

impl Page for AccessLinkPage {
    const NAME: &'static str = "access-request";
    const TEMPLATE: &'static str = "access_request.html";

    fn title(&self) -> Phrase {
        Phrase::new(match self.standing {
            Standing::Confirm => "access_request.confirm_title",
            Standing::Waiting => "access_request.waiting_title",
            Standing::Accepted => "access_request.accepted_title",
            Standing::Refused => "access_request.refused_title",
            Standing::Expired => "link_expired.title",
            Standing::Member => "access_request.member_title",
        })
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |standing, asked_from| Self {
            form: samples::form(),
            standing,
            number: "000 001 016 00013".to_owned(),
            asked_at: now - Duration::from_mins(3),
            asked_from,
            until: now + Duration::from_hours(24),
            sign_in: samples::NEXT.to_owned(),
        };
        vec![
            sample("confirm", page(Standing::Confirm, Some(Device::sample()))),
            sample("unknown-browser", page(Standing::Confirm, None)),
            sample("waiting", page(Standing::Waiting, None)),
            sample("accepted", page(Standing::Accepted, None)),
            sample("refused", page(Standing::Refused, None)),
            sample("expired", page(Standing::Expired, None)),
            sample("member", page(Standing::Member, None)),
        ]
    }
}

/// A request, and the organisation that it is about.
struct Asked {
    request: AccessRequest,
    organisation: Organisation,
}

/// The request that this browser carries the link of.
async fn presented(caller: &Caller) -> Result<Option<Asked>, Problem> {
    let Some(token) = caller.cookie(Name::Link) else { return Ok(None) };
    let (reads, realm) = (caller.app.store.reads(), &caller.house.realm.name);
    let Some(request) = access_requests::by_token(&reads, realm, &token.hash()).await? else { return Ok(None) };
    let organisation = organisations::in_realm(&reads, realm, request.organisation).await?;
    Ok(organisation.map(|organisation| Asked { request, organisation }))
}

/// Whether an account of that address belongs to the organisation.
async fn belongs(caller: &Caller, request: &AccessRequest) -> Result<bool, Problem> {
    let (reads, realm) = (caller.app.store.reads(), &caller.house.realm.name);
    for user in users::by_email(&reads, realm, &request.who.email.canonical()).await? {
        if members::find(&reads, request.organisation, user.id).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `GET`, `HEAD`
pub(crate) async fn page(caller: Caller, method: Method) -> Result<Response, Problem> {
    if let Some(token) = caller.parameter("token") {
        return Ok(landing::out_of_the_address(&caller, &method, token, LANDING));
    }
    let (browser, fresh) = caller.browser_or_new();
    let mut response = match presented(&caller).await? {
        Some(asked) => show(&caller, &browser, &asked).await?,
        None => caller.show(StatusCode::NOT_FOUND, &LinkIncompletePage { start: caller.path("sign-in") })?,
    };
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

async fn show(caller: &Caller, browser: &SecretHash, asked: &Asked) -> Result<Response, Problem> {
    let Asked { request, organisation } = asked;
    let standing = Standing::of(request, belongs(caller, request).await?, caller.now());
    let page = AccessLinkPage {
        form: FormState::new(caller.app.forms.token(browser, request.id.uuid().as_bytes(), &*caller.app.entropy)),
        standing,
        number: organisation.number.shown(),
        asked_at: request.asked_at,
        asked_from: device(&request.requested_from),
        until: if standing == Standing::Waiting { request.expires_at } else { request.link_ends },
        sign_in: caller.path("sign-in"),
    };
    caller.show(standing.status(), &page)
}

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    let again = || Problem::CookiesRefused { again: posted.caller.here().to_owned() };
    let asked = presented(&posted.caller).await?.ok_or_else(again)?;
    let (browser, form) = posted.check(asked.request.id.uuid().as_bytes())?;
    let (caller, now) = (&posted.caller, posted.caller.now());
    if belongs(caller, &asked.request).await? {
        return show(caller, &browser, &asked).await;
    }
    let tx = caller.app.store.begin().await?;
    if !access_requests::prove(&tx, asked.request.id, now).await? {
        drop(tx);
        return show(caller, &browser, &asked).await;
    }
    let told = (&*caller.house, &asked.organisation);
    caller.app.tell_administrators(&tx, told, &asked.request, now).await?;
    let outcome = Outcome { location: caller.path(LANDING), cookies: Vec::new() };
    dispatch::answer(caller, &tx, &form, &outcome).await?;
    tx.commit(&about(caller.event(EventKind::AccessProven), asked.organisation.id)).await?;
    Ok(outcome.response())
}
