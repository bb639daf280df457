//! What the nodes of a story share: settings, realm files, master key, a database, a relay, and the order portal.
//!
//! Everything lies in one temporary folder and listens on loopback. Requests reach nodes as from a listed proxy, so
//! that each browser of a story has an address of its own.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet::clock::SystemClock;
use guichet::config::Limits;
use guichet::demo::portal;
use guichet::entropy::{self, OsEntropy};
use guichet::identity::language::Localized;
use guichet::realm::preset::{PORTAL, Preset};
use guichet::secret::SecretHash;
use guichet::server::Listener;
use tempfile::TempDir;

use super::database::Database;
use crate::support::smtp::{Line, Script, SmtpSink};

/// What nodes share.
pub(crate) struct Site {
    /// Where browsers reach the provider.
    pub(crate) origin: String,
    /// The port of `origin`.
    pub(crate) port: u16,
    /// Where browsers reach the order portal.
    pub(crate) portal: String,
    /// The portal's secret at the provider.
    pub(crate) secret: String,
    /// The relay that nodes hand their mail to.
    pub(crate) mail: SmtpSink,
    /// The database that they share.
    pub(crate) database: Database,
    folder: TempDir,
    _portal: Listener,
}

impl Site {
    /// A site on a SQLite file, migrated.
    pub(crate) async fn on_sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::sqlite(&folder.path().join("guichet.db"));
        Self::new(folder, database, "http://localhost").await
    }

    /// The same where pages and applications share a host, so that frames of the one have the cookies of the other.
    pub(crate) async fn on_one_host() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::sqlite(&folder.path().join("guichet.db"));
        Self::new(folder, database, "http://127.0.0.1").await
    }

    /// A site on a PostgreSQL database of its own, migrated; `None` where the machine has no server.
    pub(crate) async fn on_postgres() -> Option<Self> {
        let database = Database::postgres().await?;
        Some(Self::new(TempDir::new().unwrap(), database, "http://localhost").await)
    }

    /// A site on a PostgreSQL database in which nothing was done yet.
    pub(crate) async fn unmigrated_on_postgres() -> Option<Self> {
        let database = Database::postgres().await?;
        Some(Self::unmigrated(TempDir::new().unwrap(), database, "http://localhost").await)
    }

    /// A site whose nodes end TLS themselves. The portal does not know its authority and stays outside.
    pub(crate) async fn with_tls() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::sqlite(&folder.path().join("guichet.db"));
        Self::new(folder, database, "https://localhost").await
    }

    async fn new(folder: TempDir, database: Database, host: &str) -> Self {
        let site = Self::unmigrated(folder, database, host).await;
        let migrated = site.guichet(&["migrate", "run"]);
        assert!(migrated.status.success(), "{migrated:?}");
        site
    }

    async fn unmigrated(folder: TempDir, database: Database, host: &str) -> Self {
        let (port, portal_port) = (free_port(), free_port());
        let (origin, portal) = (format!("{host}:{port}"), format!("http://127.0.0.1:{portal_port}"));
        let secret = entropy::token(&OsEntropy);
        let router = portal::router(portal::Settings {
            issuer: format!("{origin}/realms/certinomis"),
            client_id: "portal".to_owned(),
            client_secret: secret.clone(),
            base_url: portal.clone(),
            name: Localized::same("Espace Certificats"),
            offer: portal::Offer::Overview,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
        });
        let address = (Ipv4Addr::LOCALHOST, portal_port).into();
        let listener = Listener::open(address, router.unwrap(), &Limits::default()).unwrap();
        let script = Script { line: Line::Clear, ..Script::default() };
        let site = Self {
            mail: SmtpSink::start(script).await,
            secret: secret.expose().clone(),
            _portal: listener,
            origin,
            port,
            portal,
            database,
            folder,
        };
        let key: [u8; 32] = entropy::bytes(&OsEntropy);
        fs::write(site.path("master.key"), STANDARD.encode(key)).unwrap();
        site.write_realm(Preset::Certinomis);
        site.write_settings("commands", site.port, free_port(), "");
        site
    }

    /// The realm as its operator would have it, with this portal. 2048 bits, since it is made for each story.
    pub(crate) fn write_realm(&self, preset: Preset) {
        let mut bundle = preset.bundle("certinomis");
        let home = format!("{}/", self.portal);
        let secret = SecretHash::of(&self.secret);
        let client = preset.portal_client(&format!("{}/callback", self.portal), &home, &home, &secret);
        bundle.files.insert(PORTAL.to_owned(), client);
        for (path, text) in bundle.files {
            let file = self.path("realms").join("certinomis").join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text.replace("rsa_bits = 3072", "rsa_bits = 2048")).unwrap();
        }
    }

    /// Changes the realm's files; they are live once a node was started with `--apply`.
    pub(crate) fn edit_realm(&self, from: &str, to: &str) {
        let file = self.path("realms/certinomis/realm.toml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(file, text.replace(from, to)).unwrap();
    }

    /// Declares another client of the realm.
    pub(crate) fn declare_client(&self, name: &str, text: &str) {
        fs::write(self.path(&format!("realms/certinomis/clients/{name}.toml")), text).unwrap();
    }

    /// Writes the settings of the node of that name. Tables in `more` must not be those that stand here.
    pub(crate) fn write_settings(&self, node: &str, port: u16, management: u16, more: &str) -> PathBuf {
        let file = self.path(&format!("{node}.toml"));
        let text = format!(
            r#"public_url = "{origin}"
master_key_file = "{key}"
[listen]
public = ["127.0.0.1:{port}"]
management = "127.0.0.1:{management}"
[proxy]
trusted = ["127.0.0.1"]
[database]
url = "{database}"
[smtp]
host = "127.0.0.1"
port = {relay}
security = "none"
[realms]
directory = "{realms}"
[registries]
fixed = "ok"
[log]
level = "info"
format = "text"
{more}
"#,
            origin = self.origin,
            key = self.path("master.key").display(),
            database = self.database.url(),
            relay = self.mail.port(),
            realms = self.path("realms").display(),
        );
        fs::write(&file, text).unwrap();
        file
    }

    /// Runs a command of the binary with the site's settings, to its end.
    pub(crate) fn guichet(&self, words: &[&str]) -> Output {
        guichet(&self.path("commands.toml"), words)
    }

    /// Where a journey begins: the portal's way to a new account.
    pub(crate) fn registration(&self) -> String {
        format!("{}/register", self.portal)
    }

    /// A file of the site.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Runs a command of the binary with these settings, to its end.
pub(crate) fn guichet(settings: &std::path::Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command.args(words).arg("--config").arg(settings).stdin(Stdio::null()).output().unwrap()
}

/// A port that nobody has, below those that the system gives to outgoing connections: it stays free while its node
/// is down.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start: [u8; 2] = entropy::bytes(&OsEntropy);
    NEXT.compare_exchange(0, 10_000 + u16::from_be_bytes(start) % 10_000, Ordering::SeqCst, Ordering::SeqCst).ok();
    loop {
        let port = NEXT.fetch_add(1, Ordering::SeqCst);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
