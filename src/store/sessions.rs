//! Single sign-on: opened, found by the hash of its cookie, ended at once on every node (SR-102).

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
    QueryOrder as _, Set,
};

use super::notices::Party;
use super::rows::{grants, sessions};
use super::sql::sql;
use super::{Access, StoreError, Tx, warnings};
use crate::authentication::session::{AuthenticatedSession, BrowserSession, Ending, Method};
use crate::clock::{Duration, Timestamp};
use crate::ids::{RealmName, SessionId, UserId};
use crate::protocol::grant::Grant;
use crate::protocol::stored::Stored as _;
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
    let certificate = session.authenticated.certificate().map(serde_json::to_string).transpose();
    let sha256 = session.authenticated.certificate().map(|used| used.sha256.clone());
    let amr: Vec<&str> = session.authenticated.amr().iter().map(|method| method.as_str()).collect();
    let row = sessions::ActiveModel {
        id: Set(session.id.uuid()),
        realm: Set(realm.to_string()),
        token: Set(token.as_bytes().to_vec()),
        user_id: Set(session.authenticated.user().uuid()),
        amr: Set(amr.join(" ")),
        acr: Set(session.authenticated.acr().as_str().to_owned()),
        auth_time: Set(session.authenticated.auth_time().millis()),
        created_at: Set(session.created_at.millis()),
        seen_at: Set(session.seen_at.millis()),
        idle_seconds: Set(i64::try_from(session.idle.as_secs()).unwrap_or(i64::MAX)),
        expires_at: Set(session.expires_at.millis()),
        user_agent: Set(device.user_agent.clone()),
        source: Set(device.source.clone()),
        ended_at: Set(None),
        certificate: Set(certificate.map_err(|_| StoreError::Unwritable("sessions.certificate"))?),
        certificate_sha256: Set(sha256),
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

/// Whose session that cookie names and why it is over, when it is; rows of what is long over are gone.
pub(crate) async fn over(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
    now: Timestamp,
) -> Result<Option<(UserId, Ending)>, StoreError> {
    let row = sessions::Entity::find()
        .filter(sessions::Column::Token.eq(token.as_bytes().to_vec()))
        .filter(sessions::Column::Realm.eq(realm.as_str()))
        .one(access.connection())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (session, ended_at) = (from_row(&row)?, row.ended_at.map(Timestamp::from_millis));
    let is_over = ended_at.is_some() || !session.is_live(now);
    Ok(is_over.then(|| (session.authenticated.user(), session.ending(ended_at))))
}

/// An open session, as its person is shown it.
#[derive(Debug, Clone)]
pub(crate) struct OpenSession {
    /// The session.
    pub(crate) session: BrowserSession,
    /// Where it lives.
    pub(crate) device: Device,
}

/// The live sessions of an account, the last used first (SR-103).
pub(crate) async fn live_of(
    access: &impl Access,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<OpenSession>, StoreError> {
    let rows = sessions::Entity::find()
        .filter(sessions::Column::UserId.eq(user.uuid()))
        .filter(sessions::Column::EndedAt.is_null())
        .filter(sessions::Column::ExpiresAt.gt(now.millis()))
        .order_by_desc(sessions::Column::SeenAt)
        .all(access.connection())
        .await?;
    let open = |row: &sessions::Model| {
        let device = Device { user_agent: row.user_agent.clone(), source: row.source.clone() };
        Ok(OpenSession { session: from_row(row)?, device })
    };
    let all: Result<Vec<_>, StoreError> = rows.iter().map(open).collect();
    Ok(all?.into_iter().filter(|open| open.session.is_live(now)).collect())
}

/// Notes the person's activity: the idle end moves, the absolute one does not (SR-101).
pub(crate) async fn touch(tx: &Tx, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = sessions::Entity::update_many()
        .col_expr(sessions::Column::SeenAt, Expr::value(now.millis()))
        .filter(sessions::Column::Id.eq(id.uuid()))
        .filter(sessions::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(touched.rows_affected > 0)
}

/// Ends one session and what was granted in it, save what was granted to outlive it (SR-166). Whom that concerns is for
/// `app::endings` to tell.
pub(crate) async fn end(tx: &Tx, id: SessionId, now: Timestamp) -> Result<BTreeSet<Party>, StoreError> {
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
    warnings::follow(tx, old, new).await
}

/// Ends all sessions of an account with their grants (SR-53).
pub(crate) async fn end_all(tx: &Tx, user: UserId, now: Timestamp) -> Result<BTreeSet<Party>, StoreError> {
    let which = Condition::all().add(sessions::Column::UserId.eq(user.uuid()));
    let granted = Condition::all().add(grants::Column::UserId.eq(user.uuid()));
    end_where(tx, which, granted, now).await
}

/// Ends all sessions of an account save one, with every grant that hangs on none or on another (SR-30).
pub(crate) async fn end_others(
    tx: &Tx,
    user: UserId,
    kept: SessionId,
    now: Timestamp,
) -> Result<BTreeSet<Party>, StoreError> {
    let which =
        Condition::all().add(sessions::Column::UserId.eq(user.uuid())).add(sessions::Column::Id.ne(kept.uuid()));
    let granted =
        Condition::all().add(grants::Column::UserId.eq(user.uuid())).add(grants::Column::SessionId.ne(kept.uuid()));
    end_where(tx, which, granted, now).await
}

/// The open sessions of an account that were proven with that certificate.
pub(crate) async fn proven_with(
    access: &impl Access,
    user: UserId,
    sha256: &str,
) -> Result<Vec<SessionId>, StoreError> {
    let rows = sessions::Entity::find()
        .filter(sessions::Column::UserId.eq(user.uuid()))
        .filter(sessions::Column::EndedAt.is_null())
        .filter(sessions::Column::CertificateSha256.eq(sha256))
        .all(access.connection())
        .await?;
    Ok(rows.iter().map(|row| SessionId::from_uuid(row.id)).collect())
}

/// A session whose time is over and which nobody ended.
#[derive(Debug, Clone)]
pub(crate) struct Overdue {
    /// Which.
    pub(crate) id: SessionId,
    /// Whose.
    pub(crate) user: UserId,
}

/// When a session is over although nobody ended it; `$1` is the present. Its absolute end has come; or its person was
/// idle for too long here, and at its applications too: none of them refreshed its tokens meanwhile. One that is in use
/// keeps its grants; being told that the session ended, it would throw its person out (docs/adr/0050).
macro_rules! is_over {
    () => {
        "ended_at IS NULL AND (expires_at <= $1 OR (seen_at + idle_seconds * 1000 <= $1
            AND NOT EXISTS (SELECT 1 FROM grants JOIN refresh_tokens ON refresh_tokens.grant_id = grants.id
                WHERE grants.session_id = sessions.id AND grants.offline = 0 AND grants.revoked_at IS NULL
                AND refresh_tokens.rotated_at IS NULL AND refresh_tokens.expires_at > $1
                AND refresh_tokens.issued_at + sessions.idle_seconds * 1000 > $1)))"
    };
}

/// Some sessions of that realm whose time is over.
pub(crate) async fn overdue(
    access: &impl Access,
    realm: &RealmName,
    now: Timestamp,
) -> Result<Vec<Overdue>, StoreError> {
    let connection = access.connection();
    let text = concat!("SELECT * FROM sessions WHERE realm = $2 AND ", is_over!(), " ORDER BY seen_at LIMIT 100");
    let values = [now.millis().into(), realm.as_str().into()];
    let statement = sql(connection, text, values);
    let rows = connection.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let row = sessions::Model::from_query_result(row, "")?;
            Ok(Overdue { id: SessionId::from_uuid(row.id), user: UserId::from_uuid(row.user_id) })
        })
        .collect()
}

