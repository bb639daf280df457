//! The end of accounts: asked for, taken back, carried out (SR-202); and the addresses that rest afterwards (SR-178).

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};

use super::rows::{closings, resting_addresses};
use super::sql::sql;
use super::{Access, StoreError, Tx, certificate_paths};
use crate::clock::Timestamp;
use crate::ids::{RealmName, UserId};
use crate::secret::SecretHash;

/// An account that is to be closed.
#[derive(Debug, Clone)]
pub(crate) struct Closing {
    /// Whose.
    pub(crate) user: UserId,
    /// The realm.
    pub(crate) realm: RealmName,
    /// When it was asked for.
    pub(crate) asked_at: Timestamp,
    /// When it happens.
    pub(crate) closes_at: Timestamp,
    /// When its person agreed that organisations in which they are alone close with it.
    pub(crate) with_organisations: Option<Timestamp>,
}

/// Keeps the wish; `false` when there was one.
pub(crate) async fn ask(tx: &Tx, closing: &Closing, keep: &SecretHash) -> Result<bool, StoreError> {
    let row = closings::ActiveModel {
        user_id: Set(closing.user.uuid()),
        realm: Set(closing.realm.to_string()),
        keep_token: Set(keep.as_bytes().to_vec()),
        asked_at: Set(closing.asked_at.millis()),
        closes_at: Set(closing.closes_at.millis()),
        with_organisations_at: Set(closing.with_organisations.map(Timestamp::millis)),
    };
    let stays = OnConflict::column(closings::Column::UserId).do_nothing().to_owned();
    let kept = closings::Entity::insert(row).on_conflict(stays).exec_without_returning(tx.connection());
    Ok(kept.await? > 0)
}

/// The end that an account is to come to.
pub(crate) async fn of(access: &impl Access, user: UserId) -> Result<Option<Closing>, StoreError> {
    let row = closings::Entity::find_by_id(user.uuid()).one(access.connection()).await?;
    row.as_ref().map(from_row).transpose()
}

/// The end that the holder of that token may take back.
pub(crate) async fn by_token(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
) -> Result<Option<Closing>, StoreError> {
    let row = closings::Entity::find()
        .filter(closings::Column::KeepToken.eq(token.as_bytes().to_vec()))
        .filter(closings::Column::Realm.eq(realm.as_str()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Takes the wish back, while there is time; `false` when there was none any more.
pub(crate) async fn take_back(tx: &Tx, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let gone = closings::Entity::delete_many()
        .filter(closings::Column::UserId.eq(user.uuid()))
        .filter(closings::Column::ClosesAt.gt(now.millis()))
        .exec(tx.connection())
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Puts an end that has come off until then; `false` when another node did, or it was taken back.
pub(crate) async fn postpone(tx: &Tx, user: UserId, until: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
    let later = closings::Entity::update_many()
        .col_expr(closings::Column::ClosesAt, Expr::value(until.millis()))
        .filter(closings::Column::UserId.eq(user.uuid()))
        .filter(closings::Column::ClosesAt.lte(now.millis()))
        .exec(tx.connection())
        .await?;
    Ok(later.rows_affected > 0)
}

/// Some accounts whose end has come.
pub(crate) async fn due(access: &impl Access, now: Timestamp) -> Result<Vec<Closing>, StoreError> {
    let rows = closings::Entity::find()
        .filter(closings::Column::ClosesAt.lte(now.millis()))
        .order_by_asc(closings::Column::ClosesAt)
        .limit(100)
        .all(access.connection())
        .await?;
    rows.iter().map(from_row).collect()
}

/// What is deleted with an account, by its column: all that names its person, or that could be proven by them.
const BELONGINGS: [(&str, &str); 19] = [
    ("passwords", "user_id"),
    ("totp_seeds", "user_id"),
    ("recovery_codes", "user_id"),
    ("passkeys", "user_id"),
    ("passkey_offers", "user_id"),
    ("secret_questions", "user_id"),
    ("challenge_questions", "user_id"),
    ("certificates", "user_id"),
    ("devices", "user_id"),
    ("consents", "user_id"),
    ("links", "user_id"),
    ("email_changes", "user_id"),
    ("warnings", "user_id"),
    ("invitations", "user_id"),
    // Roles end with the membership; the organisation stays (DOMAIN.md §10).
    ("memberships", "user_id"),
    ("organisation_contacts", "user_id"),
    ("grants", "user_id"),
    ("sessions", "user_id"),
    ("identifiers", "user_id"),
];

/// Carries the end out, once on whichever node; `false` when another was quicker. The row of the account stays, empty: its
/// `sub` is nobody else's ever (SR-178), and the audit trail names it by its id alone.
pub(crate) async fn carry_out(tx: &Tx, closing: &Closing, now: Timestamp) -> Result<bool, StoreError> {
    let claimed = closings::Entity::delete_many()
        .filter(closings::Column::UserId.eq(closing.user.uuid()))
        .filter(closings::Column::ClosesAt.lte(now.millis()))
        .exec(tx.connection())
        .await?;
    if claimed.rows_affected == 0 {
        return Ok(false);
    }
    let connection = tx.connection();
    let (user, realm) = (closing.user.uuid(), closing.realm.as_str());
    // Mails to the address first: which one it is, the account tells.
    let mails = "DELETE FROM outbox WHERE realm = $1 AND recipient = (SELECT email FROM users WHERE id = $2)";
    connection.execute_raw(sql(connection, mails, [realm.into(), user.into()])).await?;
    certificate_paths::forget_all(tx, closing.user).await?;
    for (table, column) in BELONGINGS {
        connection.execute(Query::delete().from_table(table).and_where(Expr::col(column).eq(user))).await?;
    }
    let emptied = "UPDATE users SET state = 'erased', email = NULL, email_canonical = NULL, email_verified_at = NULL,
        first_name = '', last_name = '', profile = '{}', updated_at = $1 WHERE id = $2";
    connection.execute_raw(sql(connection, emptied, [now.millis().into(), user.into()])).await?;
    Ok(true)
}

/// Lets an address rest until then.
pub(crate) async fn rest(tx: &Tx, digest: &[u8], until: Timestamp) -> Result<(), StoreError> {
    let row = resting_addresses::ActiveModel { digest: Set(digest.to_vec()), until: Set(until.millis()) };
    let longer = OnConflict::column(resting_addresses::Column::Digest)
        .update_column(resting_addresses::Column::Until)
        .to_owned();
    resting_addresses::Entity::insert(row).on_conflict(longer).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Whether an address rests.
pub(crate) async fn rests(access: &impl Access, digest: &[u8], now: Timestamp) -> Result<bool, StoreError> {
    let found = resting_addresses::Entity::find_by_id(digest.to_vec())
        .filter(resting_addresses::Column::Until.gt(now.millis()))
        .count(access.connection())
        .await?;
    Ok(found > 0)
}

fn from_row(row: &closings::Model) -> Result<Closing, StoreError> {
    Ok(Closing {
        user: UserId::from_uuid(row.user_id),
        realm: row.realm.clone().try_into().map_err(|_| StoreError::misfit("closings", "realm", row.user_id))?,
        asked_at: Timestamp::from_millis(row.asked_at),
        closes_at: Timestamp::from_millis(row.closes_at),
        with_organisations: row.with_organisations_at.map(Timestamp::from_millis),
    })
}
