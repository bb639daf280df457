//! What clients were given: grants, their codes, their refresh tokens.
//!
//! A code is claimed and a refresh token rotated by one conditional statement each (SR-137, SR-140); revoking the grant
//! ends all that hangs on it.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};

use super::rows::{codes, grants, refresh_tokens};
use super::{Access, StoreError, Tx, held};
use crate::clock::{Duration, Timestamp};
use crate::ids::{GrantId, OrganisationId, RealmName, SessionId, UserId};
use crate::protocol::client::ClientId;
use crate::protocol::code::{AuthorizationCode, Claim};
use crate::protocol::confirmation::Confirmation;
use crate::protocol::grant::Grant;
use crate::protocol::stored::Stored as _;
use crate::secret::SecretHash;

/// Keeps a code and the grant that it stands for.
pub(crate) async fn issue(
    tx: &Tx,
    realm: &RealmName,
    hash: &SecretHash,
    code: &AuthorizationCode,
    lives: Duration,
) -> Result<(), StoreError> {
    keep(tx, realm, code.grant(), lives).await?;
    let row = codes::ActiveModel {
        code: Set(hash.as_bytes().to_vec()),
        grant_id: Set(code.grant().id().uuid()),
        content: Set(code.to_row().map_err(|_| StoreError::Unwritable("codes.content"))?),
        expires_at: Set(code.expires().millis()),
        spent_at: Set(None),
    };
    codes::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Keeps a grant, for as long as anything that hangs on it may live.
pub(crate) async fn keep(tx: &Tx, realm: &RealmName, grant: &Grant, lives: Duration) -> Result<(), StoreError> {
    let row = grants::ActiveModel {
        id: Set(grant.id().uuid()),
        realm: Set(realm.to_string()),
        client_id: Set(grant.client_id().to_string()),
        user_id: Set(grant.authentication().user.uuid()),
        session_id: Set(grant.authentication().session.map_or_else(uuid::Uuid::nil, SessionId::uuid)),
        content: Set(grant.to_row().map_err(|_| StoreError::Unwritable("grants.content"))?),
        created_at: Set(grant.given().millis()),
        expires_at: Set((grant.given() + lives).millis()),
        revoked_at: Set(None),
        offline: Set(i32::from(grant.is_offline() || grant.authentication().session.is_none())),
        organisation_id: Set(grant.organisation().map(OrganisationId::uuid)),
    };
    grants::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Claims a code: whatever is said of it afterwards, it is spent (SR-137).
pub(crate) async fn claim(tx: &Tx, realm: &RealmName, hash: &SecretHash, now: Timestamp) -> Result<Claim, StoreError> {
    use codes::Column::{Code, SpentAt};
    let key = hash.as_bytes().to_vec();
    let claimed = codes::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .filter(Code.eq(key.clone()))
        .filter(SpentAt.is_null())
        .exec_with_returning(tx.connection())
        .await?;
    if let Some(row) = claimed.into_iter().next() {
        let grant = GrantId::from_uuid(row.grant_id);
        let code = AuthorizationCode::from_row(&row.content)
            .map_err(|_| StoreError::misfit("codes", "content", row.grant_id))?;
        let Some(held) = held::by_id(tx, realm, grant, now).await? else { return Ok(Claim::Unknown) };
        return Ok(Claim::First(Box::new(code), held.standing()));
    }
    let again = codes::Entity::find_by_id(key).one(tx.connection()).await?;
    Ok(again.map_or(Claim::Unknown, |row| Claim::Again(GrantId::from_uuid(row.grant_id))))
}

/// Whose grant it is and in which session, for the audit trail.
pub(crate) async fn parties(
    access: &impl Access,
    id: GrantId,
) -> Result<Option<(UserId, SessionId, String)>, StoreError> {
    let row = grants::Entity::find_by_id(id.uuid()).one(access.connection()).await?;
    Ok(row.map(|row| (UserId::from_uuid(row.user_id), SessionId::from_uuid(row.session_id), row.client_id)))
}

/// The organisation that the last grant of that client in that session was for, of those that were for one.
pub(crate) async fn last_organisation(
    access: &impl Access,
    session: SessionId,
    client: &ClientId,
) -> Result<Option<OrganisationId>, StoreError> {
    let row = grants::Entity::find()
        .filter(grants::Column::SessionId.eq(session.uuid()))
        .filter(grants::Column::ClientId.eq(client.as_str()))
        .filter(grants::Column::OrganisationId.is_not_null())
        .order_by_desc(grants::Column::CreatedAt)
        .order_by_desc(grants::Column::Id)
        .one(access.connection())
        .await?;
    Ok(row.and_then(|row| row.organisation_id).map(OrganisationId::from_uuid))
}

/// Revokes a grant: its refresh tokens and access tokens are worth nothing from now on (SR-138, SR-141).
pub(crate) async fn revoke(tx: &Tx, id: GrantId, now: Timestamp) -> Result<(), StoreError> {
    grants::Entity::update_many()
        .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
        .filter(grants::Column::Id.eq(id.uuid()))
        .filter(grants::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Revokes all that a client was given: nothing of it is worth anything from now on (SR-191).
pub(crate) async fn revoke_of_client(
    tx: &Tx,
    realm: &RealmName,
    client_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    grants::Entity::update_many()
        .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
        .filter(grants::Column::Realm.eq(realm.as_str()))
        .filter(grants::Column::ClientId.eq(client_id))
        .filter(grants::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A refresh token that a family begins with, or goes on with.
pub(crate) struct NewRefresh<'a> {
    /// The family.
    pub(crate) grant: GrantId,
    /// What is kept of the token.
    pub(crate) hash: &'a SecretHash,
    /// What whoever uses it has to hold.
    pub(crate) bound: Option<&'a Confirmation>,
    /// Since when.
    pub(crate) issued: Timestamp,
    /// Until when, unless it is used.
    pub(crate) expires: Timestamp,
}

/// Keeps it.
pub(crate) async fn keep_refresh(tx: &Tx, new: NewRefresh<'_>) -> Result<(), StoreError> {
    let bound = new.bound.map(Confirmation::to_row).transpose();
    let row = refresh_tokens::ActiveModel {
        token: Set(new.hash.as_bytes().to_vec()),
        grant_id: Set(new.grant.uuid()),
        issued_at: Set(new.issued.millis()),
        expires_at: Set(new.expires.millis()),
        rotated_at: Set(None),
        successor: Set(None),
        bound_to: Set(bound.map_err(|_| StoreError::Unwritable("refresh_tokens.bound_to"))?),
    };
    refresh_tokens::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Rotates a refresh token: of two simultaneous uses one changes the row (SR-143).
pub(crate) async fn rotate(
    tx: &Tx,
    used: &SecretHash,
    successor: &SecretHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    use refresh_tokens::Column::{RotatedAt, Successor, Token};
    let rotated = refresh_tokens::Entity::update_many()
        .col_expr(RotatedAt, Expr::value(now.millis()))
        .col_expr(Successor, Expr::value(successor.as_bytes().to_vec()))
        .filter(Token.eq(used.as_bytes().to_vec()))
        .filter(RotatedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(rotated.rows_affected > 0)
}

/// Begins the idle time of a refresh token that stays; `false` when it was rotated or forgotten meanwhile.
pub(crate) async fn used(tx: &Tx, hash: &SecretHash, now: Timestamp, expires: Timestamp) -> Result<bool, StoreError> {
    use refresh_tokens::Column::{ExpiresAt, IssuedAt, RotatedAt, Token};
    let used = refresh_tokens::Entity::update_many()
        .col_expr(IssuedAt, Expr::value(now.millis()))
        .col_expr(ExpiresAt, Expr::value(expires.millis()))
        .filter(Token.eq(hash.as_bytes().to_vec()))
        .filter(RotatedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(used.rows_affected > 0)
}
