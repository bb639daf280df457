//! Changes of e-mail address under way: asked for, confirmed from the new mailbox, undone from the old one (SR-65).
//!
//! Each link is spent by one statement that changes the row. The old address stays its owner's until it can be undone no
//! more: nobody else takes it meanwhile.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::rows::email_changes;
use super::{Access, Store, StoreError, Tx, addresses};
use crate::clock::Timestamp;
use crate::identity::identifier::EmailAddress;
use crate::ids::{EmailChangeId, RealmName, UserId};
use crate::secret::SecretHash;

/// One change.
#[derive(Debug, Clone)]
pub(crate) struct EmailChange {
    /// Its identifier, not secret.
    pub(crate) id: EmailChangeId,
    /// The realm it belongs to.
    pub(crate) realm: RealmName,
    /// Whose address changes.
    pub(crate) user: UserId,
    /// The address until now.
    pub(crate) old: EmailAddress,
    /// The address wished for.
    pub(crate) new: EmailAddress,
    /// The hash of the token that the new mailbox is sent (SR-43).
    pub(crate) confirm: SecretHash,
    /// The hash of the token that the old one is sent.
    pub(crate) undo: SecretHash,
    /// The browser that asked, in words.
    pub(crate) requested_from: String,
    /// When it was asked for.
    pub(crate) asked_at: Timestamp,
    /// Until when it may be confirmed.
    pub(crate) confirm_until: Timestamp,
    /// Until when it may be undone.
    pub(crate) undo_until: Timestamp,
    /// When it was confirmed.
    pub(crate) confirmed_at: Option<Timestamp>,
    /// When it was undone, cancelled, or gave way to another.
    pub(crate) ended_at: Option<Timestamp>,
}

/// Which of the two links a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The new mailbox's.
    New,
    /// The old one's.
    Old,
}

impl EmailChange {
    /// Whether it waits to be confirmed.
    pub(crate) fn waits(&self, now: Timestamp) -> bool {
        self.confirmed_at.is_none() && self.ended_at.is_none() && now < self.confirm_until
    }

    /// Whether it may be undone, confirmed or not.
    pub(crate) fn may_be_undone(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.undo_until
    }
}

/// Keeps a new change; one that waited before gives way (SR-66). `false` when another came in between.
pub(crate) async fn ask(tx: &Tx, change: &EmailChange) -> Result<bool, StoreError> {
    cancel(tx, change.user, change.asked_at).await?;
    let row = email_changes::Model {
        id: change.id.uuid(),
        realm: change.realm.to_string(),
        user_id: change.user.uuid(),
        old_email: change.old.as_str().to_owned(),
        new_email: change.new.as_str().to_owned(),
        confirm_token: change.confirm.as_bytes().to_vec(),
        undo_token: change.undo.as_bytes().to_vec(),
        requested_from: change.requested_from.clone(),
        asked_at: change.asked_at.millis(),
        confirm_until: change.confirm_until.millis(),
        undo_until: change.undo_until.millis(),
        confirmed_at: None,
        ended_at: None,
    };
    let row = row.into_active_model().reset_all();
    let one_waits = OnConflict::new().do_nothing().to_owned();
    let kept = email_changes::Entity::insert(row).on_conflict(one_waits).exec_without_returning(tx.connection());
    Ok(kept.await? > 0)
}

/// The change that a token belongs to, in whatever state it is, and by which of its links.
pub(crate) async fn by_token(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
) -> Result<Option<(EmailChange, Side)>, StoreError> {
    use email_changes::Column::{ConfirmToken, Realm, UndoToken};
    let bytes = token.as_bytes().to_vec();
    let either = Condition::any().add(ConfirmToken.eq(bytes.clone())).add(UndoToken.eq(bytes));
    let row = email_changes::Entity::find().filter(either).filter(Realm.eq(realm.as_str()));
    let Some(row) = row.one(access.connection()).await? else { return Ok(None) };
    let side = if row.confirm_token == token.as_bytes() { Side::New } else { Side::Old };
    Ok(Some((from_row(&row)?, side)))
}

/// The change of an account that waits to be confirmed.
pub(crate) async fn waiting(
    access: &impl Access,
    user: UserId,
    now: Timestamp,
) -> Result<Option<EmailChange>, StoreError> {
    let newest = email_changes::Entity::find()
        .filter(waits_for(user))
        .order_by_desc(email_changes::Column::AskedAt)
        .one(access.connection())
        .await?;
    let newest = newest.as_ref().map(from_row).transpose()?;
    Ok(newest.filter(|change| change.waits(now)))
}

