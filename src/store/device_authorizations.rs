//! Devices that wait for a person (RFC 8628): kept by hashes, answered once, spent once, each by one statement.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Select, Set};

use super::rows::device_authorizations;
use super::{Access, StoreError, Tx};
use crate::clock::{Duration, Timestamp};
use crate::ids::{DeviceId, GrantId, RealmName};
use crate::protocol::client::ClientId;
use crate::protocol::device::{DeviceAuthorization, State};
use crate::secret::SecretHash;

/// By what a new device is found again.
pub(crate) struct Names {
    /// The hash of its device code.
    pub(crate) device_code: SecretHash,
    /// The keyed hash of its user code.
    pub(crate) user_code: Vec<u8>,
}

/// Keeps a device that waits; `false` when another waits under the same user code.
pub(crate) async fn insert(
    tx: &Tx,
    realm: &RealmName,
    device: &DeviceAuthorization,
    names: &Names,
    now: Timestamp,
) -> Result<bool, StoreError> {
    use device_authorizations::Column::{Realm, UserCode};
    let row = device_authorizations::ActiveModel {
        id: Set(device.id.uuid()),
        realm: Set(realm.to_string()),
        client_id: Set(device.client_id.to_string()),
        device_code: Set(names.device_code.as_bytes().to_vec()),
        user_code: Set(names.user_code.clone()),
        scope: Set(device.scope.to_string()),
        state: Set("pending".to_owned()),
        grant_id: Set(None),
        interval_seconds: Set(seconds(device.interval)),
        polled_at: Set(None),
        created_at: Set(now.millis()),
        expires_at: Set(device.expires.millis()),
    };
    let taken = OnConflict::columns([Realm, UserCode]).do_nothing().to_owned();
    let inserted = device_authorizations::Entity::insert(row).on_conflict(taken);
    Ok(inserted.exec_without_returning(tx.connection()).await? > 0)
}

/// The device of that device code.
pub(crate) async fn by_device_code(
    access: &impl Access,
    realm: &RealmName,
    hash: &SecretHash,
) -> Result<Option<DeviceAuthorization>, StoreError> {
    let code = device_authorizations::Column::DeviceCode.eq(hash.as_bytes().to_vec());
    one(access, realm, device_authorizations::Entity::find().filter(code)).await
}

/// The device of that user code.
pub(crate) async fn by_user_code(
    access: &impl Access,
    realm: &RealmName,
    keyed: &[u8],
) -> Result<Option<DeviceAuthorization>, StoreError> {
    let code = device_authorizations::Column::UserCode.eq(keyed.to_vec());
    one(access, realm, device_authorizations::Entity::find().filter(code)).await
}

/// The device of that identifier.
pub(crate) async fn by_id(
    access: &impl Access,
    realm: &RealmName,
    id: DeviceId,
) -> Result<Option<DeviceAuthorization>, StoreError> {
    one(access, realm, device_authorizations::Entity::find_by_id(id.uuid())).await
}

/// Notes that the device asked, and how long it has to wait from now on.
pub(crate) async fn asked(tx: &Tx, id: DeviceId, interval: Duration, now: Timestamp) -> Result<(), StoreError> {
    use device_authorizations::Column::{Id, IntervalSeconds, PolledAt};
    device_authorizations::Entity::update_many()
        .col_expr(PolledAt, Expr::value(now.millis()))
        .col_expr(IntervalSeconds, Expr::value(seconds(interval)))
        .filter(Id.eq(id.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Takes the person's answer, a grant or nothing; `false` when it was given before, or the time is over.
pub(crate) async fn answer(tx: &Tx, id: DeviceId, grant: Option<GrantId>, now: Timestamp) -> Result<bool, StoreError> {
    use device_authorizations::Column::{ExpiresAt, GrantId as Grant, Id, State};
    let state = if grant.is_some() { "allowed" } else { "refused" };
    let answered = device_authorizations::Entity::update_many()
        .col_expr(State, Expr::value(state))
        .col_expr(Grant, Expr::value(grant.map(GrantId::uuid)))
        .filter(Id.eq(id.uuid()))
        .filter(State.eq("pending"))
        .filter(ExpiresAt.gt(now.millis()))
        .exec(tx.connection())
        .await?;
    Ok(answered.rows_affected > 0)
}

/// Spends what the person gave: of two requests at once one gets it.
pub(crate) async fn spend(tx: &Tx, id: DeviceId) -> Result<Option<GrantId>, StoreError> {
    use device_authorizations::Column::{Id, State};
    let spent = device_authorizations::Entity::update_many()
        .col_expr(State, Expr::value("spent"))
        .filter(Id.eq(id.uuid()))
        .filter(State.eq("allowed"))
        .exec_with_returning(tx.connection())
        .await?;
    Ok(spent.into_iter().next().and_then(|row| row.grant_id).map(GrantId::from_uuid))
}

async fn one(
    access: &impl Access,
    realm: &RealmName,
    which: Select<device_authorizations::Entity>,
) -> Result<Option<DeviceAuthorization>, StoreError> {
    let which = which.filter(device_authorizations::Column::Realm.eq(realm.as_str()));
    which.one(access.connection()).await?.as_ref().map(from_row).transpose()
}

fn from_row(row: &device_authorizations::Model) -> Result<DeviceAuthorization, StoreError> {
    let misfit = |column| StoreError::misfit("device_authorizations", column, row.id);
    let seconds = u64::try_from(row.interval_seconds).map_err(|_| misfit("interval_seconds"))?;
    let state = match row.state.as_str() {
        "pending" => State::Pending,
        "allowed" => State::Allowed,
        "refused" => State::Refused,
        "spent" => State::Spent,
        _ => return Err(misfit("state")),
    };
    Ok(DeviceAuthorization {
        id: DeviceId::from_uuid(row.id),
        client_id: ClientId::new(row.client_id.as_str()),
        scope: row.scope.clone().try_into().map_err(|_| misfit("scope"))?,
        state,
        interval: Duration::from_secs(seconds),
        polled: row.polled_at.map(Timestamp::from_millis),
        expires: Timestamp::from_millis(row.expires_at),
    })
}

fn seconds(span: Duration) -> i32 {
    i32::try_from(span.as_secs()).unwrap_or(i32::MAX)
}
