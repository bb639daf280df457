//! What accounts prove: password hashes.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};

use super::rows::passwords;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::proofs::password::StoredHash;

/// Sets the first password of an account; `false` when it has got one meanwhile.
pub(crate) async fn first_password(
    tx: &Tx,
    user: UserId,
    hash: &StoredHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let stays = OnConflict::column(passwords::Column::UserId).do_nothing().to_owned();
    set_password(tx, user, hash, stays, now).await
}

/// Puts a password in the place of one that stood when `proven`; `false` when another one came after that. Of two
/// recoveries under way, the first to end is the only one (SR-53).
pub(crate) async fn replace_password(
    tx: &Tx,
    user: UserId,
    hash: &StoredHash,
    proven: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    use passwords::Column::ChangedAt;
    let unless_newer = Expr::col((passwords::Entity, ChangedAt)).lte(proven.millis());
    set_password(tx, user, hash, replaced().action_and_where(unless_newer).to_owned(), now).await
}

fn replaced() -> OnConflict {
    use passwords::Column::{ChangedAt, Pepper, Phc, TemporaryUntil, UserId as Key};
    OnConflict::column(Key).update_columns([Phc, Pepper, ChangedAt, TemporaryUntil]).to_owned()
}

/// A password that was mailed: since when it stands, until when it may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Temporary {
    /// When it was made.
    pub(crate) since: Timestamp,
    /// When it ends.
    pub(crate) until: Timestamp,
}

/// The mailed password that an account stands with, used or not.
pub(crate) async fn temporary(access: &impl Access, user: UserId) -> Result<Option<Temporary>, StoreError> {
    let row = passwords::Entity::find_by_id(user.uuid()).one(access.connection()).await?;
    Ok(row.and_then(|row| {
        let until = Timestamp::from_millis(row.temporary_until?);
        Some(Temporary { since: Timestamp::from_millis(row.changed_at), until })
    }))
}

/// The hash of the password that an account was mailed, as long as it stands with it.
pub(crate) async fn temporary_hash(access: &impl Access, user: UserId) -> Result<Option<StoredHash>, StoreError> {
    let row = passwords::Entity::find_by_id(user.uuid()).filter(passwords::Column::TemporaryUntil.is_not_null());
    let row = row.one(access.connection()).await?;
    Ok(row.map(|row| StoredHash { phc: row.phc, pepper: row.pepper }))
}

/// Gives a new account a password that is mailed to it; `false` when it has got one meanwhile.
pub(crate) async fn first_temporary(
    tx: &Tx,
    user: UserId,
    hash: &StoredHash,
    lasts: Temporary,
) -> Result<bool, StoreError> {
    let row =
        passwords::ActiveModel { temporary_until: Set(Some(lasts.until.millis())), ..row(user, hash, lasts.since) };
    let stays = OnConflict::column(passwords::Column::UserId).do_nothing().to_owned();
    Ok(passwords::Entity::insert(row).on_conflict(stays).exec_without_returning(tx.connection()).await? > 0)
}

/// Puts a new mailed password in the place of the one that stands since `known`; `false` when that one was changed or
/// replaced meanwhile. Of two that are asked for at once, one is made.
pub(crate) async fn renew_temporary(
    tx: &Tx,
    (user, known): (UserId, Timestamp),
    hash: &StoredHash,
    lasts: Temporary,
) -> Result<bool, StoreError> {
    change_temporary(tx, (user, known), hash, (lasts.since, Some(lasts.until))).await
}

/// Puts a password that its person chose in the place of the mailed one that stands since `known`, which is good no more;
/// `false` when it was changed or replaced meanwhile (SR-31).
pub(crate) async fn settle_temporary(
    tx: &Tx,
    (user, known): (UserId, Timestamp),
    hash: &StoredHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    change_temporary(tx, (user, known), hash, (now, None)).await
}

async fn change_temporary(
    tx: &Tx,
    (user, known): (UserId, Timestamp),
    hash: &StoredHash,
    (since, until): (Timestamp, Option<Timestamp>),
) -> Result<bool, StoreError> {
    use passwords::Column::{ChangedAt, Pepper, Phc, TemporaryUntil, UserId as Key};
    let changed = passwords::Entity::update_many()
        .col_expr(Phc, Expr::value(hash.phc.clone()))
        .col_expr(Pepper, Expr::value(hash.pepper))
        .col_expr(ChangedAt, Expr::value(since.millis()))
        .col_expr(TemporaryUntil, Expr::value(until.map(Timestamp::millis)))
        .filter(Key.eq(user.uuid()))
        .filter(TemporaryUntil.is_not_null())
        .filter(ChangedAt.eq(known.millis()))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected > 0)
}

fn row(user: UserId, hash: &StoredHash, since: Timestamp) -> passwords::ActiveModel {
    passwords::ActiveModel {
        user_id: Set(user.uuid()),
        phc: Set(hash.phc.clone()),
        pepper: Set(hash.pepper),
        changed_at: Set(since.millis()),
        temporary_until: Set(None),
    }
}

async fn set_password(
    tx: &Tx,
    user: UserId,
    hash: &StoredHash,
    otherwise: OnConflict,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = passwords::Entity::insert(row(user, hash, now)).on_conflict(otherwise);
    Ok(inserted.exec_without_returning(tx.connection()).await? > 0)
}

/// Keeps the same password under a stronger hash (SR-27).
pub(crate) async fn rehash_password(tx: &Tx, user: UserId, hash: &StoredHash) -> Result<(), StoreError> {
    use passwords::Column::{Pepper, Phc, UserId as Key};
    passwords::Entity::update_many()
        .col_expr(Phc, Expr::value(hash.phc.clone()))
        .col_expr(Pepper, Expr::value(hash.pepper))
        .filter(Key.eq(user.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Puts a hash that nobody knows the password of in the place of the account's, where it has one: whoever knew that one
/// is shut out, and so is whoever proved a mailbox before (docs/adr/0049).
pub(crate) async fn lock_password(tx: &Tx, user: UserId, hash: &StoredHash, now: Timestamp) -> Result<(), StoreError> {
    use passwords::Column::{ChangedAt, Pepper, Phc, TemporaryUntil, UserId as Key};
    passwords::Entity::update_many()
        .col_expr(Phc, Expr::value(hash.phc.clone()))
        .col_expr(Pepper, Expr::value(hash.pepper))
        .col_expr(ChangedAt, Expr::value(now.millis()))
        .col_expr(TemporaryUntil, Expr::value(Option::<i64>::None))
        .filter(Key.eq(user.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The hash of an account's password, when it has one.
pub(crate) async fn password(access: &impl Access, user: UserId) -> Result<Option<StoredHash>, StoreError> {
    let row = passwords::Entity::find_by_id(user.uuid()).one(access.connection()).await?;
    Ok(row.map(|row| StoredHash { phc: row.phc, pepper: row.pepper }))
}
