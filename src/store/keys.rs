//! Signing keys, their private halves sealed.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, Set};

use super::rows::keys;
use super::sql::sql;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{KeyId, RealmName};
use crate::protocol::client::SigningAlgorithm;

/// A key as it is kept; what its state means is for `keys::rotation`.
#[derive(Debug, Clone)]
pub(crate) struct StoredKey {
    /// Its identifier, also `kid`.
    pub(crate) id: KeyId,
    /// What it signs with.
    pub(crate) algorithm: SigningAlgorithm,
    /// `next`, `active`, `retiring` or `retired`.
    pub(crate) state: String,
    /// PKCS#8, sealed.
    pub(crate) private: Vec<u8>,
    /// Since when it is in that state.
    pub(crate) since: Timestamp,
}

/// The keys of a realm that are not retired.
pub(crate) async fn of_realm(access: &impl Access, realm: &RealmName) -> Result<Vec<StoredKey>, StoreError> {
    let rows = keys::Entity::find()
        .filter(keys::Column::Realm.eq(realm.as_str()))
        .filter(keys::Column::State.ne("retired"))
        .order_by_asc(keys::Column::Id)
        .all(access.connection())
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// How many keys each realm has, and the sum of the times of their last changes: not the latest alone, which a node
/// whose clock is behind would not move.
pub(crate) type Versions = BTreeMap<String, (i64, i64)>;

/// Something that differs after every change, for noticing one cheaply.
pub(crate) async fn versions(access: &impl Access) -> Result<Versions, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        realm: String,
        keys: i64,
        changes: i64,
    }
    let connection = access.connection();
    let text = "SELECT realm, count(*) AS keys, CAST(sum(changed_at) AS bigint) AS changes FROM keys GROUP BY realm";
    let statement = sql(connection, text, []);
    let rows = Row::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.realm, (row.keys, row.changes))).collect())
}

/// Keeps a new key; `false` when another node made one for this place first.
pub(crate) async fn insert(tx: &Tx, realm: &RealmName, key: &StoredKey) -> Result<bool, StoreError> {
    let row = keys::ActiveModel {
        id: Set(key.id.uuid()),
        realm: Set(realm.to_string()),
        algorithm: Set(key.algorithm.as_str().to_owned()),
        state: Set(key.state.clone()),
        private: Set(key.private.clone()),
        created_at: Set(key.since.millis()),
        changed_at: Set(key.since.millis()),
    };
    let taken = OnConflict::new().do_nothing().to_owned();
    Ok(keys::Entity::insert(row).on_conflict(taken).exec_without_returning(tx.connection()).await? > 0)
}

/// Moves a key to another state.
pub(crate) async fn move_to(tx: &Tx, id: KeyId, state: &str, now: Timestamp) -> Result<(), StoreError> {
    keys::Entity::update_many()
        .col_expr(keys::Column::State, Expr::value(state))
        .col_expr(keys::Column::ChangedAt, Expr::value(now.millis()))
        .filter(keys::Column::Id.eq(id.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: keys::Model) -> Result<StoredKey, StoreError> {
    let algorithm = SigningAlgorithm::ALL.into_iter().find(|algorithm| algorithm.as_str() == row.algorithm);
    Ok(StoredKey {
        id: KeyId::from_uuid(row.id),
        algorithm: algorithm.ok_or_else(|| StoreError::misfit("keys", "algorithm", row.id))?,
        state: row.state,
        private: row.private,
        since: Timestamp::from_millis(row.changed_at),
    })
}
