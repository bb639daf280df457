//! The demonstration: everything on loopback, everybody fictitious (UX §4.2).
//!
//! One process plays all parts: the provider with an embedded database, an order portal of its own on another port, a
//! mailbox instead of a relay, a clock that can be moved. Nothing is installed, nothing is contacted, and without
//! `--data` nothing is left behind.

pub mod gallery;
pub(crate) mod html;
mod mailbox;
pub(crate) mod mailbox_page;
pub mod portal;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prometheus_client::registry::Registry;
use serde::Serialize;
use tempfile::TempDir;
use url::Url;

use crate::assembly::{House, Plan};
use crate::clock::{Clock, MovableClock, Stopwatch};
use crate::config::{Limits, Log, LogFormat, Proxies, Settings, Smtp, SmtpSecurity};
use crate::entropy::{self, Entropy, OsEntropy};
use crate::housekeeping::Housekeeping;
use crate::identity::language::Localized;
use crate::mail::delivery::Delivery;
use crate::mail::mailbox::Mailbox;
use crate::outbound::{Outbound, OutboundSettings};
use crate::realm::document::Bundle;
use crate::realm::preset::{PORTAL, Preset};
use crate::secret::Secret;
use crate::server::{Listener, Parts, Server, probe, telemetry};
use crate::store::{Store, migrate};

/// What the command line asks for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The provider's port; 0 takes a free one.
    pub port: u16,
    /// Where data are kept; a temporary folder when left out.
    pub data: Option<PathBuf>,
}

/// A running demonstration.
pub struct Demo {
    /// What to open.
    pub addresses: Addresses,
    server: Server,
    portals: Vec<Listener>,
    housekeeping: Housekeeping,
    // Deletes the folder when dropped.
    _folder: Option<TempDir>,
}

/// What to open, and the figures of the start; also what `--json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Addresses {
    /// Milliseconds from the start of the command to the first answer.
    pub ready_ms: u64,
    /// The process.
    pub pid: u32,
    /// The issuers of the realms.
    pub issuers: Vec<String>,
    /// The order portals, in the same order.
    pub portals: Vec<String>,
    /// The mailbox page.
    pub mailbox: String,
    /// Health and metrics.
    pub management: String,
}

impl Demo {
    /// Starts everything; `since` is the start of the command.
    pub async fn start(options: &Options, since: Stopwatch) -> anyhow::Result<Self> {
        let temporary = if options.data.is_some() { None } else { Some(TempDir::with_prefix("guichet-demo-")?) };
        let folder = match (&options.data, &temporary) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => folder.path().to_owned(),
            (None, None) => bail!("there is no folder for the data"),
        };
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let (clock, entropy) = (Arc::new(MovableClock::running()), Arc::new(OsEntropy) as Arc<dyn Entropy>);
        let settings = settings(&folder, options.port, &*entropy)?;
        telemetry::install(&settings.log)?;

        let store = Store::open(&settings.database).await?;
        migrate::run(&store).await?;
        let mailbox_url = format!("{}/demo/mailbox", settings.origin());
        let house = House::build(Plan {
            store,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&entropy),
            master_key: settings.master_key.clone(),
            public_url: settings.public_url.clone(),
            certificate_url: settings.certificate.as_ref().map(|listener| listener.public_url.clone()),
            hashing: (settings.limits.password_hashes, settings.limits.password_hash_queue),
            outbound: Outbound::new(&settings.outbound)?,
            demo_mailbox: Some(mailbox_url.clone()),
        })
        .await?;

        let shops =
            Preset::ALL.iter().map(|preset| Shop::new(*preset, &*entropy)).collect::<anyhow::Result<Vec<_>>>()?;
        let bundles: Vec<_> = shops.iter().map(Shop::bundle).collect();
        if let Err(findings) = house.apply(&bundles, "demo").await? {
            bail!("the demonstration's realms do not pass:\n{findings}");
        }
        let portals = shops.iter().map(|shop| shop.open(&settings, (Arc::clone(&clock) as _, Arc::clone(&entropy))));
        let portals = portals.collect::<anyhow::Result<Vec<_>>>()?;

        let letters = Mailbox::default();
        let first = shops.first().context("the demonstration has no realm")?.url();
        let desk = mailbox::Desk { letters: letters.clone(), clock, portal: first };
        let mut registry = Registry::default();
        house.register(&mut registry);
        let watched = house.clone();
        let parts = Parts {
            app: house.router().merge(mailbox::routes(desk)?),
            certificate: house.certificate_router(),
            ready: probe(move || {
                let house = watched.clone();
                async move { house.is_ready().await }
            }),
            registry,
            entropy,
        };
        let server = Server::start(&settings, parts)?;
        let housekeeping = Housekeeping::start(&house, Delivery::Mailbox(letters));
        let addresses = Addresses {
            ready_ms: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
            pid: std::process::id(),
            issuers: shops.iter().map(|shop| shop.issuer(&settings)).collect(),
            portals: shops.iter().map(Shop::url).collect(),
            mailbox: mailbox_url,
            management: format!("http://{}", server.management()),
        };
        Ok(Self { addresses, server, portals, housekeeping, _folder: temporary })
    }

    /// Serves until SIGTERM or SIGINT.
    pub async fn until_told(self) -> anyhow::Result<()> {
        self.server.until_told().await?;
        self.housekeeping.stop();
        for portal in self.portals {
            portal.close(crate::clock::Duration::ZERO).await;
        }
        Ok(())
    }
}

