//! Terms of use: documents as they were published, and who accepted them. Nothing here is ever changed or deleted.

use std::collections::BTreeMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use uuid::Uuid;

use super::rows::{events, terms, terms_acceptances, terms_deliveries};
use super::sql::sql;
use super::{Access, Store, StoreError, Tx};
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::language::Language;
use crate::identity::terms::{Accepted, Digest, Edition, MEDIA_TYPE, TermsKey, TermsVersion};
use crate::ids::{AcceptanceId, MailId, RealmName, UserId};

/// One text as it was published.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// Which document.
    pub(crate) key: TermsKey,
    /// In which version.
    pub(crate) version: TermsVersion,
    /// In which language.
    pub(crate) language: Language,
    /// What it is called.
    pub(crate) title: String,
    /// Its exact bytes.
    pub(crate) content: Vec<u8>,
    /// Their digest, as it was written down.
    pub(crate) digest: Digest,
    /// From when on it is in force.
    pub(crate) effective: Timestamp,
    /// When it was published.
    pub(crate) at: Timestamp,
}

/// Publishes an edition in a language; `false` when another text stands there already, which stays.
pub(crate) async fn publish(
    tx: &Tx,
    realm: &RealmName,
    (edition, language): (&Edition, Language),
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    use terms::Column::{Key, Language as Lang, Realm, Version};

    let digest = edition.digest(language);
    let row = terms::ActiveModel {
        realm: Set(realm.to_string()),
        key: Set(edition.key.to_string()),
        version: Set(edition.version.to_string()),
        language: Set(language.tag().to_owned()),
        title: Set(edition.title.in_language(language).to_owned()),
        media_type: Set(MEDIA_TYPE.to_owned()),
        content: Set(edition.texts.in_language(language).as_bytes().to_vec()),
        sha256: Set(digest.as_bytes().to_vec()),
        effective_at: Set(edition.effective.millis()),
        published_at: Set(now.millis()),
        published_by: Set(by.to_owned()),
    };
    let stays = OnConflict::columns([Realm, Key, Version, Lang]).do_nothing().to_owned();
    if terms::Entity::insert(row).on_conflict(stays).exec_without_returning(tx.connection()).await? > 0 {
        return Ok(true);
    }
    let before = published(tx, realm, &edition.key, edition.version, language).await?;
    Ok(before.is_some_and(|before| before.digest == digest))
}

/// A text as it was published.
pub(crate) async fn published(
    access: &impl Access,
    realm: &RealmName,
    key: &TermsKey,
    version: TermsVersion,
    language: Language,
) -> Result<Option<Published>, StoreError> {
    let id = (realm.to_string(), key.to_string(), version.to_string(), language.tag().to_owned());
    let row = terms::Entity::find_by_id(id).one(access.connection()).await?;
    row.as_ref().map(from_row).transpose()
}

/// All that a realm published, in the order of keys and versions.
pub(crate) async fn all(access: &impl Access, realm: &RealmName) -> Result<Vec<Published>, StoreError> {
    let rows = terms::Entity::find().filter(terms::Column::Realm.eq(realm.as_str())).all(access.connection()).await?;
    let mut all = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    all.sort_by(|a, b| (&a.key, a.version, a.language).cmp(&(&b.key, b.version, b.language)));
    Ok(all)
}

fn from_row(row: &terms::Model) -> Result<Published, StoreError> {
    let misfit = |column| StoreError::misfit("terms", column, format!("{} {} {}", row.realm, row.key, row.version));
    Ok(Published {
        key: row.key.parse().map_err(|_| misfit("key"))?,
        version: row.version.parse().map_err(|_| misfit("version"))?,
        language: row.language.parse().map_err(|_| misfit("language"))?,
        title: row.title.clone(),
        content: row.content.clone(),
        digest: Digest::from_bytes(&row.sha256).ok_or_else(|| misfit("sha256"))?,
        effective: Timestamp::from_millis(row.effective_at),
        at: Timestamp::from_millis(row.published_at),
    })
}

/// How many people accepted each version, by key and version.
pub(crate) async fn counts(
    access: &impl Access,
    realm: &RealmName,
) -> Result<BTreeMap<(String, String), u64>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        key: String,
        version: String,
        people: i64,
    }
    const COUNTS: &str = "SELECT key, version, count(DISTINCT user_id) AS people FROM terms_acceptances
        WHERE realm = $1 GROUP BY key, version";
    let connection = access.connection();
    let statement = sql(connection, COUNTS, [realm.as_str().into()]);
    let rows = Row::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| ((row.key, row.version), u64::try_from(row.people).unwrap_or(0))).collect())
}

/// What somebody accepted, oldest first.
pub(crate) async fn accepted(access: &impl Access, user: UserId) -> Result<Vec<Accepted>, StoreError> {
    let rows = of_user(user).all(access.connection()).await?;
    rows.iter()
        .map(|row| {
            let misfit = |column| StoreError::misfit("terms_acceptances", column, row.id);
            Ok(Accepted {
                key: row.key.parse().map_err(|_| misfit("key"))?,
                version: row.version.parse().map_err(|_| misfit("version"))?,
                at: Timestamp::from_millis(row.accepted_at),
            })
        })
        .collect()
}

