//! The demonstration: everything on loopback, everybody fictitious (UX §4.2).
//!
//! One process plays all parts: the provider with an embedded database, an order portal of its own on another port, a
//! mailbox instead of a relay, authorities that issued certificates for people, a clock that can be moved. Nothing is
//! installed, nothing is contacted, and without `--data` nothing is left behind.

mod certificates;
mod certificates_page;
pub mod gallery;
pub(crate) mod html;
mod mailbox;
pub(crate) mod mailbox_page;
mod pkcs12;
pub mod portal;
mod shop;

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

use self::certificates::Certificates;
use self::certificates_page::{PATH as CARDS, Places};
use self::shop::{Shop, WITH_CERTIFICATES};
use crate::assembly::{House, Plan};
use crate::clock::{Clock, MovableClock, Stopwatch};
use crate::config::{
    CertificateFrom, CertificateListener, Limits, Log, LogFormat, Proxies, Settings, Smtp, SmtpSecurity, TlsFiles,
};
use crate::entropy::{self, Entropy, OsEntropy};
use crate::housekeeping::Housekeeping;
use crate::mail::delivery::Delivery;
use crate::mail::mailbox::Mailbox;
use crate::outbound::{Outbound, OutboundSettings};
use crate::realm::preset::Preset;
use crate::registries::{FixedMode, RegistrySettings};
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
    /// Where a browser is asked for a certificate.
    pub certificate: String,
    /// The page with certificates to import.
    pub cards: String,
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
        let certificates = Certificates::kept_in(&folder, clock.now(), &*entropy)?;
        let settings = settings(&folder, options.port, certificates.tls(), &*entropy)?;
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
            registries: settings.registries.clone(),
            demo_mailbox: Some(mailbox_url.clone()),
        })
        .await?;

        let shops =
            Preset::ALL.iter().map(|preset| Shop::new(*preset, &*entropy)).collect::<anyhow::Result<Vec<_>>>()?;
        let bundles = shops.iter().map(|shop| shop.bundle(&certificates)).collect::<anyhow::Result<Vec<_>>>()?;
        if let Err(findings) = house.apply(&bundles, "demo").await? {
            bail!("the demonstration's realms do not pass:\n{findings}");
        }
        let portals = shops.iter().map(|shop| shop.open(&settings, (Arc::clone(&clock) as _, Arc::clone(&entropy))));
        let portals = portals.collect::<anyhow::Result<Vec<_>>>()?;

        let letters = Mailbox::default();
        let first = shops.first().context("the demonstration has no realm")?.url();
        let places = places(&settings, &shops)?;
        let addresses = Addresses {
            ready_ms: 0,
            pid: std::process::id(),
            issuers: shops.iter().map(|shop| shop.issuer(&settings)).collect(),
            portals: shops.iter().map(Shop::url).collect(),
            mailbox: mailbox_url,
            certificate: places.listener.clone(),
            cards: format!("{}{CARDS}", settings.origin()),
            management: String::new(),
        };
        let desk = mailbox::Desk { letters: letters.clone(), clock, portal: first, certificates, places };
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
            management: format!("http://{}", server.management()),
            ..addresses
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

/// Where certificates are asked for, and the portal that leads there.
fn places(settings: &Settings, shops: &[Shop]) -> anyhow::Result<Places> {
    let listener = settings.certificate.as_ref().context("nothing asks for certificates")?;
    let shop = shops.iter().find(|shop| shop.preset == WITH_CERTIFICATES).context("no realm takes certificates")?;
    Ok(Places { listener: listener.public_url.origin().ascii_serialization(), portal: format!("{}/", shop.url()) })
}

/// Loopback only, under the name `localhost`: passkeys and secure cookies refuse a bare address.
fn settings(folder: &Path, port: u16, tls: TlsFiles, entropy: &dyn Entropy) -> anyhow::Result<Settings> {
    let port = if port == 0 { free_port()? } else { port };
    let asking = free_port()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Ok(Settings {
        public_url: Url::parse(&format!("http://localhost:{port}"))?,
        master_key: master_key(folder, entropy)?,
        public: vec![address],
        management: (Ipv4Addr::LOCALHOST, 0).into(),
        tls: None,
        certificate: Some(CertificateListener {
            public_url: Url::parse(&format!("https://localhost:{asking}"))?,
            listen: vec![(Ipv4Addr::LOCALHOST, asking).into()],
            from: CertificateFrom::Handshake(tls),
        }),
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
        registries: RegistrySettings::Fixed(FixedMode::Answers),
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
