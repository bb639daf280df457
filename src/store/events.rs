//! The audit trail: appended here and nowhere changed but by the sealing job.

use sea_orm::{EntityTrait as _, Set};

use super::rows::events;
use super::{Access, StoreError, Tx};
use crate::event::Event;

/// Appends one event to the transaction that it explains.
pub(crate) async fn append(tx: &Tx, event: &Event) -> Result<(), StoreError> {
    let content = serde_json::to_string(event).map_err(|_| StoreError::misfit("events", "content", event.id))?;
    let row = events::ActiveModel {
        id: Set(event.id.uuid()),
        realm: Set(event.realm.to_string()),
        at: Set(event.at.millis()),
        name: Set(event.kind.name().to_owned()),
        content: Set(content),
        sequence: Set(None),
        chain: Set(None),
    };
    events::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}
