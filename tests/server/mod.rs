//! What every request meets before any door: in-process, over real sockets on loopback.

mod certificates;
mod headers;
mod limits;
mod management;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{get, post};
use guichet::clock::Duration;
use guichet::config::{Limits, Log, LogFormat, Proxies, Settings, Smtp, SmtpSecurity};
use guichet::entropy::OsEntropy;
use guichet::outbound::OutboundSettings;
use guichet::registries::{FixedMode, RegistrySettings};
use guichet::secret::Secret;
use guichet::server::{Parts, Server, probe};
use guichet::source::Source;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::card::seen;

/// A server whose limits are short enough to wait for.
struct Running {
    server: Server,
    scheme: &'static str,
}

/// Settings on loopback, in plain HTTP, on free ports.
fn settings() -> Settings {
    Settings {
        public_url: "http://localhost:8080".parse().unwrap(),
        master_key: Secret::new(String::new()),
        public: vec!["127.0.0.1:0".parse().unwrap()],
        management: "127.0.0.1:0".parse().unwrap(),
        tls: None,
        certificate: None,
        proxies: Proxies::default(),
        database: Secret::new("sqlite:unused.db".to_owned()),
        smtp: Smtp {
            host: "localhost".to_owned(),
            port: 25,
            security: SmtpSecurity::Loopback,
            credentials: None,
            ca: None,
        },
        outbound: OutboundSettings::default(),
        registries: RegistrySettings::Fixed(FixedMode::Answers),
        realms: "realm-config".into(),
        log: Log { format: LogFormat::Text, level: "off".to_owned() },
        limits: Limits {
            header_time: Duration::from_millis(300),
            body_time: Duration::from_millis(300),
            request_time: Duration::from_millis(900),
            shutdown_time: Duration::from_secs(5),
            ..Limits::default()
        },
    }
}

/// Routes that do what pages and endpoints do to a server.
fn app() -> Router {
    Router::new()
        .route("/page", get(async || axum::response::Html("<p>une page</p>")))
        .route("/json", get(async || axum::Json(serde_json::json!({}))))
        .route("/asset", get(async || ([("cache-control", "public, max-age=31536000, immutable")], "body{}")))
        .route("/panic", get(async || -> &str { panic!("tilleul-brouette-42") }))
        .route("/never", get(async || std::future::pending::<&str>().await))
        .route("/echo", post(async |body: String| body))
        .route("/source", get(async |request: Request| request.extensions().get::<Source>().unwrap().to_string()))
        .route("/certificate", get(async |request: Request| seen(&request)))
        .route("/claims", get(async |request: Request| format!("{:?}", request.headers())))
}

fn start(settings: &Settings, app: Router) -> Running {
    let parts = Parts {
        certificate: app.clone(),
        app,
        ready: probe(async || true),
        registry: prometheus_client::registry::Registry::default(),
        entropy: Arc::new(OsEntropy),
    };
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    Running { server: Server::start(settings, parts).unwrap(), scheme }
}

impl Running {
    fn address(&self) -> SocketAddr {
        self.server.public().next().unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("{}://localhost:{}{path}", self.scheme, self.address().port())
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.get_as(path, "text/html").await
    }

    async fn get_as(&self, path: &str, accept: &str) -> reqwest::Response {
        reqwest::Client::new().get(self.url(path)).header("accept", accept).send().await.unwrap()
    }

    /// Sends raw bytes and reads until the server closes, or says nothing for longer than it may.
    async fn raw(&self, sent: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let _ = tokio::time::timeout(Duration::from_secs(5), read).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}
