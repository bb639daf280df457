//! Second factors: the app of an account and its recovery codes, each code good once, on every node.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set};

use super::rows::{recovery_codes, totp_seeds};
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::proofs::one_time::{OneTime, OneTimeProof, TimeStep};

/// An app as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct StoredTotp {
    /// The seed, sealed with the account as associated data.
    pub(crate) sealed: Vec<u8>,
    /// How many digits its codes have.
    pub(crate) digits: u8,
    /// What its owner calls it; may be empty.
    pub(crate) label: String,
    /// When it was added.
    pub(crate) since: Timestamp,
}

/// The app of an account.
pub(crate) async fn totp(access: &impl Access, user: UserId) -> Result<Option<StoredTotp>, StoreError> {
    let row = totp_seeds::Entity::find_by_id(user.uuid()).one(access.connection()).await?;
    row.map(|row| {
        Ok(StoredTotp {
            sealed: row.seed,
            digits: u8::try_from(row.digits).map_err(|_| StoreError::misfit("totp_seeds", "digits", row.user_id))?,
            label: row.label,
            since: Timestamp::from_millis(row.created_at),
        })
    })
    .transpose()
}

/// Adds an app whose code of that step was just shown, which spends the step; `None` when there is one already.
pub(crate) async fn add_totp(
    tx: &Tx,
    user: UserId,
    new: &StoredTotp,
    step: TimeStep,
) -> Result<Option<OneTimeProof>, StoreError> {
    let row = totp_seeds::ActiveModel {
        user_id: Set(user.uuid()),
        seed: Set(new.sealed.clone()),
        digits: Set(i32::from(new.digits)),
        label: Set(new.label.clone()),
        last_step: Set(step.number()),
        created_at: Set(new.since.millis()),
        used_at: Set(None),
    };
    let stays = OnConflict::column(totp_seeds::Column::UserId).do_nothing().to_owned();
    let added = totp_seeds::Entity::insert(row).on_conflict(stays).exec_without_returning(tx.connection()).await?;
    Ok((added > 0).then(|| OneTimeProof::from_row(user, OneTime::Totp, new.since)))
}

/// Spends a step of the app that was added at `since`: steps only go up, so that of two who show the same code, or an
/// older one, one at most is believed (SR-79, RFC 6238 §5.2).
pub(crate) async fn spend_step(
    tx: &Tx,
    user: UserId,
    since: Timestamp,
    step: TimeStep,
    now: Timestamp,
) -> Result<Option<OneTimeProof>, StoreError> {
    use totp_seeds::Column::{CreatedAt, LastStep, UsedAt, UserId as Key};
    let spent = totp_seeds::Entity::update_many()
        .col_expr(LastStep, Expr::value(step.number()))
        .col_expr(UsedAt, Expr::value(now.millis()))
        .filter(Key.eq(user.uuid()))
        .filter(CreatedAt.eq(since.millis()))
        .filter(LastStep.lt(step.number()))
        .exec(tx.connection())
        .await?;
    Ok((spent.rows_affected > 0).then(|| OneTimeProof::from_row(user, OneTime::Totp, now)))
}

/// Takes the app and its recovery codes from an account; `false` when it had neither.
pub(crate) async fn remove(tx: &Tx, user: UserId) -> Result<bool, StoreError> {
    let app = totp_seeds::Entity::delete_by_id(user.uuid()).exec(tx.connection()).await?;
    Ok(app.rows_affected + forget_recovery_codes(tx, user).await? > 0)
}

/// Puts a set of recovery codes, by their hashes, in the place of whatever there was (SR-83).
pub(crate) async fn replace_recovery_codes(
    tx: &Tx,
    user: UserId,
    codes: Vec<Vec<u8>>,
    now: Timestamp,
) -> Result<(), StoreError> {
    forget_recovery_codes(tx, user).await?;
    let rows = codes.into_iter().map(|code| recovery_codes::ActiveModel {
        user_id: Set(user.uuid()),
        code: Set(code),
        created_at: Set(now.millis()),
        spent_at: Set(None),
    });
    recovery_codes::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    Ok(())
}

async fn forget_recovery_codes(tx: &Tx, user: UserId) -> Result<u64, StoreError> {
    let own = recovery_codes::Column::UserId.eq(user.uuid());
    Ok(recovery_codes::Entity::delete_many().filter(own).exec(tx.connection()).await?.rows_affected)
}

/// Spends a recovery code: the one statement that two simultaneous uses cannot both win (SR-83).
pub(crate) async fn spend_recovery_code(
    tx: &Tx,
    user: UserId,
    code: &[u8],
    now: Timestamp,
) -> Result<Option<OneTimeProof>, StoreError> {
    use recovery_codes::Column::{Code, SpentAt, UserId as Key};
    let spent = recovery_codes::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .filter(Key.eq(user.uuid()))
        .filter(Code.eq(code.to_vec()))
        .filter(SpentAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok((spent.rows_affected > 0).then(|| OneTimeProof::from_row(user, OneTime::RecoveryCode, now)))
}

/// How many recovery codes are left.
pub(crate) async fn recovery_codes_left(access: &impl Access, user: UserId) -> Result<u64, StoreError> {
    use recovery_codes::Column::{SpentAt, UserId as Key};
    let unspent = recovery_codes::Entity::find().filter(Key.eq(user.uuid())).filter(SpentAt.is_null());
    Ok(unspent.count(access.connection()).await?)
}