/// One realm of the demonstration, and the order portal that trusts it.
struct Shop {
    preset: Preset,
    port: u16,
    secret: Secret<String>,
}

impl Shop {
    fn new(preset: Preset, entropy: &dyn Entropy) -> anyhow::Result<Self> {
        Ok(Self { preset, port: free_port()?, secret: entropy::token(entropy) })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn issuer(&self, settings: &Settings) -> String {
        format!("{}/realms/{}", settings.origin(), self.preset.name())
    }

    /// The realm with this portal. Its RSA keys have 2048 bits: it is made anew at each start.
    fn bundle(&self) -> Bundle {
        let mut bundle = self.preset.bundle(&format!("demo/{}", self.preset.name()));
        let (portal, home) = (self.url(), format!("{}/", self.url()));
        let client = self.preset.portal_client(&format!("{portal}/callback"), &home, &home, &self.secret.hash());
        bundle.files.insert(PORTAL.to_owned(), client);
        if let Some(realm) = bundle.files.get_mut("realm.toml") {
            *realm = realm.replace("rsa_bits = 3072", "rsa_bits = 2048");
        }
        bundle
    }

    fn open(&self, house: &Settings, (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>)) -> anyhow::Result<Listener> {
        let (fr, en, offer) = match self.preset {
            Preset::Certinomis => ("Portail de commande", "Order portal", portal::Offer::Overview),
            Preset::ChamberSign => ("Espace Client & Partenaires", "Customer and partner area", portal::Offer::Orders),
        };
        let name = Localized { fr: fr.to_owned(), en: en.to_owned() };
        let router = portal::router(portal::Settings {
            issuer: self.issuer(house),
            client_id: "portal".to_owned(),
            client_secret: self.secret.clone(),
            base_url: self.url(),
            name,
            offer,
            clock,
            entropy,
        })?;
        Listener::open((Ipv4Addr::LOCALHOST, self.port).into(), router, &house.limits)
    }
}

/// Loopback only, under the name `localhost`: passkeys and secure cookies refuse a bare address.
fn settings(folder: &Path, port: u16, entropy: &dyn Entropy) -> anyhow::Result<Settings> {
    let port = if port == 0 { free_port()? } else { port };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Ok(Settings {
        public_url: Url::parse(&format!("http://localhost:{port}"))?,
        master_key: master_key(folder, entropy)?,
        public: vec![address],
        management: (Ipv4Addr::LOCALHOST, 0).into(),
        tls: None,
        certificate: None,
        proxies: Proxies::default(),
        database: Secret::new(format!("sqlite:{}", folder.join("guichet.db").display())),
        smtp: Smtp {
            host: "localhost".to_owned(),
            port: 25,
            security: SmtpSecurity::Loopback,
            credentials: None,
            ca: None,
        },
        outbound: OutboundSettings::default(),
        realms: folder.join("realm-config"),
        log: Log { format: LogFormat::Text, level: "warn".to_owned() },
        limits: Limits::default(),
    })
}

/// The key beside the data, so that kept data open again.
fn master_key(folder: &Path, entropy: &dyn Entropy) -> anyhow::Result<Secret<String>> {
    let file = folder.join("master.key");
    if let Ok(kept) = fs::read_to_string(&file) {
        return Ok(Secret::new(kept));
    }
    let made = Secret::new(STANDARD.encode(entropy::bytes::<32>(entropy)));
    // Nobody else on this machine reads it (SR-160).
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
    let written = written.and_then(|mut file| file.write_all(made.expose().as_bytes()));
    written.with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(made)
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
