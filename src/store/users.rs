//! Accounts and what they sign in with.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    Value,
};
use uuid::Uuid;

use super::credentials::Temporary;
use super::rows::{identifiers, users};
use super::sql::sql;
use super::{Access, StoreError, Tx, organisations};
use crate::authentication::attempt::Account;
use crate::clock::Timestamp;
use crate::identity::identifier::{Canonical, IssuedIdentifier};
use crate::identity::profile::Profile;
use crate::identity::user::{Identity, Registrant, User, UserState};
use crate::ids::{OrganisationId, RealmName, UserId};
use crate::proofs::password::StoredHash;

/// What a sign-in needs to know, read in one statement so that known and unknown cost the same (SR-4).
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The account.
    pub(crate) account: Account,
    /// Its password, when it has one.
    pub(crate) password: Option<StoredHash>,
    /// Until when that password may be used, when it is one that was mailed.
    temporary_until: Option<Timestamp>,
}

impl Candidate {
    /// The mailed password that it stands with.
    pub(crate) fn temporary(&self) -> Option<Temporary> {
        Some(Temporary { since: self.account.password_since?, until: self.temporary_until? })
    }
}

#[derive(FromQueryResult)]
struct CandidateRow {
    id: Uuid,
    state: String,
    email_verified_at: Option<i64>,
    phc: Option<String>,
    pepper: Option<i32>,
    changed_at: Option<i64>,
    temporary_until: Option<i64>,
    certificate_removed_at: Option<i64>,
    question: i64,
    questions: i64,
    totp_since: Option<i64>,
    passkeys: i64,
    passkey_put_off: Option<i64>,
    recovery_codes: i64,
    unnamed_contacts: i64,
    unasked_users: i64,
}

macro_rules! candidate {
    () => {
        "SELECT u.id, u.state, u.email_verified_at, u.certificate_removed_at, p.phc, p.pepper, p.changed_at, p.temporary_until,
            (SELECT count(*) FROM secret_questions q WHERE q.user_id = u.id) AS question,
            (SELECT count(*) FROM challenge_questions c WHERE c.user_id = u.id) AS questions,
            (SELECT t.created_at FROM totp_seeds t WHERE t.user_id = u.id) AS totp_since,
            (SELECT count(*) FROM passkeys k WHERE k.user_id = u.id) AS passkeys,
            (SELECT o.put_off_at FROM passkey_offers o WHERE o.user_id = u.id) AS passkey_put_off,
            (SELECT count(*) FROM recovery_codes r WHERE r.user_id = u.id AND r.spent_at IS NULL) AS recovery_codes,
            (SELECT count(*) FROM organisation_roles a JOIN organisations o ON o.id = a.organisation_id
                WHERE a.user_id = u.id AND a.role = 'administrator' AND a.state <> 'revoked'
                AND o.contacts_at IS NULL) AS unnamed_contacts,
            (SELECT count(*) FROM organisation_roles a JOIN organisations o ON o.id = a.organisation_id
                WHERE a.user_id = u.id AND a.role = 'administrator' AND a.state <> 'revoked'
                AND o.users_at IS NULL) AS unasked_users
        FROM users u LEFT JOIN passwords p ON p.user_id = u.id"
    };
}

/// The account that signs in with `canonical`.
pub(crate) async fn candidate(
    access: &impl Access,
    realm: &RealmName,
    canonical: &Canonical,
) -> Result<Option<Candidate>, StoreError> {
    let text = concat!(candidate!(), " JOIN identifiers i ON i.user_id = u.id WHERE i.realm = $1 AND i.canonical = $2");
    read_candidate(access, text, vec![realm.as_str().into(), canonical.as_str().into()]).await
}

/// An account as `advance` sees it, but for what its realm asks of it at the time.
pub(crate) async fn account(access: &impl Access, user: UserId) -> Result<Option<Account>, StoreError> {
    let text = concat!(candidate!(), " WHERE u.id = $1");
    Ok(read_candidate(access, text, vec![user.uuid().into()]).await?.map(|candidate| candidate.account))
}

