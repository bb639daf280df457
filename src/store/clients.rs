//! Relying parties that registered themselves, each kept as the file that it would be in the realm's folder.
//!
//! A client that an operator switched off is found by nobody but operators: for everybody else it does not exist.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};

use super::rows::clients::{ActiveModel, Column, Entity, Model};
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::ids::{InitialTokenId, RealmName};
use crate::secret::SecretHash;

/// A registered client as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct RegisteredClient {
    /// Its identifier.
    pub(crate) client_id: String,
    /// The text of its file.
    pub(crate) document: String,
    /// What it says of itself for others to read, as JSON.
    pub(crate) particulars: String,
    /// Which change of it this is.
    pub(crate) version: i64,
    /// Since when.
    pub(crate) created_at: Timestamp,
    /// When it last proved itself, by the day.
    pub(crate) used_at: Timestamp,
    /// Since when it is switched off.
    pub(crate) disabled_at: Option<Timestamp>,
    /// The hash of what it manages itself by.
    pub(crate) token: Option<SecretHash>,
    /// The initial access token that it came with.
    pub(crate) admitted_by: Option<InitialTokenId>,
}

/// A registration to be kept.
#[derive(Debug)]
pub(crate) struct NewClient<'a> {
    /// Its identifier, which nobody has.
    pub(crate) client_id: &'a str,
    /// The text of its file.
    pub(crate) document: &'a str,
    /// What it says of itself for others to read, as JSON.
    pub(crate) particulars: &'a str,
    /// The hash of what it manages itself by.
    pub(crate) token: SecretHash,
    /// The initial access token that it came with.
    pub(crate) admitted_by: Option<InitialTokenId>,
}

/// The registered client of that name, unless it is switched off.
pub(crate) async fn by_id(
    access: &impl Access,
    realm: &RealmName,
    client_id: &str,
) -> Result<Option<RegisteredClient>, StoreError> {
    Ok(for_operators(access, realm, client_id).await?.filter(|client| client.disabled_at.is_none()))
}

/// The registered client of that name, switched off or not.
pub(crate) async fn for_operators(
    access: &impl Access,
    realm: &RealmName,
    client_id: &str,
) -> Result<Option<RegisteredClient>, StoreError> {
    let key = (realm.to_string(), client_id.to_owned());
    let row = Entity::find_by_id(key).one(access.connection()).await?;
    row.map(from_row).transpose()
}

/// All registered clients of the realm, the oldest first.
pub(crate) async fn all(access: &impl Access, realm: &RealmName) -> Result<Vec<RegisteredClient>, StoreError> {
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).order_by_asc(Column::CreatedAt);
    rows.all(access.connection()).await?.into_iter().map(from_row).collect()
}

/// Whether the realm has any.
pub(crate) async fn any(access: &impl Access, realm: &RealmName) -> Result<bool, StoreError> {
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str()));
    Ok(rows.limit(1).count(access.connection()).await? > 0)
}

/// Some of those that nobody used since `before`.
pub(crate) async fn unused(
    access: &impl Access,
    realm: &RealmName,
    before: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).filter(Column::UsedAt.lte(before.millis()));
    let rows = rows.limit(100).all(access.connection()).await?;
    Ok(rows.into_iter().map(|row| row.client_id).collect())
}

/// Keeps a registration.
pub(crate) async fn insert(tx: &Tx, realm: &RealmName, new: &NewClient<'_>, now: Timestamp) -> Result<(), StoreError> {
    let row = ActiveModel {
        realm: Set(realm.to_string()),
        client_id: Set(new.client_id.to_owned()),
        document: Set(new.document.to_owned()),
        particulars: Set(new.particulars.to_owned()),
        version: Set(1),
        created_at: Set(now.millis()),
        changed_at: Set(now.millis()),
        used_at: Set(now.millis()),
        disabled_at: Set(None),
        registration_token: Set(Some(new.token.as_bytes().to_vec())),
        admitted_by: Set(new.admitted_by.map(InitialTokenId::uuid)),
    };
    Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Replaces what `known` says of itself; `false` when it changed, ended or was switched off since it was read.
pub(crate) async fn replace(
    tx: &Tx,
    realm: &RealmName,
    known: &RegisteredClient,
    (document, particulars): (&str, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let replaced = Entity::update_many()
        .col_expr(Column::Document, Expr::value(document))
        .col_expr(Column::Particulars, Expr::value(particulars))
        .col_expr(Column::Version, Expr::value(known.version + 1))
        .col_expr(Column::ChangedAt, Expr::value(now.millis()))
        .filter(named(realm, &known.client_id))
        .filter(Column::Version.eq(known.version))
        .filter(Column::DisabledAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(replaced.rows_affected > 0)
}

/// Notes that it proved itself, unless that was noted since `known`.
pub(crate) async fn touch(
    tx: &Tx,
    realm: &RealmName,
    client_id: &str,
    known: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .filter(named(realm, client_id))
        .filter(Column::UsedAt.lte(known.millis()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Switches it off or on; `false` when there is none, or nothing to change.
pub(crate) async fn switch(
    tx: &Tx,
    realm: &RealmName,
    client_id: &str,
    on: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (value, otherwise) =
        if on { (None, Column::DisabledAt.is_not_null()) } else { (Some(now.millis()), Column::DisabledAt.is_null()) };
    let switched = Entity::update_many()
        .col_expr(Column::DisabledAt, Expr::value(value))
        .filter(named(realm, client_id))
        .filter(otherwise)
        .exec(tx.connection())
        .await?;
    Ok(switched.rows_affected > 0)
}

/// Ends a registration; `false` when there is none.
pub(crate) async fn delete(tx: &Tx, realm: &RealmName, client_id: &str) -> Result<bool, StoreError> {
    let gone = Entity::delete_many().filter(named(realm, client_id)).exec(tx.connection()).await?;
    Ok(gone.rows_affected > 0)
}

/// Ends a registration that nobody used since `before`; `false` when somebody did meanwhile.
pub(crate) async fn forget(tx: &Tx, realm: &RealmName, client_id: &str, before: Timestamp) -> Result<bool, StoreError> {
    let unused = Column::UsedAt.lte(before.millis());
    let gone = Entity::delete_many().filter(named(realm, client_id)).filter(unused).exec(tx.connection()).await?;
    Ok(gone.rows_affected > 0)
}

fn named(realm: &RealmName, client_id: &str) -> Condition {
    Condition::all().add(Column::Realm.eq(realm.as_str())).add(Column::ClientId.eq(client_id))
}

fn from_row(row: Model) -> Result<RegisteredClient, StoreError> {
    let misfit = || StoreError::misfit("clients", "registration_token", format!("{} {}", row.realm, row.client_id));
    let token = row.registration_token.as_ref();
    let token = token.map(|bytes| SecretHash::from_bytes(bytes).ok_or_else(misfit)).transpose()?;
    Ok(RegisteredClient {
        token,
        document: row.document,
        particulars: row.particulars,
        version: row.version,
        created_at: Timestamp::from_millis(row.created_at),
        used_at: Timestamp::from_millis(row.used_at),
        disabled_at: row.disabled_at.map(Timestamp::from_millis),
        admitted_by: row.admitted_by.map(InitialTokenId::from_uuid),
        client_id: row.client_id,
    })
}
