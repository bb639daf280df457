//! `GET`, `POST /realms/{realm}/link`: where mailed links land.
//!
//! The first GET takes the token out of the address bar (SR-48); every GET and HEAD is harmless, however often a
//! scanner comes (SR-47). Only the button spends the link, and never for the browser that waits elsewhere (SR-49).

use axum::response::Response;
use http::{Method, StatusCode};

use super::codes::{device, written};
use super::done::Began;
use super::{
    ConfirmLinkPage, LinkDonePage, LinkExpiredPage, LinkIncompletePage, LinkRefusedPage, LinkReplacedPage,
    LinkUsedPage, Purpose,
};
use crate::app::cookies::{self, Name};
use crate::authentication::journey::Journey;
use crate::clock::{Timestamp, minutes};
use crate::event::{Event, EventKind};
use crate::identity::language::Language;
use crate::identity::user::User;
use crate::ids::FlowId;
use crate::journeys::actions::verification;
use crate::journeys::caller::{Caller, append_cookie, see_other};
use crate::journeys::dispatch;
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::journeys::recovery::{ask, code};
use crate::journeys::visit::Visit;
use crate::secret::SecretHash;
use crate::store::flows::{self, Flow};
use crate::store::links::{self, Link};
use crate::store::{Tx, submissions, users};
use crate::themes::form::FormState;
use crate::themes::frame::LANGUAGE_PARAMETER;

/// How long a token waits in its cookie.
const IN_COOKIE: crate::clock::Duration = minutes(60);