async fn read_candidate(
    access: &impl Access,
    text: &'static str,
    values: Vec<Value>,
) -> Result<Option<Candidate>, StoreError> {
    let connection = access.connection();
    let statement = sql(connection, text, values);
    let Some(row) = CandidateRow::find_by_statement(statement).one(connection).await? else { return Ok(None) };
    let state = state_from(&row.state, row.id)?;
    let password = row.phc.zip(row.pepper).map(|(phc, pepper)| StoredHash { phc, pepper });
    let account = Account {
        user: UserId::from_uuid(row.id),
        active: state == UserState::Active,
        email_verified: row.email_verified_at.is_some(),
        password_since: row.changed_at.map(Timestamp::from_millis),
        password_temporary: row.temporary_until.is_some(),
        certificate_removed: row.certificate_removed_at.map(Timestamp::from_millis),
        has_secret_question: row.question > 0,
        has_challenge_questions: row.questions > 0,
        totp_since: row.totp_since.map(Timestamp::from_millis),
        passkeys: u64::try_from(row.passkeys).unwrap_or(0),
        passkey_put_off: row.passkey_put_off.map(Timestamp::from_millis),
        recovery_codes: u64::try_from(row.recovery_codes).unwrap_or(0),
        // What a realm asks is not known here: `App::account` adds it.
        owes_terms: false,
        owes_contacts: row.unnamed_contacts > 0,
        owes_users: row.unasked_users > 0,
    };
    Ok(Some(Candidate { account, password, temporary_until: row.temporary_until.map(Timestamp::from_millis) }))
}

/// An account as it is read: its row, and what its realm issued it to sign in with.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct UserRow {
    pub(super) id: Uuid,
    pub(super) state: String,
    email: Option<String>,
    email_verified_at: Option<i64>,
    first_name: String,
    last_name: String,
    language: String,
    created_at: i64,
    updated_at: i64,
    profile: String,
    issued: Option<String>,
}

macro_rules! user {
    ($which:literal) => {
        concat!(
            "SELECT u.id, u.state, u.email, u.email_verified_at, u.first_name, u.last_name, u.language, u.created_at,
                u.updated_at, u.profile,
                (SELECT n.canonical FROM identifiers n WHERE n.user_id = u.id AND n.kind = 'issued') AS issued
            FROM users u ",
            $which
        )
    };
}

/// The whole account; one that was erased is nobody's.
pub(crate) async fn by_id(access: &impl Access, id: UserId) -> Result<Option<User>, StoreError> {
    one(access, user!("WHERE u.id = $1 AND u.state <> 'erased'"), vec![id.uuid().into()]).await
}

/// The whole account, if it is of that realm.
pub(crate) async fn in_realm(access: &impl Access, realm: &RealmName, id: UserId) -> Result<Option<User>, StoreError> {
    let text = user!("WHERE u.id = $1 AND u.realm = $2 AND u.state <> 'erased'");
    one(access, text, vec![id.uuid().into(), realm.as_str().into()]).await
}

/// So many members of an organisation behind that account, in the order in which accounts were made.
pub(crate) async fn page_of(
    access: &impl Access,
    organisation: OrganisationId,
    (after, most): (Option<UserId>, u64),
) -> Result<Vec<User>, StoreError> {
    let text = user!(
        "JOIN memberships m ON m.user_id = u.id
            WHERE m.organisation_id = $1 AND u.id > $2 AND u.state <> 'erased' ORDER BY u.id LIMIT $3"
    );
    let after = after.map_or_else(Uuid::nil, UserId::uuid);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    many(access, text, vec![organisation.uuid().into(), after.into(), most.into()]).await
}

/// The account that signs in with `canonical`.
pub(crate) async fn by_identifier(
    access: &impl Access,
    realm: &RealmName,
    canonical: &Canonical,
) -> Result<Option<User>, StoreError> {
    // One statement, found or not: a second one for accounts alone would be told by a stopwatch (SR-4).
    let text = user!("JOIN identifiers i ON i.user_id = u.id WHERE i.realm = $1 AND i.canonical = $2");
    one(access, text, vec![realm.as_str().into(), canonical.as_str().into()]).await
}

/// The accounts of that address, oldest first; where an address is no identifier, several people may share one.
pub(crate) async fn by_email(
    access: &impl Access,
    realm: &RealmName,
    address: &Canonical,
) -> Result<Vec<User>, StoreError> {
    let text =
        user!("WHERE u.realm = $1 AND u.email_canonical = $2 AND u.state <> 'erased' ORDER BY u.created_at, u.id");
    many(access, text, vec![realm.as_str().into(), address.as_str().into()]).await
}

