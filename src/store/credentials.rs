//! What accounts prove: password hashes, secret questions.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait as _, Set};

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

/// Sets or replaces the password of an account.
pub(crate) async fn set_password(tx: &Tx, user: UserId, hash: &StoredHash, now: Timestamp) -> Result<(), StoreError> {
    use passwords::Column::{ChangedAt, Pepper, Phc, UserId as Key};
    let row = passwords::ActiveModel {
        user_id: Set(user.uuid()),
        phc: Set(hash.phc.clone()),
        pepper: Set(hash.pepper),
        changed_at: Set(now.millis()),
    };
    let replace = OnConflict::column(Key).update_columns([Phc, Pepper, ChangedAt]).to_owned();
    passwords::Entity::insert(row).on_conflict(replace).exec_without_returning(tx.connection()).await?;
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
