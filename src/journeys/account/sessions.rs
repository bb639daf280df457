//! `GET`, `POST /realms/{realm}/account/sessions`: where somebody is signed in, and the end of it (UX.md P17, SR-103).

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::applications::Names;
use super::browser;
use super::home::Line;
use super::owner::{Act, Owner};
use crate::authentication::freshness::Fresh;
use crate::clock::{Duration, Timestamp};
use crate::event::{Event, EventKind};
use crate::ids::SessionId;

use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::store::sessions::{self, OpenSession};
use crate::store::{email_changes, in_use};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/sessions";

/// Most sessions that are shown; the button for all the others ends those that are not.
const SHOWN: usize = 20;

/// « Appareils et sessions ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SessionsPage {
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// This session, then the others, the last used first.
    pub(crate) entries: Vec<SessionEntry>,
    /// How many more there are.
    pub(crate) unlisted: Option<Phrase>,
    /// « Fermer toutes les autres sessions », sent as `do=end-others`, when there are others.
    pub(crate) others: Option<FormState>,
}

/// One session.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SessionEntry {
    /// Sent as `do=end` or `do=unknown`.
    pub(crate) form: FormState,
    /// Which.
    pub(crate) id: String,
    /// The browser in words.
    pub(crate) browser: Phrase,
    /// Whether it is the one that asks.
    pub(crate) here: bool,
    /// When its person last proved who they are.
    pub(crate) opened: Timestamp,
    /// When it was last used.
    pub(crate) seen: Timestamp,
    /// The network that it was opened from.
    pub(crate) network: String,
    /// What it is used for.
    pub(crate) applications: Vec<String>,
}

impl Page for SessionsPage {
    const NAME: &'static str = "account-sessions";
    const TEMPLATE: &'static str = "account_sessions.html";

    fn title(&self) -> Phrase {
        Phrase::new("account.sessions")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |number: u32, here, words, applications: &[&str]| SessionEntry {
            form: samples::form(),
            id: format!("0199a2b4-0000-7000-8000-00000000000{number}"),
            browser: words,
            here,
            opened: now - Duration::from_hours(30),
            seen: now - Duration::from_mins(4),
            network: "2001:db8:aa:bb::/64".to_owned(),
            applications: applications.iter().map(|name| (*name).to_owned()).collect(),
        };
        let firefox = || Phrase::new("account.browser").words("browser", "Firefox").words("system", "Windows");
        let alone = || Self {
            notice: None,
            entries: vec![entry(1, true, firefox(), &["Portail de commande"])],
            unlisted: None,
            others: None,
        };
        let several = || {
            let mut page = Self { others: Some(samples::form()), ..alone() };
            page.entries.push(entry(2, false, firefox(), &["Portail de commande", "Espace documents"]));
            page.entries.push(entry(3, false, Phrase::new("account.unknown_browser"), &[]));
            page
        };
        vec![
            sample("alone", alone()),
            sample("several", several()),
            sample("many", Self { unlisted: Some(unlisted(31)), ..several() }),
            sample("ended", Self { notice: Some(ended()), ..alone() }),
            sample("others-ended", Self { notice: Some(others_ended()), ..alone() }),
        ]
    }
}

fn unlisted(count: u64) -> Phrase {
    Phrase::new("account_sessions.unlisted").count(count)
}

fn ended() -> Notice {
    Notice::done(Phrase::new("account_sessions.ended"))
}

fn others_ended() -> Notice {
    Notice::done(Phrase::new("account_sessions.others_ended"))
}

/// The line of the home page, for so many sessions.
pub(super) fn told(count: u64) -> Line {
    Line::new(Phrase::new("account.sessions")).says(Phrase::new("account_sessions.open").count(count))
}

/// The line of the home page.
pub(super) async fn line(owner: &Owner) -> Result<Line, Problem> {
    let open = sessions::live_of(&owner.app.store.reads(), owner.user.id, owner.now()).await?;
    Ok(told(u64::try_from(open.len()).unwrap_or(u64::MAX)).seen_at(owner.path(PAGE)))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    let open = sessions::live_of(&owner.app.store.reads(), owner.user.id, owner.now()).await?;
    let (here, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|open| open.session.id == owner.session.id);
    let more = u64::try_from(others.len().saturating_sub(SHOWN)).unwrap_or(u64::MAX);
    let form = (!others.is_empty()).then(|| owner.form());
    let mut used = uses(&owner).await?;
    let shown = here.iter().chain(others.iter().take(SHOWN));
    let entries = shown.map(|open| entry(&owner, open, used.remove(&open.session.id).unwrap_or_default())).collect();
    let notice = match owner.parameter("done") {
        Some("session") => Some(ended()),
        Some("others") => Some(others_ended()),
        _ => None,
    };
    let page = SessionsPage { notice, entries, unlisted: (more > 0).then(|| unlisted(more)), others: form };
    owner.show(StatusCode::OK, &page)
}

/// What each session is used for.
async fn uses(owner: &Owner) -> Result<BTreeMap<SessionId, Vec<String>>, Problem> {
    let mut used: BTreeMap<SessionId, Vec<String>> = BTreeMap::new();
    let mut names = Names::new(owner);
    for held in in_use::of(&owner.app.store.reads(), owner.user.id, owner.now()).await? {
        let name = names.of(&held.client_id).await?;
        used.entry(SessionId::from_uuid(held.session_id)).or_default().push(name);
    }
    Ok(used)
}

fn entry(owner: &Owner, open: &OpenSession, applications: Vec<String>) -> SessionEntry {
    SessionEntry {
        form: owner.form(),
        id: open.session.id.to_string(),
        browser: browser(&open.device.user_agent),
        here: open.session.id == owner.session.id,
        opened: open.session.authenticated.auth_time(),
        seen: open.session.seen_at,
        network: open.device.source.clone(),
        applications,
    }
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    let fresh = act.fresh(&[]).await?;
    match act.fields.raw("do") {
        "end" => end(&act, &fresh, "account/sessions?done=session").await,
        // Somebody else may know the password: a new one is the next step.
        "unknown" => end(&act, &fresh, "account/password").await,
        "end-others" => end_others(&act, &fresh).await,
        _ => Err(Problem::Tampered),
    }
}

async fn end(act: &Act, fresh: &Fresh, then: &str) -> Result<Response, Problem> {
    let ended: SessionId = act.fields.raw("session").parse().map_err(|_| Problem::Tampered)?;
    let tx = act.begin().await?;
    // SR-106: whose it is decides, and not who knows its name. This session ends by signing out.
    let open = sessions::live_of(&tx, fresh.user(), act.now()).await?;
    if ended == fresh.session() || !open.iter().any(|open| open.session.id == ended) {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    act.app.end_session(&tx, &act.house, ended, act.now()).await?;
    let event = Event { session: Some(ended), ..act.event(EventKind::SignedOut) };
    act.leads_to(then, Vec::new(), (tx, event)).await
}

async fn end_others(act: &Act, fresh: &Fresh) -> Result<Response, Problem> {
    let tx = act.begin().await?;
    act.app.end_other_sessions(&tx, &act.house, (fresh.user(), fresh.session()), act.now()).await?;
    email_changes::cancel(&tx, fresh.user(), act.now()).await?;
    let event = act.event(EventKind::OtherSessionsEnded);
    act.leads_to("account/sessions?done=others", Vec::new(), (tx, event)).await
}
