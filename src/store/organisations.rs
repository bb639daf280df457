//! Customer accounts of organisations: one for each registered number of a realm.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};

use super::rows::{memberships, organisation_history, organisations};
use super::sql::sql;
use super::{Access, Store, StoreError, Tx, members};
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::identity::number::{RegisteredNumber, Scheme};
use crate::identity::organisation::{Details, Organisation};
use crate::ids::{EventId, OrganisationId, RealmName, UserId};

/// Opens a customer account; `false` when the number has one already. One statement decides between two who register
/// it at once.
pub(crate) async fn create(
    tx: &Tx,
    realm: &RealmName,
    id: OrganisationId,
    (number, details): (&RegisteredNumber, &Details),
    now: Timestamp,
) -> Result<bool, StoreError> {
    use organisations::Column::{Country, Number, Realm, Scheme};
    let row = organisations::ActiveModel {
        id: Set(id.uuid()),
        realm: Set(realm.to_string()),
        scheme: Set(number.scheme().as_str().to_owned()),
        country: Set(number.country().as_str().to_owned()),
        number: Set(number.value().to_owned()),
        details: Set(written(details)?),
        created_at: Set(now.millis()),
        updated_at: Set(now.millis()),
        contacts_at: Set(None),
        users_at: Set(None),
    };
    let taken = OnConflict::columns([Realm, Scheme, Country, Number]).do_nothing().to_owned();
    let inserted = organisations::Entity::insert(row).on_conflict(taken);
    Ok(inserted.exec_without_returning(tx.connection()).await? > 0)
}

/// The organisation of that id, if it is of that realm.
pub(crate) async fn in_realm(
    access: &impl Access,
    realm: &RealmName,
    id: OrganisationId,
) -> Result<Option<Organisation>, StoreError> {
    let row = organisations::Entity::find_by_id(id.uuid()).filter(organisations::Column::Realm.eq(realm.as_str()));
    row.one(access.connection()).await?.as_ref().map(from_row).transpose()
}

