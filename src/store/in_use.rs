//! What clients hold of one account, for its owner's eyes (SR-103).

use sea_orm::FromQueryResult;

use super::sql::sql;
use super::{Access, StoreError};
use crate::clock::Timestamp;
use crate::ids::UserId;

/// What a client holds of an account.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct InUse {
    /// Which client.
    pub(crate) client_id: String,
    /// In which session it was given; one that never was, for what outlives sessions.
    pub(crate) session_id: uuid::Uuid,
    /// When it was given first, in milliseconds.
    pub(crate) given_at: i64,
}

/// What clients hold of an account now, once for each session.
pub(crate) async fn of(access: &impl Access, user: UserId, now: Timestamp) -> Result<Vec<InUse>, StoreError> {
    let text = "SELECT g.client_id, g.session_id, min(g.created_at) AS given_at
        FROM grants g LEFT JOIN sessions s ON s.id = g.session_id
        WHERE g.user_id = $1 AND g.revoked_at IS NULL AND g.expires_at > $2
        AND (g.offline <> 0 OR (s.ended_at IS NULL AND s.expires_at > $2))
        GROUP BY g.client_id, g.session_id ORDER BY g.client_id, g.session_id";
    let connection = access.connection();
    let values = [user.uuid().into(), now.millis().into()];
    Ok(InUse::find_by_statement(sql(connection, text, values)).all(connection).await?)
}
