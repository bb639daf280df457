//! Certificates on their way: from the main host to the one that asks for them, and what was judged there back again.
//!
//! Each is bound to one journey in one browser, judged by one statement and spent by one (SR-210).

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};

use super::rows::certificate_handovers;
use super::{Access, StoreError, Tx};
use crate::authentication::hand_over::Judged;
use crate::clock::{Timestamp, minutes};
use crate::ids::{FlowId, RealmName};
use crate::secret::SecretHash;

/// How long one is good, from the page before to the page after.
const LIFE: crate::clock::Duration = minutes(2);

/// The journey that one belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// The realm.
    pub(crate) realm: RealmName,
    /// The browser.
    pub(crate) browser: SecretHash,
    /// The journey.
    pub(crate) flow: FlowId,
}

/// Begins one.
pub(crate) async fn begin(tx: &Tx, token: &SecretHash, owner: &Owner, now: Timestamp) -> Result<(), StoreError> {
    let row = certificate_handovers::ActiveModel {
        token: Set(token.as_bytes().to_vec()),
        realm: Set(owner.realm.to_string()),
        browser: Set(owner.browser.as_bytes().to_vec()),
        flow_id: Set(owner.flow.uuid()),
        code: Set(None),
        outcome: Set(None),
        expires_at: Set((now + LIFE).millis()),
        spent_at: Set(None),
    };
    certificate_handovers::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The journey whose certificate is still to be judged.
pub(crate) async fn open(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
    now: Timestamp,
) -> Result<Option<FlowId>, StoreError> {
    let row = certificate_handovers::Entity::find_by_id(token.as_bytes().to_vec())
        .filter(certificate_handovers::Column::Realm.eq(realm.as_str()))
        .filter(certificate_handovers::Column::Outcome.is_null())
        .filter(certificate_handovers::Column::ExpiresAt.gt(now.millis()))
        .one(access.connection())
        .await?;
    Ok(row.map(|row| FlowId::from_uuid(row.flow_id)))
}

/// Writes down what was judged, once; `false` when it was judged before, or its time is over.
pub(crate) async fn judge(
    tx: &Tx,
    token: &SecretHash,
    code: &SecretHash,
    judged: &Judged,
    now: Timestamp,
) -> Result<bool, StoreError> {
    use certificate_handovers::Column::{Code, ExpiresAt, Outcome, Token};
    let outcome = serde_json::to_string(judged).map_err(|_| StoreError::Unwritable("certificate_handovers.outcome"))?;
    let written = certificate_handovers::Entity::update_many()
        .col_expr(Outcome, Expr::value(outcome))
        .col_expr(Code, Expr::value(code.as_bytes().to_vec()))
        .filter(Token.eq(token.as_bytes().to_vec()))
        .filter(Outcome.is_null())
        .filter(ExpiresAt.gt(now.millis()))
        .exec(tx.connection())
        .await?;
    Ok(written.rows_affected > 0)
}

/// What was judged under that code, in the journey's own browser, as long as nobody has spent it.
pub(crate) async fn judged(
    access: &impl Access,
    code: &SecretHash,
    owner: &Owner,
    now: Timestamp,
) -> Result<Option<Judged>, StoreError> {
    let row = certificate_handovers::Entity::find()
        .filter(certificate_handovers::Column::Code.eq(code.as_bytes().to_vec()))
        .filter(certificate_handovers::Column::Realm.eq(owner.realm.as_str()))
        .filter(certificate_handovers::Column::Browser.eq(owner.browser.as_bytes().to_vec()))
        .filter(certificate_handovers::Column::FlowId.eq(owner.flow.uuid()))
        .filter(certificate_handovers::Column::SpentAt.is_null())
        .filter(certificate_handovers::Column::ExpiresAt.gt(now.millis()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The same, spent by this very statement.
pub(crate) async fn spend(
    tx: &Tx,
    code: &SecretHash,
    owner: &Owner,
    now: Timestamp,
) -> Result<Option<Judged>, StoreError> {
    use certificate_handovers::Column::{Browser, Code, ExpiresAt, FlowId, Realm, SpentAt};
    let spent = certificate_handovers::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .filter(Code.eq(code.as_bytes().to_vec()))
        .filter(Realm.eq(owner.realm.as_str()))
        .filter(Browser.eq(owner.browser.as_bytes().to_vec()))
        .filter(FlowId.eq(owner.flow.uuid()))
        .filter(SpentAt.is_null())
        .filter(ExpiresAt.gt(now.millis()))
        .exec_with_returning(tx.connection())
        .await?;
    spent.first().map(from_row).transpose()
}

fn from_row(row: &certificate_handovers::Model) -> Result<Judged, StoreError> {
    let misfit = || StoreError::misfit("certificate_handovers", "outcome", row.flow_id);
    serde_json::from_str(row.outcome.as_deref().unwrap_or_default()).map_err(|_| misfit())
}
