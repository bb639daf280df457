//! `GET`, `POST /realms/{realm}/certificate/mine`: the certificates of an account; another one, or one less.
//!
//! Whoever is signed in sees them. To change anything they prove themselves again, if that was longer ago than five
//! minutes (SR-104), and come back here. The last way into an account is not taken away.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::before::{self, open};
use super::shown::Shown;
use crate::authentication::journey::{After, Journey};
use crate::authentication::session::BrowserSession;
use crate::clock::{Duration, Timestamp, days, minutes};
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::journeys::beginning;
use crate::journeys::caller::{Caller, append_cookie, see_other};
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::journeys::warning::warn;
use crate::mail::message::Mail;
use crate::store::certificates::{self, Bound};
use crate::store::users;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
pub(crate) const HERE: &str = "certificate/mine";
/// What forms of this page are about.
const SUBJECT: &[u8] = b"certificates";
/// How long a proof is fresh enough to change how one signs in (SR-104).
const FRESH: Duration = minutes(5);

/// « Vos certificats »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CertificatesPage {
    /// Sent as `do=associate`, or as `do=remove` with `certificate`.
    pub(crate) form: FormState,
    /// Those of the account.
    pub(crate) certificates: Vec<Mine>,
    /// Whether one was taken away just now.
    pub(crate) removed: bool,
    /// Whether another may be added.
    pub(crate) more: bool,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mine {
    /// By which it is named in the form.
    pub(crate) sha256: String,
    /// What it says.
    pub(crate) shown: Shown,
    /// When it was bound.
    pub(crate) added: Timestamp,
    /// When somebody last signed in with it.
    pub(crate) used: Option<Timestamp>,
    /// Whether its time is over: it stays in the list, and is of no use.
    pub(crate) over: bool,
}

impl Page for CertificatesPage {
    const NAME: &'static str = "certificates";
    const TEMPLATE: &'static str = "certificates.html";

    fn title(&self) -> Phrase {
        Phrase::new("certificates.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let mine = |sha256: &str, shown, used, over| {
            let added = now - days(200);
            Mine { sha256: sha256.to_owned(), shown, added, used, over }
        };
        let two = || {
            let old = Shown { from: now - days(800), until: now - days(70), ..Shown::long_sample(now) };
            vec![mine("9f", Shown::sample(now), Some(now), false), mine("0a", old, None, true)]
        };
        let page = |certificates| Self { form: samples::form(), certificates, removed: false, more: true };
        vec![
            sample("none", page(Vec::new())),
            sample("two", page(two())),
            sample("removed", Self { removed: true, ..page(Vec::new()) }),
            sample("full", Self { more: false, ..page(two()) }),
            sample("last-way", Self { form: samples::form().refuse_all(last_way()), ..page(two()) }),
        ]
    }
}

fn last_way() -> Phrase {
    Phrase::new("certificates.last_way")
}

/// `GET`
pub(crate) async fn page(caller: Caller) -> Result<Response, Problem> {
    if open(&caller.house).is_none() {
        return Err(Problem::NotFound);
    }
    match caller.session().await? {
        Some(session) => show(&caller, &session, StatusCode::OK, None).await,
        None => again(&caller, None, "sign-in").await,
    }
}

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    posted.check(SUBJECT)?;
    let Posted { caller, fields } = posted;
    let Some(session) = caller.session().await?.filter(|_| open(&caller.house).is_some()) else {
        return again(&caller, None, "sign-in").await;
    };
    let user = session.authenticated.user();
    match fields.raw("do") {
        // The certificate first, the proof of who adds it afterwards: fresh by construction.
        "associate" => again(&caller, Some(user), before::HERE).await,
        "remove" if caller.now().since(session.authenticated.auth_time()) > FRESH => {
            again(&caller, Some(user), "sign-in").await
        }
        "remove" => remove(&caller, &session, fields.raw("certificate")).await,
        _ => Err(Problem::Tampered),
    }
}

/// A journey that ends here; with somebody to be confirmed nobody else gets through it (SR-74).
async fn again(caller: &Caller, confirm: Option<UserId>, page: &str) -> Result<Response, Problem> {
    let journey = Journey { confirm, after: Some(After::Certificates), ..Journey::default() };
    Ok(beginning::begin(caller, &caller.path(page), journey).await?.response())
}

async fn remove(caller: &Caller, session: &BrowserSession, sha256: &str) -> Result<Response, Problem> {
    let (app, realm, now) = (&caller.app, &caller.house.realm.name, caller.now());
    let user = session.authenticated.user();
    let tx = app.store.begin().await?;
    let all = certificates::of_user(&tx, user).await?;
    let account = users::account(&tx, user).await?;
    let others = all.iter().any(|bound| bound.particulars.sha256 != sha256 && is_good(bound, now));
    if account.is_none_or(|account| account.password_since.is_none()) && !others {
        drop(tx);
        return show(caller, session, StatusCode::UNPROCESSABLE_ENTITY, Some(last_way())).await;
    }
    if !certificates::remove(&tx, realm, user, sha256, now).await? {
        // Removed a moment ago, in another tab.
        return Ok(see_other(&caller.path(HERE), &[]));
    }
    app.end_sessions_with(&tx, &caller.house, (user, sha256), now).await?;
    let owner = users::by_id(&tx, user).await?;
    warn(caller, &tx, owner.as_ref(), Mail::CertificateRemoved).await?;
    let event = Event { user: Some(user), session: Some(session.id), ..caller.event(EventKind::CertificateRemoved) };
    tx.commit(&event).await?;
    Ok(see_other(&format!("{}?done=removed", caller.path(HERE)), &[]))
}

fn is_good(bound: &Bound, now: Timestamp) -> bool {
    now < bound.particulars.not_after
}

async fn show(
    caller: &Caller,
    session: &BrowserSession,
    status: StatusCode,
    refused: Option<Phrase>,
) -> Result<Response, Problem> {
    let all = certificates::of_user(&caller.app.store.reads(), session.authenticated.user()).await?;
    let (browser, fresh) = caller.browser_or_new();
    let form = FormState::new(caller.app.forms.token(&browser, SUBJECT, &*caller.app.entropy));
    let mine = |bound: &Bound| Mine {
        sha256: bound.particulars.sha256.clone(),
        shown: Shown::of(&bound.particulars),
        added: bound.added_at,
        used: bound.used_at,
        over: !is_good(bound, caller.now()),
    };
    let page = CertificatesPage {
        removed: refused.is_none() && caller.parameter("done") == Some("removed"),
        form: refused.into_iter().fold(form, FormState::refuse_all),
        more: u64::try_from(all.len()).is_ok_and(|count| count < certificates::MOST),
        certificates: all.iter().map(mine).collect(),
    };
    let mut response = caller.show(status, &page)?;
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}