/// Cancels the change of an account that waits to be confirmed (SR-66); whether there was one.
pub(crate) async fn cancel(tx: &Tx, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let cancelled = email_changes::Entity::update_many()
        .col_expr(email_changes::Column::EndedAt, Expr::value(now.millis()))
        .filter(waits_for(user))
        .exec(tx.connection())
        .await?;
    Ok(cancelled.rows_affected > 0)
}

fn waits_for(user: UserId) -> Condition {
    use email_changes::Column::{ConfirmedAt, EndedAt, UserId as User};
    Condition::all().add(User.eq(user.uuid())).add(ConfirmedAt.is_null()).add(EndedAt.is_null())
}

/// Spends the link of the new mailbox: of two uses at once, one (SR-45).
pub(crate) async fn confirm(tx: &Tx, id: EmailChangeId, now: Timestamp) -> Result<Option<EmailChange>, StoreError> {
    use email_changes::Column::{ConfirmUntil, ConfirmedAt, EndedAt, Id};
    let rows = email_changes::Entity::update_many()
        .col_expr(ConfirmedAt, Expr::value(now.millis()))
        .filter(Id.eq(id.uuid()))
        .filter(ConfirmedAt.is_null())
        .filter(EndedAt.is_null())
        .filter(ConfirmUntil.gt(now.millis()))
        .exec_with_returning(tx.connection())
        .await?;
    rows.first().map(from_row).transpose()
}

/// Spends the link of the old one.
pub(crate) async fn undo(tx: &Tx, id: EmailChangeId, now: Timestamp) -> Result<Option<EmailChange>, StoreError> {
    use email_changes::Column::{EndedAt, Id, UndoUntil};
    let rows = email_changes::Entity::update_many()
        .col_expr(EndedAt, Expr::value(now.millis()))
        .filter(Id.eq(id.uuid()))
        .filter(EndedAt.is_null())
        .filter(UndoUntil.gt(now.millis()))
        .exec_with_returning(tx.connection())
        .await?;
    rows.first().map(from_row).transpose()
}

/// Ends every change of an account: the address that it has now is the one that stands.
pub(crate) async fn end_all(tx: &Tx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    use email_changes::Column::{EndedAt, UserId as User};
    email_changes::Entity::update_many()
        .col_expr(EndedAt, Expr::value(now.millis()))
        .filter(User.eq(user.uuid()))
        .filter(EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Forgets changes that can be undone no more, with the addresses that they kept for their owners; returns how many.
pub(crate) async fn forget(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    use email_changes::Column::UndoUntil;
    let tx = store.begin().await?;
    let over =
        email_changes::Entity::find().filter(UndoUntil.lte(now.millis())).limit(100).all(tx.connection()).await?;
    let mut gone = 0;
    for row in &over {
        let change = from_row(row)?;
        if change.confirmed_at.is_some() && !is_kept_besides(&tx, &change, now).await? {
            addresses::give_up(&tx, change.user, &change.old).await?;
        }
        gone += email_changes::Entity::delete_by_id(row.id).exec(tx.connection()).await?.rows_affected;
    }
    tx.commit_housekeeping().await?;
    Ok(gone)
}

/// Whether a later change keeps the same address for its owner.
async fn is_kept_besides(tx: &Tx, change: &EmailChange, now: Timestamp) -> Result<bool, StoreError> {
    use email_changes::Column::{EndedAt, OldEmail, UndoUntil, UserId as User};
    let others = email_changes::Entity::find()
        .filter(User.eq(change.user.uuid()))
        .filter(OldEmail.eq(change.old.as_str()))
        .filter(EndedAt.is_null())
        .filter(UndoUntil.gt(now.millis()));
    Ok(others.count(tx.connection()).await? > 0)
}

fn from_row(row: &email_changes::Model) -> Result<EmailChange, StoreError> {
    let misfit = |column| StoreError::misfit("email_changes", column, row.id);
    Ok(EmailChange {
        id: EmailChangeId::from_uuid(row.id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        user: UserId::from_uuid(row.user_id),
        old: row.old_email.clone().try_into().map_err(|_| misfit("old_email"))?,
        new: row.new_email.clone().try_into().map_err(|_| misfit("new_email"))?,
        confirm: SecretHash::from_bytes(&row.confirm_token).ok_or_else(|| misfit("confirm_token"))?,
        undo: SecretHash::from_bytes(&row.undo_token).ok_or_else(|| misfit("undo_token"))?,
        requested_from: row.requested_from.clone(),
        asked_at: Timestamp::from_millis(row.asked_at),
        confirm_until: Timestamp::from_millis(row.confirm_until),
        undo_until: Timestamp::from_millis(row.undo_until),
        confirmed_at: row.confirmed_at.map(Timestamp::from_millis),
        ended_at: row.ended_at.map(Timestamp::from_millis),
    })
}
