//! Certificates that come to their end, and of which their owners are reminded, once for each span (UX.md §3).

use sea_orm::{ConnectionTrait as _, FromQueryResult as _};

use super::certificates::{Bound, from_row};
use super::rows::certificates;
use super::sql::sql;
use super::{Access as _, StoreError, Tx};
use crate::clock::{Timestamp, days};
use crate::ids::RealmName;

/// Spends the reminder of one certificate that ends within so many days: one that is still of use, of somebody who can
/// be reached and stays, and in whose place the account has no newer one of the same issuer and subject.
///
/// One statement, in the transaction of the mail: of several nodes one reminds. Who asks for the shortest span first
/// reminds of each certificate once, however long nobody asked.
pub(crate) async fn spend(tx: &Tx, realm: &RealmName, ahead: u16, now: Timestamp) -> Result<Option<Bound>, StoreError> {
    let text = "UPDATE certificates SET reminded = $1 WHERE (reminded IS NULL OR reminded > $1)
        AND (realm, sha256) = (SELECT ends.realm, ends.sha256 FROM certificates AS ends
            JOIN users ON users.id = ends.user_id
            WHERE ends.realm = $2 AND ends.not_after > $3 AND ends.not_after <= $4 AND ends.revoked_at IS NULL
            AND (ends.reminded IS NULL OR ends.reminded > $1)
            AND users.state = 'active' AND users.email_verified_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM closings WHERE closings.user_id = ends.user_id)
            AND NOT EXISTS (SELECT 1 FROM certificates AS newer WHERE newer.user_id = ends.user_id
                AND newer.holder = ends.holder AND newer.not_after > ends.not_after AND newer.revoked_at IS NULL)
            ORDER BY ends.not_after LIMIT 1)
        RETURNING *";
    let until = now + days(u64::from(ahead));
    let values = [i32::from(ahead).into(), realm.as_str().into(), now.millis().into(), until.millis().into()];
    let row = tx.connection().query_one_raw(sql(tx.connection(), text, values)).await?;
    row.map(|row| from_row(&certificates::Model::from_query_result(&row, "")?)).transpose()
}
