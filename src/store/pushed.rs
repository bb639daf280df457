//! Pushed authorization requests: kept by the hash of their reference, read as often as the browser comes, spent once.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};

use super::rows::pushed_requests;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::RealmName;
use crate::protocol::client::ClientId;
use crate::protocol::request::pushed::{PushedReference, PushedRequest};
use crate::protocol::stored::Stored as _;

/// A reference, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pushed<'a> {
    /// The realm.
    pub(crate) realm: &'a RealmName,
    /// The client that pushed, and that alone may use it (RFC 9126 §2.2).
    pub(crate) client: &'a ClientId,
    /// What was given to it.
    pub(crate) reference: PushedReference,
}

/// Keeps what was pushed, until `expires`.
pub(crate) async fn keep(
    tx: &Tx,
    pushed: Pushed<'_>,
    request: &PushedRequest,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), StoreError> {
    let row = pushed_requests::ActiveModel {
        reference: Set(pushed.reference.hash().as_bytes().to_vec()),
        realm: Set(pushed.realm.to_string()),
        client_id: Set(pushed.client.to_string()),
        content: Set(request.to_row().map_err(|_| StoreError::Unwritable("pushed_requests.content"))?),
        created_at: Set(now.millis()),
        expires_at: Set(expires.millis()),
        spent_at: Set(None),
    };
    pushed_requests::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// What that client pushed, while it is neither over nor spent.
pub(crate) async fn find(
    access: &impl Access,
    pushed: Pushed<'_>,
    now: Timestamp,
) -> Result<Option<PushedRequest>, StoreError> {
    use pushed_requests::Column::{ClientId, ExpiresAt, Realm, SpentAt};
    let row = pushed_requests::Entity::find_by_id(pushed.reference.hash().as_bytes().to_vec())
        .filter(Realm.eq(pushed.realm.as_str()))
        .filter(ClientId.eq(pushed.client.as_str()))
        .filter(ExpiresAt.gt(now.millis()))
        .filter(SpentAt.is_null())
        .one(access.connection())
        .await?;
    let read = |row: pushed_requests::Model| PushedRequest::from_row(&row.content);
    row.map(read).transpose().map_err(|_| StoreError::misfit("pushed_requests", "content", "of a reference"))
}

/// Spends it: `true` for the first of all that come. A journey that began in time may end later (RFC 9126 §4).
pub(crate) async fn spend(tx: &Tx, pushed: Pushed<'_>, now: Timestamp) -> Result<bool, StoreError> {
    use pushed_requests::Column::{ClientId, Realm, Reference, SpentAt};
    let spent = pushed_requests::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .filter(Reference.eq(pushed.reference.hash().as_bytes().to_vec()))
        .filter(Realm.eq(pushed.realm.as_str()))
        .filter(ClientId.eq(pushed.client.as_str()))
        .filter(SpentAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(spent.rows_affected > 0)
}