fn of_user(user: UserId) -> sea_orm::Select<terms_acceptances::Entity> {
    terms_acceptances::Entity::find()
        .filter(terms_acceptances::Column::UserId.eq(user.uuid()))
        .order_by_asc(terms_acceptances::Column::Number)
}

/// One acceptance as it is kept, with what it is sealed over.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Its identifier.
    pub(crate) id: AcceptanceId,
    /// Its number among the acceptances of the same person, from 1.
    pub(crate) number: i64,
    /// The evidence, to the letter.
    pub(crate) content: String,
    /// Its seal.
    pub(crate) seal: Vec<u8>,
    /// What the columns beside the content say.
    pub(crate) columns: Columns,
}

/// What is read without opening the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    /// Whose.
    pub(crate) user: UserId,
    /// Where.
    pub(crate) realm: String,
    /// Of which document.
    pub(crate) key: String,
    /// In which version.
    pub(crate) version: String,
    /// When, in milliseconds.
    pub(crate) at: i64,
}

/// Appends an acceptance; `false` when another one took its number meanwhile.
pub(crate) async fn accept(tx: &Tx, kept: Kept) -> Result<bool, StoreError> {
    use terms_acceptances::Column::{Number, UserId as User};

    let Kept { id, number, content, seal, columns } = kept;
    let row = terms_acceptances::ActiveModel {
        id: Set(id.uuid()),
        realm: Set(columns.realm),
        user_id: Set(columns.user.uuid()),
        number: Set(number),
        key: Set(columns.key),
        version: Set(columns.version),
        accepted_at: Set(columns.at),
        content: Set(content),
        seal: Set(seal),
    };
    let stays = OnConflict::columns([User, Number]).do_nothing().to_owned();
    let inserted = terms_acceptances::Entity::insert(row).on_conflict(stays);
    Ok(inserted.exec_without_returning(tx.connection()).await? > 0)
}

/// The number and seal of somebody's last acceptance; 0 and nothing before the first.
pub(crate) async fn last(access: &impl Access, user: UserId) -> Result<(i64, Vec<u8>), StoreError> {
    let last = terms_acceptances::Entity::find()
        .filter(terms_acceptances::Column::UserId.eq(user.uuid()))
        .order_by_desc(terms_acceptances::Column::Number)
        .limit(1)
        .one(access.connection())
        .await?;
    Ok(last.map_or_else(Default::default, |row| (row.number, row.seal)))
}

/// All that somebody accepted, as it is kept, in the order of its numbers.
pub(crate) async fn kept(access: &impl Access, user: UserId) -> Result<Vec<Kept>, StoreError> {
    let rows = of_user(user).all(access.connection()).await?;
    let read = |row: terms_acceptances::Model| Kept {
        id: AcceptanceId::from_uuid(row.id),
        number: row.number,
        content: row.content,
        seal: row.seal,
        columns: Columns {
            user: UserId::from_uuid(row.user_id),
            realm: row.realm,
            key: row.key,
            version: row.version,
            at: row.accepted_at,
        },
    };
    Ok(rows.into_iter().map(read).collect())
}

/// How many acceptances of somebody the audit trail tells of, as far back as it goes.
pub(crate) async fn told(access: &impl Access, user: UserId) -> Result<u64, StoreError> {
    let named = format!("\"user\":\"{user}\"");
    let told = events::Entity::find()
        .filter(events::Column::Name.eq(EventKind::TermsAccepted.name()))
        .filter(events::Column::Content.contains(named));
    Ok(told.count(access.connection()).await?)
}

/// What became of a mailed copy.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// `sent` or `given_up`.
    pub(crate) state: String,
    /// To find it in the relay's log.
    pub(crate) message_id: Option<String>,
    /// When.
    pub(crate) at: Timestamp,
}

/// Writes down what became of a mailed copy; the first word stands.
pub(crate) async fn delivered(
    store: &Store,
    mail: MailId,
    message_id: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = terms_deliveries::ActiveModel {
        mail_id: Set(mail.uuid()),
        state: Set(if message_id.is_some() { "sent" } else { "given_up" }.to_owned()),
        message_id: Set(message_id.map(str::to_owned)),
        at: Set(now.millis()),
    };
    let stays = OnConflict::column(terms_deliveries::Column::MailId).do_nothing().to_owned();
    terms_deliveries::Entity::insert(row).on_conflict(stays).exec_without_returning(&store.writer).await?;
    Ok(())
}

/// What became of that mail, once something did.
pub(crate) async fn delivery(access: &impl Access, mail: Uuid) -> Result<Option<Delivery>, StoreError> {
    let row = terms_deliveries::Entity::find_by_id(mail).one(access.connection()).await?;
    Ok(row.map(|row| Delivery { state: row.state, message_id: row.message_id, at: Timestamp::from_millis(row.at) }))
}
