//! Counters of the throttle: one statement reserves a guess before it is looked at (SR-11), on every node (SR-19).

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _};

use super::rows::counters;
use super::sql::sql;
use super::{Access, StoreError, Tx};
use crate::clock::{Duration, Timestamp};

/// How a counter was found after one more was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How many, this one included.
    pub(crate) count: u32,
    /// Until when it was blocked already: then this one was not counted.
    pub(crate) blocked_until: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Row {
    count: i64,
}

/// Counts one more under `key`, unless it is blocked; a counter unused for `window` starts again.
pub(crate) async fn count(tx: &Tx, key: &[u8], window: Duration, now: Timestamp) -> Result<Counted, StoreError> {
    let connection = tx.connection();
    let expires = now + window;
    let upsert = "INSERT INTO counters (key, count, since, blocked_until, expires_at) VALUES ($1, 1, $2, 0, $3)
        ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN counters.expires_at <= $2 THEN 1 ELSE counters.count + 1 END,
            since = CASE WHEN counters.expires_at <= $2 THEN $2 ELSE counters.since END,
            expires_at = $3
        WHERE counters.blocked_until <= $2
        RETURNING count";
    let values = [key.to_vec().into(), now.millis().into(), expires.millis().into()];
    let row = Row::find_by_statement(sql(connection, upsert, values)).one(connection).await?;
    if let Some(row) = row {
        return Ok(Counted { count: u32::try_from(row.count).unwrap_or(u32::MAX), blocked_until: None });
    }
    let found = counters::Entity::find_by_id(key.to_vec()).one(connection).await?;
    let (count, until) = found.map_or((0, now.millis()), |row| (row.count, row.blocked_until));
    Ok(Counted { count: u32::try_from(count).unwrap_or(u32::MAX), blocked_until: Some(Timestamp::from_millis(until)) })
}

/// Like [`count`], with a window that is fixed at its first count: "so many per hour".
pub(crate) async fn count_in_window(
    tx: &Tx,
    key: &[u8],
    window: Duration,
    now: Timestamp,
) -> Result<(u32, Timestamp), StoreError> {
    #[derive(FromQueryResult)]
    struct Window {
        count: i64,
        expires_at: i64,
    }
    let connection = tx.connection();
    let upsert = "INSERT INTO counters (key, count, since, blocked_until, expires_at) VALUES ($1, 1, $2, 0, $3)
        ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN counters.expires_at <= $2 THEN 1 ELSE counters.count + 1 END,
            since = CASE WHEN counters.expires_at <= $2 THEN $2 ELSE counters.since END,
            expires_at = CASE WHEN counters.expires_at <= $2 THEN $3 ELSE counters.expires_at END
        RETURNING count, expires_at";
    let values = [key.to_vec().into(), now.millis().into(), (now + window).millis().into()];
    let statement = sql(connection, upsert, values);
    let row = Window::find_by_statement(statement).one(connection).await?;
    let row = row.ok_or_else(|| StoreError::misfit("counters", "key", "upsert returned nothing"))?;
    Ok((u32::try_from(row.count).unwrap_or(u32::MAX), Timestamp::from_millis(row.expires_at)))
}

/// Blocks `key` until a moment, and remembers it `kept` beyond that.
pub(crate) async fn block(tx: &Tx, key: &[u8], until: Timestamp, kept: Duration) -> Result<(), StoreError> {
    counters::Entity::update_many()
        .col_expr(counters::Column::BlockedUntil, Expr::value(until.millis()))
        .col_expr(counters::Column::ExpiresAt, Expr::value((until + kept).millis()))
        .filter(counters::Column::Key.eq(key.to_vec()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Takes back one that was counted under `key`.
pub(crate) async fn take_back(tx: &Tx, key: &[u8]) -> Result<(), StoreError> {
    counters::Entity::update_many()
        .col_expr(counters::Column::Count, Expr::col(counters::Column::Count).sub(1))
        .filter(counters::Column::Key.eq(key.to_vec()))
        .filter(counters::Column::Count.gt(0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Forgets `key`, after a success (SR-15).
pub(crate) async fn reset(tx: &Tx, key: &[u8]) -> Result<(), StoreError> {
    counters::Entity::delete_by_id(key.to_vec()).exec(tx.connection()).await?;
    Ok(())
}
