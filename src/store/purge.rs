//! What is deleted when its time is over (SR-200, DOMAIN.md §10); a table, so that it can be read as one.

use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};

use super::sql::sql;
use super::{Store, StoreError, certificate_paths, organisations};
use crate::clock::{Duration, Timestamp, days};

/// Table, the column that tells its time, and how long a row is kept past it.
const RETENTION: &[(&str, &str, Duration)] = &[
    ("submissions", "expires_at", Duration::ZERO),
    // A journey that a pushed request began may take a day, and uses it up at its end.
    ("pushed_requests", "expires_at", days(2)),
    ("spent_names", "expires_at", Duration::ZERO),
    ("spent_challenges", "expires_at", Duration::ZERO),
    ("revoked_access_tokens", "expires_at", Duration::ZERO),
    ("revocation_copies", "expires_at", Duration::ZERO),
    ("certificate_handovers", "expires_at", Duration::ZERO),
    ("codes", "expires_at", days(1)),
    ("device_authorizations", "expires_at", days(1)),
    ("refresh_tokens", "expires_at", days(1)),
    ("flows", "expires_at", Duration::ZERO),
    // Who registers and never proves the address is forgotten after seven days, mails to them included (DOMAIN.md §10).
    ("links", "created_at", days(7)),
    ("warnings", "ends_at", days(7)),
    // Names and addresses of people who never came are not kept for long (DOMAIN.md §10).
    ("invitations", "expires_at", days(30)),
    ("access_requests", "expires_at", Duration::ZERO),
    ("counters", "expires_at", Duration::ZERO),
    ("resting_addresses", "until", Duration::ZERO),
    ("initial_access_tokens", "expires_at", days(30)),
    ("grants", "expires_at", days(30)),
    ("sessions", "expires_at", days(30)),
    ("sessions", "ended_at", days(30)),
    ("outbox", "ended_at", days(7)),
    ("logout_notices", "ended_at", days(7)),
    ("devices", "seen_at", days(365)),
];

/// How long a registration may stay unfinished, and an organisation without anybody (DOMAIN.md §10).
const UNFINISHED: Duration = days(7);

/// Deletes what is past its time and returns how many rows went.
pub(crate) async fn run(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    let mut gone = 0;
    for (table, column, kept) in RETENTION {
        let over = Expr::col(*column).lte((now - *kept).millis());
        gone += store.writer.execute(Query::delete().from_table(*table).and_where(over)).await?.rows_affected();
    }
    // Mail that was never meant to be sent has no end of its own.
    let text = "DELETE FROM outbox WHERE state = 'held' AND created_at <= $1";
    let held = sql(&store.writer, text, [(now - days(1)).millis().into()]);
    Ok(gone
        + store.writer.execute_raw(held).await?.rows_affected()
        + organisations::forget_empty(store, now - UNFINISHED, now).await?
        + certificate_paths::forget_unbound(store, now).await?)
}
