//! Mail waiting to be sent. Queued in the transaction that it tells of, claimed by one courier at a time.

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};

use super::rows::outbox;
use super::sql::sql;
use super::{Access, Store, StoreError, Tx};
use crate::clock::{Duration, Timestamp};
use crate::identity::language::Language;
use crate::ids::{MailId, RealmName};

/// How long a courier that gives no sign of life keeps a claimed mail to itself; afterwards another one may take it.
const CLAIM: Duration = Duration::from_secs(15);

/// How often a courier that is at work says so, however long its relay takes.
pub(crate) const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// A mail to queue.
#[derive(Debug, Clone)]
pub(crate) struct NewMail {
    /// Its identifier, also in its Message-ID: a mail sent twice is recognisable.
    pub(crate) id: MailId,
    /// The realm that speaks.
    pub(crate) realm: RealmName,
    /// Which mail, in its stable name.
    pub(crate) kind: &'static str,
    /// The one recipient.
    pub(crate) recipient: String,
    /// In which language.
    pub(crate) language: Language,
    /// What it says, sealed.
    pub(crate) content: Vec<u8>,
    /// When what it carries is of no use any more.
    pub(crate) expires_at: Option<Timestamp>,
    /// Kept from being sent: the row exists so that an unknown address costs what a known one does (SR-4).
    pub(crate) held: bool,
}

/// A mail that this courier may send.
#[derive(Debug, Clone)]
pub(crate) struct ClaimedMail {
    /// Its identifier.
    pub(crate) id: MailId,
    /// The realm that speaks.
    pub(crate) realm: RealmName,
    /// The one recipient.
    pub(crate) recipient: String,
    /// In which language.
    pub(crate) language: Language,
    /// What it says, sealed.
    pub(crate) content: Vec<u8>,
    /// How often it was tried before.
    pub(crate) attempts: u32,
    /// When it was queued.
    pub(crate) created_at: Timestamp,
}

/// Queues a mail in the transaction that it tells of.
pub(crate) async fn enqueue(tx: &Tx, mail: NewMail, now: Timestamp) -> Result<(), StoreError> {
    let state = if mail.held { "held" } else { "queued" };
    let row = outbox::ActiveModel {
        id: Set(mail.id.uuid()),
        realm: Set(mail.realm.to_string()),
        kind: Set(mail.kind.to_owned()),
        recipient: Set(mail.recipient),
        language: Set(mail.language.tag().to_owned()),
        content: Set(Some(mail.content)),
        state: Set(state.to_owned()),
        attempts: Set(0),
        due_at: Set(now.millis()),
        claimed_until: Set(0),
        created_at: Set(now.millis()),
        expires_at: Set(mail.expires_at.map(Timestamp::millis)),
        ended_at: Set(None),
        reason: Set(None),
    };
    outbox::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The statement of [`claim`]; SQLite has one writer and no rows to lock.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE outbox SET claimed_until = $1, attempts = attempts + 1 WHERE id = (
                SELECT id FROM outbox WHERE state = 'queued' AND due_at <= $2 AND claimed_until <= $2
                ORDER BY due_at, id LIMIT 1 ",
            $lock,
            ") RETURNING *"
        )
    };
}

/// Claims the oldest mail that is due. One statement: two couriers never hold the same one.
pub(crate) async fn claim(store: &Store, now: Timestamp) -> Result<Option<ClaimedMail>, StoreError> {
    let text = if store.is_postgres() { claim!("FOR UPDATE SKIP LOCKED") } else { claim!("") };
    let values = [(now + CLAIM).millis().into(), now.millis().into()];
    let statement = sql(&store.writer, text, values);
    let row = store.writer.query_one_raw(statement).await?;
    row.map(|row| from_row(&outbox::Model::from_query_result(&row, "")?)).transpose()
}

