//! Single sign-on: opened, found by the hash of its cookie, ended at once on every node (SR-102).

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, Set};

use super::rows::{grants, sessions};
use super::{Access, StoreError, Tx};
use crate::authentication::session::{AuthenticatedSession, BrowserSession, Method};
use crate::clock::{Duration, Timestamp};
use crate::ids::{RealmName, SessionId, UserId};
use crate::secret::SecretHash;

/// Where a session lives.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    /// The browser in words.
    pub(crate) user_agent: String,
    /// The network it came from.
    pub(crate) source: String,
}

/// Keeps a new session.
pub(crate) async fn open(
    tx: &Tx,
    realm: &RealmName,
    session: &BrowserSession,
    token: &SecretHash,
    device: &Device,
) -> Result<(), StoreError> {
    let amr: Vec<&str> = session.authenticated.amr().iter().map(|method| method.as_str()).collect();
    let row = sessions::ActiveModel {
        id: Set(session.id.uuid()),
        realm: Set(realm.to_string()),
        token: Set(token.as_bytes().to_vec()),
        user_id: Set(session.authenticated.user().uuid()),
        amr: Set(amr.join(" ")),
        acr: Set(session.authenticated.acr().to_owned()),
        auth_time: Set(session.authenticated.auth_time().millis()),
        created_at: Set(session.created_at.millis()),
        seen_at: Set(session.seen_at.millis()),
        idle_seconds: Set(i64::try_from(session.idle.as_secs()).unwrap_or(i64::MAX)),
        expires_at: Set(session.expires_at.millis()),
        user_agent: Set(device.user_agent.clone()),
        source: Set(device.source.clone()),
        ended_at: Set(None),
    };
    sessions::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The live session of that cookie.
pub(crate) async fn by_token(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
    now: Timestamp,
) -> Result<Option<BrowserSession>, StoreError> {
    let row = sessions::Entity::find()
        .filter(sessions::Column::Token.eq(token.as_bytes().to_vec()))
        .filter(sessions::Column::Realm.eq(realm.as_str()))
        .filter(sessions::Column::EndedAt.is_null())
        .one(access.connection())
        .await?;
    let session = row.as_ref().map(from_row).transpose()?;
    Ok(session.filter(|session| session.is_live(now)))
}

/// Notes the person's activity: the idle end moves, the absolute one does not (SR-101).
pub(crate) async fn touch(tx: &Tx, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::SeenAt, Expr::value(now.millis()))
        .filter(sessions::Column::Id.eq(id.uuid()))
        .filter(sessions::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Ends one session and what was granted in it, save what was granted to outlive it (SR-166).
pub(crate) async fn end(tx: &Tx, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    let granted = Condition::all().add(grants::Column::SessionId.eq(id.uuid())).add(grants::Column::Offline.eq(0));
    end_where(tx, sessions::Column::Id.eq(id.uuid()).into(), granted, now).await
}

/// Puts a newer session of the same person in the place of one; what was granted in it lives on (SR-99).
pub(crate) async fn replace(tx: &Tx, old: SessionId, new: SessionId, now: Timestamp) -> Result<(), StoreError> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::EndedAt, Expr::value(now.millis()))
        .filter(sessions::Column::Id.eq(old.uuid()))
        .filter(sessions::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    grants::Entity::update_many()
        .col_expr(grants::Column::SessionId, Expr::value(new.uuid()))
        .filter(grants::Column::SessionId.eq(old.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Ends all sessions of an account, save one, with their grants (SR-53).
pub(crate) async fn end_all(
    tx: &Tx,
    user: UserId,
    except: Option<SessionId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut which = Condition::all().add(sessions::Column::UserId.eq(user.uuid()));
    let mut granted = Condition::all().add(grants::Column::UserId.eq(user.uuid()));
    if let Some(kept) = except {
        which = which.add(sessions::Column::Id.ne(kept.uuid()));
        granted = granted.add(grants::Column::SessionId.ne(kept.uuid()));
    }
    end_where(tx, which, granted, now).await
}

async fn end_where(tx: &Tx, which: Condition, granted: Condition, now: Timestamp) -> Result<(), StoreError> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::EndedAt, Expr::value(now.millis()))
        .filter(which)
        .filter(sessions::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    grants::Entity::update_many()
        .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
        .filter(granted)
        .filter(grants::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: &sessions::Model) -> Result<BrowserSession, StoreError> {
    let misfit = |column| StoreError::misfit("sessions", column, row.id);
    let amr = row.amr.split(' ').map(|word| match word {
        "pwd" => Ok(Method::Password),
        _ => Err(misfit("amr")),
    });
    let authenticated = AuthenticatedSession::from_row(
        UserId::from_uuid(row.user_id),
        Timestamp::from_millis(row.auth_time),
        amr.collect::<Result<_, _>>()?,
    );
    Ok(BrowserSession {
        id: SessionId::from_uuid(row.id),
        authenticated,
        created_at: Timestamp::from_millis(row.created_at),
        seen_at: Timestamp::from_millis(row.seen_at),
        idle: Duration::from_secs(u64::try_from(row.idle_seconds).map_err(|_| misfit("idle_seconds"))?),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
