//! `GET /realms/{realm}/account/organisations/{organisation}/users`: who belongs to an organisation, for its
//! administrators.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::facts::RoleEntry;
use super::within::{Standing, Within};
use crate::clock::Timestamp;
use crate::identity::organisation::{Membership, Role, RoleState};
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::store::members;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// Most people of one page: what it weighs has to stay small.
const SHOWN: usize = 25;

/// « Utilisateurs ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UsersPage {
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// What the organisation is called.
    pub(crate) organisation: String,
    /// Some people, in the order in which they joined.
    pub(crate) entries: Vec<UserEntry>,
    /// Those before them.
    pub(crate) earlier: Option<String>,
    /// Those after them.
    pub(crate) later: Option<String>,
    /// Where others are invited.
    pub(crate) invite: String,
    /// The organisation's own page.
    pub(crate) back: String,
}

/// One person.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UserEntry {
    /// Their name.
    pub(crate) name: String,
    /// Their address.
    pub(crate) email: String,
    /// What they are.
    pub(crate) roles: Vec<RoleEntry>,
    /// What is odd about their account, when something is.
    pub(crate) state: Option<Phrase>,
    /// Whether it is the one that asks.
    pub(crate) oneself: bool,
    /// Their page.
    pub(crate) href: String,
}

impl Page for UsersPage {
    const NAME: &'static str = "account-organisation-users";
    const TEMPLATE: &'static str = "account_organisation_users.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_users.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |name: &str, email: &str, roles: &[(Role, RoleState)]| UserEntry {
            name: name.to_owned(),
            email: email.to_owned(),
            roles: roles.iter().map(|(role, state)| RoleEntry::sample(*role, *state, now)).collect(),
            state: None,
            oneself: false,
            href: samples::NEXT.to_owned(),
        };
        let marie = || UserEntry {
            oneself: true,
            ..entry("Marie Durand", samples::ADDRESS, &[(Role::Administrator, RoleState::Declared)])
        };
        let long = entry(
            samples::LONG_NAME,
            samples::LONG_ADDRESS,
            &[(Role::CertificationAgent, RoleState::Verified), (Role::User, RoleState::Declared)],
        );
        let suspended = UserEntry {
            state: Some(Phrase::new("account_users.suspended")),
            ..entry("Paul Lefèvre", "paul.lefevre@exemple.fr", &[])
        };
        let unproven = UserEntry {
            state: Some(Phrase::new("account_users.unproven")),
            ..entry("Léa Martin", "lea.martin@exemple.fr", &[(Role::User, RoleState::Declared)])
        };
        let page = |entries| Self {
            notice: None,
            organisation: "EXEMPLE SAS".to_owned(),
            entries,
            earlier: None,
            later: None,
            invite: samples::NEXT.to_owned(),
            back: samples::NEXT.to_owned(),
        };
        let way = || Some(samples::NEXT.to_owned());
        let full = Self { earlier: way(), later: way(), ..page((0..SHOWN).map(|_| marie()).collect()) };
        vec![
            sample("alone", page(vec![marie()])),
            sample("several", page(vec![marie(), long, suspended, unproven])),
            sample("full", full),
            sample("changed", Self { notice: told("roles"), ..page(vec![marie()]) }),
            sample("removed", Self { notice: told("removed"), ..page(vec![marie()]) }),
        ]
    }
}

fn told(done: &str) -> Option<Notice> {
    let words = match done {
        "roles" => Phrase::new("account_users.changed"),
        "removed" => Phrase::new("account_users.removed"),
        _ => return None,
    };
    Some(Notice::done(words))
}

/// `GET`
pub(crate) async fn page(within: Within) -> Result<Response, Problem> {
    let within = within.administered().await?;
    let (standing, reads) = (&within.standing, within.app.store.reads());
    let people = members::people(&reads, standing.organisation.id).await?;
    let number: usize = within.parameter("page").and_then(|number| number.parse().ok()).unwrap_or(0);
    let pages: Vec<_> = people.chunks(SHOWN).collect();
    let number = number.min(pages.len().saturating_sub(1));
    let shown = pages.get(number).copied().unwrap_or_default();
    let way = |number: usize| within.path(&format!("{}?page={number}", standing.page("users")));
    within.show(
        StatusCode::OK,
        &UsersPage {
            notice: within.parameter("done").and_then(told),
            organisation: standing.name().to_owned(),
            entries: shown.iter().map(|(membership, user)| entry(&within, membership, user)).collect(),
            earlier: number.checked_sub(1).map(way),
            later: (number + 1 < pages.len()).then(|| way(number + 1)),
            invite: within.path(&standing.page("invitations")),
            back: within.path(&standing.home()),
        },
    )
}

fn entry(within: &Within, membership: &Membership, user: &User) -> UserEntry {
    UserEntry {
        name: user.full_name(),
        email: user.email.as_str().to_owned(),
        roles: membership.held().map(RoleEntry::of).collect(),
        state: state(user),
        oneself: user.id == within.user.id,
        href: within.path(&one(&within.standing, user.id)),
    }
}

/// What is odd about an account.
pub(super) fn state(user: &User) -> Option<Phrase> {
    if !user.is_active() {
        return Some(Phrase::new("account_users.suspended"));
    }
    user.email_verified_at.is_none().then(|| Phrase::new("account_users.unproven"))
}

/// The page of one member, below the realm.
pub(super) fn one(standing: &Standing, user: UserId) -> String {
    standing.page(&format!("users/{user}"))
}
