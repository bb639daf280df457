//! What was shown of certificates, by which they can be asked about while nobody shows them (SR-95, ADR 0044).
//!
//! Kept when one is judged to be good, for as long as it is an account's. Whoever asks claims one first, by one statement
//! that says when it was asked about: several nodes share the work, and each certificate has its turn.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _, Set};

use super::rows::certificate_paths;
use super::sql::sql;
use super::{Access as _, Store, StoreError, Tx};
use crate::clock::{Duration, Timestamp, days, hours};
use crate::ids::{RealmName, UserId};
use crate::proofs::certificate::Particulars;
use crate::source::ClientCertificate;

/// How long after it was asked about a certificate is asked about again.
const REST: Duration = hours(1);
/// How long after somebody signed in with it a certificate counts as one that may be shown again soon.
const LATELY: Duration = days(1);

/// A certificate whose turn it is.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    /// Where.
    pub(crate) realm: RealmName,
    /// What it is bound by.
    pub(crate) sha256: String,
    /// The certificate.
    pub(crate) der: Vec<u8>,
    /// What was shown along with it.
    pub(crate) chain: Vec<Vec<u8>>,
}

/// Keeps what was shown and has just been asked about.
pub(crate) async fn keep(
    tx: &Tx,
    realm: &RealmName,
    (shown, particulars): (&ClientCertificate, &Particulars),
    now: Timestamp,
) -> Result<(), StoreError> {
    use certificate_paths::Column::{AskedAt, Path, Realm, Sha256};
    let chain = shown.chain().iter().map(Vec::as_slice);
    let path: Vec<_> = std::iter::once(shown.der()).chain(chain).map(|der| URL_SAFE_NO_PAD.encode(der)).collect();
    let row = certificate_paths::ActiveModel {
        realm: Set(realm.to_string()),
        sha256: Set(particulars.sha256.clone()),
        path: Set(path.join(" ")),
        asked_at: Set(now.millis()),
    };
    let replace = OnConflict::columns([Realm, Sha256]).update_columns([Path, AskedAt]).to_owned();
    certificate_paths::Entity::insert(row).on_conflict(replace).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The statement of [`claim`]: a certificate with which a session is open, or that somebody signed in with lately; SQLite
/// has one writer and no rows to lock.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE certificate_paths SET asked_at = $1 WHERE asked_at <= $2 AND (realm, sha256) = (
                SELECT due.realm, due.sha256 FROM certificate_paths AS due WHERE due.asked_at <= $2 AND (
                    EXISTS (SELECT 1 FROM sessions WHERE sessions.realm = due.realm
                        AND sessions.certificate_sha256 = due.sha256
                        AND sessions.ended_at IS NULL AND sessions.expires_at > $1)
                    OR EXISTS (SELECT 1 FROM certificates WHERE certificates.realm = due.realm
                        AND certificates.sha256 = due.sha256 AND certificates.used_at > $3))
                ORDER BY due.asked_at LIMIT 1 ",
            $lock,
            ") RETURNING *"
        )
    };
}

/// Claims the certificate that has waited longest, if its turn has come.
pub(crate) async fn claim(store: &Store, now: Timestamp) -> Result<Option<Due>, StoreError> {
    let text = if store.is_postgres() { claim!("FOR UPDATE OF due SKIP LOCKED") } else { claim!("") };
    let values = [now, now - REST, now - LATELY].map(|at| at.millis().into());
    let row = store.writer.query_one_raw(sql(&store.writer, text, values)).await?;
    row.map(|row| from_row(&certificate_paths::Model::from_query_result(&row, "")?)).transpose()
}

/// Forgets what was shown of a certificate that is taken from its account.
pub(super) async fn forget(tx: &Tx, realm: &RealmName, sha256: &str) -> Result<(), StoreError> {
    certificate_paths::Entity::delete_many()
        .filter(certificate_paths::Column::Realm.eq(realm.as_str()))
        .filter(certificate_paths::Column::Sha256.eq(sha256))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The same of all that an account has.
pub(super) async fn forget_all(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    let text = "DELETE FROM certificate_paths WHERE EXISTS (SELECT 1 FROM certificates
        WHERE certificates.realm = certificate_paths.realm AND certificates.sha256 = certificate_paths.sha256
        AND certificates.user_id = $1)";
    tx.connection().execute_raw(sql(tx.connection(), text, [user.uuid().into()])).await?;
    Ok(())
}

/// The same of all that nobody bound within a day; how many.
pub(super) async fn forget_unbound(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    let text = "DELETE FROM certificate_paths WHERE asked_at <= $1 AND NOT EXISTS (SELECT 1 FROM certificates
        WHERE certificates.realm = certificate_paths.realm AND certificates.sha256 = certificate_paths.sha256)";
    let statement = sql(&store.writer, text, [(now - LATELY).millis().into()]);
    Ok(store.writer.execute_raw(statement).await?.rows_affected())
}

fn from_row(row: &certificate_paths::Model) -> Result<Due, StoreError> {
    let misfit = |column| StoreError::misfit("certificate_paths", column, &row.sha256);
    let mut path = row.path.split(' ').map(|der| URL_SAFE_NO_PAD.decode(der).map_err(|_| misfit("path")));
    Ok(Due {
        realm: row.realm.clone().try_into().map_err(|_| misfit("realm"))?,
        sha256: row.sha256.clone(),
        der: path.next().ok_or_else(|| misfit("path"))??,
        chain: path.collect::<Result<_, _>>()?,
    })
}