/// The account that signs in with `canonical`, else those of that address, oldest first.
pub(crate) async fn named_or_of_address(
    access: &impl Access,
    realm: &RealmName,
    canonical: &Canonical,
) -> Result<Vec<User>, StoreError> {
    // One statement for both: reading an account twice would be told by a stopwatch (SR-4).
    let text = user!(
        "WHERE u.state <> 'erased' AND (
            u.id = (SELECT i.user_id FROM identifiers i WHERE i.realm = $1 AND i.canonical = $2)
            OR (u.realm = $1 AND u.email_canonical = $2
                AND NOT EXISTS (SELECT 1 FROM identifiers i WHERE i.realm = $1 AND i.canonical = $2)))
            ORDER BY u.created_at, u.id"
    );
    many(access, text, vec![realm.as_str().into(), canonical.as_str().into()]).await
}

/// The accounts that belong to an organisation, in the order in which they joined.
pub(crate) async fn of_organisation(
    access: &impl Access,
    organisation: OrganisationId,
) -> Result<Vec<User>, StoreError> {
    let text = user!(
        "JOIN memberships m ON m.user_id = u.id WHERE m.organisation_id = $1 AND u.state <> 'erased'
        ORDER BY m.joined_at, u.id"
    );
    many(access, text, vec![organisation.uuid().into()]).await
}

/// When each account of that address was last used, as far as its sessions and browsers remember.
pub(crate) async fn last_uses(
    access: &impl Access,
    realm: &RealmName,
    address: &Canonical,
) -> Result<BTreeMap<UserId, Timestamp>, StoreError> {
    #[derive(FromQueryResult)]
    struct Uses {
        id: Uuid,
        in_sessions: Option<i64>,
        in_browsers: Option<i64>,
    }
    let text = "SELECT u.id,
            (SELECT max(s.seen_at) FROM sessions s WHERE s.user_id = u.id) AS in_sessions,
            (SELECT max(d.seen_at) FROM devices d WHERE d.user_id = u.id) AS in_browsers
        FROM users u WHERE u.realm = $1 AND u.email_canonical = $2";
    let connection = access.connection();
    let statement = sql(connection, text, [realm.as_str().into(), address.as_str().into()]);
    let rows = Uses::find_by_statement(statement).all(connection).await?;
    let last = |row: Uses| {
        let last = row.in_sessions.max(row.in_browsers)?;
        Some((UserId::from_uuid(row.id), Timestamp::from_millis(last)))
    };
    Ok(rows.into_iter().filter_map(last).collect())
}

/// An account of nobody, read as any row is: it stands in for the one that was not found, so that a stopwatch tells neither
/// (SR-4). Its address is one that no mail reaches (RFC 2606 §2).
pub(crate) fn nobody() -> Result<User, StoreError> {
    from_row(&UserRow {
        id: Uuid::nil(),
        state: state_name(UserState::Active).to_owned(),
        email: Some("nobody.at.all@example.invalid".to_owned()),
        email_verified_at: None,
        first_name: "Nobody".to_owned(),
        last_name: "Nowhere".to_owned(),
        language: "en".to_owned(),
        created_at: 0,
        updated_at: 0,
        profile: "{}".to_owned(),
        issued: None,
    })
}

async fn many(access: &impl Access, text: &'static str, values: Vec<Value>) -> Result<Vec<User>, StoreError> {
    let connection = access.connection();
    UserRow::find_by_statement(sql(connection, text, values)).all(connection).await?.iter().map(from_row).collect()
}

async fn one(access: &impl Access, text: &'static str, values: Vec<Value>) -> Result<Option<User>, StoreError> {
    let connection = access.connection();
    let row = UserRow::find_by_statement(sql(connection, text, values)).one(connection).await?;
    row.as_ref().map(from_row).transpose()
}

/// Makes the account of a person whose address was just proven; `false` when somebody has it already.
pub(crate) async fn create(
    tx: &Tx,
    realm: &RealmName,
    id: UserId,
    who: &Registrant,
    now: Timestamp,
) -> Result<bool, StoreError> {
    insert(tx, realm, id, (who, Some(now)), now).await?;
    keep_if_named(tx, realm, id, ("email", &who.email.canonical())).await
}

