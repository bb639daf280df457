//! `GET`, `POST /realms/{realm}/account/second-factors`: the app that makes one-time codes, and the recovery codes beside it
//! (UX.md P14, SR-82, SR-83).
//!
//! Adding an app and taking new codes are actions of a journey, the same as when a realm demands them; this page sends its
//! person there, and back. Taking the app away is done here, by somebody who has just shown it.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::app::second_factors::Acting;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::mail::message::Mail;
use crate::realm::model::Asked;
use crate::store::second_factors::{self, StoredTotp};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/second-factors";

/// « Application de codes ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SecondFactorsPage {
    /// Sent as `do=add`, `do=codes` or `do=remove`.
    pub(crate) form: FormState,
    /// The app, when there is one.
    pub(crate) app: Option<App>,
    /// Whether the realm demands one of everybody, so that it cannot be taken away.
    pub(crate) demanded: bool,
}

/// An app as its owner knows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct App {
    /// What they call the device; may be empty.
    pub(crate) device: String,
    /// When it was added.
    pub(crate) since: Timestamp,
    /// How many recovery codes are left.
    pub(crate) codes: Phrase,
}

impl App {
    fn new(kept: StoredTotp, codes_left: u64) -> Self {
        Self { device: kept.label, since: kept.since, codes: codes(codes_left) }
    }
}

fn codes(left: u64) -> Phrase {
    Phrase::new("account_factors.codes").count(left)
}

impl Page for SecondFactorsPage {
    const NAME: &'static str = "account-second-factors";
    const TEMPLATE: &'static str = "account_second_factors.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_factors.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |app, demanded| Self { form: samples::form(), app, demanded };
        let app = |device: &str, left| Some(App { device: device.to_owned(), since: now, codes: codes(left) });
        vec![
            sample("none", page(None, false)),
            sample("usual", page(app("Téléphone du bureau", 10), false)),
            sample("unnamed-one-code-left", page(app("", 1), false)),
            sample("no-code-left", page(app("Téléphone du bureau", 0), false)),
            sample("demanded", page(app("Téléphone du bureau", 9), true)),
        ]
    }
}

/// The line of the home page.
pub(super) fn told(has_app: bool) -> Line {
    let says = if has_app { "account_factors.set" } else { "account_factors.unset" };
    Line::new(Phrase::new("account_factors.title")).says(Phrase::new(says))
}

/// The line of the home page, in realms that have such codes.
pub(super) async fn line(owner: &Owner) -> Result<Option<Line>, Problem> {
    if owner.house.realm.totp.is_none() {
        return Ok(None);
    }
    let app = second_factors::totp(&owner.app.store.reads(), owner.user.id).await?;
    Ok(Some(told(app.is_some()).changed_at(owner.path(PAGE))))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    offered(&owner)?;
    owner.fresh().await?;
    let (reads, user) = (owner.app.store.reads(), owner.user.id);
    let app = match second_factors::totp(&reads, user).await? {
        Some(kept) => Some(App::new(kept, second_factors::recovery_codes_left(&reads, user).await?)),
        None => None,
    };
    owner.show(StatusCode::OK, &SecondFactorsPage { form: owner.form(), app, demanded: is_demanded(&owner) })
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    offered(&act)?;
    act.fresh(&[]).await?;
    match act.fields.raw("do") {
        "add" => act.sets_out(RequiredActionKind::ConfigureTotp).await,
        "codes" => act.sets_out(RequiredActionKind::SaveRecoveryCodes).await,
        "remove" if !is_demanded(&act) => remove(&act).await,
        _ => Err(Problem::Tampered),
    }
}

async fn remove(act: &Act) -> Result<Response, Problem> {
    let tx = act.begin().await?;
    let acting = Acting { house: &act.house, user: &act.user, happened: act.occasion() };
    if !act.app.remove_second_factors(&tx, acting, Mail::TotpRemoved).await? {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    act.leads_to("account?done=second-factors", Vec::new(), (tx, act.event(EventKind::SecondFactorsRemoved))).await
}

/// A realm without such codes has no such page.
fn offered(owner: &Owner) -> Result<(), Problem> {
    owner.house.realm.totp.map(drop).ok_or(Problem::NotFound)
}

fn is_demanded(owner: &Owner) -> bool {
    owner.house.realm.second_factor == Asked::Always
}
