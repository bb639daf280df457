//! Mailed links: made, found by hash, spent once.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, Set,
};

use super::rows::links;
use super::{Access, StoreError, Tx};
use crate::clock::Timestamp;
use crate::identity::identifier::EmailAddress;
use crate::identity::user::Registrant;
use crate::ids::{FlowId, LinkId, RealmName, UserId};
use crate::proofs::mailbox::MailboxProof;
use crate::secret::SecretHash;

/// What a link is for; it is refused for anything else (SR-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To prove the address of a registration.
    VerifyEmail,
    /// To choose a new password.
    ResetPassword,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }
}

/// One mailed link, and the code beside it.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// Its identifier, not secret.
    pub(crate) id: LinkId,
    /// The realm it belongs to.
    pub(crate) realm: RealmName,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// The hash of its token (SR-43).
    pub(crate) token: SecretHash,
    /// The keyed hash of its code.
    pub(crate) code: Vec<u8>,
    /// How often the code was guessed at.
    pub(crate) code_misses: i32,
    /// The address it was sent to.
    pub(crate) email: EmailAddress,
    /// Whose account, when there is one; a link of nobody opens nothing and looks the same.
    pub(crate) user: Option<UserId>,
    /// The journey that asked for it.
    pub(crate) flow: FlowId,
    /// Who becomes an account by it.
    pub(crate) registration: Option<Registrant>,
    /// The browser that asked, in words.
    pub(crate) requested_from: String,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it ends (SR-46).
    pub(crate) expires_at: Timestamp,
    /// When its code ends.
    pub(crate) code_expires_at: Timestamp,
    /// When it was used.
    pub(crate) spent_at: Option<Timestamp>,
    /// The browser that used it, in words.
    pub(crate) spent_from: Option<String>,
    /// When it was made void.
    pub(crate) voided_at: Option<Timestamp>,
}

/// Most guesses at one code.
const MOST_GUESSES: i32 = 5;

impl Link {
    /// The proof that spending this link is, for the account that it is about; nothing before it was spent.
    pub(crate) fn proves(&self, user: UserId, now: Timestamp) -> Option<MailboxProof> {
        self.spent_at.map(|_| MailboxProof::from_row(user, now))
    }

    /// Whether its code is still good; guesses are bounded by [`guess`].
    pub(crate) fn takes_code(&self, now: Timestamp) -> bool {
        now < self.code_expires_at && self.voided_at.is_none()
    }
}

/// Keeps a new link.
pub(crate) async fn insert(tx: &Tx, link: &Link) -> Result<(), StoreError> {
    insert_all(tx, std::slice::from_ref(link)).await
}

/// Keeps the links of one mail, however many, by one statement.
pub(crate) async fn insert_all(tx: &Tx, all: &[Link]) -> Result<(), StoreError> {
    let rows = all.iter().map(to_row).collect::<Result<Vec<_>, _>>()?;
    links::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    Ok(())
}

fn to_row(link: &Link) -> Result<links::ActiveModel, StoreError> {
    let registration = link.registration.as_ref().map(serde_json::to_string).transpose();
    Ok(links::ActiveModel {
        id: Set(link.id.uuid()),
        realm: Set(link.realm.to_string()),
        purpose: Set(link.purpose.name().to_owned()),
        token: Set(link.token.as_bytes().to_vec()),
        code: Set(link.code.clone()),
        code_misses: Set(link.code_misses),
        email: Set(link.email.as_str().to_owned()),
        user_id: Set(link.user.map(UserId::uuid)),
        flow_id: Set(link.flow.uuid()),
        registration: Set(registration.map_err(|_| StoreError::misfit("links", "registration", link.id))?),
        requested_from: Set(link.requested_from.clone()),
        created_at: Set(link.created_at.millis()),
        expires_at: Set(link.expires_at.millis()),
        code_expires_at: Set(link.code_expires_at.millis()),
        spent_at: Set(None),
        spent_from: Set(None),
        voided_at: Set(link.voided_at.map(Timestamp::millis)),
    })
}