/// Makes the account of a person who proves their address later, with what the realm issues them; `false` when that is
/// somebody's already.
pub(crate) async fn create_issued(
    tx: &Tx,
    realm: &RealmName,
    (id, identifier): (UserId, &IssuedIdentifier),
    who: &Registrant,
    now: Timestamp,
) -> Result<bool, StoreError> {
    insert(tx, realm, id, (who, None), now).await?;
    keep_if_named(tx, realm, id, ("issued", &identifier.canonical())).await
}

async fn insert(
    tx: &Tx,
    realm: &RealmName,
    id: UserId,
    (who, proven): (&Registrant, Option<Timestamp>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let user = users::ActiveModel {
        id: Set(id.uuid()),
        realm: Set(realm.to_string()),
        state: Set(state_name(UserState::Active).to_owned()),
        email: Set(Some(who.email.as_str().to_owned())),
        email_canonical: Set(Some(who.email.canonical().as_str().to_owned())),
        email_verified_at: Set(proven.map(Timestamp::millis)),
        first_name: Set(who.first_name.as_str().to_owned()),
        last_name: Set(who.last_name.as_str().to_owned()),
        language: Set(who.language.tag().to_owned()),
        created_at: Set(now.millis()),
        updated_at: Set(now.millis()),
        profile: Set("{}".to_owned()),
    };
    users::Entity::insert(user).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Lets a new account sign in so; without that it is none, and goes.
async fn keep_if_named(
    tx: &Tx,
    realm: &RealmName,
    id: UserId,
    (kind, canonical): (&'static str, &Canonical),
) -> Result<bool, StoreError> {
    let named = name(tx, realm, id, (kind, canonical)).await?;
    if !named {
        users::Entity::delete_by_id(id.uuid()).exec(tx.connection()).await?;
    }
    Ok(named)
}

/// One statement decides between two who want the same.
pub(super) async fn name(
    tx: &Tx,
    realm: &RealmName,
    id: UserId,
    (kind, canonical): (&'static str, &Canonical),
) -> Result<bool, StoreError> {
    let identifier = identifiers::ActiveModel {
        realm: Set(realm.to_string()),
        canonical: Set(canonical.as_str().to_owned()),
        user_id: Set(id.uuid()),
        kind: Set(kind.to_owned()),
    };
    let taken =
        OnConflict::columns([identifiers::Column::Realm, identifiers::Column::Canonical]).do_nothing().to_owned();
    let inserted = identifiers::Entity::insert(identifier).on_conflict(taken);
    Ok(inserted.exec_without_returning(tx.connection()).await? > 0)
}

/// The address of an account is proven: a mail to it was read. `false` when it was before, or the account may not be used.
pub(crate) async fn prove_email(tx: &Tx, id: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let proven = users::Entity::update_many()
        .col_expr(users::Column::EmailVerifiedAt, Expr::value(now.millis()))
        .col_expr(users::Column::UpdatedAt, Expr::value(now.millis()))
        .filter(users::Column::Id.eq(id.uuid()))
        .filter(users::Column::EmailVerifiedAt.is_null())
        .filter(users::Column::State.eq(state_name(UserState::Active)))
        .exec(tx.connection())
        .await?;
    Ok(proven.rows_affected > 0)
}

/// Some accounts made before that, of whichever realm, whose address was never proven.
pub(crate) async fn unproven(access: &impl Access, before: Timestamp) -> Result<Vec<(RealmName, UserId)>, StoreError> {
    let rows = users::Entity::find()
        .filter(users::Column::EmailVerifiedAt.is_null())
        .filter(users::Column::CreatedAt.lte(before.millis()))
        .filter(users::Column::State.ne(state_name(UserState::Erased)))
        .order_by_asc(users::Column::CreatedAt)
        .limit(100)
        .all(access.connection())
        .await?;
    let read = |row: users::Model| {
        let realm = row.realm.try_into().map_err(|_| StoreError::misfit("users", "realm", row.id))?;
        Ok((realm, UserId::from_uuid(row.id)))
    };
    rows.into_iter().map(read).collect()
}

/// Deletes an account whose address was never proven, with all that is its, an organisation that nobody else belongs to
/// included: its number is free again; `false` when the address was proven meanwhile.
pub(crate) async fn forget_unproven(tx: &Tx, id: UserId) -> Result<bool, StoreError> {
    let alone = organisations::of_nobody_else(tx, id).await?;
    let gone = users::Entity::delete_many()
        .filter(users::Column::Id.eq(id.uuid()))
        .filter(users::Column::EmailVerifiedAt.is_null())
        .exec(tx.connection())
        .await?;
    if gone.rows_affected == 0 {
        return Ok(false);
    }
    organisations::forget(tx, &alone).await?;
    Ok(true)
}

/// Switches an account on or off.
pub(crate) async fn set_state(tx: &Tx, id: UserId, state: UserState, now: Timestamp) -> Result<bool, StoreError> {
    let changed = users::Entity::update_many()
        .col_expr(users::Column::State, Expr::value(state_name(state)))
        .col_expr(users::Column::UpdatedAt, Expr::value(now.millis()))
        .filter(users::Column::Id.eq(id.uuid()))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Writes down what the account says of its owner, if nobody changed it since `user` was read.
pub(crate) async fn set_profile(tx: &Tx, user: &User, profile: &Profile, now: Timestamp) -> Result<bool, StoreError> {
    let written = serde_json::to_string(profile).map_err(|_| StoreError::Unwritable("users.profile"))?;
    let changed = users::Entity::update_many()
        .col_expr(users::Column::Profile, Expr::value(written))
        .col_expr(users::Column::UpdatedAt, Expr::value(now.millis()))
        .filter(users::Column::Id.eq(user.id.uuid()))
        .filter(users::Column::UpdatedAt.eq(user.updated_at.millis()))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Writes down how somebody calls themselves, if nobody changed the account since `user` was read.
pub(crate) async fn set_identity(
    tx: &Tx,
    user: &User,
    identity: &Identity,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let profile = serde_json::to_string(&identity.profile).map_err(|_| StoreError::Unwritable("users.profile"))?;
    let changed = users::Entity::update_many()
        .col_expr(users::Column::FirstName, Expr::value(identity.first_name.as_str()))
        .col_expr(users::Column::LastName, Expr::value(identity.last_name.as_str()))
        .col_expr(users::Column::Language, Expr::value(identity.language.tag()))
        .col_expr(users::Column::Profile, Expr::value(profile))
        .col_expr(users::Column::UpdatedAt, Expr::value(now.millis()))
        .filter(users::Column::Id.eq(user.id.uuid()))
        .filter(users::Column::UpdatedAt.eq(user.updated_at.millis()))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected > 0)
}

/// The account of a row.
pub(super) fn from_row(row: &UserRow) -> Result<User, StoreError> {
    let misfit = |column| StoreError::misfit("users", column, row.id);
    let email = row.email.clone().ok_or_else(|| misfit("email"))?;
    Ok(User {
        id: UserId::from_uuid(row.id),
        state: state_from(&row.state, row.id)?,
        identifier: row.issued.clone().map(IssuedIdentifier::try_from).transpose().map_err(|_| misfit("identifier"))?,
        email: email.try_into().map_err(|_| misfit("email"))?,
        email_verified_at: row.email_verified_at.map(Timestamp::from_millis),
        first_name: row.first_name.clone().try_into().map_err(|_| misfit("first_name"))?,
        last_name: row.last_name.clone().try_into().map_err(|_| misfit("last_name"))?,
        language: row.language.parse().map_err(|_| misfit("language"))?,
        profile: serde_json::from_str(&row.profile).map_err(|_| misfit("profile"))?,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}

const fn state_name(state: UserState) -> &'static str {
    match state {
        UserState::Active => "active",
        UserState::Disabled => "disabled",
        UserState::Closing => "closing",
        UserState::Erased => "erased",
    }
}

fn state_from(text: &str, row: Uuid) -> Result<UserState, StoreError> {
    [UserState::Active, UserState::Disabled, UserState::Closing, UserState::Erased]
        .into_iter()
        .find(|state| state_name(*state) == text)
        .ok_or_else(|| StoreError::misfit("users", "state", row))
}
