//! `GET /realms/{realm}/account/organisations`: the organisations that somebody belongs to.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::facts::{self, RoleEntry};
use super::within::PAGE;
use crate::clock::Timestamp;
use crate::identity::organisation::{Membership, Organisation, Role, RoleState};
use crate::journeys::account::home::Line;
use crate::journeys::account::owner::Owner;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::store::{members, organisations};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Mes organisations ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OrganisationsPage {
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// Each, in the order in which its person joined.
    pub(crate) entries: Vec<OrganisationEntry>,
}

/// One organisation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OrganisationEntry {
    /// What it is called.
    pub(crate) name: String,
    /// What its number is called.
    pub(crate) label: Phrase,
    /// The number.
    pub(crate) number: String,
    /// What its person is in it.
    pub(crate) roles: Vec<RoleEntry>,
    /// Its page.
    pub(crate) href: String,
}

impl Page for OrganisationsPage {
    const NAME: &'static str = "account-organisations";
    const TEMPLATE: &'static str = "account_organisations.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_organisations.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |name: &str, roles| OrganisationEntry {
            name: name.to_owned(),
            label: Phrase::new("entity.siret"),
            number: "000 001 016 00013".to_owned(),
            roles,
            href: "/realms/certigna/account/organisations/0199a2b4-0000-7000-8000-000000000001".to_owned(),
        };
        let role = |role, state| RoleEntry::sample(role, state, now);
        let one = || {
            let roles = [role(Role::Administrator, RoleState::Declared), role(Role::User, RoleState::Verified)];
            entry("EXEMPLE SAS", roles.into())
        };
        let left = || Notice::done(Phrase::new("account_organisations.left"));
        vec![
            sample("one", Self { notice: None, entries: vec![one()] }),
            sample("several", Self { notice: None, entries: vec![one(), entry(samples::LONG_NAME, Vec::new())] }),
            sample("left", Self { notice: Some(left()), entries: Vec::new() }),
        ]
    }
}

/// The line of the home page, for one of that name, or so many.
pub(crate) fn told(name: Option<&str>, count: u64) -> Line {
    match name {
        Some(name) if count == 1 => Line::new(Phrase::new("account.organisation")).words(name),
        _ => {
            let says = Phrase::new("account_organisations.count").count(count);
            Line::new(Phrase::new("account_organisations.title")).says(says)
        }
    }
}

/// The line of the home page, for whoever belongs to an organisation.
pub(crate) async fn line(owner: &Owner) -> Result<Option<Line>, Problem> {
    let mine = organisations::of_user(&owner.app.store.reads(), owner.user.id).await?;
    let Some(first) = mine.first() else { return Ok(None) };
    let count = u64::try_from(mine.len()).unwrap_or(u64::MAX);
    let page = if count == 1 { format!("{PAGE}/{}", first.id) } else { PAGE.to_owned() };
    Ok(Some(told(Some(first.details.legal_name.as_str()), count).seen_at(owner.path(&page))))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    let reads = owner.app.store.reads();
    let memberships = members::of_user(&reads, owner.user.id).await?;
    let mine = organisations::of_user(&reads, owner.user.id).await?;
    let entries = mine.iter().filter_map(|organisation| {
        let membership = memberships.iter().find(|membership| membership.organisation == organisation.id)?;
        Some(entry(&owner, organisation, membership))
    });
    let left = owner.parameter("done") == Some("left");
    let notice = left.then(|| Notice::done(Phrase::new("account_organisations.left")));
    owner.show(StatusCode::OK, &OrganisationsPage { notice, entries: entries.collect() })
}

fn entry(owner: &Owner, organisation: &Organisation, membership: &Membership) -> OrganisationEntry {
    let (label, number) = facts::number(&organisation.number);
    OrganisationEntry {
        name: organisation.details.legal_name.as_str().to_owned(),
        label,
        number,
        roles: membership.held().map(RoleEntry::of).collect(),
        href: owner.path(&format!("{PAGE}/{}", organisation.id)),
    }
}