/// `GET`, `HEAD`
pub(crate) async fn page(caller: Caller, method: Method) -> Result<Response, Problem> {
    if let Some(token) = caller.parameter("token") {
        return Ok(out_of_the_address(&caller, &method, token, "link"));
    }
    let (browser, fresh) = caller.browser_or_new();
    let mut response = show(&caller, &browser).await?;
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// The same page without the token in its address: it waits in a cookie (SR-48).
pub(crate) fn out_of_the_address(caller: &Caller, method: &Method, token: &str, page: &str) -> Response {
    let said = caller.parameter(LANGUAGE_PARAMETER).and_then(|tag| tag.parse::<Language>().ok());
    let language = said.map(|language| format!("?{LANGUAGE_PARAMETER}={language}")).unwrap_or_default();
    // Whatever stands in an address may be anybody's: only the shape of our tokens goes into a cookie.
    let kept =
        if is_token(token) { cookies::set(Name::Link, token, Some(IN_COOKIE)) } else { cookies::forget(Name::Link) };
    let cookies = if *method == Method::HEAD { Vec::new() } else { vec![kept] };
    see_other(&format!("{}{language}", caller.path(page)), &cookies)
}

fn is_token(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Where a link stands now.
enum Standing {
    /// It may be used.
    Good,
    /// Its time is over.
    Expired,
    /// It did its work.
    Used(Timestamp),
    /// A newer one was sent then.
    Replaced(Timestamp),
    /// Somebody said that it was not theirs, or the account has moved on.
    Void,
}

async fn show(caller: &Caller, browser: &SecretHash) -> Result<Response, Problem> {
    let Some(link) = presented(caller).await? else {
        let page = LinkIncompletePage { start: caller.path("sign-in") };
        return caller.show(StatusCode::NOT_FOUND, &page);
    };
    let subject = *link.id.uuid().as_bytes();
    let form = FormState::new(caller.app.forms.token(browser, &subject, &*caller.app.entropy));
    let purpose = purpose(&link);
    match standing(caller, &link).await? {
        Standing::Good => caller.show(
            StatusCode::OK,
            &ConfirmLinkPage {
                form,
                purpose,
                account: called(caller, &link).await?,
                asked_at: link.created_at,
                asked_from: device(&link.requested_from),
            },
        ),
        Standing::Expired => {
            let page = LinkExpiredPage { form, lived: link.created_at.until(link.expires_at), until: link.expires_at };
            caller.show(StatusCode::GONE, &page)
        }
        Standing::Used(used_at) => {
            let used_from = link.spent_from.as_deref().and_then(device);
            let go_on = caller.path("sign-in");
            caller.show(StatusCode::GONE, &LinkUsedPage { form, purpose, used_at, used_from, go_on })
        }
        Standing::Replaced(newer_sent_at) => caller.show(StatusCode::GONE, &LinkReplacedPage { form, newer_sent_at }),
        Standing::Void => caller.show(StatusCode::GONE, &LinkRefusedPage { purpose }),
    }
}

/// What the page calls the account by (SR-49): an address as it may be shown to whoever opens the link, or what the realm
/// issued, where an address may have several accounts and the mail says which is which.
async fn called(caller: &Caller, link: &Link) -> Result<String, Problem> {
    let owner = match link.user {
        Some(user) => users::by_id(&caller.app.store.reads(), user).await?,
        None => None,
    };
    let issued = owner.and_then(|owner| owner.identifier);
    Ok(issued.map_or_else(|| link.email.masked(), |identifier| identifier.to_string()))
}

/// The link that this browser carries.
async fn presented(caller: &Caller) -> Result<Option<Link>, Problem> {
    let Some(token) = caller.cookie(Name::Link) else { return Ok(None) };
    Ok(links::by_token(&caller.app.store.reads(), &caller.house.realm.name, &token.hash()).await?)
}

async fn standing(caller: &Caller, link: &Link) -> Result<Standing, Problem> {
    let now = caller.now();
    if let Some(used) = link.spent_at {
        return Ok(Standing::Used(used));
    }
    let reads = caller.app.store.reads();
    if link.voided_at.is_some() {
        // Another mail of this journey did the work, or a newer one stands in its place.
        let mut siblings = links::newest(&reads, link.flow, link.purpose).await?;
        // A mail may have brought links to several accounts: what became of the others is not what became of this one.
        siblings.retain(|sibling| sibling.user == link.user);
        if let Some(used) = siblings.iter().find_map(|sibling| sibling.spent_at) {
            return Ok(Standing::Used(used));
        }
        let newest = match link.user {
            Some(user) => links::newest_of(&reads, user, link.purpose).await?,
            None => siblings.into_iter().next(),
        };
        let newer = newest.filter(|newest| newest.created_at > link.created_at && newest.voided_at.is_none());
        return Ok(newer.map_or(Standing::Void, |newer| Standing::Replaced(newer.created_at)));
    }
    // SR-44: a link is for the state of the account that it was made for.
    if let Some(user) = link.user
        && !users::by_id(&reads, user).await?.is_some_and(|user| user.is_active())
    {
        return Ok(Standing::Void);
    }
    Ok(if now >= link.expires_at { Standing::Expired } else { Standing::Good })
}

const fn purpose(link: &Link) -> Purpose {
    match link.purpose {
        links::Purpose::VerifyEmail => Purpose::VerifyEmail,
        links::Purpose::ResetPassword => Purpose::ResetPassword,
    }
}

/// A button of the landing page that was pressed.
struct Press {
    caller: Caller,
    link: Link,
    browser: SecretHash,
    wish: String,
    form: SecretHash,
}

impl Press {
    async fn read(posted: Posted) -> Result<Self, Problem> {
        let caller = &posted.caller;
        let gone = || Problem::CookiesRefused { again: caller.here().to_owned() };
        let link = presented(caller).await?.ok_or_else(gone)?;
        let (browser, form) = posted.check(link.id.uuid().as_bytes())?;
        let app = &caller.app;
        if let Some(sealed) = submissions::outcome(&app.store.reads(), form.as_bytes()).await? {
            return Err(Problem::Answered(dispatch::Outcome::open(app, &form, &sealed)?));
        }
        Ok(Self { wish: posted.fields.raw("do").to_owned(), caller: posted.caller, link, browser, form })
    }
}

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    let press = Press::read(posted).await?;
    match press.wish.as_str() {
        "refuse" => refuse(press).await,
        "renew" => Box::pin(renew(press)).await,
        _ => Box::pin(confirm(press)).await,
    }
}

/// Spends the link, and leads on in this browser.
async fn confirm(press: Press) -> Result<Response, Problem> {
    let Press { caller, link, browser, form, .. } = press;
    let now = caller.now();
    let mut tx = caller.app.store.begin().await?;
    let Some(spent) = links::spend(&tx, link.id, &written(caller.agent), now).await? else {
        drop(tx);
        return show(&caller, &browser).await;
    };
    let began_here = flows::load(&tx, &caller.house.realm.name, link.flow, &browser, now).await?;
    let mut visit = continued(caller, &tx, began_here, &link, &browser).await?;
    let (user, kind) = match spent.purpose {
        links::Purpose::VerifyEmail => {
            let user = verification::settle(&visit, &tx, &spent).await?;
            verification::accept(&mut visit, &mut tx, &spent, user).await?;
            (user, EventKind::AddressVerified)
        }
        links::Purpose::ResetPassword => {
            let user = spent.user.ok_or(Problem::JourneyLost)?;
            let Some(owner) = users::by_id(&tx, user).await?.filter(User::is_active) else {
                drop(tx);
                return show(&visit, &browser).await;
            };
            visit.flow.journey.recovery = Some(code::stage(&visit, &tx, &spent, user).await?);
            owner.sign_in_name().clone_into(&mut visit.flow.journey.typed.identifier);
            (user, EventKind::RecoveryMailRead)
        }
    };
    let event = Event { user: Some(user), ..visit.event(kind) };
    let mut kept = vec![cookies::forget(Name::Link)];
    let (place, event) = dispatch::arrive(&mut visit, &mut tx, event, &mut kept).await?;
    let page = match spent.purpose {
        // A page of its own says that it is confirmed, and where to go on.
        links::Purpose::VerifyEmail => "link/done",
        links::Purpose::ResetPassword => dispatch::page(&place),
    };
    let outcome = dispatch::Outcome { location: visit.step(page), cookies: kept };
    dispatch::keep(&visit, &tx, &form, &outcome).await?;
    tx.commit(&event).await?;
    Ok(outcome.response())
}

/// The journey that goes on: the one that asked for the mail, in its own browser, or else a new one. The journey of
/// another browser is never touched (SR-49, SR-71).
async fn continued(
    caller: Caller,
    tx: &Tx,
    begun_here: Option<Flow>,
    link: &Link,
    browser: &SecretHash,
) -> Result<Visit, Problem> {
    let now = caller.now();
    if let Some(mut flow) = begun_here {
        if flow.wake(now) {
            // The mail was read in its own time: nothing to explain.
            flow.journey.notice = None;
        }
        return Ok(Visit::resumed(caller, flow).await?);
    }
    let journey = Journey { began_from: Some(link.requested_from.clone()), ..Journey::default() };
    begun(caller, tx, browser, journey).await
}

/// A journey of this browser that begins with a mailed link.
pub(crate) async fn begun(caller: Caller, tx: &Tx, browser: &SecretHash, journey: Journey) -> Result<Visit, Problem> {
    let now = caller.now();
    let flow = Flow {
        id: FlowId::new(now, &*caller.app.entropy),
        realm: caller.house.realm.name.clone(),
        browser: *browser,
        request: None,
        journey,
        version: 0,
        created_at: now,
        seen_at: now,
    };
    flows::insert(tx, &flow).await?;
    Ok(Visit::resumed(caller, flow).await?)
}

/// "This was not me": the link is void, and the realm's journal says so.
async fn refuse(press: Press) -> Result<Response, Problem> {
    let tx = press.caller.app.store.begin().await?;
    links::void(&tx, press.link.id, press.caller.now()).await?;
    let event = Event { user: press.link.user, ..press.caller.event(EventKind::LinkDenied) };
    tx.commit(&event).await?;
    press.caller.show(StatusCode::OK, &LinkRefusedPage { purpose: purpose(&press.link) })
}

/// A new mail in the place of an expired or replaced one, without typing anything (UX P22).
async fn renew(press: Press) -> Result<Response, Problem> {
    let Press { caller, link, browser, form, .. } = press;
    let now = caller.now();
    let tx = caller.app.store.begin().await?;
    let known = flows::load(&tx, &caller.house.realm.name, link.flow, &browser, now).await?;
    let mut visit = continued(caller, &tx, known, &link, &browser).await?;
    let event = if let Some(who) = link.registration.clone() {
        let kind = verification::ask(&mut visit, &tx, who).await?;
        visit.event(kind)
    } else {
        let owner = match link.user {
            Some(user) => users::by_id(&tx, user).await?,
            None => None,
        };
        let named = owner.as_ref().map_or_else(|| link.email.as_str(), User::sign_in_name);
        named.clone_into(&mut visit.flow.journey.typed.identifier);
        ask::ask(&mut visit, &tx).await?
    };
    let location = dispatch::address(&visit, &tx).await?;
    let outcome = dispatch::Outcome { location, cookies: vec![cookies::forget(Name::Link)] };
    dispatch::keep(&visit, &tx, &form, &outcome).await?;
    tx.commit(&event).await?;
    Ok(outcome.response())
}

/// `GET /realms/{realm}/link/done`: confirmed, and where to go on.
pub(crate) async fn done(visit: Visit) -> Result<Response, Problem> {
    let proven = visit.journey().attempt.has_mailbox();
    if !proven {
        return Ok(see_other(&visit.step(dispatch::page(&visit.place())), &[]));
    }
    let began = match &visit.journey().began_from {
        None => Began::Here,
        Some(browser) => Began::Elsewhere(device(browser)),
    };
    let go_on = visit.step(dispatch::page(&visit.place()));
    visit.show(&LinkDonePage { began, go_on })
}
