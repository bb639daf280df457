//! Certificates that accounts are signed in to with: bound by their bytes, to one account of a realm at most.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    Set,
};
use sha2::{Digest as _, Sha256};

use super::rows::certificates;
use super::sql::sql;
use super::{Access, StoreError, Tx, certificate_paths};
use crate::clock::Timestamp;
use crate::ids::{RealmName, UserId};
use crate::proofs::certificate::{CertificateProof, Particulars};

/// Certificates of one account.
pub(crate) const MOST: u64 = 5;

/// A certificate of an account.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// Whose.
    pub(crate) user: UserId,
    /// What it says.
    pub(crate) particulars: Particulars,
    /// Since when.
    pub(crate) added_at: Timestamp,
    /// When somebody last signed in with it.
    pub(crate) used_at: Option<Timestamp>,
    /// When its authority was found to have revoked it.
    pub(crate) revoked_at: Option<Timestamp>,
}

impl Bound {
    /// Whether it opens the account.
    pub(crate) fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.particulars.not_after
    }
}

/// What became of binding one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// It is the account's now.
    Done,
    /// It was before.
    Already,
    /// It is another account's.
    Taken,
    /// The account has as many as it may have.
    Full,
}

/// Whose that very certificate is.
pub(crate) async fn find(access: &impl Access, realm: &RealmName, sha256: &str) -> Result<Option<Bound>, StoreError> {
    let key = (realm.to_string(), sha256.to_owned());
    let row = certificates::Entity::find_by_id(key).one(access.connection()).await?;
    row.as_ref().map(from_row).transpose()
}

/// Those of an account, the newest first.
pub(crate) async fn of_user(access: &impl Access, user: UserId) -> Result<Vec<Bound>, StoreError> {
    let rows = certificates::Entity::find()
        .filter(certificates::Column::UserId.eq(user.uuid()))
        .order_by_desc(certificates::Column::AddedAt)
        .all(access.connection())
        .await?;
    rows.iter().map(from_row).collect()
}

/// The newest certificate of which that one may be the renewal: the same issuer and the whole same subject.
pub(crate) async fn renewed_by(
    access: &impl Access,
    realm: &RealmName,
    newer: &Particulars,
) -> Result<Option<Bound>, StoreError> {
    let row = certificates::Entity::find()
        .filter(certificates::Column::Realm.eq(realm.as_str()))
        .filter(certificates::Column::Holder.eq(holder(newer)))
        .order_by_desc(certificates::Column::AddedAt)
        .one(access.connection())
        .await?;
    let found = row.as_ref().map(from_row).transpose()?;
    Ok(found.filter(|bound| bound.particulars.is_renewed_by(newer)))
}

/// Binds a certificate whose key somebody has just proven to hold.
pub(crate) async fn bind(
    tx: &Tx,
    realm: &RealmName,
    user: UserId,
    proof: &CertificateProof,
    now: Timestamp,
) -> Result<Binding, StoreError> {
    // Whoever binds another at the same moment waits here: the account's row is held until the end.
    let hold = "UPDATE users SET updated_at = updated_at WHERE id = $1";
    tx.connection().execute_raw(sql(tx.connection(), hold, [user.uuid().into()])).await?;
    let particulars = proof.particulars();
    if let Some(known) = find(tx, realm, &particulars.sha256).await? {
        return Ok(if known.user == user { Binding::Already } else { Binding::Taken });
    }
    let own = certificates::Entity::find().filter(certificates::Column::UserId.eq(user.uuid()));
    if own.count(tx.connection()).await? >= MOST {
        return Ok(Binding::Full);
    }
    let row = certificates::ActiveModel {
        realm: Set(realm.to_string()),
        sha256: Set(particulars.sha256.clone()),
        user_id: Set(user.uuid()),
        holder: Set(holder(particulars)),
        content: Set(serde_json::to_string(particulars).map_err(|_| StoreError::Unwritable("certificates.content"))?),
        added_at: Set(now.millis()),
        used_at: Set(None),
        revoked_at: Set(None),
        not_after: Set(Some(particulars.not_after.millis())),
        reminded: Set(None),
    };
    let taken =
        OnConflict::columns([certificates::Column::Realm, certificates::Column::Sha256]).do_nothing().to_owned();
    let inserted = certificates::Entity::insert(row).on_conflict(taken).exec_without_returning(tx.connection()).await?;
    Ok(if inserted > 0 { Binding::Done } else { Binding::Taken })
}

