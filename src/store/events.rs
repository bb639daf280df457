//! The audit trail: appended here, numbered by the sealing job, deleted from its front when its time is over, and
//! otherwise never changed.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};

use super::rows::events;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::{EventId, UserId};

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
        user_id: Set(event.user.map(UserId::uuid)),
    };
    events::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// What an account may read of its own trail: the newest events of these kinds, newest first (SR-20).
pub(crate) async fn of_user(
    access: &impl Access,
    user: UserId,
    kinds: &[EventKind],
    most: u64,
) -> Result<Vec<Event>, StoreError> {
    let rows = events::Entity::find()
        .filter(events::Column::UserId.eq(user.uuid()))
        .filter(events::Column::Name.is_in(kinds.iter().map(|kind| kind.name())))
        .order_by_desc(events::Column::Id)
        .limit(most)
        .all(access.connection())
        .await?;
    let event = |row: &events::Model| serde_json::from_str(&row.content);
    rows.iter().map(|row| event(row).map_err(|_| StoreError::misfit("events", "content", row.id))).collect()
}

/// An event that is sealed.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    /// Its number, from 1.
    pub(crate) sequence: i64,
    /// When it happened, by its column.
    pub(crate) at: Timestamp,
    /// What it says, to the letter.
    pub(crate) content: String,
    /// Its seal.
    pub(crate) seal: Vec<u8>,
    /// Whether the columns beside the content say the same.
    pub(crate) columns_agree: bool,
}

/// The last event that is sealed.
pub(crate) async fn last(access: &impl Access) -> Result<Option<Sealed>, StoreError> {
    let row = events::Entity::find()
        .filter(events::Column::Sequence.is_not_null())
        .order_by_desc(events::Column::Sequence)
        .one(access.connection())
        .await?;
    row.as_ref().map(sealed).transpose()
}

/// Sealed events from that number on.
pub(crate) async fn sealed_from(access: &impl Access, sequence: i64, most: u64) -> Result<Vec<Sealed>, StoreError> {
    let rows = events::Entity::find()
        .filter(events::Column::Sequence.gte(sequence))
        .order_by_asc(events::Column::Sequence)
        .limit(most)
        .all(access.connection())
        .await?;
    rows.iter().map(sealed).collect()
}

/// Events that wait for their seal, oldest first.
pub(crate) async fn unsealed(access: &impl Access, most: u64) -> Result<Vec<(EventId, String)>, StoreError> {
    let rows = events::Entity::find()
        .filter(events::Column::Sequence.is_null())
        .order_by_asc(events::Column::Id)
        .limit(most)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(|row| (EventId::from_uuid(row.id), row.content)).collect())
}

/// How many wait for their seal.
pub(crate) async fn waiting(access: &impl Access) -> Result<u64, StoreError> {
    Ok(events::Entity::find().filter(events::Column::Sequence.is_null()).count(access.connection()).await?)
}

/// Seals one event.
pub(crate) async fn seal(tx: &Tx, id: EventId, sequence: i64, seal: &[u8]) -> Result<(), StoreError> {
    events::Entity::update_many()
        .col_expr(events::Column::Sequence, Expr::value(sequence))
        .col_expr(events::Column::Chain, Expr::value(seal.to_vec()))
        .filter(events::Column::Id.eq(id.uuid()))
        .filter(events::Column::Sequence.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Deletes the sealed events up to that number; returns how many.
pub(crate) async fn forget(tx: &Tx, sequence: i64) -> Result<u64, StoreError> {
    let gone = events::Entity::delete_many().filter(events::Column::Sequence.lte(sequence)).exec(tx.connection());
    Ok(gone.await?.rows_affected)
}

fn sealed(row: &events::Model) -> Result<Sealed, StoreError> {
    let misfit = |column| StoreError::misfit("events", column, row.id);
    let columns_agree = serde_json::from_str::<Event>(&row.content).is_ok_and(|event| {
        event.id.uuid() == row.id
            && event.realm.as_str() == row.realm
            && event.at.millis() == row.at
            && event.kind.name() == row.name
            && row.user_id.is_none_or(|user| event.user.map(UserId::uuid) == Some(user))
    });
    Ok(Sealed {
        sequence: row.sequence.ok_or_else(|| misfit("sequence"))?,
        at: Timestamp::from_millis(row.at),
        content: row.content.clone(),
        seal: row.chain.clone().ok_or_else(|| misfit("chain"))?,
        columns_agree,
    })
}
