//! The least that an answer can cost: the same framework and listener, the same signatures, one durable write or one
//! look-up on a database with the same settings. No client is proven, nothing is judged, logged or counted.
//!
//! Of the layers around our doors those of the framework are here too: bounds on bodies and time, panics as answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::config::Limits;
use guichet::server::Listener;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait as _,
};
use serde_json::json;
use tempfile::TempDir;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};

use super::wire::Side;
use super::{Asked, asked};

/// An access token's signature.
pub(super) const ES256: &str = "ES256";
/// An ID token's.
pub(super) const RS256: &str = "RS256";

/// About as long as the claims of a token of ours.
const CLAIMS: [u8; 420] = [b'x'; 420];

/// Keys, a database and a listener like ours.
pub(super) struct Floor {
    parts: Arc<Parts>,
    listener: Listener,
    folder: TempDir,
}

struct Parts {
    documents: BTreeMap<&'static str, Bytes>,
    rsa: RsaKeyPair,
    p256: EcdsaKeyPair,
    public: ParsedPublicKey,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

impl Floor {
    /// Serves them, and these documents.
    pub(super) async fn new(documents: BTreeMap<&'static str, Bytes>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (writer, reader) = database(&folder).await;
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, p256.public_key()).unwrap();
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let parts = Arc::new(Parts { documents, rsa, p256, public, writer, reader });
        parts.writes().await;
        let limits = Limits::default();
        let router = router(&limits).with_state(Arc::clone(&parts));
        let listener = Listener::open("127.0.0.1:0".parse().unwrap(), router, &limits).unwrap();
        Self { parts, listener, folder }
    }

    /// A document that lies ready.
    pub(super) fn reads(&self, name: &str) -> Side<'_> {
        let path = format!("/realms/certinomis/documents/{name}");
        self.side(move || asked(Method::GET, &path))
    }

    /// Tokens that are signed so, for a form.
    pub(super) fn issues(&self, algorithms: &str) -> Side<'_> {
        let path = format!("/realms/certinomis/token/{algorithms}");
        let form = "grant_type=authorization_code&code=Zp2m7QhT0aWcYr8Jd2LhVnP6fSgE9uKiO7vXtRbQmA0\
                    &redirect_uri=https%3A%2F%2Fportail.example%2Fretour\
                    &code_verifier=k3qkB5xT0aWcYr8Jd2LhVnP6fSgE9uKiO7vXtRbQmA0";
        self.side(move || {
            let mut request = asked(Method::POST, &path).map(|_| Bytes::from_static(form.as_bytes()));
            let headers = request.headers_mut();
            headers.insert(AUTHORIZATION, "Basic cG9ydGFsOnpNM3FrQjV4VDBhV2NZcjhKZDJMaFZuUDZmU2dF".parse().unwrap());
            headers.insert(CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
            request
        })
    }

    /// What is known of a token that was signed by ES256.
    pub(super) fn looks_up(&self) -> Side<'_> {
        let bearer = format!("Bearer {}", self.parts.token(ES256));
        self.side(move || {
            let mut request = asked(Method::GET, "/realms/certinomis/rows/1");
            request.headers_mut().insert(AUTHORIZATION, bearer.parse().unwrap());
            request
        })
    }

    fn side<'a>(&'a self, asks: impl Fn() -> Asked + 'a) -> Side<'a> {
        Side::new(self.listener.address(), asks)
    }

    /// Stops serving.
    pub(super) async fn end(self) {
        let Self { parts, listener, folder } = self;
        listener.close(Duration::ZERO).await;
        parts.reader.close_by_ref().await.unwrap();
        parts.writer.close_by_ref().await.unwrap();
        drop(folder);
    }
}

fn router(limits: &Limits) -> Router<Arc<Parts>> {
    Router::new()
        .route("/realms/{realm}/documents/{name}", get(document))
        .route("/realms/{realm}/token/{algorithms}", post(issue))
        .route("/realms/{realm}/rows/{row}", get(look_up))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(limits.body_bytes))
        .layer(RequestBodyDeadlineLayer::new(limits.body_time))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits.request_time))
        .layer(CatchPanicLayer::new())
}

async fn document(State(parts): State<Arc<Parts>>, Path((_, name)): Path<(String, String)>) -> Response {
    ([(CONTENT_TYPE, "application/json")], parts.documents[name.as_str()].clone()).into_response()
}

/// Reads a form, signs, and commits one row.
async fn issue(
    State(parts): State<Arc<Parts>>,
    Path((_, algorithms)): Path<(String, String)>,
    form: Bytes,
) -> impl IntoResponse {
    assert_eq!(url::form_urlencoded::parse(&form).count(), 4);
    let tokens: Vec<_> = algorithms.split('+').map(|algorithm| parts.token(algorithm)).collect();
    parts.writes().await;
    Json(tokens)
}

/// Verifies a token, and finds one row by its key.
async fn look_up(
    State(parts): State<Arc<Parts>>,
    Path((_, row)): Path<(String, i64)>,
    headers: HeaderMap,
) -> impl IntoResponse {
    parts.verifies(headers[AUTHORIZATION].to_str().unwrap().strip_prefix("Bearer ").unwrap());
    Json(json!({ "sub": "01900000-0000-7000-8000-000000000100", "length": parts.reads(row).await }))
}

impl Parts {
    fn token(&self, algorithm: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode([b'h'; 90]), URL_SAFE_NO_PAD.encode(CLAIMS));
        let digest = digest(&SHA256, message.as_bytes());
        let signature = if algorithm == RS256 {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature).unwrap();
            signature
        } else {
            assert_eq!(algorithm, ES256);
            self.p256.sign_digest(&digest).unwrap().as_ref().to_vec()
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn verifies(&self, token: &str) {
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        self.public.verify_sig(message.as_bytes(), &signature).unwrap();
    }

    async fn writes(&self) {
        let mode = Some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        let transaction = self.writer.begin_with_options(options).await.unwrap();
        let insert = "INSERT INTO floor (content) VALUES ($1)";
        let row = Statement::from_sql_and_values(DbBackend::Sqlite, insert, [CLAIMS.to_vec().into()]);
        transaction.execute_raw(row).await.unwrap();
        transaction.commit().await.unwrap();
    }

    async fn reads(&self, row: i64) -> usize {
        let select = "SELECT content FROM floor WHERE id = $1";
        let row = Statement::from_sql_and_values(DbBackend::Sqlite, select, [row.into()]);
        let found = self.reader.query_one_raw(row).await.unwrap();
        found.unwrap().try_get::<Vec<u8>>("", "content").unwrap().len()
    }
}

/// One connection that writes and some that read, as `store` opens them: every commit is on the disk.
async fn database(folder: &TempDir) -> (DatabaseConnection, DatabaseConnection) {
    let mut options = ConnectOptions::new(format!("sqlite:{}", folder.path().join("floor.db").display()));
    options.sqlx_logging(false).record_stmt_in_spans(false).test_before_acquire(false).max_connections(1);
    options.map_sqlx_sqlite_opts(|sqlite| {
        let sqlite = sqlite.create_if_missing(true).foreign_keys(true).journal_mode(SqliteJournalMode::Wal);
        sqlite.synchronous(SqliteSynchronous::Full)
    });
    let writer = Database::connect(options.clone()).await.unwrap();
    writer.execute_unprepared("CREATE TABLE floor (id integer PRIMARY KEY, content blob NOT NULL)").await.unwrap();
    options.max_connections(4).map_sqlx_sqlite_opts(|sqlite| sqlite.read_only(true));
    (writer, Database::connect(options).await.unwrap())
}
