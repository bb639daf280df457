//! `GET`, `POST /realms/{realm}/account/passkeys`: one's passkeys, and the making, naming and removal of them (UX.md P15).
//!
//! Making one is an action of a journey, the same as where a realm offers it; this page sends its person there, and back.
//! Whoever comes here has just shown all that the account has (SR-82). A passkey that the account could not be opened
//! without stays, and the page says why.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::app::App;
use crate::app::passkeys::MOST;
use crate::app::second_factors::Acting;
use crate::authentication::attempt::Account;
use crate::authentication::freshness::Fresh;
use crate::authentication::policy::{Demanded, SecondFactor};
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::{Duration, Timestamp};
use crate::event::EventKind;
use crate::ids::PasskeyId;
use crate::journeys::actions::configure_totp::judge_name;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::proofs::passkey::model;
use crate::store::passkeys::{self, StoredPasskey};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/passkeys";

/// « Clés d’accès ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PasskeysPage {
    /// Sent as `do=add`; and what was wrong with the last try.
    pub(crate) form: FormState,
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// The passkeys, the oldest first.
    pub(crate) entries: Vec<PasskeyEntry>,
    /// Whether there may be more of them.
    pub(crate) more: bool,
}

/// One passkey.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PasskeyEntry {
    /// Sent as `do=rename` or `do=remove`.
    pub(crate) form: FormState,
    /// Which.
    pub(crate) id: String,
    /// What its owner calls it.
    pub(crate) name: String,
    /// What keeps it, where that says so.
    pub(crate) provider: Option<&'static str>,
    /// When it was made.
    pub(crate) since: Timestamp,
    /// When it last opened the account.
    pub(crate) used: Option<Timestamp>,
}

impl PasskeyEntry {
    fn of(kept: StoredPasskey, form: FormState) -> Self {
        let (id, provider) = (kept.id.to_string(), model::name(kept.model));
        Self { form, id, name: kept.name, provider, since: kept.since, used: kept.used }
    }
}

impl Page for PasskeysPage {
    const NAME: &'static str = "account-passkeys";
    const TEMPLATE: &'static str = "account_passkeys.html";

    fn title(&self) -> Phrase {
        Phrase::new("account.passkeys")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |number: u32, name: &str, provider, used| PasskeyEntry {
            form: samples::form(),
            id: format!("0199a2b4-0000-7000-8000-00000000000{number}"),
            name: name.to_owned(),
            provider,
            since: now - Duration::from_hours(30 * 24),
            used,
        };
        let yesterday = now - Duration::from_hours(25);
        let none = || Self { form: samples::form(), notice: None, entries: Vec::new(), more: true };
        let several = || Self {
            entries: vec![
                entry(1, "Téléphone de Marie", Some("Google Password Manager"), Some(yesterday)),
                entry(2, "", Some("Windows Hello"), None),
                entry(3, "", None, None),
            ],
            ..none()
        };
        let refused = |words| Self { form: samples::form().refuse_all(words), ..several() };
        vec![
            sample("none", none()),
            sample("several", several()),
            sample("enough", Self { more: false, ..several() }),
            sample("renamed", Self { notice: Some(renamed()), ..several() }),
            sample("last", refused(refusals::passkey_last())),
            sample("demanded", refused(refusals::passkey_demanded())),
            sample("long-name", refused(refusals::too_long(Field::DeviceName, 40))),
        ]
    }
}

fn renamed() -> Notice {
    Notice::done(Phrase::new("account_passkeys.renamed"))
}

/// The line of the home page, for so many passkeys.
pub(super) fn told(count: u64) -> Line {
    Line::new(Phrase::new("account.passkeys")).says(Phrase::new("account_passkeys.count").count(count))
}

/// The line of the home page, where the realm has passkeys.
pub(super) async fn line(owner: &Owner) -> Result<Option<Line>, Problem> {
    if owner.house.passkeys.is_none() {
        return Ok(None);
    }
    let kept = passkeys::of_user(&owner.app.store.reads(), owner.user.id).await?;
    Ok(Some(told(u64::try_from(kept.len()).unwrap_or(u64::MAX)).changed_at(owner.path(PAGE))))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    offered(&owner)?;
    owner.fresh().await?;
    show(&owner, StatusCode::OK, owner.form()).await
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    offered(&act)?;
    let fresh = act.fresh(&[]).await?;
    if act.fields.raw("do") == "add" {
        return act.sets_out(RequiredActionKind::RegisterPasskey).await;
    }
    let id: PasskeyId = act.fields.raw("passkey").parse().map_err(|_| Problem::Tampered)?;
    match act.fields.raw("do") {
        "rename" => rename(&act, &fresh, id).await,
        "remove" => remove(&act, &fresh, id).await,
        _ => Err(Problem::Tampered),
    }
}

/// A realm without passkeys has no such page.
fn offered(owner: &Owner) -> Result<(), Problem> {
    owner.house.passkeys.as_ref().map(drop).ok_or(Problem::NotFound)
}

async fn rename(act: &Act, fresh: &Fresh, id: PasskeyId) -> Result<Response, Problem> {
    let name = act.fields.text(Field::DeviceName).trim();
    if let Err(words) = judge_name(name) {
        return show(act, StatusCode::UNPROCESSABLE_ENTITY, act.form().refuse_all(words)).await;
    }
    let tx = act.begin().await?;
    if !passkeys::rename(&tx, (fresh.user(), id), name).await? {
        // Removed in another tab; or never theirs (SR-106).
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    act.leads_to("account/passkeys?done=renamed", Vec::new(), (tx, act.event(EventKind::PasskeyRenamed))).await
}

/// Whoever came by that passkey alone is not known well enough for this page any more: the way leads to the account.
async fn remove(act: &Act, fresh: &Fresh, id: PasskeyId) -> Result<Response, Problem> {
    let tx = act.begin().await?;
    let account = App::account(&tx, &act.house, fresh.user(), act.now()).await?;
    if let Some(words) = account.and_then(|account| needed(act, &account)) {
        return show(act, StatusCode::UNPROCESSABLE_ENTITY, act.form().refuse_all(words)).await;
    }
    if !act.app.remove_passkey(&tx, acting(act), id).await? {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    act.leads_to("account?done=passkey", Vec::new(), (tx, act.event(EventKind::PasskeyRemoved))).await
}

/// Why the account cannot do without its last passkey.
fn needed(act: &Act, account: &Account) -> Option<Phrase> {
    if account.passkeys != 1 {
        return None;
    }
    let policy = act.house.realm.policy(Demanded::NOTHING, act.now());
    let without = Account { passkeys: 0, ..*account };
    if account.password_since.is_none() {
        Some(refusals::passkey_last())
    } else if policy.second_factor == SecondFactor::Required && !policy.has_second_factor(&without) {
        Some(refusals::passkey_demanded())
    } else {
        None
    }
}

fn acting(act: &Act) -> Acting<'_> {
    Acting { house: &act.house, user: &act.user, happened: act.occasion() }
}

async fn show(owner: &Owner, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let kept = passkeys::of_user(&owner.app.store.reads(), owner.user.id).await?;
    let more = kept.len() < MOST;
    let entries = kept.into_iter().map(|kept| PasskeyEntry::of(kept, owner.form())).collect();
    let done = status == StatusCode::OK && owner.parameter("done") == Some("renamed");
    let notice = done.then(renamed);
    owner.show(status, &PasskeysPage { form, notice, entries, more })
}
