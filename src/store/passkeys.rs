//! Passkeys of accounts: each the one of its name in its realm, each challenge and each use of a counting key good once,
//! on every node.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use uuid::Uuid;

use super::rows::{passkey_offers, passkeys};
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{PasskeyId, RealmName, UserId};
use crate::proofs::passkey::{NewKey, PasskeyProof, PublicSide, Use};

/// A passkey as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct StoredPasskey {
    /// Our name for it.
    pub(crate) id: PasskeyId,
    /// Whose it is.
    pub(crate) user: UserId,
    /// What its authenticator calls it.
    pub(crate) credential_id: Vec<u8>,
    /// What its authenticator knows the account by.
    pub(crate) handle: Uuid,
    /// The key itself, its public side.
    pub(crate) public: PublicSide,
    /// The kind of authenticator.
    pub(crate) model: Uuid,
    /// What its owner calls it; may be empty.
    pub(crate) name: String,
    /// When it was made.
    pub(crate) since: Timestamp,
    /// When it last opened the account.
    pub(crate) used: Option<Timestamp>,
}

/// A passkey that is to be kept.
pub(crate) struct NewPasskey<'a> {
    /// Our name for it.
    pub(crate) id: PasskeyId,
    /// Whose it is.
    pub(crate) user: UserId,
    /// At which realm.
    pub(crate) realm: &'a RealmName,
    /// What its authenticator knows the account by.
    pub(crate) handle: Uuid,
    /// The key.
    pub(crate) key: &'a NewKey,
    /// When it was made.
    pub(crate) since: Timestamp,
}

/// The passkeys of an account, the oldest first.
pub(crate) async fn of_user(access: &impl Access, user: UserId) -> Result<Vec<StoredPasskey>, StoreError> {
    let own = passkeys::Entity::find().filter(passkeys::Column::UserId.eq(user.uuid()));
    let own = own.order_by_asc(passkeys::Column::CreatedAt).order_by_asc(passkeys::Column::Id);
    own.all(access.connection()).await?.into_iter().map(from_row).collect()
}

/// The passkey that authenticators know by that name.
pub(crate) async fn by_credential(
    access: &impl Access,
    realm: &RealmName,
    credential_id: &[u8],
) -> Result<Option<StoredPasskey>, StoreError> {
    let found = passkeys::Entity::find()
        .filter(passkeys::Column::Realm.eq(realm.as_str()))
        .filter(passkeys::Column::CredentialId.eq(credential_id.to_vec()))
        .one(access.connection())
        .await?;
    found.map(from_row).transpose()
}

/// Keeps a passkey that was just made; `None` when the realm has one of that name already, whoever's it is (WebAuthn
/// §7.1, step 26).
pub(crate) async fn add(tx: &Tx, new: NewPasskey<'_>) -> Result<Option<PasskeyProof>, StoreError> {
    let row = passkeys::ActiveModel {
        id: Set(new.id.uuid()),
        user_id: Set(new.user.uuid()),
        realm: Set(new.realm.as_str().to_owned()),
        credential_id: Set(new.key.credential_id.clone()),
        user_handle: Set(new.handle),
        passkey: Set(written(&new.key.public)?),
        aaguid: Set(new.key.model),
        name: Set(String::new()),
        sign_count: Set(i64::from(new.key.count)),
        created_at: Set(new.since.millis()),
        used_at: Set(None),
    };
    let taken = OnConflict::columns([passkeys::Column::Realm, passkeys::Column::CredentialId]).do_nothing().to_owned();
    let added = passkeys::Entity::insert(row).on_conflict(taken).exec_without_returning(tx.connection()).await?;
    Ok((added > 0).then(|| PasskeyProof::from_row(new.user, new.since)))
}

/// Believes a use of a passkey that was found good: counts only go up, so that of a key and its copy one at most is
/// believed; where nothing is counted, the challenge alone is what is spent (WebAuthn §7.2, step 22).
pub(crate) async fn spend(
    tx: &Tx,
    kept: &StoredPasskey,
    used: &Use,
    now: Timestamp,
) -> Result<Option<PasskeyProof>, StoreError> {
    use passkeys::Column::{Id, Passkey, SignCount, UsedAt};
    let count = i64::from(used.count);
    let rises = Condition::any().add(SignCount.lt(count));
    let rises = if count == 0 { rises.add(SignCount.eq(0)) } else { rises };
    let spent = passkeys::Entity::update_many()
        .col_expr(Passkey, Expr::value(written(&used.public)?))
        .col_expr(SignCount, Expr::value(count))
        .col_expr(UsedAt, Expr::value(now.millis()))
        .filter(Id.eq(kept.id.uuid()))
        .filter(rises)
        .exec(tx.connection())
        .await?;
    Ok((spent.rows_affected > 0).then(|| PasskeyProof::from_row(kept.user, now)))
}

/// Calls a passkey of that account something else; `false` when it has none of that name of ours.
pub(crate) async fn rename(tx: &Tx, (user, id): (UserId, PasskeyId), name: &str) -> Result<bool, StoreError> {
    let renamed = passkeys::Entity::update_many()
        .col_expr(passkeys::Column::Name, Expr::value(name))
        .filter(passkeys::Column::Id.eq(id.uuid()))
        .filter(passkeys::Column::UserId.eq(user.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(renamed.rows_affected > 0)
}

/// Takes a passkey from that account; `false` when it has none of that name of ours.
pub(crate) async fn remove(tx: &Tx, (user, id): (UserId, PasskeyId)) -> Result<bool, StoreError> {
    let removed = passkeys::Entity::delete_many()
        .filter(passkeys::Column::Id.eq(id.uuid()))
        .filter(passkeys::Column::UserId.eq(user.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(removed.rows_affected > 0)
}

/// Takes all of them from that account; `false` when it had none.
pub(crate) async fn remove_all(tx: &Tx, user: UserId) -> Result<bool, StoreError> {
    let own = passkeys::Column::UserId.eq(user.uuid());
    Ok(passkeys::Entity::delete_many().filter(own).exec(tx.connection()).await?.rows_affected > 0)
}

/// Remembers that somebody does not want one yet.
pub(crate) async fn put_off(tx: &Tx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let row = passkey_offers::ActiveModel { user_id: Set(user.uuid()), put_off_at: Set(now.millis()) };
    let anew =
        OnConflict::column(passkey_offers::Column::UserId).update_column(passkey_offers::Column::PutOffAt).to_owned();
    passkey_offers::Entity::insert(row).on_conflict(anew).exec_without_returning(tx.connection()).await?;
    Ok(())
}

fn written(public: &PublicSide) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(public).map_err(|_| StoreError::Unwritable("passkeys.passkey"))
}

fn from_row(row: passkeys::Model) -> Result<StoredPasskey, StoreError> {
    Ok(StoredPasskey {
        id: PasskeyId::from_uuid(row.id),
        user: UserId::from_uuid(row.user_id),
        credential_id: row.credential_id,
        handle: row.user_handle,
        public: serde_json::from_slice(&row.passkey).map_err(|_| StoreError::misfit("passkeys", "passkey", row.id))?,
        model: row.aaguid,
        name: row.name,
        since: Timestamp::from_millis(row.created_at),
        used: row.used_at.map(Timestamp::from_millis),
    })
}
