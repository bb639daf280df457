//! Who belongs to which organisation, and what they are in it.
//!
//! The last administrator stays: whoever takes the role or the membership away holds the organisation until the transaction
//! ends ([`organisations::hold`]), so that nobody else does between looking and taking (SR-191).

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Set,
};
use uuid::Uuid;

use super::rows::{memberships, organisation_roles};
use super::{Access, StoreError, Tx, organisations, users};
use crate::clock::Timestamp;
use crate::identity::organisation::{HeldRole, Membership, Role, RoleState};
use crate::identity::user::User;
use crate::ids::{OrganisationId, UserId};

/// Lets somebody in; nothing happens when they are.
pub(crate) async fn join(
    tx: &Tx,
    organisation: OrganisationId,
    user: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = memberships::ActiveModel {
        organisation_id: Set(organisation.uuid()),
        user_id: Set(user.uuid()),
        joined_at: Set(now.millis()),
    };
    let already =
        OnConflict::columns([memberships::Column::OrganisationId, memberships::Column::UserId]).do_nothing().to_owned();
    let inserted = memberships::Entity::insert(row).on_conflict(already);
    Ok(inserted.exec_without_returning(tx.connection()).await? > 0)
}

/// Declares that a member is `role`; one that the authority verified stays verified, one that was revoked is declared
/// anew.
pub(crate) async fn declare(
    tx: &Tx,
    (organisation, user): (OrganisationId, UserId),
    role: Role,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    use organisation_roles::Column::{
        ChangedAt, ChangedBy, DeclaredAt, DeclaredBy, OrganisationId, Role, State, UserId,
    };
    let by = by.map(crate::ids::UserId::uuid);
    let row = organisation_roles::ActiveModel {
        organisation_id: Set(organisation.uuid()),
        user_id: Set(user.uuid()),
        role: Set(role.as_str().to_owned()),
        state: Set(RoleState::Declared.as_str().to_owned()),
        declared_at: Set(now.millis()),
        declared_by: Set(by),
        changed_at: Set(now.millis()),
        changed_by: Set(by.map(|by| by.to_string())),
    };
    let mut anew = OnConflict::columns([OrganisationId, UserId, Role]);
    anew.update_columns([State, DeclaredAt, DeclaredBy, ChangedAt, ChangedBy])
        .action_and_where(Expr::col((organisation_roles::Entity, State)).eq(RoleState::Revoked.as_str()));
    organisation_roles::Entity::insert(row).on_conflict(anew).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Verifies or revokes a role that is held otherwise; `false` when nobody holds it so, or it would be the last
/// administrator's.
pub(crate) async fn set_state(
    tx: &Tx,
    (organisation, user): (OrganisationId, UserId),
    role: Role,
    state: RoleState,
    (by, now): (&str, Timestamp),
) -> Result<bool, StoreError> {
    use organisation_roles::Column as C;
    organisations::hold(tx, organisation).await?;
    if role == Role::Administrator
        && state == RoleState::Revoked
        && is_last_administrator(tx, organisation, user).await?
    {
        return Ok(false);
    }
    let changed = organisation_roles::Entity::update_many()
        .col_expr(C::State, Expr::value(state.as_str()))
        .col_expr(C::ChangedAt, Expr::value(now.millis()))
        .col_expr(C::ChangedBy, Expr::value(by))
        .filter(C::OrganisationId.eq(organisation.uuid()))
        .filter(C::UserId.eq(user.uuid()))
        .filter(C::Role.eq(role.as_str()))
        .filter(C::State.ne(state.as_str()))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Ends a membership and all roles with it; `false` when there was none, or it is the last administrator's.
pub(crate) async fn leave(tx: &Tx, organisation: OrganisationId, user: UserId) -> Result<bool, StoreError> {
    organisations::hold(tx, organisation).await?;
    if is_last_administrator(tx, organisation, user).await? {
        return Ok(false);
    }
    let gone = memberships::Entity::delete_by_id((organisation.uuid(), user.uuid())).exec(tx.connection()).await?;
    Ok(gone.rows_affected > 0)
}

/// Whether somebody is the only administrator of an organisation: they can neither leave nor be removed.
pub(crate) async fn is_last_administrator(
    access: &impl Access,
    organisation: OrganisationId,
    user: UserId,
) -> Result<bool, StoreError> {
    let administrators = organisation_roles::Entity::find()
        .filter(administers())
        .filter(organisation_roles::Column::OrganisationId.eq(organisation.uuid()))
        .all(access.connection())
        .await?;
    Ok(matches!(administrators.as_slice(), [only] if only.user_id == user.uuid()))
}

/// The organisations of which somebody is the only administrator.
pub(crate) async fn administers_alone(access: &impl Access, user: UserId) -> Result<Vec<OrganisationId>, StoreError> {
    let mine = organisation_roles::Entity::find()
        .filter(administers())
        .filter(organisation_roles::Column::UserId.eq(user.uuid()))
        .all(access.connection())
        .await?;
    let mut alone = Vec::new();
    for row in mine {
        let organisation = OrganisationId::from_uuid(row.organisation_id);
        if is_last_administrator(access, organisation, user).await? {
            alone.push(organisation);
        }
    }
    Ok(alone)
}

fn administers() -> Condition {
    Condition::all()
        .add(organisation_roles::Column::Role.eq(Role::Administrator.as_str()))
        .add(organisation_roles::Column::State.ne(RoleState::Revoked.as_str()))
}

/// What somebody is in one organisation, when they belong to it.
pub(crate) async fn find(
    access: &impl Access,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Option<Membership>, StoreError> {
    let row = memberships::Entity::find_by_id((organisation.uuid(), user.uuid())).one(access.connection()).await?;
    let roles = organisation_roles::Entity::find()
        .filter(organisation_roles::Column::OrganisationId.eq(organisation.uuid()))
        .filter(organisation_roles::Column::UserId.eq(user.uuid()));
    assemble(row.into_iter().collect(), roles.all(access.connection()).await?).map(|found| found.into_iter().next())
}

/// What somebody belongs to, in the order in which they joined.
pub(super) async fn rows_of(access: &impl Access, user: UserId) -> Result<Vec<memberships::Model>, StoreError> {
    let rows = memberships::Entity::find()
        .filter(memberships::Column::UserId.eq(user.uuid()))
        .order_by_asc(memberships::Column::JoinedAt)
        .order_by_asc(memberships::Column::OrganisationId);
    Ok(rows.all(access.connection()).await?)
}

/// All memberships of somebody, in the order in which they joined.
pub(crate) async fn of_user(access: &impl Access, user: UserId) -> Result<Vec<Membership>, StoreError> {
    let rows = rows_of(access, user).await?;
    let roles = organisation_roles::Entity::find().filter(organisation_roles::Column::UserId.eq(user.uuid()));
    assemble(rows, roles.all(access.connection()).await?)
}

/// All memberships of an organisation, in the order in which people joined.
pub(crate) async fn of_organisation(
    access: &impl Access,
    organisation: OrganisationId,
) -> Result<Vec<Membership>, StoreError> {
    let rows = memberships::Entity::find()
        .filter(memberships::Column::OrganisationId.eq(organisation.uuid()))
        .order_by_asc(memberships::Column::JoinedAt)
        .order_by_asc(memberships::Column::UserId)
        .all(access.connection())
        .await?;
    let roles =
        organisation_roles::Entity::find().filter(organisation_roles::Column::OrganisationId.eq(organisation.uuid()));
    assemble(rows, roles.all(access.connection()).await?)
}

/// The memberships of those people in an organisation.
pub(crate) async fn of_users(
    access: &impl Access,
    organisation: OrganisationId,
    users: impl Iterator<Item = UserId>,
) -> Result<Vec<Membership>, StoreError> {
    let users: Vec<Uuid> = users.map(UserId::uuid).collect();
    let rows = memberships::Entity::find()
        .filter(memberships::Column::OrganisationId.eq(organisation.uuid()))
        .filter(memberships::Column::UserId.is_in(users.clone()));
    let roles = organisation_roles::Entity::find()
        .filter(organisation_roles::Column::OrganisationId.eq(organisation.uuid()))
        .filter(organisation_roles::Column::UserId.is_in(users));
    assemble(rows.all(access.connection()).await?, roles.all(access.connection()).await?)
}

/// Those who belong to an organisation, in the order in which they joined, with their accounts.
pub(crate) async fn people(
    access: &impl Access,
    organisation: OrganisationId,
) -> Result<Vec<(Membership, User)>, StoreError> {
    let memberships = of_organisation(access, organisation).await?;
    let accounts = users::of_organisation(access, organisation).await?;
    let mut accounts: BTreeMap<UserId, User> = accounts.into_iter().map(|user| (user.id, user)).collect();
    let person = |membership: Membership| accounts.remove(&membership.user).map(|user| (membership, user));
    Ok(memberships.into_iter().filter_map(person).collect())
}

/// How many belong to an organisation.
pub(crate) async fn count(access: &impl Access, organisation: OrganisationId) -> Result<u64, StoreError> {
    let of = memberships::Entity::find().filter(memberships::Column::OrganisationId.eq(organisation.uuid()));
    Ok(of.count(access.connection()).await?)
}

fn assemble(
    rows: Vec<memberships::Model>,
    roles: Vec<organisation_roles::Model>,
) -> Result<Vec<Membership>, StoreError> {
    let mut held: BTreeMap<(Uuid, Uuid), Vec<HeldRole>> = BTreeMap::new();
    for row in roles {
        let misfit = |column| StoreError::misfit("organisation_roles", column, row.user_id);
        let role = HeldRole {
            role: row.role.parse().map_err(|_| misfit("role"))?,
            state: row.state.parse().map_err(|_| misfit("state"))?,
            declared_at: Timestamp::from_millis(row.declared_at),
            changed_at: Timestamp::from_millis(row.changed_at),
        };
        held.entry((row.organisation_id, row.user_id)).or_default().push(role);
    }
    let membership = |row: memberships::Model| {
        let mut roles = held.remove(&(row.organisation_id, row.user_id)).unwrap_or_default();
        roles.sort_by_key(|held| held.role);
        Membership {
            organisation: OrganisationId::from_uuid(row.organisation_id),
            user: UserId::from_uuid(row.user_id),
            joined_at: Timestamp::from_millis(row.joined_at),
            roles,
        }
    };
    Ok(rows.into_iter().map(membership).collect())
}
