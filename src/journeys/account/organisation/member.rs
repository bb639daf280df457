//! `GET`, `POST /realms/{realm}/account/organisations/{organisation}/users/{user}`: what a member is, and the end of it.
//!
//! A role that an administrator gives is a declaration. One that the authority verified may be withdrawn here and is never
//! verified here (DOMAIN.md §5). The last administrator stays one until another is named (SR-191).

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::facts::RoleEntry;
use super::users::state;
use super::within::{ActWithin, Named, Standing, Within};
use super::{event, tell_member};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::identity::organisation::changes::RoleChanges;
use crate::identity::organisation::{HeldRole, Membership, Role, RoleState};
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::account::owner::Owner;
use crate::journeys::fields::Fields;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::mail::message::{Mail, role_label};
use crate::store::{Access, Tx, members, users};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// One member.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MemberPage {
    /// The roles, sent as `do=roles`; and `do=remove`.
    pub(crate) form: FormState,
    /// What the organisation is called.
    pub(crate) organisation: String,
    /// Their name.
    pub(crate) name: String,
    /// Their address.
    pub(crate) email: String,
    /// Since when they belong to it.
    pub(crate) joined: Timestamp,
    /// What is odd about their account, when something is.
    pub(crate) state: Option<Phrase>,
    /// The roles that there are, with how far each is believed.
    pub(crate) roles: Vec<RoleChoice>,
    /// Whether it is the one that asks.
    pub(crate) oneself: bool,
    /// Whether they are the last administrator.
    pub(crate) last: bool,
    /// Everybody.
    pub(crate) back: String,
}

/// A role that somebody may be given, or has.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RoleChoice {
    /// The name of its box in the form.
    pub(crate) name: String,
    /// What it is called.
    pub(crate) label: &'static str,
    /// Whether it is ticked.
    pub(crate) ticked: bool,
    /// How far it is believed, where it was ever held.
    pub(crate) state: Option<Phrase>,
}

impl RoleChoice {
    /// Those of a form that nobody has filled yet: a user, where there are any.
    pub(crate) fn first(offered: &[Role]) -> Vec<Self> {
        offered.iter().map(|role| Self::of(*role, None, *role == Role::User)).collect()
    }

    fn of(role: Role, held: Option<&HeldRole>, ticked: bool) -> Self {
        let state = held.map(|held| RoleEntry::of(held).state);
        Self { name: name(role), label: role_label(role), ticked, state }
    }
}

/// The name of a role's box.
fn name(role: Role) -> String {
    format!("role-{role}")
}

/// The roles whose boxes came ticked.
pub(super) fn ticked(fields: &Fields) -> BTreeSet<Role> {
    Role::ALL.iter().copied().filter(|role| !fields.raw(&name(*role)).is_empty()).collect()
}

/// The roles that a realm offers, and those that somebody has besides, with these ticked.
fn choices(offered: &[Role], membership: &Membership, ticked: &BTreeSet<Role>) -> Vec<RoleChoice> {
    let besides = membership.held().map(|held| held.role).filter(|role| !offered.contains(role));
    let roles = offered.iter().copied().chain(besides);
    let known = |role| membership.roles.iter().find(|held| held.role == role);
    roles.map(|role| RoleChoice::of(role, known(role), ticked.contains(&role))).collect()
}

impl Page for MemberPage {
    const NAME: &'static str = "account-organisation-user";
    const TEMPLATE: &'static str = "account_organisation_user.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_user.title").words("name", &self.name)
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let held = |role, state| HeldRole { role, state, declared_at: now, changed_at: now };
        let roles = |states: &[HeldRole]| {
            let choice = |role: &Role| {
                let known = states.iter().find(|held| held.role == *role);
                RoleChoice::of(*role, known, known.is_some_and(|held| held.state != RoleState::Revoked))
            };
            Role::ALL.iter().map(choice).collect()
        };
        let states = [
            held(Role::Administrator, RoleState::Declared),
            held(Role::CertificationAgent, RoleState::Verified),
            held(Role::BillingContact, RoleState::Revoked),
        ];
        let paul = || Self {
            form: samples::form(),
            organisation: "EXEMPLE SAS".to_owned(),
            name: "Paul Lefèvre".to_owned(),
            email: "paul.lefevre@exemple.fr".to_owned(),
            joined: now,
            state: None,
            roles: roles(&states),
            oneself: false,
            last: false,
            back: samples::NEXT.to_owned(),
        };
        let refused = samples::form().refuse(Field::Roles, refusals::last_administrator());
        let marie = || Self { name: "Marie Durand".to_owned(), oneself: true, last: true, ..paul() };
        let long = Self {
            name: samples::LONG_NAME.to_owned(),
            email: samples::LONG_ADDRESS.to_owned(),
            state: Some(Phrase::new("account_users.suspended")),
            roles: roles(&[]),
            ..paul()
        };
        vec![
            sample("usual", paul()),
            sample("without-roles", long),
            sample("oneself", Self { last: false, ..marie() }),
            sample("last-administrator", marie()),
            sample("refused", Self { form: refused, ..marie() }),
        ]
    }
}