/// The organisation that has that number.
pub(crate) async fn by_number(
    access: &impl Access,
    realm: &RealmName,
    number: &RegisteredNumber,
) -> Result<Option<Organisation>, StoreError> {
    let row = organisations::Entity::find()
        .filter(organisations::Column::Realm.eq(realm.as_str()))
        .filter(organisations::Column::Scheme.eq(number.scheme().as_str()))
        .filter(organisations::Column::Country.eq(number.country().as_str()))
        .filter(organisations::Column::Number.eq(number.value()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Those that somebody belongs to, in the order in which they joined.
pub(crate) async fn of_user(access: &impl Access, user: UserId) -> Result<Vec<Organisation>, StoreError> {
    let ids: Vec<_> = members::rows_of(access, user).await?.iter().map(|row| row.organisation_id).collect();
    let found = organisations::Entity::find().filter(organisations::Column::Id.is_in(ids.clone()));
    let mut found = found.all(access.connection()).await?;
    found.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    found.iter().map(from_row).collect()
}

/// So many of a realm behind that one, in the order in which they were made; those of that number alone, where one is said.
pub(crate) async fn page(
    access: &impl Access,
    realm: &RealmName,
    number: Option<&str>,
    (after, most): (Option<OrganisationId>, u64),
) -> Result<Vec<Organisation>, StoreError> {
    let mut found = organisations::Entity::find().filter(organisations::Column::Realm.eq(realm.as_str()));
    if let Some(number) = number {
        found = found.filter(organisations::Column::Number.eq(number));
    }
    if let Some(after) = after {
        found = found.filter(organisations::Column::Id.gt(after.uuid()));
    }
    let found = found.order_by_asc(organisations::Column::Id).limit(most);
    found.all(access.connection()).await?.iter().map(from_row).collect()
}

/// Those that nobody belongs to but that account.
pub(super) async fn of_nobody_else(tx: &Tx, user: UserId) -> Result<Vec<OrganisationId>, StoreError> {
    let mine = memberships::Entity::find().filter(memberships::Column::UserId.eq(user.uuid()));
    let mut alone = Vec::new();
    for row in mine.all(tx.connection()).await? {
        let organisation = OrganisationId::from_uuid(row.organisation_id);
        if members::count(tx, organisation).await? == 1 {
            alone.push(organisation);
        }
    }
    Ok(alone)
}

/// Ends customer accounts that nobody ever used.
pub(super) async fn forget(tx: &Tx, organisations: &[OrganisationId]) -> Result<(), StoreError> {
    let ids = organisations.iter().map(|organisation| organisation.uuid());
    let these = organisations::Entity::delete_many().filter(organisations::Column::Id.is_in(ids));
    these.exec(tx.connection()).await?;
    Ok(())
}

/// Changes what an organisation says of itself, if nobody did since `was` was read; what it said before is kept.
pub(crate) async fn change(
    tx: &Tx,
    was: &Organisation,
    details: &Details,
    by: Option<UserId>,
    (now, entropy): (Timestamp, &dyn Entropy),
) -> Result<bool, StoreError> {
    let changed = organisations::Entity::update_many()
        .col_expr(organisations::Column::Details, Expr::value(written(details)?))
        .col_expr(organisations::Column::UpdatedAt, Expr::value(now.millis()))
        .filter(organisations::Column::Id.eq(was.id.uuid()))
        .filter(organisations::Column::UpdatedAt.eq(was.updated_at.millis()))
        .exec(tx.connection())
        .await?;
    if changed.rows_affected == 0 {
        return Ok(false);
    }
    let before = organisation_history::ActiveModel {
        id: Set(EventId::new(now, entropy).uuid()),
        organisation_id: Set(was.id.uuid()),
        changed_at: Set(now.millis()),
        changed_by: Set(by.map(UserId::uuid)),
        details: Set(written(&was.details)?),
    };
    organisation_history::Entity::insert(before).exec_without_returning(tx.connection()).await?;
    Ok(true)
}

/// What the activation settles for a whole organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Its contacts are named.
    Contacts,
    /// Its first users are, or nobody was to be.
    Users,
}

/// Writes down that a step of the activation is settled; the first time counts.
pub(crate) async fn settle(tx: &Tx, id: OrganisationId, what: Settled, now: Timestamp) -> Result<(), StoreError> {
    let column = match what {
        Settled::Contacts => organisations::Column::ContactsAt,
        Settled::Users => organisations::Column::UsersAt,
    };
    organisations::Entity::update_many()
        .col_expr(column, Expr::col(column).if_null(now.millis()))
        .filter(organisations::Column::Id.eq(id.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Holds an organisation until the transaction ends: whoever changes who belongs to it comes one after the other. `false`
/// when it is gone.
pub(crate) async fn hold(tx: &Tx, id: OrganisationId) -> Result<bool, StoreError> {
    let held = organisations::Entity::update_many()
        .col_expr(organisations::Column::UpdatedAt, Expr::col(organisations::Column::UpdatedAt))
        .filter(organisations::Column::Id.eq(id.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(held.rows_affected > 0)
}

/// Closes a customer account, with all that hangs on it; its number is free again.
pub(crate) async fn close(tx: &Tx, id: OrganisationId) -> Result<(), StoreError> {
    organisations::Entity::delete_by_id(id.uuid()).exec(tx.connection()).await?;
    Ok(())
}

/// Forgets customer accounts opened before that to which nobody belongs and nobody is invited; returns how many. Their
/// registration was never finished, or everybody has gone.
pub(super) async fn forget_empty(store: &Store, before: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
    let text = "DELETE FROM organisations WHERE created_at <= $1
        AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.organisation_id = organisations.id)
        AND NOT EXISTS (SELECT 1 FROM invitations i WHERE i.organisation_id = organisations.id
            AND i.accepted_at IS NULL AND i.refused_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > $2)";
    let forgotten = sql(&store.writer, text, [before.millis().into(), now.millis().into()]);
    Ok(store.writer.execute_raw(forgotten).await?.rows_affected())
}

fn written(details: &Details) -> Result<String, StoreError> {
    serde_json::to_string(details).map_err(|_| StoreError::Unwritable("organisations.details"))
}

fn from_row(row: &organisations::Model) -> Result<Organisation, StoreError> {
    let misfit = |column| StoreError::misfit("organisations", column, row.id);
    let scheme: Scheme = row.scheme.parse().map_err(|_| misfit("scheme"))?;
    let country = row.country.as_str().try_into().map_err(|_| misfit("country"))?;
    Ok(Organisation {
        id: OrganisationId::from_uuid(row.id),
        number: RegisteredNumber::from_row(scheme, country, &row.number).map_err(|_| misfit("number"))?,
        details: serde_json::from_str(&row.details).map_err(|_| misfit("details"))?,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        contacts_at: row.contacts_at.map(Timestamp::from_millis),
        users_at: row.users_at.map(Timestamp::from_millis),
    })
}
