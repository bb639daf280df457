//! Initial access tokens (RFC 7591 §1.2): what relying parties may begin to register with, so many times, until then.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, Set};

use super::rows::initial_access_tokens::{ActiveModel, Column, Entity};
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{InitialTokenId, RealmName};
use crate::secret::SecretHash;

/// A token as it is kept.
#[derive(Debug)]
pub(crate) struct NewInitialToken {
    /// What the trail and the clients it admits know it by.
    pub(crate) id: InitialTokenId,
    /// The hash of the token.
    pub(crate) token: SecretHash,
    /// How many registrations it is good for.
    pub(crate) uses: u32,
    /// Until when.
    pub(crate) expires_at: Timestamp,
}

/// Keeps a token.
pub(crate) async fn keep(tx: &Tx, realm: &RealmName, new: &NewInitialToken, now: Timestamp) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.uuid()),
        realm: Set(realm.to_string()),
        token: Set(new.token.as_bytes().to_vec()),
        uses_left: Set(new.uses.into()),
        created_at: Set(now.millis()),
        expires_at: Set(new.expires_at.millis()),
    };
    Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Whether a registration may begin with that token: a look before anything is done for whoever shows it.
pub(crate) async fn is_good(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(Entity::find().filter(good(realm, token, now)).one(access.connection()).await?.is_some())
}

/// Takes one use of it, by the one statement that finds it: of two that come for the last use one gets it (SR-210).
pub(crate) async fn spend(
    tx: &Tx,
    realm: &RealmName,
    token: &SecretHash,
    now: Timestamp,
) -> Result<Option<InitialTokenId>, StoreError> {
    let spent = Entity::update_many()
        .col_expr(Column::UsesLeft, Expr::col(Column::UsesLeft).sub(1))
        .filter(good(realm, token, now))
        .exec_with_returning(tx.connection())
        .await?;
    Ok(spent.first().map(|row| InitialTokenId::from_uuid(row.id)))
}

fn good(realm: &RealmName, token: &SecretHash, now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::Token.eq(token.as_bytes().to_vec()))
        .add(Column::Realm.eq(realm.as_str()))
        .add(Column::UsesLeft.gt(0))
        .add(Column::ExpiresAt.gt(now.millis()))
}