/// Notes that somebody signs in with it; `false` when it is no longer theirs, or revoked.
pub(crate) async fn used(
    tx: &Tx,
    realm: &RealmName,
    user: UserId,
    sha256: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let noted = certificates::Entity::update_many()
        .col_expr(certificates::Column::UsedAt, Expr::value(now.millis()))
        .filter(certificates::Column::Realm.eq(realm.as_str()))
        .filter(certificates::Column::Sha256.eq(sha256))
        .filter(certificates::Column::UserId.eq(user.uuid()))
        .filter(certificates::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(noted.rows_affected > 0)
}

/// Takes it from the account; what was proven with it until now proves nothing. `false` when it was not there.
pub(crate) async fn remove(
    tx: &Tx,
    realm: &RealmName,
    user: UserId,
    sha256: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let removed = certificates::Entity::delete_many()
        .filter(certificates::Column::Realm.eq(realm.as_str()))
        .filter(certificates::Column::Sha256.eq(sha256))
        .filter(certificates::Column::UserId.eq(user.uuid()))
        .exec(tx.connection())
        .await?;
    if removed.rows_affected == 0 {
        return Ok(false);
    }
    certificate_paths::forget(tx, realm, sha256).await?;
    void(tx, user, now).await?;
    Ok(true)
}

/// Notes that its authority has revoked it: it stays in the list, and what was proven with it until now proves nothing.
/// `false` when that was known.
pub(crate) async fn found_revoked(
    tx: &Tx,
    realm: &RealmName,
    (user, sha256): (UserId, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found = certificates::Entity::update_many()
        .col_expr(certificates::Column::RevokedAt, Expr::value(now.millis()))
        .filter(certificates::Column::Realm.eq(realm.as_str()))
        .filter(certificates::Column::Sha256.eq(sha256))
        .filter(certificates::Column::UserId.eq(user.uuid()))
        .filter(certificates::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    if found.rows_affected == 0 {
        return Ok(false);
    }
    void(tx, user, now).await?;
    Ok(true)
}

/// Notes that it is good after all: a certificate on hold is released again (RFC 5280 §5.3.1).
pub(crate) async fn found_good(tx: &Tx, realm: &RealmName, sha256: &str) -> Result<(), StoreError> {
    certificates::Entity::update_many()
        .col_expr(certificates::Column::RevokedAt, Expr::value(None::<i64>))
        .filter(certificates::Column::Realm.eq(realm.as_str()))
        .filter(certificates::Column::Sha256.eq(sha256))
        .filter(certificates::Column::RevokedAt.is_not_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// No journey goes on with what was shown before.
async fn void(tx: &Tx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let voided = "UPDATE users SET certificate_removed_at = $2 WHERE id = $1";
    let values = [user.uuid().into(), now.millis().into()];
    tx.connection().execute_raw(sql(tx.connection(), voided, values)).await?;
    Ok(())
}

fn holder(particulars: &Particulars) -> Vec<u8> {
    let mut digest = Sha256::new();
    for name in [&particulars.issuer, &particulars.subject] {
        digest.update(u64::try_from(name.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(name.as_bytes());
    }
    digest.finalize().to_vec()
}

/// What a row says.
pub(super) fn from_row(row: &certificates::Model) -> Result<Bound, StoreError> {
    let misfit = |column| StoreError::misfit("certificates", column, &row.sha256);
    Ok(Bound {
        user: UserId::from_uuid(row.user_id),
        particulars: serde_json::from_str(&row.content).map_err(|_| misfit("content"))?,
        added_at: Timestamp::from_millis(row.added_at),
        used_at: row.used_at.map(Timestamp::from_millis),
        revoked_at: row.revoked_at.map(Timestamp::from_millis),
    })
}