/// Ends one session because its time is over; `None` when somebody was quicker, or its person came back.
pub(crate) async fn expire(tx: &Tx, id: SessionId, now: Timestamp) -> Result<Option<BTreeSet<Party>>, StoreError> {
    let connection = tx.connection();
    let text = concat!("UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ", is_over!());
    let values = [now.millis().into(), id.uuid().into()];
    let statement = sql(connection, text, values);
    if connection.execute_raw(statement).await?.rows_affected() == 0 {
        return Ok(None);
    }
    let granted = Condition::all().add(grants::Column::SessionId.eq(id.uuid())).add(grants::Column::Offline.eq(0));
    let parties = parties(tx, vec![id.uuid()]).await?;
    revoke_where(tx, granted, now).await?;
    Ok(Some(parties))
}

async fn end_where(
    tx: &Tx,
    which: Condition,
    granted: Condition,
    now: Timestamp,
) -> Result<BTreeSet<Party>, StoreError> {
    let ended = sessions::Entity::update_many()
        .col_expr(sessions::Column::EndedAt, Expr::value(now.millis()))
        .filter(which)
        .filter(sessions::Column::EndedAt.is_null())
        .exec_with_returning(tx.connection())
        .await?;
    let parties = parties(tx, ended.into_iter().map(|session| session.id).collect()).await?;
    revoke_where(tx, granted, now).await?;
    Ok(parties)
}

async fn revoke_where(tx: &Tx, granted: Condition, now: Timestamp) -> Result<(), StoreError> {
    grants::Entity::update_many()
        .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
        .filter(granted)
        .filter(grants::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Whoever was given something in these sessions, once for each `sid` that its tokens may name: the session in which a
/// code was issued, and the one that took its place after a re-authentication.
async fn parties(tx: &Tx, ended: Vec<uuid::Uuid>) -> Result<BTreeSet<Party>, StoreError> {
    let mut parties = BTreeSet::new();
    if ended.is_empty() {
        return Ok(parties);
    }
    let given = grants::Entity::find().filter(grants::Column::SessionId.is_in(ended)).all(tx.connection()).await?;
    for row in given {
        let grant = Grant::from_row(&row.content).map_err(|_| StoreError::misfit("grants", "content", row.id))?;
        let now = SessionId::from_uuid(row.session_id);
        let first = grant.authentication().session.unwrap_or(now);
        parties.extend([first, now].map(|sid| Party {
            client_id: grant.client_id().clone(),
            sid,
            subject: grant.subject(),
            user: grant.authentication().user,
        }));
    }
    Ok(parties)
}

fn from_row(row: &sessions::Model) -> Result<BrowserSession, StoreError> {
    let misfit = |column| StoreError::misfit("sessions", column, row.id);
    let known = |word: &str| Method::ALL.into_iter().find(|method| method.as_str() == word);
    let amr = row.amr.split(' ').map(|word| known(word).ok_or_else(|| misfit("amr")));
    let authenticated = AuthenticatedSession::from_row(
        UserId::from_uuid(row.user_id),
        Timestamp::from_millis(row.auth_time),
        amr.collect::<Result<_, _>>()?,
    );
    let certificate = row.certificate.as_deref().map(serde_json::from_str).transpose();
    let authenticated = authenticated.with_certificate(certificate.map_err(|_| misfit("certificate"))?);
    Ok(BrowserSession {
        id: SessionId::from_uuid(row.id),
        authenticated,
        created_at: Timestamp::from_millis(row.created_at),
        seen_at: Timestamp::from_millis(row.seen_at),
        idle: Duration::from_secs(u64::try_from(row.idle_seconds).map_err(|_| misfit("idle_seconds"))?),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
