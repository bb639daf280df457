//! Access tokens that were revoked one by one, until they would have ended: those that no grant of the client's own ends.
//!
//! Every other revocation is the grant's (`grants::revoke`). A name is asked for by its key, in one read.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait as _, Set};

use super::rows::revoked_access_tokens;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;

/// Revokes the token of that name; `ends` is its own end.
pub(crate) async fn add(tx: &Tx, jti: &str, ends: Timestamp) -> Result<(), StoreError> {
    let row = revoked_access_tokens::ActiveModel { jti: Set(jti.to_owned()), expires_at: Set(ends.millis()) };
    let known = OnConflict::column(revoked_access_tokens::Column::Jti).do_nothing().to_owned();
    revoked_access_tokens::Entity::insert(row).on_conflict(known).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Whether the token of that name was revoked.
pub(crate) async fn contains(access: &impl Access, jti: &str) -> Result<bool, StoreError> {
    let found = revoked_access_tokens::Entity::find_by_id(jti.to_owned()).one(access.connection()).await?;
    Ok(found.is_some())
}
