//! Mails that told the owner of an account what was done to it, each with a link that says « Ce n’est pas moi ».
//!
//! A link is spent by one statement that changes the row (SR-45). It takes away and never gives, so a later password does
//! not make it void: whoever stole an account would only have to change it twice (docs/adr/0049).

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};

use super::rows::warnings;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{RealmName, SessionId, UserId, WarningId};
use crate::secret::SecretHash;

/// One such mail.
#[derive(Debug, Clone)]
pub(crate) struct Warning {
    /// Its identifier, not secret.
    pub(crate) id: WarningId,
    /// The realm it belongs to.
    pub(crate) realm: RealmName,
    /// Whose account.
    pub(crate) user: UserId,
    /// The address that it was sent to.
    pub(crate) email: String,
    /// The hash of its token (SR-43).
    pub(crate) token: SecretHash,
    /// What it told: the kind of the mail.
    pub(crate) about: String,
    /// The session that it told of, for one that closes no other.
    pub(crate) session: Option<SessionId>,
    /// The browser in which it happened, in words.
    pub(crate) happened_from: String,
    /// When it happened.
    pub(crate) happened_at: Timestamp,
    /// Until when the link is good.
    pub(crate) ends_at: Timestamp,
    /// When it was used, or another of the account that closed everything.
    pub(crate) spent_at: Option<Timestamp>,
}

/// Keeps a new one.
pub(crate) async fn keep(tx: &Tx, warning: &Warning) -> Result<(), StoreError> {
    let row = warnings::Model {
        id: warning.id.uuid(),
        realm: warning.realm.to_string(),
        user_id: warning.user.uuid(),
        email: warning.email.clone(),
        token: warning.token.as_bytes().to_vec(),
        about: warning.about.clone(),
        session_id: warning.session.map(SessionId::uuid),
        happened_from: warning.happened_from.clone(),
        happened_at: warning.happened_at.millis(),
        ends_at: warning.ends_at.millis(),
        spent_at: None,
    };
    let row = row.into_active_model().reset_all();
    warnings::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The one of that token, in whatever state it is.
pub(crate) async fn by_token(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
) -> Result<Option<Warning>, StoreError> {
    let row = warnings::Entity::find()
        .filter(warnings::Column::Token.eq(token.as_bytes().to_vec()))
        .filter(warnings::Column::Realm.eq(realm.as_str()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Spends the link: of two uses at once, one (SR-45).
pub(crate) async fn spend(tx: &Tx, id: WarningId, now: Timestamp) -> Result<Option<Warning>, StoreError> {
    use warnings::Column::{EndsAt, Id, SpentAt};
    let rows = warnings::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .filter(Id.eq(id.uuid()))
        .filter(SpentAt.is_null())
        .filter(EndsAt.gt(now.millis()))
        .exec_with_returning(tx.connection())
        .await?;
    rows.first().map(from_row).transpose()
}

/// Spends every link of an account: all that they could close is closed.
pub(crate) async fn settle(tx: &Tx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    use warnings::Column::{SpentAt, UserId as User};
    warnings::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .filter(User.eq(user.uuid()))
        .filter(SpentAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A session goes on under another id (SR-99): its link goes with it, or a stranger would only have to authenticate again.
pub(super) async fn follow(tx: &Tx, old: SessionId, new: SessionId) -> Result<(), StoreError> {
    warnings::Entity::update_many()
        .col_expr(warnings::Column::SessionId, Expr::value(new.uuid()))
        .filter(warnings::Column::SessionId.eq(old.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: &warnings::Model) -> Result<Warning, StoreError> {
    let misfit = |column| StoreError::misfit("warnings", column, row.id);
    Ok(Warning {
        id: WarningId::from_uuid(row.id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        user: UserId::from_uuid(row.user_id),
        email: row.email.clone(),
        token: SecretHash::from_bytes(&row.token).ok_or_else(|| misfit("token"))?,
        about: row.about.clone(),
        session: row.session_id.map(SessionId::from_uuid),
        happened_from: row.happened_from.clone(),
        happened_at: Timestamp::from_millis(row.happened_at),
        ends_at: Timestamp::from_millis(row.ends_at),
        spent_at: row.spent_at.map(Timestamp::from_millis),
    })
}
