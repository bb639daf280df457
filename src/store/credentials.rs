//! What accounts prove: password hashes, secret questions.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};

use super::rows::{passwords, secret_questions};
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::proofs::password::StoredHash;

/// A secret question as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct StoredQuestion {
    /// The question, sealed with the account as associated data (SR-36).
    pub(crate) sealed: Vec<u8>,
    /// The hash of its answer.
    pub(crate) answer: StoredHash,
}

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
    use passwords::Column::{ChangedAt, Pepper, Phc, UserId as Key};
    let unless_newer = Expr::col((passwords::Entity, ChangedAt)).lte(proven.millis());
    let replaced =
        OnConflict::column(Key).update_columns([Phc, Pepper, ChangedAt]).action_and_where(unless_newer).to_owned();
    set_password(tx, user, hash, replaced, now).await
}

async fn set_password(
    tx: &Tx,
    user: UserId,
    hash: &StoredHash,
    otherwise: OnConflict,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = passwords::ActiveModel {
        user_id: Set(user.uuid()),
        phc: Set(hash.phc.clone()),
        pepper: Set(hash.pepper),
        changed_at: Set(now.millis()),
    };
    let inserted = passwords::Entity::insert(row).on_conflict(otherwise);
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
    use passwords::Column::{ChangedAt, Pepper, Phc, UserId as Key};
    passwords::Entity::update_many()
        .col_expr(Phc, Expr::value(hash.phc.clone()))
        .col_expr(Pepper, Expr::value(hash.pepper))
        .col_expr(ChangedAt, Expr::value(now.millis()))
        .filter(Key.eq(user.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The secret question of an account.
pub(crate) async fn question(access: &impl Access, user: UserId) -> Result<Option<StoredQuestion>, StoreError> {
    let row = secret_questions::Entity::find_by_id(user.uuid()).one(access.connection()).await?;
    Ok(row
        .map(|row| StoredQuestion { sealed: row.question, answer: StoredHash { phc: row.answer, pepper: row.pepper } }))
}

/// Sets or replaces the secret question of an account.
pub(crate) async fn set_question(
    tx: &Tx,
    user: UserId,
    question: &StoredQuestion,
    now: Timestamp,
) -> Result<(), StoreError> {
    use secret_questions::Column::{Answer, ChangedAt, Pepper, Question, UserId as Key};
    let row = secret_questions::ActiveModel {
        user_id: Set(user.uuid()),
        question: Set(question.sealed.clone()),
        answer: Set(question.answer.phc.clone()),
        pepper: Set(question.answer.pepper),
        changed_at: Set(now.millis()),
    };
    let replace = OnConflict::column(Key).update_columns([Question, Answer, Pepper, ChangedAt]).to_owned();
    secret_questions::Entity::insert(row).on_conflict(replace).exec_without_returning(tx.connection()).await?;
    Ok(())
}
