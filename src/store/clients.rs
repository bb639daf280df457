//! Relying parties that registered themselves, each kept as the file that it would be in the realm's folder.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::rows::clients;
use super::{Access, StoreError};
use crate::ids::RealmName;

/// A registered client as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct RegisteredClient {
    /// The text of its file.
    pub(crate) document: String,
}

/// The registered client of that name.
pub(crate) async fn by_id(
    access: &impl Access,
    realm: &RealmName,
    client_id: &str,
) -> Result<Option<RegisteredClient>, StoreError> {
    let key = (realm.to_string(), client_id.to_owned());
    let row = clients::Entity::find_by_id(key).one(access.connection()).await?;
    Ok(row.map(|row| RegisteredClient { document: row.document }))
}

/// Registered clients whose file has that text somewhere; what it means there is for who reads the file.
pub(crate) async fn mentioning(
    access: &impl Access,
    realm: &RealmName,
    text: &str,
) -> Result<Vec<(String, RegisteredClient)>, StoreError> {
    // `%` and `_` stand for more than themselves here, which finds more and never less.
    let rows = clients::Entity::find()
        .filter(clients::Column::Realm.eq(realm.as_str()))
        .filter(clients::Column::Document.contains(text))
        .limit(100)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(|row| (row.client_id, RegisteredClient { document: row.document })).collect())
}
