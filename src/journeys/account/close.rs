//! `GET`, `POST /realms/{realm}/account/close`: the end of the account, a month from now, and the way back until then
//! (SR-202, GDPR article 17). The mailed way back is `GET`, `POST /realms/{realm}/keep-account`.

use axum::response::Response;
use http::{Method, StatusCode};
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::app::App;
use crate::app::cookies::Name;
use crate::app::letters::{self, Recipient};
use crate::app::organisations::LeftBehind;
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
    /// Organisations that need another administrator first.
    pub(crate) holds_back: Vec<Successor>,
    /// What organisations are called that close with it, as nobody else belongs to them; sent as `do=close-with`.
    pub(crate) closes_with: Vec<String>,
}

/// An organisation that needs another administrator.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Successor {
    /// What it is called.
    pub(crate) organisation: String,
    /// Where one is named.
    pub(crate) href: String,
}

impl Page for ClosePage {
    const NAME: &'static str = "account-close";
    const TEMPLATE: &'static str = "account_close.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_close.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |closes_at| Self {
            form: samples::form(),
            delay: DELAY,
            closes_at,
            holds_back: Vec::new(),
            closes_with: Vec::new(),
        };
        let successor = |name: &str| Successor { organisation: name.to_owned(), href: samples::NEXT.to_owned() };
        let holds_back = || vec![successor("EXEMPLE SAS"), successor(samples::LONG_NAME)];
        vec![
            sample("usual", page(None)),
            sample("asked", page(Some(now + DELAY))),
            sample("last-administrator", Self { holds_back: holds_back(), ..page(None) }),
            sample("became-last-administrator", Self { holds_back: holds_back(), ..page(Some(now + DELAY)) }),
            sample("alone", Self { closes_with: vec!["EXEMPLE SAS".to_owned()], ..page(None) }),
        ]
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
    let reads = owner.app.store.reads();
    let closing = closings::of(&reads, owner.user.id).await?;
    let closes_at = closing.map(|closing| closing.closes_at);
    let left = App::left_behind(&reads, (&owner.house.realm.name, owner.user.id)).await?;
    let (alone, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|left| left.alone);
    let name = |left: &LeftBehind| left.organisation.details.legal_name.as_str().to_owned();
    let successor = |left: &LeftBehind| Successor {
        organisation: name(left),
        href: owner.path(&format!("account/organisations/{}/users", left.organisation.id)),
    };
    owner.show(
        StatusCode::OK,
        &ClosePage {
            form: owner.form(),
            delay: DELAY,
            closes_at,
            holds_back: others.iter().map(successor).collect(),
            closes_with: alone.iter().map(name).collect(),
        },
    )
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    act.fresh(&[]).await?;
    match act.fields.raw("do") {
        "close" => ask(&act, false).await,
        "close-with" => ask(&act, true).await,
        "keep" => keep(&act).await,
        _ => Err(Problem::Tampered),
    }
}

/// Keeps the wish. The last administrator of an organisation stays until another is named (SR-191), unless nobody else
/// belongs to it and it `closes_with` the account.
async fn ask(act: &Act, closes_with: bool) -> Result<Response, Problem> {
    let (app, now) = (&act.app, act.now());
    let realm = act.house.realm.name.clone();
    let tx = act.begin().await?;
    let left = App::left_behind_held(&tx, (&realm, act.user.id)).await?;
    if left.iter().any(|left| left.holds_back(closes_with)) {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    let with_organisations = closes_with.then_some(now);
    let closing = Closing { user: act.user.id, realm, asked_at: now, closes_at: now + DELAY, with_organisations };
    let token = entropy::token(&*app.entropy);
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
