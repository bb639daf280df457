//! Browsers in which an account signed in before: they keep their own failure counter (SR-13).

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};

use super::rows::devices;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::secret::SecretHash;

/// Whose browser that cookie belongs to.
pub(crate) async fn owner(access: &impl Access, token: &SecretHash) -> Result<Option<UserId>, StoreError> {
    let row = devices::Entity::find_by_id(token.as_bytes().to_vec()).one(access.connection()).await?;
    Ok(row.map(|row| UserId::from_uuid(row.user_id)))
}

/// Whether the account was used in any browser before.
pub(crate) async fn any(access: &impl Access, user: UserId) -> Result<bool, StoreError> {
    let found =
        devices::Entity::find().filter(devices::Column::UserId.eq(user.uuid())).one(access.connection()).await?;
    Ok(found.is_some())
}

/// Notes that `user` signed in with this browser.
pub(crate) async fn remember(tx: &Tx, token: &SecretHash, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let row = devices::ActiveModel {
        token: Set(token.as_bytes().to_vec()),
        user_id: Set(user.uuid()),
        created_at: Set(now.millis()),
        seen_at: Set(now.millis()),
    };
    let again = OnConflict::column(devices::Column::Token)
        .update_columns([devices::Column::UserId, devices::Column::SeenAt])
        .to_owned();
    devices::Entity::insert(row).on_conflict(again).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Forgets the browsers of an account (SR-53).
pub(crate) async fn forget_all(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    devices::Entity::delete_many().filter(devices::Column::UserId.eq(user.uuid())).exec(tx.connection()).await?;
    Ok(())
}
