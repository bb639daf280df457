//! People who ask the administrators of an organisation for access: asked, proven by the mailbox, decided.
//!
//! One row for each address and organisation: who asks again gets another link to the same request. One that was refused
//! stays until its time is over, so that nobody is asked the same thing every day.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _,
};

use super::rows::access_requests;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::identity::identifier::Canonical;
use crate::identity::user::Registrant;
use crate::ids::{AccessRequestId, OrganisationId, RealmName, UserId};
use crate::secret::SecretHash;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct AccessRequest {
    /// Its identifier, not secret.
    pub(crate) id: AccessRequestId,
    /// The realm it belongs to.
    pub(crate) realm: RealmName,
    /// To which organisation.
    pub(crate) organisation: OrganisationId,
    /// Who asks.
    pub(crate) who: Registrant,
    /// How far it has come.
    pub(crate) stage: Stage,
    /// The hash of the token that the mailbox is sent (SR-43).
    pub(crate) token: SecretHash,
    /// The browser that asked, in words.
    pub(crate) requested_from: String,
    /// When it was asked.
    pub(crate) asked_at: Timestamp,
    /// Until when the link proves the mailbox.
    pub(crate) link_ends: Timestamp,
    /// When the request is forgotten.
    pub(crate) expires_at: Timestamp,
}

impl AccessRequest {
    /// First and last name as one line.
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.who.first_name.as_str(), self.who.last_name.as_str())
    }
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nobody has read the mailbox yet.
    Asked,
    /// The mailbox was read then; the administrators were told.
    Proven(Timestamp),
    /// An administrator invited whoever asked.
    Accepted(Timestamp),
    /// An administrator did not.
    Refused(Timestamp),
}

/// What an administrator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// « Accepter »
    Accept,
    /// « Refuser »
    Refuse,
}

impl Decision {
    const fn state(self) -> &'static str {
        match self {
            Self::Accept => "accepted",
            Self::Refuse => "refused",
        }
    }
}

