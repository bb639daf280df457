//! Journeys between two requests, bound to one browser.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set};

use super::rows::flows;
use super::{Access, StoreError, Tx};
use crate::authentication::journey::{IDLE, Journey, KEPT, PER_BROWSER};
use crate::clock::Timestamp;
use crate::ids::{FlowId, RealmName};
use crate::protocol::request::AuthorizationRequest;
use crate::protocol::stored::Stored as _;
use crate::secret::SecretHash;

/// One journey and the client's request that it began with.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    /// Its identifier, in the address of every page.
    pub(crate) id: FlowId,
    /// The realm.
    pub(crate) realm: RealmName,
    /// The browser that it belongs to (SR-71).
    pub(crate) browser: SecretHash,
    /// The client's request, or none when somebody came by themselves.
    pub(crate) request: Option<AuthorizationRequest>,
    /// How far it has come.
    pub(crate) journey: Journey,
    /// Counts the saves: two parallel steps cannot both be kept (SR-72).
    pub(crate) version: i64,
    /// When it began.
    pub(crate) created_at: Timestamp,
    /// The last step.
    pub(crate) seen_at: Timestamp,
}

impl Flow {
    /// Begins the journey again when it rested for too long (SR-76); says whether it did.
    pub(crate) fn wake(&mut self, now: Timestamp) -> bool {
        let rested = now.since(self.seen_at) >= IDLE && self.journey.entered.is_none();
        if rested {
            self.journey = std::mem::take(&mut self.journey).restarted();
        }
        rested
    }
}

/// Keeps a new journey; the browser's oldest ones beyond ten give way (SR-76).
pub(crate) async fn insert(tx: &Tx, flow: &Flow) -> Result<(), StoreError> {
    let request = flow.request.as_ref().map(AuthorizationRequest::to_row).transpose();
    let row = flows::ActiveModel {
        id: Set(flow.id.uuid()),
        realm: Set(flow.realm.to_string()),
        browser: Set(flow.browser.as_bytes().to_vec()),
        request: Set(request.map_err(|_| StoreError::Unwritable("flows.request"))?),
        journey: Set(written(flow)?),
        version: Set(flow.version),
        created_at: Set(flow.created_at.millis()),
        seen_at: Set(flow.seen_at.millis()),
        expires_at: Set((flow.created_at + KEPT).millis()),
    };
    flows::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    let surplus: Vec<uuid::Uuid> = flows::Entity::find()
        .select_only()
        .column(flows::Column::Id)
        .filter(flows::Column::Browser.eq(flow.browser.as_bytes().to_vec()))
        .order_by_desc(flows::Column::SeenAt)
        .offset(PER_BROWSER)
        .limit(100)
        .into_tuple()
        .all(tx.connection())
        .await?;
    if !surplus.is_empty() {
        flows::Entity::delete_many().filter(flows::Column::Id.is_in(surplus)).exec(tx.connection()).await?;
    }
    Ok(())
}

/// The journey of that id, if it is this browser's and its request is still kept.
pub(crate) async fn load(
    access: &impl Access,
    realm: &RealmName,
    id: FlowId,
    browser: &SecretHash,
    now: Timestamp,
) -> Result<Option<Flow>, StoreError> {
    let row = flows::Entity::find_by_id(id.uuid())
        .filter(flows::Column::Realm.eq(realm.as_str()))
        .filter(flows::Column::Browser.eq(browser.as_bytes().to_vec()))
        .filter(flows::Column::ExpiresAt.gt(now.millis()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The journey of that id, for a browser that did not say which it is: good for its request only (SR-71).
pub(crate) async fn of_any_browser(
    access: &impl Access,
    realm: &RealmName,
    id: FlowId,
    now: Timestamp,
) -> Result<Option<Flow>, StoreError> {
    let row = flows::Entity::find_by_id(id.uuid())
        .filter(flows::Column::Realm.eq(realm.as_str()))
        .filter(flows::Column::ExpiresAt.gt(now.millis()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Saves a step; `false` when another step was saved meanwhile, and this one must not count.
pub(crate) async fn save(tx: &Tx, flow: &Flow, now: Timestamp) -> Result<bool, StoreError> {
    let saved = flows::Entity::update_many()
        .col_expr(flows::Column::Journey, Expr::value(written(flow)?))
        .col_expr(flows::Column::Version, Expr::value(flow.version + 1))
        .col_expr(flows::Column::SeenAt, Expr::value(now.millis()))
        .filter(flows::Column::Id.eq(flow.id.uuid()))
        .filter(flows::Column::Version.eq(flow.version))
        .exec(tx.connection())
        .await?;
    Ok(saved.rows_affected > 0)
}

fn written(flow: &Flow) -> Result<String, StoreError> {
    serde_json::to_string(&flow.journey).map_err(|_| StoreError::misfit("flows", "journey", flow.id))
}

fn from_row(row: &flows::Model) -> Result<Flow, StoreError> {
    let misfit = |column| StoreError::misfit("flows", column, row.id);
    let request = row.request.as_deref().map(AuthorizationRequest::from_row).transpose();
    Ok(Flow {
        id: FlowId::from_uuid(row.id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        browser: SecretHash::from_bytes(&row.browser).ok_or_else(|| misfit("browser"))?,
        request: request.map_err(|_| misfit("request"))?,
        journey: serde_json::from_str(&row.journey).map_err(|_| misfit("journey"))?,
        version: row.version,
        created_at: Timestamp::from_millis(row.created_at),
        seen_at: Timestamp::from_millis(row.seen_at),
    })
}
