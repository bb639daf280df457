//! Whom organisations name: their legal representative, whom to write to, who gets the invoices.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, Set};
use uuid::Uuid;

use super::rows::organisation_contacts;
use super::sql::sql;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::identity::identifier::EmailAddress;
use crate::identity::organisation::{Contact, ContactKind};
use crate::ids::{OrganisationId, RealmName, UserId};

/// Names somebody, in the place of whoever was named before.
pub(crate) async fn name(tx: &Tx, organisation: OrganisationId, contact: &Contact) -> Result<(), StoreError> {
    use organisation_contacts::Column as C;
    let row = organisation_contacts::ActiveModel {
        organisation_id: Set(organisation.uuid()),
        kind: Set(contact.kind.as_str().to_owned()),
        user_id: Set(contact.user.map(UserId::uuid)),
        first_name: Set(contact.first_name.as_str().to_owned()),
        last_name: Set(contact.last_name.as_str().to_owned()),
        email: Set(contact.email.as_ref().map(|email| email.as_str().to_owned())),
        phone: Set(contact.phone.as_ref().map(|phone| phone.as_str().to_owned())),
        named_at: Set(contact.named_at.millis()),
        told_at: Set(contact.told_at.map(Timestamp::millis)),
    };
    let mut instead = OnConflict::columns([C::OrganisationId, C::Kind]);
    instead.update_columns([C::UserId, C::FirstName, C::LastName, C::Email, C::Phone, C::NamedAt, C::ToldAt]);
    let inserted = organisation_contacts::Entity::insert(row).on_conflict(instead);
    inserted.exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Those of an organisation, in the order of their kinds.
pub(crate) async fn of(access: &impl Access, organisation: OrganisationId) -> Result<Vec<Contact>, StoreError> {
    let rows = organisation_contacts::Entity::find()
        .filter(organisation_contacts::Column::OrganisationId.eq(organisation.uuid()))
        .all(access.connection())
        .await?;
    let mut contacts = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    contacts.sort_by_key(|contact| contact.kind);
    Ok(contacts)
}

/// The organisations that have somebody to tell, named so long ago that it was not done at once. What is saved for an
/// activation to go on with is nobody's contact yet.
pub(crate) async fn with_untold(
    access: &impl Access,
    before: Timestamp,
) -> Result<Vec<(RealmName, OrganisationId)>, StoreError> {
    let text =
        "SELECT DISTINCT o.realm, o.id FROM organisation_contacts c JOIN organisations o ON o.id = c.organisation_id
        WHERE c.told_at IS NULL AND c.user_id IS NULL AND c.email IS NOT NULL AND c.named_at <= $1
        AND o.contacts_at IS NOT NULL ORDER BY o.id LIMIT 100";
    let connection = access.connection();
    let rows = Untold::find_by_statement(sql(connection, text, [before.millis().into()])).all(connection).await?;
    let one = |row: Untold| {
        let realm = row.realm.try_into().map_err(|_| StoreError::misfit("organisations", "realm", row.id))?;
        Ok((realm, OrganisationId::from_uuid(row.id)))
    };
    rows.into_iter().map(one).collect()
}

#[derive(FromQueryResult)]
struct Untold {
    realm: String,
    id: Uuid,
}

/// Names nobody for that any more.
pub(crate) async fn unname(tx: &Tx, organisation: OrganisationId, kind: ContactKind) -> Result<bool, StoreError> {
    let key = (organisation.uuid(), kind.as_str().to_owned());
    Ok(organisation_contacts::Entity::delete_by_id(key).exec(tx.connection()).await?.rows_affected > 0)
}

/// Writes down that whoever is named was told so.
pub(crate) async fn told(
    tx: &Tx,
    organisation: OrganisationId,
    kind: ContactKind,
    now: Timestamp,
) -> Result<(), StoreError> {
    organisation_contacts::Entity::update_many()
        .col_expr(organisation_contacts::Column::ToldAt, Expr::value(now.millis()))
        .filter(organisation_contacts::Column::OrganisationId.eq(organisation.uuid()))
        .filter(organisation_contacts::Column::Kind.eq(kind.as_str()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: &organisation_contacts::Model) -> Result<Contact, StoreError> {
    let misfit = |column| StoreError::misfit("organisation_contacts", column, row.organisation_id);
    let email = row.email.clone().map(EmailAddress::try_from).transpose();
    Ok(Contact {
        kind: row.kind.parse().map_err(|_| misfit("kind"))?,
        user: row.user_id.map(UserId::from_uuid),
        first_name: row.first_name.clone().try_into().map_err(|_| misfit("first_name"))?,
        last_name: row.last_name.clone().try_into().map_err(|_| misfit("last_name"))?,
        email: email.map_err(|_| misfit("email"))?,
        phone: row.phone.clone().map(TryInto::try_into).transpose().map_err(|_| misfit("phone"))?,
        named_at: Timestamp::from_millis(row.named_at),
        told_at: row.told_at.map(Timestamp::from_millis),
    })
}
