//! `GET`, `POST /realms/{realm}/account/applications`: which applications hold something of this account, what they may
//! do, and the end of it (SR-103).

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::clock::{Duration, Timestamp};
use crate::event::{Event, EventKind};
use crate::journeys::consent::abilities;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::protocol::client::ClientId;
use crate::protocol::consent::{Agreement, Wanted};
use crate::protocol::scope::{EMAIL, OFFLINE_ACCESS, OPENID, PROFILE};
use crate::store::{consents, in_use};
use crate::themes::form::FormState;
use crate::themes::frame::Application;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/applications";

/// Most applications that are shown.
const SHOWN: usize = 30;

/// « Applications ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AccountApplicationsPage {
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// The applications, by name.
    pub(crate) entries: Vec<ApplicationEntry>,
}

/// One application.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ApplicationEntry {
    /// Sent as `do=revoke`.
    pub(crate) form: FormState,
    /// Which.
    pub(crate) client: String,
    /// What people call it, and where it is at home.
    pub(crate) application: Application,
    /// Since when it holds something.
    pub(crate) since: Timestamp,
    /// What it was allowed, one sentence each; nothing where the operator's own applications ask nobody.
    pub(crate) abilities: Vec<Phrase>,
}

impl Page for AccountApplicationsPage {
    const NAME: &'static str = "account-applications";
    const TEMPLATE: &'static str = "account_applications.html";

    fn title(&self) -> Phrase {
        Phrase::new("account.applications")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let wanted =
            |words: &[&str]| Wanted { scope: words.join(" ").try_into().unwrap_or_default(), resources: [].into() };
        let entry = |client: &str, name: &str, href: Option<&str>, words: &[&str]| ApplicationEntry {
            form: samples::form(),
            client: client.to_owned(),
            application: Application { name: name.to_owned(), href: href.map(str::to_owned) },
            since: now - Duration::from_hours(50),
            abilities: abilities(&wanted(words), &[]),
        };
        let portal = || entry("portal", "Portail de commande", Some("https://portail.exemple.fr/"), &[]);
        let documents = entry("documents", "Espace documents", None, &[OPENID, PROFILE, EMAIL, OFFLINE_ACCESS]);
        let page = |entries| Self { notice: None, entries };
        vec![
            sample("several", page(vec![documents, portal()])),
            sample("none", page(Vec::new())),
            sample("revoked", Self { notice: Some(revoked()), ..page(vec![portal()]) }),
        ]
    }
}

fn revoked() -> Notice {
    Notice::done(Phrase::new("account_applications.revoked"))
}

/// The line of the home page, for so many applications.
pub(super) fn told(count: u64) -> Line {
    Line::new(Phrase::new("account.applications")).says(Phrase::new("account_applications.count").count(count))
}

/// The line of the home page.
pub(super) async fn line(owner: &Owner) -> Result<Line, Problem> {
    let count = held(owner).await?.len();
    Ok(told(u64::try_from(count).unwrap_or(u64::MAX)).seen_at(owner.path(PAGE)))
}

/// What an application is called, and where it is at home: on the web, or nowhere that a page may link (SR-118).
async fn known(owner: &Owner, client_id: &str) -> Result<Application, Problem> {
    let client = owner.app.client(&owner.house, client_id).await?;
    let Some(client) = client else { return Ok(Application { name: client_id.to_owned(), href: None }) };
    let home = client.home.as_ref().filter(|home| matches!(home.scheme(), "https" | "http"));
    Ok(Application { name: client.name.in_language(owner.language).to_owned(), href: home.map(ToString::to_string) })
}

/// What applications are called, each asked once for a page.
pub(super) struct Names<'a> {
    owner: &'a Owner,
    known: BTreeMap<String, String>,
}

impl<'a> Names<'a> {
    /// Nothing is asked yet.
    pub(super) const fn new(owner: &'a Owner) -> Self {
        Self { owner, known: BTreeMap::new() }
    }

    /// What that one is called.
    pub(super) async fn of(&mut self, client_id: &str) -> Result<String, Problem> {
        if let Some(name) = self.known.get(client_id) {
            return Ok(name.clone());
        }
        let name = known(self.owner, client_id).await?.name;
        self.known.insert(client_id.to_owned(), name.clone());
        Ok(name)
    }
}

/// Since when each application holds something, and what it was allowed.
async fn held(owner: &Owner) -> Result<BTreeMap<String, (Timestamp, Option<Agreement>)>, Problem> {
    let reads = owner.app.store.reads();
    let mut all = BTreeMap::new();
    for held in in_use::of(&reads, owner.user.id, owner.now()).await? {
        let given = Timestamp::from_millis(held.given_at);
        let (since, _) = all.entry(held.client_id).or_insert((given, None));
        *since = given.min(*since);
    }
    for (client, agreement) in consents::all(&reads, owner.user.id).await? {
        all.insert(client.to_string(), (agreement.given, Some(agreement)));
    }
    Ok(all)
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    let mut entries = Vec::new();
    for (client, (since, agreement)) in held(&owner).await?.into_iter().take(SHOWN) {
        let allowed = agreement.map(|agreement| abilities(&agreement.to, &owner.house.realm.resources));
        entries.push(ApplicationEntry {
            form: owner.form(),
            application: known(&owner, &client).await?,
            client,
            since,
            abilities: allowed.unwrap_or_default(),
        });
    }
    let notice = (owner.parameter("done") == Some("revoked")).then(revoked);
    owner.show(StatusCode::OK, &AccountApplicationsPage { notice, entries })
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    let fresh = act.fresh(&[]).await?;
    let client = act.fields.raw("client");
    if act.fields.raw("do") != "revoke" || !ClientId::is_fit(client) {
        return Err(Problem::Tampered);
    }
    let tx = act.begin().await?;
    if !consents::take_back(&tx, fresh.user(), &ClientId::new(client), act.now()).await? {
        // It holds nothing any more: taken back in another tab, or ended by itself.
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    let event = Event { client: Some(client.to_owned()), ..act.event(EventKind::ConsentWithdrawn) };
    act.leads_to("account/applications?done=revoked", Vec::new(), (tx, event)).await
}
