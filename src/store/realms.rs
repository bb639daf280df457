//! Realm files as they were applied: the newest version of each is live, the others are history.

use std::collections::BTreeMap;

use sea_orm::{EntityTrait as _, FromQueryResult, QueryOrder as _, Set};

use super::rows::realms;
use super::sql::sql;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::RealmName;

/// One applied set of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppliedRealm {
    /// The realm.
    pub(crate) name: RealmName,
    /// Its version, counted from 1.
    pub(crate) version: i64,
    /// The files, by path.
    pub(crate) files: BTreeMap<String, String>,
}

/// The live version of every realm.
pub(crate) type Versions = BTreeMap<String, i64>;

/// The live version of every realm, for noticing a change cheaply.
pub(crate) async fn versions(access: &impl Access) -> Result<Versions, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
        version: i64,
    }
    let connection = access.connection();
    let text = "SELECT name, max(version) AS version FROM realms GROUP BY name";
    let statement = sql(connection, text, []);
    let rows = Row::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.version)).collect())
}

/// The live files of every realm.
pub(crate) async fn live(access: &impl Access) -> Result<Vec<AppliedRealm>, StoreError> {
    let rows = realms::Entity::find()
        .order_by_asc(realms::Column::Name)
        .order_by_asc(realms::Column::Version)
        .all(access.connection())
        .await?;
    let newest: BTreeMap<String, realms::Model> = rows.into_iter().map(|row| (row.name.clone(), row)).collect();
    newest.values().map(from_row).collect()
}

/// Makes these files live, unless they are already; returns whether anything changed.
pub(crate) async fn apply(
    tx: &Tx,
    name: &RealmName,
    files: &BTreeMap<String, String>,
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let live = live(tx).await?.into_iter().find(|realm| realm.name == *name);
    if live.as_ref().is_some_and(|realm| realm.files == *files) {
        return Ok(false);
    }
    let bundle = serde_json::to_string(files).map_err(|_| StoreError::misfit("realms", "bundle", name))?;
    let row = realms::ActiveModel {
        name: Set(name.to_string()),
        version: Set(live.map_or(1, |realm| realm.version + 1)),
        bundle: Set(bundle),
        applied_at: Set(now.millis()),
        applied_by: Set(by.to_owned()),
    };
    realms::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(true)
}

fn from_row(row: &realms::Model) -> Result<AppliedRealm, StoreError> {
    let misfit = |column| StoreError::misfit("realms", column, format!("{} {}", row.name, row.version));
    Ok(AppliedRealm {
        files: serde_json::from_str(&row.bundle).map_err(|_| misfit("bundle"))?,
        name: row.name.clone().try_into().map_err(|_| misfit("name"))?,
        version: row.version,
    })
}
