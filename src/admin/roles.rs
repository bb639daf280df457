//! `PUT /admin/realms/{realm}/organizations/{organization}/members/{user}/roles/{role}`: the authority has proof of what
//! somebody says they are, or takes it back.
//!
//! The authority judges what was declared and declares nothing itself. What it says counts at once (SR-185), is in the
//! audit trail with the client that said it, and is told to the member by mail.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::members::ToldRole;
use super::organisations::find;
use super::page::query;
use super::permitted::{Permitted, VerifyRoles};
use super::problem::Problem;
use crate::app::letters::{self, Recipient};
use crate::event::{Event, EventKind};
use crate::identity::organisation::{HeldRole, Organisation, Role, RoleState};
use crate::identity::role_verdict::{Effect, RoleVerdict};
use crate::identity::user::User;
use crate::ids::UserId;
use crate::keys::strict_json;
use crate::mail::message::{Mail, RoleJudged};
use crate::store::{Tx, members, organisations, users};

/// Most bytes of a body.
const LONGEST: usize = 1024;

/// A role as an address names it.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    #[expect(dead_code, reason = "the realm is read with the call")]
    realm: String,
    organization: String,
    user: String,
    role: String,
}

/// The body: this, and nothing beside it (SR-189).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Judgement {
    state: RoleVerdict,
}

/// `PUT`
pub(super) async fn judge(
    permitted: Permitted<VerifyRoles>,
    Path(named): Path<Named>,
    body: Bytes,
) -> Result<Response, Problem> {
    query(&permitted.call, &[])?;
    let Judgement { state: verdict } = read(&permitted, &body)?;
    let user: UserId = named.user.parse().map_err(|_| Problem::NotFound)?;
    let role: Role = named.role.parse().map_err(|_| Problem::NotFound)?;
    let organisation = find(&permitted, &named.organization).await?;
    let tx = permitted.call.app.store.begin().await?;
    // Whoever changes who is what in it comes one after the other.
    organisations::hold(&tx, organisation.id).await?;
    let held = role_of(&tx, &organisation, user, role).await?.ok_or(Problem::NotFound)?;
    match verdict.on(held.state) {
        Effect::Stays => Ok(permitted.answer(&ToldRole::from(&held))),
        Effect::MustBeDeclared => Err(Problem::RoleRevoked),
        Effect::Changes(state) => {
            change(&permitted, &tx, (&organisation, user, role), state).await?;
            tell(&permitted, &tx, (&organisation, user, role), verdict).await?;
            let held = role_of(&tx, &organisation, user, role).await?.ok_or(Problem::NotFound)?;
            tx.commit(&event(&permitted, (&organisation, user, role), verdict)).await?;
            Ok(permitted.answer(&ToldRole::from(&held)))
        }
    }
}

/// JSON that says so (SR-109), strict: no member twice, none that is unknown.
fn read(permitted: &Permitted<VerifyRoles>, body: &Bytes) -> Result<Judgement, Problem> {
    let kind = permitted.call.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    let members = Some(body).filter(|body| is_json && body.len() <= LONGEST).and_then(|body| strict_json::read(body));
    let members = serde_json::Value::Object(members.ok_or(Problem::Body)?);
    serde_json::from_value(members).map_err(|_| Problem::Body)
}

async fn role_of(tx: &Tx, organisation: &Organisation, user: UserId, role: Role) -> Result<Option<HeldRole>, Problem> {
    let membership = members::find(tx, organisation.id, user).await?;
    Ok(membership.and_then(|membership| membership.roles.into_iter().find(|held| held.role == role)))
}

/// Which role of whom, in which organisation.
type Whose<'a> = (&'a Organisation, UserId, Role);

async fn change(
    permitted: &Permitted<VerifyRoles>,
    tx: &Tx,
    (organisation, user, role): Whose<'_>,
    state: RoleState,
) -> Result<(), Problem> {
    let by = format!("client:{}", permitted.client.client_id);
    let now = permitted.call.arrival.now;
    let changed = members::set_state(tx, (organisation.id, user), role, state, (&by, now)).await?;
    // The role is held, and nobody else changes it now: what is left is that it is the last administrator's (SR-191).
    if changed { Ok(()) } else { Err(Problem::LastAdministrator) }
}

/// Whoever holds the role is told, if they have an account that is in use.
async fn tell(
    permitted: &Permitted<VerifyRoles>,
    tx: &Tx,
    (organisation, user, role): Whose<'_>,
    verdict: RoleVerdict,
) -> Result<(), Problem> {
    let call = &permitted.call;
    let Some(member) = users::by_id(tx, user).await?.filter(User::is_active) else { return Ok(()) };
    let told = RoleJudged {
        first_name: member.first_name.as_str().to_owned(),
        organisation: organisation.details.legal_name.as_str().to_owned(),
        role,
        at: call.arrival.now,
    };
    let mail = match verdict {
        RoleVerdict::Verified => Mail::RoleVerified(told),
        RoleVerdict::Revoked => Mail::RoleRevoked(told),
    };
    let to = Recipient { address: member.email.as_str().to_owned(), language: member.language, held: false };
    letters::post(&call.app, tx, &call.house.realm.name, to, &mail, call.arrival.now).await?;
    Ok(())
}

/// The trail says which role, in which organisation.
fn event(permitted: &Permitted<VerifyRoles>, (organisation, user, role): Whose<'_>, verdict: RoleVerdict) -> Event {
    let kind = match verdict {
        RoleVerdict::Verified => EventKind::RoleVerified,
        RoleVerdict::Revoked => EventKind::RoleRevoked,
    };
    let reason = Some(format!("{role} {}", organisation.id));
    Event { user: Some(user), reason, ..permitted.call.event_of(&permitted.client, kind) }
}
