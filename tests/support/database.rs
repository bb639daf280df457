//! A database for each story, on SQLite and on PostgreSQL, copied from one that was migrated and given its realm once.
//!
//! Making a realm's keys takes seconds; copying them does not. PostgreSQL is where `GUICHET_TEST_POSTGRES` says, and
//! left out, aloud, when it says nothing (`tests/run` starts one).

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use guichet::secret::Secret;
use guichet::store::{Store, migrate};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use url::Url;

use super::world::furnish;

/// The engines that stories are told on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Those there are on this machine.
    pub(crate) fn available() -> Vec<Self> {
        if server().is_some() { vec![Self::Sqlite, Self::Postgres] } else { vec![Self::Sqlite] }
    }
}

/// One story's database; gone at its end.
pub(crate) struct Database {
    pub(crate) engine: Engine,
    name: String,
    folder: TempDir,
}

static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// A copy of the furnished one.
    pub(crate) async fn new(engine: Engine) -> Self {
        let database = Self::empty(engine);
        match engine {
            Engine::Sqlite => {
                let template = SQLITE.get_or_init(async || {
                    let template = Self::empty(engine);
                    furnish(template.migrated().await).await;
                    fs::read(template.file()).unwrap()
                });
                fs::write(database.file(), template.await).unwrap();
            }
            Engine::Postgres => {
                let template = POSTGRES.get_or_init(async || {
                    let template = Self::empty(engine);
                    administer(&format!("CREATE DATABASE {}", template.name)).await;
                    furnish(template.migrated().await).await;
                    template.name
                });
                let template = template.await;
                administer(&format!("CREATE DATABASE {} TEMPLATE {template}", database.name)).await;
            }
        }
        database
    }

    fn empty(engine: Engine) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("guichet_{}_{number}", process::id());
        Self { engine, name, folder: TempDir::with_prefix("guichet-story-").unwrap() }
    }

    async fn migrated(&self) -> Store {
        let store = self.open().await;
        migrate::run(&store).await.unwrap();
        store
    }

    /// A new set of connections, as a node of its own has.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url()).await.unwrap()
    }

    /// Its address, for `Store` and for settings.
    pub(crate) fn url(&self) -> Secret<String> {
        Secret::new(match self.engine {
            Engine::Sqlite => format!("sqlite:{}", self.file().display()),
            Engine::Postgres => in_server(&self.name),
        })
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("guichet.db")
    }

    /// Which kind it is.
    pub(crate) const fn engine(&self) -> Engine {
        self.engine
    }

    /// Runs one statement of the story's own.
    pub(crate) async fn execute(&self, sql: &str) -> u64 {
        let own = self.connect().await;
        let done = own.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}")).rows_affected();
        own.close().await.unwrap();
        done
    }

    /// The first column of every row, a text.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let own = self.connect().await;
        let rows = own.query_all_raw(Statement::from_string(backend(self.engine), sql)).await;
        own.close().await.unwrap();
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
        rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
    }

    /// What a `SELECT count(*)` says.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        let own = self.connect().await;
        let row = own.query_one_raw(Statement::from_string(backend(self.engine), sql)).await;
        own.close().await.unwrap();
        row.unwrap_or_else(|error| panic!("{error}: {sql}")).unwrap().try_get_by_index::<i64>(0).unwrap()
    }

    /// Everything in every table, as text; bytes in hexadecimal.
    pub(crate) async fn dump(&self) -> String {
        let mut dump = String::new();
        for table in self.tables().await {
            let columns = self.columns(&table).await;
            let texts = columns.iter().map(|column| match self.engine {
                Engine::Sqlite => format!(
                    "CASE typeof({column}) WHEN 'blob' THEN lower(hex({column})) ELSE coalesce({column}, '') END"
                ),
                Engine::Postgres => format!("coalesce({column}::text, '')"),
            });
            let line = texts.collect::<Vec<_>>().join(" || ' | ' || ");
            for row in self.texts(&format!("SELECT {line} FROM {table}")).await {
                writeln!(dump, "{table}: {row}").unwrap();
            }
        }
        dump
    }

    async fn tables(&self) -> Vec<String> {
        self.texts(match self.engine {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
            Engine::Postgres => {
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
            }
        })
        .await
    }

    async fn columns(&self, table: &str) -> Vec<String> {
        self.texts(&match self.engine {
            Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Engine::Postgres => format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
            ),
        })
        .await
    }

    async fn connect(&self) -> DatabaseConnection {
        connect(self.url().expose()).await
    }

    /// Gives it back.
    pub(crate) async fn end(self) {
        if self.engine == Engine::Postgres {
            administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }
    }
}

/// A text as a dump shows bytes.
pub(crate) fn hex(text: &str) -> String {
    hex_of(text.as_bytes())
}

/// Bytes in hexadecimal.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

const fn backend(engine: Engine) -> DbBackend {
    match engine {
        Engine::Sqlite => DbBackend::Sqlite,
        Engine::Postgres => DbBackend::Postgres,
    }
}

fn server() -> Option<String> {
    env::var("GUICHET_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

fn in_server(database: &str) -> String {
    let mut url: Url = server().unwrap().parse().unwrap();
    url.set_path(database);
    url.into()
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url.to_owned());
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.unwrap()
}

async fn administer(sql: &str) {
    let server = connect(&server().unwrap()).await;
    server.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    server.close().await.unwrap();
}
