//! `GET`, `POST /realms/{realm}/account/close`: the end of the account, a month from now, and the way back until then
//! (SR-202, GDPR article 17). The mailed way back is `GET`, `POST /realms/{realm}/keep-account`.

use axum::response::Response;
use http::{Method, StatusCode};
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::app::cookies::Name;
use crate::app::letters::{self, Recipient};
use crate::clock::{Duration, Timestamp, days};
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::journeys::caller::{Caller, append_cookie};
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::link::landing;
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::mail::message::{AccountClosing, Mail};
use crate::secret::{Secret, SecretHash};
use crate::store::closings::{self, Closing};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/close";
/// Where the mailed link lands.
const LANDING: &str = "keep-account";
/// How long people may change their mind.
const DELAY: Duration = days(30);

/// « Fermer mon compte ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ClosePage {
    /// Sent as `do=close` or `do=keep`.
    pub(crate) form: FormState,
    /// How long people may change their mind.
    pub(crate) delay: Duration,
    /// When the account is closed, once that was asked for.
    pub(crate) closes_at: Option<Timestamp>,
}

impl Page for ClosePage {
    const NAME: &'static str = "account-close";
    const TEMPLATE: &'static str = "account_close.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_close.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |closes_at| Self { form: samples::form(), delay: DELAY, closes_at };
        vec![sample("usual", page(None)), sample("asked", page(Some(now + DELAY)))]
    }
}

/// The line of the home page, for an account that is closed then.
pub(super) fn told(closes_at: Option<Timestamp>) -> Line {
    let line = Line::new(Phrase::new("account_close.title"));
    match closes_at {
        Some(at) => line.says(Phrase::new("account_close.at").moment("when", at)),
        None => line,
    }
}

/// The line of the home page.
pub(super) async fn line(owner: &Owner) -> Result<Line, Problem> {
    let closing = closings::of(&owner.app.store.reads(), owner.user.id).await?;
    Ok(told(closing.map(|closing| closing.closes_at)).seen_at(owner.path(PAGE)))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    owner.fresh().await?;
    let closing = closings::of(&owner.app.store.reads(), owner.user.id).await?;
    let closes_at = closing.map(|closing| closing.closes_at);
    owner.show(StatusCode::OK, &ClosePage { form: owner.form(), delay: DELAY, closes_at })
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    act.fresh(&[]).await?;
    match act.fields.raw("do") {
        "close" => ask(&act).await,
        "keep" => keep(&act).await,
        _ => Err(Problem::Tampered),
    }
}

async fn ask(act: &Act) -> Result<Response, Problem> {
    let (app, now) = (&act.app, act.now());
    let realm = act.house.realm.name.clone();
    let closing = Closing { user: act.user.id, realm, asked_at: now, closes_at: now + DELAY };
    let token = entropy::token(&*app.entropy);
    let tx = act.begin().await?;
    if !closings::ask(&tx, &closing, &token.hash()).await? {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    let mail = Mail::AccountClosing(AccountClosing {
        first_name: act.user.first_name.as_str().to_owned(),
        link: Secret::new(act.address(&format!("{LANDING}?token={}", token.expose()))),
        closes: closing.closes_at,
        asked: act.occasion(),
    });
    let to = Recipient { address: act.user.email.as_str().to_owned(), language: act.user.language, held: false };
    letters::post(app, &tx, &closing.realm, to, &mail, now).await?;
    act.leads_to("account?done=close", Vec::new(), (tx, act.event(EventKind::AccountClosingAsked))).await
}

async fn keep(act: &Act) -> Result<Response, Problem> {
    let tx = act.begin().await?;
    if !closings::take_back(&tx, act.user.id, act.now()).await? {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    act.leads_to("account?done=keep", Vec::new(), (tx, act.event(EventKind::AccountKept))).await
}

/// « Garder votre compte ? », for whoever opens the mailed link.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeepPage {
    /// The one button.
    pub(crate) form: Option<FormState>,
    /// When the account is closed.
    pub(crate) closes_at: Option<Timestamp>,
    /// The account.
    pub(crate) account: String,
}

impl Page for KeepPage {
    const NAME: &'static str = "keep-account";
    const TEMPLATE: &'static str = "keep_account.html";

    fn title(&self) -> Phrase {
        if self.form.is_some() { Phrase::new("keep_account.title") } else { Phrase::new("keep_account.over_title") }
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let account = || "/realms/certinomis/account".to_owned();
        let asked = Self { form: Some(samples::form()), closes_at: Some(now + DELAY), account: account() };
        vec![sample("asked", asked), sample("over", Self { form: None, closes_at: None, account: account() })]
    }
}

/// `GET`, `HEAD`: harmless, however often a scanner comes (SR-47).
pub(crate) async fn mailed(caller: Caller, method: Method) -> Result<Response, Problem> {
    if let Some(token) = caller.parameter("token") {
        return Ok(landing::out_of_the_address(&caller, &method, token, LANDING));
    }
    let (browser, fresh) = caller.browser_or_new();
    let mut response = show(&caller, &browser).await?;
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

async fn presented(caller: &Caller) -> Result<Option<Closing>, Problem> {
    let Some(token) = caller.cookie(Name::Link) else { return Ok(None) };
    let closing = closings::by_token(&caller.app.store.reads(), &caller.house.realm.name, &token.hash()).await?;
    Ok(closing.filter(|closing| caller.now() < closing.closes_at))
}

async fn show(caller: &Caller, browser: &SecretHash) -> Result<Response, Problem> {
    let closing = presented(caller).await?;
    let form = closing.as_ref().map(|closing| {
        FormState::new(caller.app.forms.token(browser, closing.user.uuid().as_bytes(), &*caller.app.entropy))
    });
    // Kept, closed, or never ours: nothing is known about it, and the account says how it stands.
    let status = if form.is_some() { StatusCode::OK } else { StatusCode::GONE };
    let closes_at = closing.map(|closing| closing.closes_at);
    caller.show(status, &KeepPage { form, closes_at, account: caller.path("account") })
}

/// `POST`
pub(crate) async fn kept(posted: Posted) -> Result<Response, Problem> {
    let caller = &posted.caller;
    let browser = caller.browser().ok_or_else(|| Problem::CookiesRefused { again: caller.here().to_owned() })?;
    let Some(closing) = presented(caller).await? else { return show(caller, &browser).await };
    let (_, form) = posted.check(closing.user.uuid().as_bytes())?;
    let tx = caller.app.store.begin().await?;
    if !closings::take_back(&tx, closing.user, caller.now()).await? {
        return show(caller, &browser).await;
    }
    let outcome = Outcome { location: caller.path("account?done=keep"), cookies: Vec::new() };
    dispatch::answer(caller, &tx, &form, &outcome).await?;
    tx.commit(&Event { user: Some(closing.user), ..caller.event(EventKind::AccountKept) }).await?;
    Ok(outcome.response())
}
