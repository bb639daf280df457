//! What authorities published of revoked certificates, as it came: for all nodes, until it no longer holds.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait as _, Set};

use super::rows::revocation_copies;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;

/// A copy, or the memory of a failure.
#[derive(Debug, Clone)]
pub(crate) struct Copy {
    /// The list or the answer in DER; none if nothing good came.
    pub(crate) body: Option<Vec<u8>>,
    /// Until when its source is left alone.
    pub(crate) rests_until: Timestamp,
}

/// The copy of that key.
pub(crate) async fn find(access: &impl Access, key: &[u8; 32]) -> Result<Option<Copy>, StoreError> {
    let row = revocation_copies::Entity::find_by_id(key.to_vec()).one(access.connection()).await?;
    Ok(row.map(|row| Copy { body: row.body, rests_until: Timestamp::from_millis(row.rests_until) }))
}

/// Keeps a copy until `expires_at`, in the place of an older one.
pub(crate) async fn keep(
    tx: &Tx,
    key: &[u8; 32],
    copy: Copy,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    use revocation_copies::Column::{Body, CopiedAt, ExpiresAt, Key, RestsUntil};
    let row = revocation_copies::ActiveModel {
        key: Set(key.to_vec()),
        body: Set(copy.body),
        copied_at: Set(now.millis()),
        rests_until: Set(copy.rests_until.millis()),
        expires_at: Set(expires_at.millis()),
    };
    let replace = OnConflict::column(Key).update_columns([Body, CopiedAt, RestsUntil, ExpiresAt]).to_owned();
    revocation_copies::Entity::insert(row).on_conflict(replace).exec_without_returning(tx.connection()).await?;
    Ok(())
}
