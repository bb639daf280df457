//! Background work: each job on one node at a time.

use sea_orm::ConnectionTrait as _;

use super::sql::sql;
use super::{Store, StoreError};
use crate::clock::{Duration, Timestamp};

/// Takes or renews the lease of `job` for `holder`; `false` while another node holds it.
pub(crate) async fn take(
    store: &Store,
    job: &str,
    holder: &str,
    span: Duration,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let text = "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = $2, until = $3
        WHERE leases.holder = $2 OR leases.until <= $4";
    let values = [job.into(), holder.into(), (now + span).millis().into(), now.millis().into()];
    let statement = sql(&store.writer, text, values);
    Ok(store.writer.execute_raw(statement).await?.rows_affected() > 0)
}
