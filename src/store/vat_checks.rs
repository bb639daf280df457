//! Organisations whose number for value added tax waits for VIES: one row each, claimed by one node at a time, gone with the
//! verdict.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _, Set};

use super::rows::vat_checks;
use super::sql::sql;
use super::{Access as _, Store, StoreError, Tx};
use crate::clock::{Duration, Timestamp};
use crate::ids::{OrganisationId, RealmName};

/// How long a node keeps a number to itself that it asks about: longer than a question to VIES may take.
const CLAIM: Duration = Duration::from_secs(30);

/// An organisation whose number this node may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Which.
    pub(crate) organisation: OrganisationId,
    /// Where it is a customer.
    pub(crate) realm: RealmName,
    /// Since when its number waits.
    pub(crate) since: Timestamp,
    /// Until when the number is this node's.
    claimed_until: Timestamp,
}

/// Lets an organisation wait for VIES. One that waits already does so for another number from now on.
pub(crate) async fn queue(
    tx: &Tx,
    realm: &RealmName,
    organisation: OrganisationId,
    (now, turn): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    use vat_checks::Column::{DueAt, OrganisationId, Since};
    let row = vat_checks::ActiveModel {
        organisation_id: Set(organisation.uuid()),
        realm: Set(realm.to_string()),
        since: Set(now.millis()),
        due_at: Set(turn.millis()),
    };
    let anew = OnConflict::column(OrganisationId).update_columns([Since, DueAt]).to_owned();
    vat_checks::Entity::insert(row).on_conflict(anew).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The statement of [`claim`]; SQLite has one writer and no rows to lock.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE vat_checks SET due_at = $1 WHERE organisation_id = (
                SELECT organisation_id FROM vat_checks WHERE due_at <= $2 ORDER BY due_at, organisation_id LIMIT 1 ",
            $lock,
            ") RETURNING *"
        )
    };
}

/// Claims the one whose turn came first. One statement: two nodes never hold the same one. A node that dies with it is
/// waited for, and then another asks.
pub(crate) async fn claim(store: &Store, now: Timestamp) -> Result<Option<Waiting>, StoreError> {
    let text = if store.is_postgres() { claim!("FOR UPDATE SKIP LOCKED") } else { claim!("") };
    let values = [(now + CLAIM).millis().into(), now.millis().into()];
    let row = store.writer.query_one_raw(sql(&store.writer, text, values)).await?;
    row.map(|row| from_row(&vat_checks::Model::from_query_result(&row, "")?)).transpose()
}

/// Gives it another turn, unless its number changed meanwhile: that one has a turn of its own.
pub(crate) async fn put_off(store: &Store, waiting: &Waiting, turn: Timestamp) -> Result<(), StoreError> {
    vat_checks::Entity::update_many()
        .col_expr(vat_checks::Column::DueAt, Expr::value(turn.millis()))
        .filter(vat_checks::Column::OrganisationId.eq(waiting.organisation.uuid()))
        .filter(vat_checks::Column::DueAt.eq(waiting.claimed_until.millis()))
        .exec(&store.writer)
        .await?;
    Ok(())
}

/// It waits no more.
pub(crate) async fn end(tx: &Tx, organisation: OrganisationId) -> Result<(), StoreError> {
    vat_checks::Entity::delete_by_id(organisation.uuid()).exec(tx.connection()).await?;
    Ok(())
}

fn from_row(row: &vat_checks::Model) -> Result<Waiting, StoreError> {
    let misfit = |column| StoreError::misfit("vat_checks", column, row.organisation_id);
    Ok(Waiting {
        organisation: OrganisationId::from_uuid(row.organisation_id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        since: Timestamp::from_millis(row.since),
        claimed_until: Timestamp::from_millis(row.due_at),
    })
}
