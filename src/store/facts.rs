//! Facts that the process must recognise: the master key's fingerprint, where the audit trail begins.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait as _, Set};

use super::rows::facts;
use super::{Access, StoreError, Tx};

/// A fact by name.
pub(crate) async fn read(access: &impl Access, name: &str) -> Result<Option<String>, StoreError> {
    Ok(facts::Entity::find_by_id(name.to_owned()).one(access.connection()).await?.map(|row| row.value))
}

/// States a fact for the first time, and returns the one that stands.
pub(crate) async fn state(tx: &Tx, name: &str, value: &str) -> Result<String, StoreError> {
    let row = facts::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let stands = OnConflict::column(facts::Column::Name).do_nothing().to_owned();
    facts::Entity::insert(row).on_conflict(stands).exec_without_returning(tx.connection()).await?;
    read(tx, name).await?.ok_or_else(|| StoreError::misfit("facts", "name", name))
}

/// States a fact anew, whatever stood before.
pub(crate) async fn replace(tx: &Tx, name: &str, value: &str) -> Result<(), StoreError> {
    let row = facts::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let anew = OnConflict::column(facts::Column::Name).update_column(facts::Column::Value).to_owned();
    facts::Entity::insert(row).on_conflict(anew).exec_without_returning(tx.connection()).await?;
    Ok(())
}