/// Keeps a request. Whoever asked before gets the new link instead of the old one; what they ask changes until it is
/// proven, and not afterwards.
pub(crate) async fn ask(tx: &Tx, request: &AccessRequest) -> Result<(), StoreError> {
    use access_requests::Column as C;
    let canonical = request.who.email.canonical();
    let row = access_requests::Model {
        id: request.id.uuid(),
        realm: request.realm.to_string(),
        organisation_id: request.organisation.uuid(),
        email: request.who.email.as_str().to_owned(),
        email_canonical: canonical.as_str().to_owned(),
        first_name: request.who.first_name.as_str().to_owned(),
        last_name: request.who.last_name.as_str().to_owned(),
        language: request.who.language.tag().to_owned(),
        state: "asked".to_owned(),
        token: request.token.as_bytes().to_vec(),
        requested_from: request.requested_from.clone(),
        asked_at: request.asked_at.millis(),
        link_ends_at: request.link_ends.millis(),
        proven_at: None,
        decided_at: None,
        decided_by: None,
        expires_at: request.expires_at.millis(),
    };
    let row = row.into_active_model().reset_all();
    let mut again = OnConflict::columns([C::OrganisationId, C::EmailCanonical]);
    again.update_columns([C::Token, C::RequestedFrom, C::LinkEndsAt]);
    access_requests::Entity::insert(row).on_conflict(again).exec_without_returning(tx.connection()).await?;
    access_requests::Entity::update_many()
        .col_expr(C::FirstName, Expr::value(request.who.first_name.as_str()))
        .col_expr(C::LastName, Expr::value(request.who.last_name.as_str()))
        .col_expr(C::Language, Expr::value(request.who.language.tag()))
        .col_expr(C::AskedAt, Expr::value(request.asked_at.millis()))
        .col_expr(C::ExpiresAt, Expr::value(request.expires_at.millis()))
        .filter(C::OrganisationId.eq(request.organisation.uuid()))
        .filter(C::EmailCanonical.eq(canonical.as_str()))
        .filter(C::State.eq("asked"))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The request that a token belongs to, however far it has come.
pub(crate) async fn by_token(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
) -> Result<Option<AccessRequest>, StoreError> {
    use access_requests::Column::{Realm, Token};
    let row = access_requests::Entity::find()
        .filter(Token.eq(token.as_bytes().to_vec()))
        .filter(Realm.eq(realm.as_str()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The mailbox was read: the administrators may hear of it, once (SR-45). `false` when they have, or it is too late.
pub(crate) async fn prove(tx: &Tx, id: AccessRequestId, now: Timestamp) -> Result<bool, StoreError> {
    use access_requests::Column::{Id, LinkEndsAt, ProvenAt, State};
    let proven = access_requests::Entity::update_many()
        .col_expr(State, Expr::value("proven"))
        .col_expr(ProvenAt, Expr::value(now.millis()))
        .filter(Id.eq(id.uuid()))
        .filter(State.eq("asked"))
        .filter(LinkEndsAt.gt(now.millis()))
        .exec(tx.connection())
        .await?;
    Ok(proven.rows_affected > 0)
}

/// Those that wait for an administrator, the oldest first.
pub(crate) async fn waiting(
    access: &impl Access,
    organisation: OrganisationId,
    now: Timestamp,
) -> Result<Vec<AccessRequest>, StoreError> {
    use access_requests::Column::{ExpiresAt, Id, OrganisationId as To, ProvenAt, State};
    let rows = access_requests::Entity::find()
        .filter(To.eq(organisation.uuid()))
        .filter(State.eq("proven"))
        .filter(ExpiresAt.gt(now.millis()))
        .order_by_asc(ProvenAt)
        .order_by_asc(Id)
        .all(access.connection())
        .await?;
    rows.iter().map(from_row).collect()
}

/// How many wait for an administrator.
pub(crate) async fn count(
    access: &impl Access,
    organisation: OrganisationId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    use access_requests::Column::{ExpiresAt, OrganisationId as To, State};
    let waiting = access_requests::Entity::find()
        .filter(To.eq(organisation.uuid()))
        .filter(State.eq("proven"))
        .filter(ExpiresAt.gt(now.millis()));
    Ok(waiting.count(access.connection()).await?)
}

/// Decides a request that waits; of two administrators who do at once, one. What it was comes back.
pub(crate) async fn decide(
    tx: &Tx,
    (organisation, id): (OrganisationId, AccessRequestId),
    decision: Decision,
    (by, now): (UserId, Timestamp),
) -> Result<Option<AccessRequest>, StoreError> {
    use access_requests::Column::{DecidedAt, DecidedBy, ExpiresAt, Id, OrganisationId as To, State};
    let rows = access_requests::Entity::update_many()
        .col_expr(State, Expr::value(decision.state()))
        .col_expr(DecidedAt, Expr::value(now.millis()))
        .col_expr(DecidedBy, Expr::value(by.uuid()))
        .filter(Id.eq(id.uuid()))
        .filter(To.eq(organisation.uuid()))
        .filter(State.eq("proven"))
        .filter(ExpiresAt.gt(now.millis()))
        .exec_with_returning(tx.connection())
        .await?;
    rows.first().map(from_row).transpose()
}

/// All requests of whoever reads that mailbox.
pub(crate) async fn of_address(
    access: &impl Access,
    realm: &RealmName,
    address: &Canonical,
) -> Result<Vec<AccessRequest>, StoreError> {
    use access_requests::Column::{AskedAt, EmailCanonical, Realm};
    let rows = access_requests::Entity::find()
        .filter(Realm.eq(realm.as_str()))
        .filter(EmailCanonical.eq(address.as_str()))
        .order_by_asc(AskedAt)
        .all(access.connection())
        .await?;
    rows.iter().map(from_row).collect()
}

/// Forgets them.
pub(crate) async fn forget(tx: &Tx, realm: &RealmName, address: &Canonical) -> Result<(), StoreError> {
    use access_requests::Column::{EmailCanonical, Realm};
    access_requests::Entity::delete_many()
        .filter(Realm.eq(realm.as_str()))
        .filter(EmailCanonical.eq(address.as_str()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: &access_requests::Model) -> Result<AccessRequest, StoreError> {
    let misfit = |column| StoreError::misfit("access_requests", column, row.id);
    let moment = |column, at: Option<i64>| at.map(Timestamp::from_millis).ok_or_else(|| misfit(column));
    let stage = match row.state.as_str() {
        "asked" => Stage::Asked,
        "proven" => Stage::Proven(moment("proven_at", row.proven_at)?),
        "accepted" => Stage::Accepted(moment("decided_at", row.decided_at)?),
        "refused" => Stage::Refused(moment("decided_at", row.decided_at)?),
        _ => return Err(misfit("state")),
    };
    Ok(AccessRequest {
        id: AccessRequestId::from_uuid(row.id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        organisation: OrganisationId::from_uuid(row.organisation_id),
        who: Registrant {
            first_name: row.first_name.clone().try_into().map_err(|_| misfit("first_name"))?,
            last_name: row.last_name.clone().try_into().map_err(|_| misfit("last_name"))?,
            email: row.email.clone().try_into().map_err(|_| misfit("email"))?,
            language: row.language.parse().map_err(|_| misfit("language"))?,
            organisation: None,
        },
        stage,
        token: SecretHash::from_bytes(&row.token).ok_or_else(|| misfit("token"))?,
        requested_from: row.requested_from.clone(),
        asked_at: Timestamp::from_millis(row.asked_at),
        link_ends: Timestamp::from_millis(row.link_ends_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
