//! `GET /admin/realms/{realm}/organizations/{organization}/members`: who belongs to it, and what they say they are.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::organisations::{Named, Seconds, find};
use super::page::{Asked, Page, query};
use super::permitted::{Permitted, ReadOrganisations};
use super::problem::Problem;
use crate::identity::organisation::{HeldRole, Membership, Role, RoleState};
use crate::identity::user::User;
use crate::ids::UserId;
use crate::store::{members, users};

/// A member.
#[derive(Debug, Serialize)]
struct ToldMember {
    user: UserId,
    /// What they sign in with.
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    joined_at: Seconds,
    /// What they are, and were: revoked roles included.
    roles: Vec<ToldRole>,
}

/// A role, and how far it is believed.
#[derive(Debug, Serialize)]
pub(super) struct ToldRole {
    role: Role,
    state: RoleState,
    declared_at: Seconds,
    changed_at: Seconds,
}

impl From<&HeldRole> for ToldRole {
    fn from(held: &HeldRole) -> Self {
        let HeldRole { role, state, declared_at, changed_at } = *held;
        Self { role, state, declared_at: declared_at.into(), changed_at: changed_at.into() }
    }
}

/// `GET …/members?max=&after=`
pub(super) async fn list(
    permitted: Permitted<ReadOrganisations>,
    Path(Named { organization, .. }): Path<Named>,
) -> Result<Response, Problem> {
    let call = &permitted.call;
    let query = query(call, &["max", "after"])?;
    let organisation = find(&permitted, &organization).await?;
    let list = format!("members/{}", organisation.id);
    let asked = Asked::read(call, &query, &list)?;
    let (reads, after) = (call.app.store.reads(), asked.after.map(UserId::from_uuid));
    let accounts = users::page_of(&reads, organisation.id, (after, asked.most + 1)).await?;
    let found = members::of_users(&reads, organisation.id, accounts.iter().map(|user| user.id)).await?;
    let mut found: BTreeMap<_, _> = found.into_iter().map(|member| (member.user, member)).collect();
    // Whoever left between the two reads is told no more.
    let pair = |user: User| found.remove(&user.id).map(|member| (member, user));
    let found: Vec<_> = accounts.into_iter().filter_map(pair).collect();
    let page = Page::new(call, (asked, &list), found, |(member, _)| member.user.uuid(), ToldMember::of)?;
    Ok(permitted.answer(&page))
}

impl ToldMember {
    fn of((member, user): (Membership, User)) -> Self {
        Self {
            user: user.id,
            username: user.sign_in_name().to_owned(),
            first_name: user.first_name.as_str().to_owned(),
            last_name: user.last_name.as_str().to_owned(),
            email: user.email.as_str().to_owned(),
            joined_at: member.joined_at.into(),
            roles: member.roles.iter().map(ToldRole::from).collect(),
        }
    }
}
