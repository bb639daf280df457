//! Invitations into organisations: sent, sent again, accepted once, refused or taken back.
//!
//! Each of these is one statement that changes the row and returns it (SR-45, SR-60): of two who act at once, one does.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, UpdateMany,
};

use super::rows::invitations;
use super::rows::invitations::Column as C;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::identity::invitation::{Invitation, REMINDED_AHEAD, REMINDED_FROM};
use crate::identity::organisation::Role;
use crate::identity::user::Registrant;
use crate::ids::{InvitationId, OrganisationId, RealmName, UserId};
use crate::proofs::mailbox::MailboxProof;
use crate::secret::SecretHash;

/// Keeps a new invitation, under the hash of the token that its mail brings.
pub(crate) async fn insert(tx: &Tx, invitation: &Invitation, token: &SecretHash) -> Result<(), StoreError> {
    let who = &invitation.who;
    let roles: Vec<_> = invitation.roles.iter().map(|role| role.as_str()).collect();
    let row = invitations::Model {
        id: invitation.id.uuid(),
        realm: invitation.realm.to_string(),
        organisation_id: invitation.organisation.uuid(),
        email: who.email.as_str().to_owned(),
        first_name: who.first_name.as_str().to_owned(),
        last_name: who.last_name.as_str().to_owned(),
        language: who.language.tag().to_owned(),
        roles: roles.join(" "),
        token: token.as_bytes().to_vec(),
        former_token: None,
        invited_by: invitation.invited_by.map(UserId::uuid),
        created_at: invitation.created_at.millis(),
        sent_at: invitation.sent_at.millis(),
        expires_at: invitation.expires_at.millis(),
        reminded_at: None,
        accepted_at: None,
        user_id: None,
        refused_at: None,
        withdrawn_at: None,
    };
    let row = row.into_active_model().reset_all();
    invitations::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The invitation that a token belongs to, in whatever state it is, and whether the token is its newest.
pub(crate) async fn by_token(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
) -> Result<Option<(Invitation, bool)>, StoreError> {
    let bytes = token.as_bytes().to_vec();
    let either = Condition::any().add(C::Token.eq(bytes.clone())).add(C::FormerToken.eq(bytes));
    let row = invitations::Entity::find().filter(either).filter(C::Realm.eq(realm.as_str()));
    let Some(row) = row.one(access.connection()).await? else { return Ok(None) };
    Ok(Some((from_row(&row)?, row.token == token.as_bytes())))
}

/// The invitation of that id, in whatever state it is.
pub(crate) async fn find(access: &impl Access, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
    let row = invitations::Entity::find_by_id(id.uuid()).one(access.connection()).await?;
    row.as_ref().map(from_row).transpose()
}

/// Those of an organisation that are open: nobody accepted, refused or withdrew them; expired ones can be sent again.
pub(crate) async fn of_organisation(
    access: &impl Access,
    organisation: OrganisationId,
) -> Result<Vec<Invitation>, StoreError> {
    let rows = invitations::Entity::find()
        .filter(C::OrganisationId.eq(organisation.uuid()))
        .filter(open())
        .order_by_asc(C::CreatedAt)
        .order_by_asc(C::Id)
        .all(access.connection())
        .await?;
    rows.iter().map(from_row).collect()
}

/// Spends an invitation for the account that joins by it (SR-60).
pub(crate) async fn accept(
    tx: &Tx,
    id: InvitationId,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let accepted = waiting(id, now)
        .col_expr(C::AcceptedAt, Expr::value(now.millis()))
        .col_expr(C::UserId, Expr::value(user.uuid()));
    changed(tx, accepted).await
}

/// What whoever accepted has proven of the mailbox that the invitation was sent to: once its row says so, not before.
pub(crate) fn proof(accepted: &Invitation) -> Option<MailboxProof> {
    accepted.accepted.map(|(at, user)| MailboxProof::from_row(user, at))
}

/// The invited says no.
pub(crate) async fn refuse(tx: &Tx, id: InvitationId, now: Timestamp) -> Result<Option<Invitation>, StoreError> {
    changed(tx, waiting(id, now).col_expr(C::RefusedAt, Expr::value(now.millis()))).await
}

/// An administrator takes an invitation of that organisation back.
pub(crate) async fn withdraw(
    tx: &Tx,
    (organisation, id): (OrganisationId, InvitationId),
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let withdrawn = invitations::Entity::update_many()
        .col_expr(C::WithdrawnAt, Expr::value(now.millis()))
        .filter(C::OrganisationId.eq(organisation.uuid()))
        .filter(C::Id.eq(id.uuid()))
        .filter(open());
    changed(tx, withdrawn).await
}

/// Another mail is sent: its token takes the place of the former one (SR-54), and time begins again.
pub(crate) async fn resend(
    tx: &Tx,
    (organisation, id): (OrganisationId, InvitationId),
    token: &SecretHash,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let anew = newer(token, now)
        .col_expr(C::ExpiresAt, Expr::value(expires_at.millis()))
        .col_expr(C::RemindedAt, Expr::value(Option::<i64>::None))
        .filter(C::OrganisationId.eq(organisation.uuid()))
        .filter(C::Id.eq(id.uuid()))
        .filter(open());
    changed(tx, anew).await
}

/// Some invitations whose end is near, and of which nobody was reminded.
pub(crate) async fn near_their_end(access: &impl Access, now: Timestamp) -> Result<Vec<InvitationId>, StoreError> {
    let rows = invitations::Entity::find()
        .filter(unreminded(now))
        .order_by_asc(C::ExpiresAt)
        .limit(100)
        .all(access.connection())
        .await?;
    Ok(rows.iter().map(|row| InvitationId::from_uuid(row.id)).collect())
}

/// Spends the reminder of an invitation: of several nodes one reminds. Its mail brings a newer token; without one nothing
/// is sent, and the former stays good.
pub(crate) async fn remind(
    tx: &Tx,
    id: InvitationId,
    token: Option<&SecretHash>,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let reminded = match token {
        Some(token) => newer(token, now),
        None => invitations::Entity::update_many(),
    };
    let reminded = reminded.col_expr(C::RemindedAt, Expr::value(now.millis()));
    changed(tx, reminded.filter(C::Id.eq(id.uuid())).filter(unreminded(now))).await
}

/// Nobody accepted, refused or withdrew it.
fn open() -> Condition {
    Condition::all().add(C::AcceptedAt.is_null()).add(C::RefusedAt.is_null()).add(C::WithdrawnAt.is_null())
}

fn unreminded(now: Timestamp) -> Condition {
    let life = Expr::col(C::ExpiresAt).sub(Expr::col(C::SentAt));
    let lives_long = life.gte(i64::try_from(REMINDED_FROM.as_millis()).unwrap_or(i64::MAX));
    open()
        .add(C::RemindedAt.is_null())
        .add(C::ExpiresAt.gt(now.millis()))
        .add(C::ExpiresAt.lte((now + REMINDED_AHEAD).millis()))
        .add(lives_long)
}

fn waiting(id: InvitationId, now: Timestamp) -> UpdateMany<invitations::Entity> {
    invitations::Entity::update_many().filter(C::Id.eq(id.uuid())).filter(open()).filter(C::ExpiresAt.gt(now.millis()))
}

fn newer(token: &SecretHash, now: Timestamp) -> UpdateMany<invitations::Entity> {
    invitations::Entity::update_many()
        .col_expr(C::FormerToken, Expr::col(C::Token))
        .col_expr(C::Token, Expr::value(token.as_bytes().to_vec()))
        .col_expr(C::SentAt, Expr::value(now.millis()))
}

async fn changed(tx: &Tx, update: UpdateMany<invitations::Entity>) -> Result<Option<Invitation>, StoreError> {
    update.exec_with_returning(tx.connection()).await?.first().map(from_row).transpose()
}

fn from_row(row: &invitations::Model) -> Result<Invitation, StoreError> {
    let misfit = |column| StoreError::misfit("invitations", column, row.id);
    let roles: Result<Vec<Role>, _> = row.roles.split_whitespace().map(str::parse).collect();
    let accepted = row.accepted_at.map(Timestamp::from_millis).zip(row.user_id.map(UserId::from_uuid));
    Ok(Invitation {
        id: InvitationId::from_uuid(row.id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        organisation: OrganisationId::from_uuid(row.organisation_id),
        who: Registrant {
            first_name: row.first_name.clone().try_into().map_err(|_| misfit("first_name"))?,
            last_name: row.last_name.clone().try_into().map_err(|_| misfit("last_name"))?,
            email: row.email.clone().try_into().map_err(|_| misfit("email"))?,
            language: row.language.parse().map_err(|_| misfit("language"))?,
            organisation: None,
        },
        roles: roles.map_err(|_| misfit("roles"))?,
        invited_by: row.invited_by.map(UserId::from_uuid),
        created_at: Timestamp::from_millis(row.created_at),
        sent_at: Timestamp::from_millis(row.sent_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        reminded_at: row.reminded_at.map(Timestamp::from_millis),
        accepted,
        refused_at: row.refused_at.map(Timestamp::from_millis),
        withdrawn_at: row.withdrawn_at.map(Timestamp::from_millis),
    })
}
