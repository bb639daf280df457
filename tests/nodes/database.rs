//! The database of a story, as its operator's own tools see it: what the product cannot say about itself is counted.

use std::path::Path;
use std::time::Duration;

use guichet::entropy::{self, OsEntropy};
use sea_orm::{ConnectionTrait as _, Database as Orm, DatabaseConnection, Statement};

use crate::support::chromium::leave_out;

/// A database.
pub(crate) struct Database {
    url: String,
}

impl Database {
    /// A SQLite file.
    pub(crate) fn sqlite(file: &Path) -> Self {
        Self { url: format!("sqlite:{}", file.display()) }
    }

    /// A new database on the server of the run; `None`, said aloud, where there is none.
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("GUICHET_TEST_POSTGRES") else {
            leave_out("stories on PostgreSQL", "GUICHET_TEST_POSTGRES names no server; tests/run starts one");
            return None;
        };
        let name = format!("nodes_{}", entropy::nonce(&OsEntropy).replace('-', "_").to_lowercase());
        let admin = Orm::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let (server, _) = server.rsplit_once('/').unwrap();
        Some(Self { url: format!("{server}/{name}") })
    }

    /// Its address, as settings say it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its name on the server, on PostgreSQL.
    pub(crate) fn name(&self) -> &str {
        self.url.rsplit_once('/').unwrap().1
    }

    /// From now on it is seen as another role sees it, on PostgreSQL.
    pub(crate) fn becomes(&mut self, role: &str) {
        *self = self.seen_by(role);
    }

    /// As another role sees it.
    pub(crate) fn seen_by(&self, role: &str) -> Self {
        let mut url: url::Url = self.url.parse().unwrap();
        url.set_username(role).unwrap();
        Self { url: url.into() }
    }

    /// How many rows a statement changed, or why it was refused.
    pub(crate) async fn tries(&self, sql: &str) -> Result<u64, String> {
        let connection = self.connect().await;
        let done = connection.execute_unprepared(sql).await.map_err(|error| error.to_string());
        connection.close().await.unwrap();
        Ok(done?.rows_affected())
    }

    /// A number that a query answers with.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let connection = self.connect().await;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        connection.close().await.unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Waits until a query answers with that number: what another process does is not ours to await.
    pub(crate) async fn settles(&self, sql: &str, wanted: i64) {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..1600 {
            ticks.tick().await;
            if self.number(sql).await == wanted {
                return;
            }
        }
        panic!("{sql} does not become {wanted}")
    }

    /// Does what an operator would do by hand.
    pub(crate) async fn execute(&self, sql: &str) {
        let connection = self.connect().await;
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Does something to the whole database from outside, on PostgreSQL.
    pub(crate) async fn on_server(&self, sql: &str) {
        let server = Orm::connect(std::env::var("GUICHET_TEST_POSTGRES").unwrap()).await.unwrap();
        server.execute_unprepared(sql).await.unwrap();
        server.close().await.unwrap();
    }

    async fn connect(&self) -> DatabaseConnection {
        Orm::connect(&self.url).await.unwrap()
    }
}