/// A member, with what they are.
struct Member {
    user: User,
    membership: Membership,
}

impl Member {
    async fn of(access: &impl Access, standing: &Standing, user: UserId) -> Result<Self, Problem> {
        let membership = members::find(access, standing.organisation.id, user).await?;
        let user = users::by_id(access, user).await?;
        let (user, membership) = user.zip(membership).ok_or(Problem::NotFound)?;
        Ok(Self { user, membership })
    }
}

/// `GET`
pub(crate) async fn page(Named(user): Named<UserId>, within: Within) -> Result<Response, Problem> {
    let within = within.administered().await?;
    let member = Member::of(&within.app.store.reads(), &within.standing, user).await?;
    let held = member.membership.held().map(|held| held.role).collect();
    show(&within, &within.standing, &member, (within.form(), held)).await
}

async fn show(
    owner: &Owner,
    standing: &Standing,
    Member { user, membership }: &Member,
    (form, ticked): (FormState, BTreeSet<Role>),
) -> Result<Response, Problem> {
    let (reads, organisation) = (owner.app.store.reads(), standing.organisation.id);
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    owner.show(
        status,
        &MemberPage {
            form,
            organisation: standing.name().to_owned(),
            name: user.full_name(),
            email: user.email.as_str().to_owned(),
            joined: membership.joined_at,
            state: state(user),
            roles: choices(offered(owner), membership, &ticked),
            oneself: user.id == owner.user.id,
            last: members::is_last_administrator(&reads, organisation, user.id).await?,
            back: owner.path(&standing.page("users")),
        },
    )
}

/// The roles that administrators may give here.
pub(super) fn offered(owner: &Owner) -> &[Role] {
    owner.house.realm.organisations.as_ref().map_or(&[], |policy| &policy.roles)
}

/// `POST`
pub(crate) async fn submit(Named(user): Named<UserId>, act: ActWithin) -> Result<Response, Problem> {
    act.standing.only_administrators()?;
    act.fresh(&[]).await?;
    match act.fields.raw("do") {
        "roles" => change(&act, user).await,
        "remove" => remove(&act, user).await,
        _ => Err(Problem::Tampered),
    }
}

async fn change(act: &ActWithin, user: UserId) -> Result<Response, Problem> {
    let (tx, standing) = act.begin_as_administrator().await?;
    let member = Member::of(&tx, &standing, user).await?;
    let wanted = ticked(&act.fields);
    let changes = member.membership.changes(&wanted, offered(act)).map_err(|_| Problem::Tampered)?;
    if !carry_out(act, &tx, &member, &changes).await? {
        drop(tx);
        let form = act.form().refuse(Field::Roles, refusals::last_administrator());
        return show(act, &standing, &member, (form, wanted)).await;
    }
    if !changes.is_empty() && user != act.user.id {
        tell_member(act, &tx, (&standing, &member.user), (Mail::RolesChanged, &wanted)).await?;
    }
    let steps_down = user == act.user.id && !wanted.contains(&Role::Administrator);
    let page = if steps_down { standing.home() } else { standing.page("users") };
    let event = Event { user: Some(user), ..event(act, EventKind::RolesChanged, standing.organisation.id) };
    act.leads_to(&format!("{page}?done=roles"), Vec::new(), (tx, event)).await
}

/// `false` when the role of the last administrator would be taken: then nothing is changed.
async fn carry_out(act: &ActWithin, tx: &Tx, member: &Member, changes: &RoleChanges) -> Result<bool, Problem> {
    let (who, by, now) = ((member.membership.organisation, member.user.id), act.user.id, act.now());
    for role in &changes.withdrawn {
        if !members::set_state(tx, who, *role, RoleState::Revoked, (&by.to_string(), now)).await? {
            return Ok(false);
        }
    }
    for role in &changes.given {
        members::declare(tx, who, *role, Some(by), now).await?;
    }
    Ok(true)
}

async fn remove(act: &ActWithin, user: UserId) -> Result<Response, Problem> {
    let (tx, standing) = act.begin_as_administrator().await?;
    // Whoever goes by themselves does so on the organisation's page.
    if user == act.user.id {
        return Err(Problem::Tampered);
    }
    let member = Member::of(&tx, &standing, user).await?;
    members::leave(&tx, standing.organisation.id, user).await?;
    tell_member(act, &tx, (&standing, &member.user), (Mail::MembershipEnded, &BTreeSet::new())).await?;
    let event = Event { user: Some(user), ..event(act, EventKind::MemberRemoved, standing.organisation.id) };
    act.leads_to(&format!("{}?done=removed", standing.page("users")), Vec::new(), (tx, event)).await
}
