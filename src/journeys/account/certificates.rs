//! `GET`, `POST /realms/{realm}/account/certificates`: the certificates of an account; another one, or one less (UX.md
//! P13, SR-104).
//!
//! One is added by the way that signing in with it goes: the certificate is shown first, and its person proves the
//! account afterwards, so that the proof is fresh by construction (ADR 0044). The last way into an account is not taken
//! away.

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::authentication::freshness::Fresh;
use crate::authentication::journey::{Errand, Journey};
use crate::clock::{Timestamp, days};
use crate::event::EventKind;
use crate::journeys::beginning;
use crate::journeys::certificate::before::{self, open};
use crate::journeys::certificate::shown::Shown;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::journeys::warning::tell;
use crate::mail::message::Mail;
use crate::store::certificates::{self, Bound};
use crate::store::users;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/certificates";

/// « Certificats ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AccountCertificatesPage {
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// Sent as `do=associate`, when another may be added; what was refused stands here.
    pub(crate) form: FormState,
    /// Those of the account.
    pub(crate) entries: Vec<CertificateEntry>,
    /// Whether another may be added.
    pub(crate) more: bool,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CertificateEntry {
    /// Sent as `do=remove`.
    pub(crate) form: FormState,
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
    /// Whether its authority revoked it, likewise.
    pub(crate) revoked: bool,
}

impl Page for AccountCertificatesPage {
    const NAME: &'static str = "account-certificates";
    const TEMPLATE: &'static str = "account_certificates.html";

    fn title(&self) -> Phrase {
        Phrase::new("account.certificates")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |sha256: &str, shown, used, over| CertificateEntry {
            form: samples::form(),
            sha256: sha256.to_owned(),
            shown,
            added: now - days(200),
            used,
            over,
            revoked: false,
        };
        let two = || {
            let old = Shown { from: now - days(800), until: now - days(70), ..Shown::long_sample(now) };
            vec![entry("9f", Shown::sample(now), Some(now), false), entry("0a", old, None, true)]
        };
        let revoked = || vec![CertificateEntry { revoked: true, ..entry("9f", Shown::sample(now), Some(now), false) }];
        let page = |entries| Self { notice: None, form: samples::form(), entries, more: true };
        vec![
            sample("none", page(Vec::new())),
            sample("two", page(two())),
            sample("revoked", page(revoked())),
            sample("removed", Self { notice: Some(removed()), ..page(Vec::new()) }),
            sample("full", Self { more: false, ..page(two()) }),
            sample("last-way", Self { form: samples::form().refuse_all(last_way()), ..page(two()) }),
        ]
    }
}

fn removed() -> Notice {
    Notice::done(Phrase::new("account_certificates.removed"))
}

fn last_way() -> Phrase {
    Phrase::new("account_certificates.last_way")
}

/// The line of the home page, for so many certificates.
pub(super) fn told(count: u64) -> Line {
    let says = if count == 0 {
        Phrase::new("account_certificates.none")
    } else {
        Phrase::new("account_certificates.count").count(count)
    };
    Line::new(Phrase::new("account.certificates")).says(says)
}

/// The line of the home page, where people sign in with certificates.
pub(super) async fn line(owner: &Owner) -> Result<Option<Line>, Problem> {
    if open(&owner.house).is_none() {
        return Ok(None);
    }
    let count = certificates::of_user(&owner.app.store.reads(), owner.user.id).await?.len();
    Ok(Some(told(u64::try_from(count).unwrap_or(u64::MAX)).changed_at(owner.path(PAGE))))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    if open(&owner.house).is_none() {
        return Err(Problem::NotFound);
    }
    let notice = (owner.parameter("done") == Some("removed")).then(removed);
    show(&owner, StatusCode::OK, notice, owner.form()).await
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    if open(&act.house).is_none() {
        return Err(Problem::NotFound);
    }
    match act.fields.raw("do") {
        "associate" => associate(&act).await,
        "remove" => remove(&act, &act.fresh(&[]).await?).await,
        _ => Err(Problem::Tampered),
    }
}

/// A journey that ends here; nobody but the owner gets through it (SR-74).
async fn associate(act: &Act) -> Result<Response, Problem> {
    let user = Some(act.user.id);
    let errand = Some(Errand { page: PAGE.to_owned(), user, typed: BTreeMap::new(), action: None });
    let journey = Journey { errand, confirm: user, ..Journey::default() };
    Ok(beginning::begin(act, &act.path(before::HERE), journey).await?.response())
}

async fn remove(act: &Act, fresh: &Fresh) -> Result<Response, Problem> {
    let (user, realm, now) = (fresh.user(), &act.house.realm.name, act.now());
    let sha256 = act.fields.raw("certificate");
    let tx = act.begin().await?;
    let all = certificates::of_user(&tx, user).await?;
    let account = users::account(&tx, user).await?;
    let others = all.iter().any(|bound| bound.particulars.sha256 != sha256 && bound.is_good(now));
    let alone = account.is_none_or(|account| account.password_since.is_none() && account.passkeys == 0);
    if alone && !others {
        drop(tx);
        return show(act, StatusCode::UNPROCESSABLE_ENTITY, None, act.form().refuse_all(last_way())).await;
    }
    if !certificates::remove(&tx, realm, user, sha256, now).await? {
        // Removed a moment ago, in another tab.
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    act.app.end_sessions_with(&tx, &act.house, (user, sha256), now).await?;
    tell(act, &tx, &act.user, Mail::CertificateRemoved).await?;
    act.leads_to("account/certificates?done=removed", Vec::new(), (tx, act.event(EventKind::CertificateRemoved))).await
}

async fn show(owner: &Owner, status: StatusCode, notice: Option<Notice>, form: FormState) -> Result<Response, Problem> {
    let all = certificates::of_user(&owner.app.store.reads(), owner.user.id).await?;
    let entry = |bound: &Bound| CertificateEntry {
        form: owner.form(),
        sha256: bound.particulars.sha256.clone(),
        shown: Shown::of(&bound.particulars),
        added: bound.added_at,
        used: bound.used_at,
        over: bound.particulars.not_after <= owner.now(),
        revoked: bound.revoked_at.is_some(),
    };
    let page = AccountCertificatesPage {
        notice,
        form,
        more: u64::try_from(all.len()).is_ok_and(|count| count < certificates::MOST),
        entries: all.iter().map(entry).collect(),
    };
    owner.show(status, &page)
}
