//! The addresses of accounts: given, taken, and let go of. Where an address is what people sign in with, one statement decides
//! between two who want it at once.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::rows::identifiers;
use super::rows::users::{Column, Entity};
use super::{Access as _, StoreError, Tx, users};
use crate::clock::Timestamp;
use crate::identity::identifier::EmailAddress;
use crate::ids::{RealmName, UserId};

/// Gives an account another address, whose mailbox was just read; `false` when somebody else has it (SR-65). The former
/// one stays in the way of everybody else until [`give_up`]. Who signs in with what the realm issued shares an address
/// with whomever they like.
pub(crate) async fn move_to(
    tx: &Tx,
    realm: &RealmName,
    id: UserId,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let issued = users::by_id(tx, id).await?.is_some_and(|user| user.identifier.is_some());
    if !issued && !take(tx, realm, id, email).await? {
        return Ok(false);
    }
    Entity::update_many()
        .col_expr(Column::Email, Expr::value(email.as_str()))
        .col_expr(Column::EmailCanonical, Expr::value(email.canonical().as_str()))
        .col_expr(Column::EmailVerifiedAt, Expr::value(now.millis()))
        .col_expr(Column::UpdatedAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(true)
}

/// Lets an account sign in with that address; `false` when it is somebody else's.
async fn take(tx: &Tx, realm: &RealmName, id: UserId, email: &EmailAddress) -> Result<bool, StoreError> {
    let canonical = email.canonical();
    if users::name(tx, realm, id, ("email", &canonical)).await? {
        return Ok(true);
    }
    let holder = identifiers::Entity::find_by_id((realm.to_string(), canonical.as_str().to_owned()));
    Ok(holder.one(tx.connection()).await?.is_some_and(|holder| holder.user_id == id.uuid()))
}

/// Takes every address from an account but the one that it has.
pub(crate) async fn keep_only(tx: &Tx, id: UserId, email: &EmailAddress) -> Result<(), StoreError> {
    use identifiers::Column::{Canonical as Address, Kind, UserId as User};
    identifiers::Entity::delete_many()
        .filter(User.eq(id.uuid()))
        .filter(Kind.eq("email"))
        .filter(Address.ne(email.canonical().as_str()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Lets go of a former address of an account, which anybody may have from now on; the one that it has stays.
pub(super) async fn give_up(tx: &Tx, id: UserId, former: &EmailAddress) -> Result<(), StoreError> {
    use identifiers::Column::{Canonical as Address, UserId as User};
    let present = users::by_id(tx, id).await?.map(|user| user.email.canonical());
    if present.is_none_or(|present| present == former.canonical()) {
        return Ok(());
    }
    identifiers::Entity::delete_many()
        .filter(User.eq(id.uuid()))
        .filter(Address.eq(former.canonical().as_str()))
        .exec(tx.connection())
        .await?;
    Ok(())
}
