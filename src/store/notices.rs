//! Clients to be told that a session ended: queued in the transaction that ends it, claimed by one node at a time.
//!
//! One row for each client and each `sid` that it knows. A host hears one notice at a time, or as many as there are
//! nodes, when these claim at the very same moment: nobody is flooded when a hundred sessions end at once.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _, Set};

use super::rows::logout_notices;
use super::sql::sql;
use super::{Access as _, Store, StoreError, Tx};
use crate::clock::{Duration, Timestamp};
use crate::ids::{NoticeId, RealmName, SessionId, UserId};
use crate::protocol::client::ClientId;
use crate::protocol::subject::Subject;

/// How long a node keeps a claimed notice to itself: longer than a request to others may take (SR-168).
const CLAIM: Duration = Duration::from_secs(30);

/// Whom a session's end concerns, and by which names the client knows person and session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Party {
    /// The client that was given something in the session.
    pub(crate) client_id: ClientId,
    /// `sid`, as its tokens name the session.
    pub(crate) sid: SessionId,
    /// `sub`, as its tokens name the person.
    pub(crate) subject: Subject,
    /// The person, for the audit trail.
    pub(crate) user: UserId,
}

/// A notice that this node may deliver.
#[derive(Debug, Clone)]
pub(crate) struct ClaimedNotice {
    /// Its identifier.
    pub(crate) id: NoticeId,
    /// Where the session was.
    pub(crate) realm: RealmName,
    /// Who is told what.
    pub(crate) party: Party,
    /// How often it was tried, this time included.
    pub(crate) attempts: u32,
}

/// Queues a notice in the transaction that ends the session; one that is queued already stays as it is.
pub(crate) async fn queue(
    tx: &Tx,
    id: NoticeId,
    realm: &RealmName,
    party: &Party,
    host: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    use logout_notices::Column::{ClientId, Realm, SessionId};
    let row = logout_notices::ActiveModel {
        id: Set(id.uuid()),
        realm: Set(realm.to_string()),
        client_id: Set(party.client_id.to_string()),
        session_id: Set(party.sid.uuid()),
        user_id: Set(party.user.uuid()),
        subject: Set(party.subject.to_string()),
        host: Set(host.to_owned()),
        state: Set("queued".to_owned()),
        attempts: Set(0),
        due_at: Set(now.millis()),
        claimed_until: Set(0),
        created_at: Set(now.millis()),
        ended_at: Set(None),
        reason: Set(None),
    };
    let once = OnConflict::columns([Realm, ClientId, SessionId]).do_nothing().to_owned();
    logout_notices::Entity::insert(row).on_conflict(once).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The statement of [`claim`]; SQLite has one writer and no rows to lock.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE logout_notices SET claimed_until = $1, attempts = attempts + 1 WHERE id = (
                SELECT id FROM logout_notices AS next
                WHERE state = 'queued' AND due_at <= $2 AND claimed_until <= $2
                AND NOT EXISTS (SELECT 1 FROM logout_notices AS heard
                    WHERE heard.host = next.host AND heard.state = 'queued' AND heard.claimed_until > $2)
                ORDER BY due_at, id LIMIT 1 ",
            $lock,
            ") RETURNING *"
        )
    };
}

/// Claims the oldest notice that is due and whose host hears no other now. One statement: two nodes never hold the
/// same one.
pub(crate) async fn claim(store: &Store, now: Timestamp) -> Result<Option<ClaimedNotice>, StoreError> {
    let text = if store.is_postgres() { claim!("FOR UPDATE SKIP LOCKED") } else { claim!("") };
    let values = [(now + CLAIM).millis().into(), now.millis().into()];
    let statement = sql(&store.writer, text, values);
    let row = store.writer.query_one_raw(statement).await?;
    row.map(|row| from_row(logout_notices::Model::from_query_result(&row, "")?)).transpose()
}

/// The client took it.
pub(crate) async fn told(tx: &Tx, id: NoticeId, now: Timestamp) -> Result<(), StoreError> {
    end(tx, id, "told", None, now).await
}

/// It will not be told.
pub(crate) async fn gave_up(tx: &Tx, id: NoticeId, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    end(tx, id, "given_up", Some(reason), now).await
}

/// It will be tried again.
pub(crate) async fn retry(store: &Store, id: NoticeId, at: Timestamp, reason: &str) -> Result<(), StoreError> {
    use logout_notices::Column::{ClaimedUntil, DueAt, Id, Reason};
    logout_notices::Entity::update_many()
        .col_expr(DueAt, Expr::value(at.millis()))
        .col_expr(ClaimedUntil, Expr::value(0_i64))
        .col_expr(Reason, Expr::value(reason))
        .filter(Id.eq(id.uuid()))
        .exec(&store.writer)
        .await?;
    Ok(())
}

async fn end(tx: &Tx, id: NoticeId, state: &str, reason: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    use logout_notices::Column::{EndedAt, Id, Reason, State};
    logout_notices::Entity::update_many()
        .col_expr(State, Expr::value(state))
        .col_expr(EndedAt, Expr::value(now.millis()))
        .col_expr(Reason, Expr::value(reason.map(str::to_owned)))
        .filter(Id.eq(id.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: logout_notices::Model) -> Result<ClaimedNotice, StoreError> {
    let misfit = |column| StoreError::misfit("logout_notices", column, row.id);
    Ok(ClaimedNotice {
        id: NoticeId::from_uuid(row.id),
        realm: row.realm.try_into().map_err(|_| misfit("realm"))?,
        party: Party {
            client_id: ClientId::new(row.client_id),
            sid: SessionId::from_uuid(row.session_id),
            subject: Subject::from_row(row.subject),
            user: UserId::from_uuid(row.user_id),
        },
        attempts: u32::try_from(row.attempts).unwrap_or(0),
    })
}
