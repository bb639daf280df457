//! What people agreed to, a row for each person and application, until they or an operator take it back (SR-103).

use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set};

use super::rows::{consents, grants, users};
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{RealmName, UserId};
use crate::protocol::client::ClientId;
use crate::protocol::consent::{Agreement, Wanted};

/// What that person agreed to for that client.
pub(crate) async fn of(access: &impl Access, user: UserId, client: &ClientId) -> Result<Option<Agreement>, StoreError> {
    let row = consents::Entity::find_by_id((user.uuid(), client.to_string())).one(access.connection()).await?;
    row.as_ref().map(from_row).transpose()
}

/// All that a person agreed to, by client.
pub(crate) async fn all(access: &impl Access, user: UserId) -> Result<Vec<(ClientId, Agreement)>, StoreError> {
    let rows = consents::Entity::find()
        .filter(consents::Column::UserId.eq(user.uuid()))
        .order_by_asc(consents::Column::ClientId)
        .all(access.connection())
        .await?;
    rows.iter().map(|row| Ok((ClientId::new(row.client_id.as_str()), from_row(row)?))).collect()
}

/// Remembers what a person agreed to, beside what they had agreed to before. Of two tabs at once one may be forgotten:
/// then it is asked again, which takes nothing from anybody.
pub(crate) async fn remember(
    tx: &Tx,
    user: UserId,
    client: &ClientId,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<(), StoreError> {
    use consents::Column::{ClientId as Client, GivenAt, Resources, Scope, UserId as User};

    // Locked where rows can be: what is taken back meanwhile does not come back with this.
    let before = consents::Entity::find_by_id((user.uuid(), client.to_string())).lock_exclusive();
    let before = before.one(tx.connection()).await?;
    let agreed = match before.as_ref().map(from_row).transpose()? {
        Some(before) => wanted.and(&before.to),
        None => wanted.clone(),
    };
    let resources = serde_json::to_string(&agreed.resources);
    let row = consents::ActiveModel {
        user_id: Set(user.uuid()),
        client_id: Set(client.to_string()),
        scope: Set(agreed.scope.to_string()),
        resources: Set(resources.map_err(|_| StoreError::Unwritable("consents.resources"))?),
        given_at: Set(now.millis()),
    };
    let known = OnConflict::columns([User, Client]).update_columns([Scope, Resources, GivenAt]).to_owned();
    consents::Entity::insert(row).on_conflict(known).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Takes back what a person agreed to for a client: its grants end with it, so that no refresh brings it back (SR-144).
/// `false` when there was nothing to take back.
pub(crate) async fn take_back(tx: &Tx, user: UserId, client: &ClientId, now: Timestamp) -> Result<bool, StoreError> {
    let gone = consents::Entity::delete_by_id((user.uuid(), client.to_string())).exec(tx.connection()).await?;
    let ended = grants::Entity::update_many()
        .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
        .filter(grants::Column::UserId.eq(user.uuid()))
        .filter(grants::Column::ClientId.eq(client.as_str()))
        .filter(grants::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(gone.rows_affected + ended.rows_affected > 0)
}

/// Forgets what people of that realm agreed to for a client that is no more: one that takes its name later starts anew.
pub(crate) async fn forget_client(tx: &Tx, realm: &RealmName, client_id: &str) -> Result<(), StoreError> {
    // Consents hang on people, and people on their realm: another realm may have a client of that name too.
    let mut people = Query::select();
    people.column(users::Column::Id).from(users::Entity).and_where(users::Column::Realm.eq(realm.as_str()));
    consents::Entity::delete_many()
        .filter(consents::Column::ClientId.eq(client_id))
        .filter(consents::Column::UserId.in_subquery(people))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: &consents::Model) -> Result<Agreement, StoreError> {
    let misfit = |column| StoreError::misfit("consents", column, row.user_id);
    let to = Wanted {
        scope: row.scope.clone().try_into().map_err(|_| misfit("scope"))?,
        resources: serde_json::from_str(&row.resources).map_err(|_| misfit("resources"))?,
    };
    Ok(Agreement { to, given: Timestamp::from_millis(row.given_at) })
}