/// How many mails wait, and since when the oldest does.
pub(crate) async fn waiting(access: &impl Access) -> Result<(u64, Option<Timestamp>), StoreError> {
    let queued = outbox::Entity::find().filter(outbox::Column::State.eq("queued"));
    let count = queued.clone().count(access.connection()).await?;
    let oldest = queued.order_by_asc(outbox::Column::CreatedAt).one(access.connection()).await?;
    Ok((count, oldest.map(|mail| Timestamp::from_millis(mail.created_at))))
}

/// Keeps a claim: its courier is still at work.
pub(crate) async fn keep(store: &Store, id: MailId, now: Timestamp) -> Result<(), StoreError> {
    claimed_until(store, outbox::Column::Id.eq(id.uuid()), now + CLAIM).await
}

/// Gives up the claims of a process that is no more. On SQLite there is one process, so at its start these are all; on
/// PostgreSQL another node may be at work, and time tells.
pub(crate) async fn take_over(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    if store.is_postgres() {
        return Ok(());
    }
    claimed_until(store, outbox::Column::ClaimedUntil.gt(now.millis()), now).await
}

async fn claimed_until(store: &Store, which: SimpleExpr, until: Timestamp) -> Result<(), StoreError> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::ClaimedUntil, Expr::value(until.millis()))
        .filter(which)
        .filter(outbox::Column::State.eq("queued"))
        .exec(&store.writer)
        .await?;
    Ok(())
}

/// When the realm's oldest mail that still waits was queued.
pub(crate) async fn waiting_since(access: &impl Access, realm: &RealmName) -> Result<Option<Timestamp>, StoreError> {
    use outbox::Column::{CreatedAt, Realm, State};
    let oldest: Option<i64> = outbox::Entity::find()
        .select_only()
        .column(CreatedAt)
        .filter(State.eq("queued"))
        .filter(Realm.eq(realm.as_str()))
        .order_by_asc(CreatedAt)
        .into_tuple()
        .one(access.connection())
        .await?;
    Ok(oldest.map(Timestamp::from_millis))
}

/// The relay took it: what it said is forgotten (SR-182).
pub(crate) async fn sent(store: &Store, id: MailId, now: Timestamp) -> Result<(), StoreError> {
    end(store, id, "sent", None, now).await
}

/// It will not be sent: what it said is forgotten.
pub(crate) async fn gave_up(store: &Store, id: MailId, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    end(store, id, "given_up", Some(reason), now).await
}

/// It will be tried again.
pub(crate) async fn retry(store: &Store, id: MailId, at: Timestamp, reason: &str) -> Result<(), StoreError> {
    use outbox::Column::{ClaimedUntil, DueAt, Id, Reason};
    outbox::Entity::update_many()
        .col_expr(DueAt, Expr::value(at.millis()))
        .col_expr(ClaimedUntil, Expr::value(0_i64))
        .col_expr(Reason, Expr::value(reason))
        .filter(Id.eq(id.uuid()))
        .exec(&store.writer)
        .await?;
    Ok(())
}

async fn end(store: &Store, id: MailId, state: &str, reason: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    use outbox::Column::{Content, EndedAt, Id, Reason, State};
    outbox::Entity::update_many()
        .col_expr(State, Expr::value(state))
        .col_expr(Content, Expr::value(None::<Vec<u8>>))
        .col_expr(EndedAt, Expr::value(now.millis()))
        .col_expr(Reason, Expr::value(reason.map(str::to_owned)))
        .filter(Id.eq(id.uuid()))
        .exec(&store.writer)
        .await?;
    Ok(())
}

fn from_row(row: &outbox::Model) -> Result<ClaimedMail, StoreError> {
    let misfit = |column| StoreError::misfit("outbox", column, row.id);
    Ok(ClaimedMail {
        id: MailId::from_uuid(row.id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        recipient: row.recipient.clone(),
        language: row.language.parse().map_err(|_| misfit("language"))?,
        content: row.content.clone().ok_or_else(|| misfit("content"))?,
        attempts: u32::try_from(row.attempts).unwrap_or(0),
        created_at: Timestamp::from_millis(row.created_at),
    })
}
