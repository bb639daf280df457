//! Forms that were accepted: a second submission gets the first one's answer (UX §1.2, double submit).

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait as _, Set};

use super::rows::submissions;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;

/// The sealed answer that the form of that one-time id was given.
pub(crate) async fn outcome(access: &impl Access, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let row = submissions::Entity::find_by_id(id.to_vec()).one(access.connection()).await?;
    Ok(row.map(|row| row.outcome))
}

/// Records the answer of a form; `false` when the same form was accepted meanwhile.
pub(crate) async fn record(tx: &Tx, id: &[u8], outcome: Vec<u8>, until: Timestamp) -> Result<bool, StoreError> {
    let row = submissions::ActiveModel { id: Set(id.to_vec()), outcome: Set(outcome), expires_at: Set(until.millis()) };
    let taken = OnConflict::column(submissions::Column::Id).do_nothing().to_owned();
    let inserted = submissions::Entity::insert(row).on_conflict(taken).exec_without_returning(tx.connection()).await?;
    Ok(inserted > 0)
}
