//! Relying parties that registered themselves, each kept as the file that it would be in the realm's folder.

use sea_orm::EntityTrait as _;

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
