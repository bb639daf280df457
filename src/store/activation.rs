//! What an account has settled of its activation in earlier journeys, for the bar that shows it.

use sea_orm::FromQueryResult;

use super::sql::sql;
use super::{Access, StoreError};
use crate::authentication::activation::Past;
use crate::ids::UserId;

#[derive(FromQueryResult)]
struct Row {
    devices: i64,
    contacts: i64,
    users: i64,
}

/// Whether it was ever entered, in a browser that is still known; what its organisations settled since it joined them.
pub(crate) async fn past(access: &impl Access, user: UserId) -> Result<Past, StoreError> {
    let text = "SELECT (SELECT count(*) FROM devices d WHERE d.user_id = $1) AS devices,
            (SELECT count(*) FROM organisation_roles r
                JOIN memberships m ON m.organisation_id = r.organisation_id AND m.user_id = r.user_id
                JOIN organisations o ON o.id = r.organisation_id
                WHERE r.user_id = $1 AND r.role = 'administrator' AND r.state <> 'revoked'
                AND o.contacts_at >= m.joined_at) AS contacts,
            (SELECT count(*) FROM organisation_roles r
                JOIN memberships m ON m.organisation_id = r.organisation_id AND m.user_id = r.user_id
                JOIN organisations o ON o.id = r.organisation_id
                WHERE r.user_id = $1 AND r.role = 'administrator' AND r.state <> 'revoked'
                AND o.users_at >= m.joined_at) AS users";
    let connection = access.connection();
    let row = Row::find_by_statement(sql(connection, text, [user.uuid().into()])).one(connection).await?;
    Ok(row.map_or_else(Past::default, |row| Past {
        entered: row.devices > 0,
        contacts: row.contacts > 0,
        users: row.users > 0,
    }))
}
