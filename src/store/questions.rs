//! Questions of accounts: the secret one, and sets of which some are asked. Sealed and hashed before they come here.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};

use super::rows::{challenge_questions, secret_questions};
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::proofs::password::StoredHash;

/// A question as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct StoredQuestion {
    /// Its place in the set; 0 where there is one only.
    pub(crate) place: u8,
    /// The question, sealed with account and place as associated data (SR-36).
    pub(crate) sealed: Vec<u8>,
    /// The hash of its answer.
    pub(crate) answer: StoredHash,
    /// When it was last answered.
    pub(crate) answered_at: Option<Timestamp>,
}

/// The secret question of an account.
pub(crate) async fn secret(access: &impl Access, user: UserId) -> Result<Option<StoredQuestion>, StoreError> {
    let row = secret_questions::Entity::find_by_id(user.uuid()).one(access.connection()).await?;
    Ok(row.map(|row| StoredQuestion {
        place: 0,
        sealed: row.question,
        answer: StoredHash { phc: row.answer, pepper: row.pepper },
        answered_at: None,
    }))
}

/// Sets or replaces the secret question of an account.
pub(crate) async fn set_secret(
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

/// The set of an account, in its order.
pub(crate) async fn set_of(access: &impl Access, user: UserId) -> Result<Vec<StoredQuestion>, StoreError> {
    let rows = challenge_questions::Entity::find()
        .filter(challenge_questions::Column::UserId.eq(user.uuid()))
        .order_by_asc(challenge_questions::Column::Place)
        .all(access.connection())
        .await?;
    let read = |row: challenge_questions::Model| {
        let place = u8::try_from(row.place);
        Ok(StoredQuestion {
            place: place.map_err(|_| StoreError::misfit("challenge_questions", "place", row.user_id))?,
            sealed: row.question,
            answer: StoredHash { phc: row.answer, pepper: row.pepper },
            answered_at: row.answered_at.map(Timestamp::from_millis),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Puts a set in the place of any other.
pub(crate) async fn replace_set(
    tx: &Tx,
    user: UserId,
    set: &[StoredQuestion],
    now: Timestamp,
) -> Result<(), StoreError> {
    use challenge_questions::Column::{Answer, AnsweredAt, ChangedAt, Pepper, Place, Question, UserId as Key};
    let row = |question: &StoredQuestion| challenge_questions::ActiveModel {
        user_id: Set(user.uuid()),
        place: Set(question.place.into()),
        question: Set(question.sealed.clone()),
        answer: Set(question.answer.phc.clone()),
        pepper: Set(question.answer.pepper),
        changed_at: Set(now.millis()),
        answered_at: Set(None),
    };
    let last = set.iter().map(|question| i32::from(question.place)).max().unwrap_or(-1);
    let replace =
        OnConflict::columns([Key, Place]).update_columns([Question, Answer, Pepper, ChangedAt, AnsweredAt]).to_owned();
    let rows = challenge_questions::Entity::insert_many(set.iter().map(row)).on_conflict(replace);
    rows.exec_without_returning(tx.connection()).await?;
    // Of a longer one that stood before.
    let rest = challenge_questions::Entity::delete_many().filter(Key.eq(user.uuid())).filter(Place.gt(last));
    rest.exec(tx.connection()).await?;
    Ok(())
}

/// Those were answered: others are asked before they are asked again (SR-40).
pub(crate) async fn answered(tx: &Tx, user: UserId, places: &[u8], now: Timestamp) -> Result<(), StoreError> {
    use challenge_questions::Column::{AnsweredAt, Place, UserId as Key};
    challenge_questions::Entity::update_many()
        .col_expr(AnsweredAt, Expr::value(now.millis()))
        .filter(Key.eq(user.uuid()))
        .filter(Place.is_in(places.iter().map(|place| i32::from(*place))))
        .exec(tx.connection())
        .await?;
    Ok(())
}