/// The link of that token, in whatever state it is.
pub(crate) async fn by_token(
    access: &impl Access,
    realm: &RealmName,
    token: &SecretHash,
) -> Result<Option<Link>, StoreError> {
    let row = links::Entity::find()
        .filter(links::Column::Token.eq(token.as_bytes().to_vec()))
        .filter(links::Column::Realm.eq(realm.as_str()))
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The links of a journey, newest first, three at most.
pub(crate) async fn newest(access: &impl Access, flow: FlowId, purpose: Purpose) -> Result<Vec<Link>, StoreError> {
    let rows = newest_rows(flow, purpose, 3).all(access.connection()).await?;
    rows.iter().map(from_row).collect()
}

fn newest_rows(flow: FlowId, purpose: Purpose, most: u64) -> Select<links::Entity> {
    links::Entity::find()
        .filter(links::Column::FlowId.eq(flow.uuid()))
        .filter(links::Column::Purpose.eq(purpose.name()))
        .order_by_desc(links::Column::CreatedAt)
        .limit(most)
}

/// The newest link of that purpose that an account was sent.
pub(crate) async fn newest_of(
    access: &impl Access,
    user: UserId,
    purpose: Purpose,
) -> Result<Option<Link>, StoreError> {
    let row = links::Entity::find()
        .filter(links::Column::UserId.eq(user.uuid()))
        .filter(links::Column::Purpose.eq(purpose.name()))
        .order_by_desc(links::Column::CreatedAt)
        .one(access.connection())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Spends a link: the one statement that two simultaneous uses cannot both win (SR-45).
pub(crate) async fn spend(tx: &Tx, id: LinkId, from: &str, now: Timestamp) -> Result<Option<Link>, StoreError> {
    use links::Column::{ExpiresAt, Id, SpentAt, SpentFrom, VoidedAt};
    let rows = links::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .col_expr(SpentFrom, Expr::value(from))
        .filter(Id.eq(id.uuid()))
        .filter(SpentAt.is_null())
        .filter(VoidedAt.is_null())
        .filter(ExpiresAt.gt(now.millis()))
        .exec_with_returning(tx.connection())
        .await?;
    rows.first().map(from_row).transpose()
}

/// Counts one guess at the codes of a journey's `most` newest mails that are still good, and at the newest of all,
/// good or not; returns those that may be compared with it, newest first. Counted before anything is compared, by one
/// statement: guesses sent at once get no more comparisons than guesses sent in turn (SR-11).
pub(crate) async fn guess(tx: &Tx, flow: FlowId, purpose: Purpose, most: u64) -> Result<Vec<Link>, StoreError> {
    use links::Column::{CodeMisses, Id, VoidedAt};
    let good = newest_rows(flow, purpose, most).filter(VoidedAt.is_null()).all(tx.connection()).await?;
    let newest = newest_rows(flow, purpose, 1).one(tx.connection()).await?;
    let rows = links::Entity::update_many()
        .col_expr(CodeMisses, ExprTrait::add(Expr::col(CodeMisses), 1))
        .filter(Id.is_in(good.iter().chain(&newest).map(|row| row.id)))
        .filter(CodeMisses.lt(MOST_GUESSES))
        .exec_with_returning(tx.connection())
        .await?;
    let mut open = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    open.sort_by_key(|link| std::cmp::Reverse(link.created_at));
    Ok(open)
}

/// Spends the code of a link once. A verification link may have been used before, in another browser (docs/adr/0004);
/// a reset mail is worth one new password, by its link or by its code.
pub(crate) async fn spend_code(
    tx: &Tx,
    id: LinkId,
    purpose: Purpose,
    from: &str,
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    use links::Column::{CodeExpiresAt, Id, SpentAt, SpentFrom, VoidedAt};
    let once = match purpose {
        Purpose::VerifyEmail => Condition::all(),
        Purpose::ResetPassword => Condition::all().add(SpentAt.is_null()),
    };
    let rows = links::Entity::update_many()
        .col_expr(SpentAt, Expr::value(now.millis()))
        .col_expr(SpentFrom, Expr::value(from))
        .col_expr(CodeExpiresAt, Expr::value(now.millis()))
        .filter(Id.eq(id.uuid()))
        .filter(once)
        .filter(VoidedAt.is_null())
        .filter(CodeExpiresAt.gt(now.millis()))
        .exec_with_returning(tx.connection())
        .await?;
    rows.first().map(from_row).transpose()
}

/// Makes one link void.
pub(crate) async fn void(tx: &Tx, id: LinkId, now: Timestamp) -> Result<(), StoreError> {
    void_where(tx, links::Column::Id.eq(id.uuid()), now).await
}

/// Makes the journey's verification links void, save the `keep` newest (UX §1.2: the last three stay good).
pub(crate) async fn void_older_of_flow(tx: &Tx, flow: FlowId, keep: u64, now: Timestamp) -> Result<(), StoreError> {
    let kept = newest_rows(flow, Purpose::VerifyEmail, keep).filter(links::Column::VoidedAt.is_null());
    let kept = kept.all(tx.connection()).await?;
    let kept = kept.into_iter().map(|row| row.id);
    let older = Condition::all()
        .add(links::Column::FlowId.eq(flow.uuid()))
        .add(links::Column::Purpose.eq(Purpose::VerifyEmail.name()))
        .add(links::Column::Id.is_not_in(kept));
    void_where(tx, older, now).await
}

/// Makes every pending link of an account void (SR-53, SR-54); for nobody it does the same work.
pub(crate) async fn void_of_user(tx: &Tx, user: Option<UserId>, now: Timestamp) -> Result<(), StoreError> {
    void_of_users(tx, user.as_slice(), now).await
}

/// The same of several accounts, by one statement.
pub(crate) async fn void_of_users(tx: &Tx, users: &[UserId], now: Timestamp) -> Result<(), StoreError> {
    let nobody = users.is_empty().then_some(uuid::Uuid::nil());
    let whose = users.iter().map(|user| user.uuid()).chain(nobody);
    void_where(tx, links::Column::UserId.is_in(whose), now).await
}

async fn void_where(tx: &Tx, which: impl sea_orm::sea_query::IntoCondition, now: Timestamp) -> Result<(), StoreError> {
    links::Entity::update_many()
        .col_expr(links::Column::VoidedAt, Expr::value(now.millis()))
        .filter(which)
        .filter(links::Column::SpentAt.is_null())
        .filter(links::Column::VoidedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn from_row(row: &links::Model) -> Result<Link, StoreError> {
    let misfit = |column| StoreError::misfit("links", column, row.id);
    let purpose = [Purpose::VerifyEmail, Purpose::ResetPassword]
        .into_iter()
        .find(|purpose| purpose.name() == row.purpose)
        .ok_or_else(|| misfit("purpose"))?;
    let registration = row.registration.as_deref().map(serde_json::from_str).transpose();
    Ok(Link {
        id: LinkId::from_uuid(row.id),
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        purpose,
        token: SecretHash::from_bytes(&row.token).ok_or_else(|| misfit("token"))?,
        code: row.code.clone(),
        code_misses: row.code_misses,
        email: row.email.clone().try_into().map_err(|_| misfit("email"))?,
        user: row.user_id.map(UserId::from_uuid),
        flow: FlowId::from_uuid(row.flow_id),
        registration: registration.map_err(|_| misfit("registration"))?,
        requested_from: row.requested_from.clone(),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        code_expires_at: Timestamp::from_millis(row.code_expires_at),
        spent_at: row.spent_at.map(Timestamp::from_millis),
        spent_from: row.spent_from.clone(),
        voided_at: row.voided_at.map(Timestamp::from_millis),
    })
}
