//! A grant with all that it hangs on: the account, the session, the token that names it, read in one statement.
//!
//! Every request that shows or redeems a token asks for it, and each way to the database costs more than what is read
//! there.

use sea_orm::{ConnectionTrait as _, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use super::sql::sql;
use super::{Access, StoreError, users};
use crate::clock::Timestamp;
use crate::identity::user::User;
use crate::ids::{GrantId, RealmName, SessionId, UserId};
use crate::protocol::confirmation::Confirmation;
use crate::protocol::grant::{Grant, Standing};
use crate::protocol::refresh::{RefreshState, RefreshToken};
use crate::protocol::stored::Stored as _;
use crate::secret::SecretHash;

/// A grant, and whether what it hangs on still stands (SR-144).
pub(crate) struct Held {
    row: HeldRow,
    account: Option<users::UserRow>,
    standing: Standing,
}

#[derive(FromQueryResult)]
struct HeldRow {
    id: Uuid,
    user_id: Uuid,
    session_id: Uuid,
    content: String,
    revoked_at: Option<i64>,
    offline: i32,
    ended_at: Option<i64>,
    session_end: Option<i64>,
    account_id: Option<Uuid>,
}

#[derive(FromQueryResult)]
struct RefreshRow {
    issued_at: i64,
    rotated_at: Option<i64>,
    bound_to: Option<String>,
    successor: Option<Vec<u8>>,
    successor_rotated_at: Option<i64>,
}

/// A query for a grant, its account and its session: what else is selected, from where, and which one.
macro_rules! held {
    ($more:literal, $from:literal, $which:literal) => {
        concat!(
            "SELECT g.id, g.user_id, g.session_id, g.content, g.revoked_at, g.offline,
                s.ended_at, s.expires_at AS session_end,
                u.id AS account_id, u.state AS account_state, u.email AS account_email,
                u.email_verified_at AS account_email_verified_at, u.first_name AS account_first_name,
                u.last_name AS account_last_name, u.language AS account_language,
                u.created_at AS account_created_at, u.updated_at AS account_updated_at,
                u.profile AS account_profile,
                (SELECT n.canonical FROM identifiers n WHERE n.user_id = u.id AND n.kind = 'issued') AS account_issued",
            $more,
            " FROM ",
            $from,
            " LEFT JOIN users u ON u.id = g.user_id LEFT JOIN sessions s ON s.id = g.session_id ",
            $which
        )
    };
}

/// The grant of that name, if it is of that realm.
pub(crate) async fn by_id(
    access: &impl Access,
    realm: &RealmName,
    id: GrantId,
    now: Timestamp,
) -> Result<Option<Held>, StoreError> {
    let text = held!("", "grants g", "WHERE g.id = $1 AND g.realm = $2");
    let row = one(access, text, [id.uuid().into(), realm.as_str().into()]).await?;
    row.map(|row| Held::read(&row, now)).transpose()
}

/// The grant that an access token names, unless the token was revoked by itself (SR-163).
pub(crate) async fn by_access_token(
    access: &impl Access,
    realm: &RealmName,
    (id, jti): (GrantId, &str),
    now: Timestamp,
) -> Result<Option<Held>, StoreError> {
    let text = held!(
        "",
        "grants g",
        "WHERE g.id = $1 AND g.realm = $2 AND NOT EXISTS (SELECT 1 FROM revoked_access_tokens r WHERE r.jti = $3)"
    );
    let row = one(access, text, [id.uuid().into(), realm.as_str().into(), jti.into()]).await?;
    row.map(|row| Held::read(&row, now)).transpose()
}

/// A refresh token with all that is asked of it.
pub(crate) async fn by_refresh_token(
    access: &impl Access,
    realm: &RealmName,
    hash: &SecretHash,
    now: Timestamp,
) -> Result<Option<RefreshToken>, StoreError> {
    let text = held!(
        ", t.issued_at AS token_issued_at, t.rotated_at AS token_rotated_at, t.bound_to AS token_bound_to,
            n.token AS token_successor, n.rotated_at AS token_successor_rotated_at",
        "refresh_tokens t JOIN grants g ON g.id = t.grant_id LEFT JOIN refresh_tokens n ON n.token = t.successor",
        "WHERE t.token = $1 AND g.realm = $2"
    );
    let values = [hash.as_bytes().to_vec().into(), realm.as_str().into()];
    let Some(row) = one(access, text, values).await? else { return Ok(None) };
    let (held, token) = (Held::read(&row, now)?, RefreshRow::from_query_result(&row, "token_")?);
    let bound = token.bound_to.as_deref().map(Confirmation::from_row).transpose();
    let bound = bound.map_err(|_| StoreError::misfit("refresh_tokens", "bound_to", held.row.id))?;
    let state = token.rotated_at.map_or(RefreshState::Current, |at| RefreshState::Rotated {
        at: Timestamp::from_millis(at),
        // One that is gone was used, or would not be gone.
        successor_used: token.successor.is_none() || token.successor_rotated_at.is_some(),
    });
    let session = Some(held.row.session_id).filter(|id| !id.is_nil()).map(SessionId::from_uuid);
    let (grant, standing) = (held.grant()?.in_session(session), held.standing);
    Ok(Some(RefreshToken { grant, standing, issued: Timestamp::from_millis(token.issued_at), state, bound }))
}

async fn one<const N: usize>(
    access: &impl Access,
    text: &'static str,
    values: [Value; N],
) -> Result<Option<QueryResult>, StoreError> {
    let connection = access.connection();
    Ok(connection.query_one_raw(sql(connection, text, values)).await?)
}

impl Held {
    fn read(result: &QueryResult, now: Timestamp) -> Result<Self, StoreError> {
        let row = HeldRow::from_query_result(result, "")?;
        let account = row.account_id.map(|_| users::UserRow::from_query_result(result, "account_")).transpose()?;
        let standing = row.standing(account.as_ref(), now);
        Ok(Self { row, account, standing })
    }

    /// Whose it is.
    pub(crate) const fn user(&self) -> UserId {
        UserId::from_uuid(self.row.user_id)
    }

    /// Whether it stands.
    pub(crate) const fn standing(&self) -> Standing {
        self.standing
    }

    /// The grant, as it was given.
    pub(crate) fn grant(&self) -> Result<Grant, StoreError> {
        Grant::from_row(&self.row.content).map_err(|_| StoreError::misfit("grants", "content", self.row.id))
    }

    /// The account.
    pub(crate) fn account(&self) -> Result<Option<User>, StoreError> {
        self.account.as_ref().map(users::from_row).transpose()
    }
}

impl HeldRow {
    fn standing(&self, account: Option<&users::UserRow>, now: Timestamp) -> Standing {
        let in_session = self.ended_at.is_none() && self.session_end.is_some_and(|end| end > now.millis());
        if self.revoked_at.is_some() {
            Standing::Revoked
        } else if account.is_none_or(|account| account.state != "active") {
            Standing::UserBarred
        } else if self.offline != 0 || in_session {
            Standing::Sound
        } else {
            Standing::SessionEnded
        }
    }
}
