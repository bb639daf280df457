//! `guichet serve`: what it is told on the command line; the rest stands in the settings.

use std::io::{self, Write};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use prometheus_client::registry::Registry;

use super::exit::Exit;
use super::settings::SettingsFile;
use super::{realm_files, with_settings};
use crate::assembly::{House, Plan};
use crate::clock::{Duration, SystemClock};
use crate::code::Code;
use crate::config::{Settings, Smtp, SmtpSecurity};
use crate::entropy::OsEntropy;
use crate::housekeeping::Housekeeping;
use crate::mail::courier::{Courier, SmtpSettings, TlsMode};
use crate::mail::delivery::Delivery;
use crate::outbound::Outbound;
use crate::registries::RegistrySettings;
use crate::server::{Parts, Server, probe, telemetry};
use crate::store::Store;

/// Serve the realms to the world
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  guichet serve --config /etc/guichet/guichet.toml\n  guichet serve --apply     make the realm files live first"
)]
pub struct Serve {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Make the realm files of the settings' directory live before serving
    #[arg(long)]
    pub apply: bool,
}

impl Serve {
    /// Serves until SIGTERM or SIGINT.
    pub fn run(&self, talk: &mut dyn Write) -> io::Result<Exit> {
        with_settings(&self.settings, talk, async |settings| self.serve(settings).await)
    }

    async fn serve(&self, settings: Settings) -> anyhow::Result<Exit> {
        telemetry::install(&settings.log)?;
        let house = build(&settings).await?;
        if house.owns_its_schema().await? {
            tracing::warn!(code = %Code::E0626, "the database's role could change its tables: give the server one of its own");
        }
        if matches!(settings.registries, RegistrySettings::Fixed(_)) {
            tracing::warn!("registries.fixed is on: organisations are looked up in a table of fictitious ones");
        }
        if self.apply {
            apply_files(&house, &settings).await?;
        }
        if house.issuers().is_empty() {
            bail!(
                "{}: no realm is live: `guichet serve --apply` makes those of {} live",
                Code::E0631,
                settings.realms.display()
            );
        }
        let mut registry = Registry::default();
        house.register(&mut registry);
        let watched = house.clone();
        let parts = Parts {
            app: house.router(),
            certificate: house.certificate_router(),
            ready: probe(move || {
                let house = watched.clone();
                async move { house.is_ready().await }
            }),
            registry,
            entropy: Arc::new(OsEntropy),
        };
        let courier = courier(&settings.smtp)?;
        let server = Server::start(&settings, parts)?;
        let addresses: Vec<_> = server.public().map(|address| address.to_string()).collect();
        let certificate: Vec<_> = server.certificate().map(|address| address.to_string()).collect();
        let management = server.management();
        tracing::info!(?addresses, ?certificate, %management, issuers = ?house.issuers(), "serving");
        let housekeeping = Housekeeping::start(&house, Delivery::Smtp(courier));
        server.until_told().await?;
        housekeeping.stop();
        house.close().await?;
        Ok(Exit::Done)
    }
}

/// The house that these settings describe.
pub(super) async fn build(settings: &Settings) -> anyhow::Result<House> {
    House::build(Plan {
        store: open(settings).await?,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        master_key: settings.master_key.clone(),
        public_url: settings.public_url.clone(),
        certificate_url: settings.certificate.as_ref().map(|listener| listener.public_url.clone()),
        hashing: (settings.limits.password_hashes, settings.limits.password_hash_queue),
        outbound: outbound(settings)?,
        registries: settings.registries.clone(),
        demo_mailbox: None,
    })
    .await
}

/// The guarded way out.
fn outbound(settings: &Settings) -> anyhow::Result<Outbound> {
    Outbound::new(&settings.outbound)
        .with_context(|| format!("{}: nothing can be fetched with these settings", Code::E0618))
}

/// The database of these settings.
pub(super) async fn open(settings: &Settings) -> anyhow::Result<Store> {
    Store::open(&settings.database).await.with_context(|| format!("{}: the database cannot be opened", Code::E0620))
}

async fn apply_files(house: &House, settings: &Settings) -> anyhow::Result<()> {
    let mut found = Vec::new();
    let bundles = realm_files::read(&settings.realms, &mut found);
    if let Some(finding) = found.first() {
        bail!("{}: the realm files cannot be read:\n{finding}", Code::E0630);
    }
    if let Err(findings) = house.apply(&bundles, "serve --apply").await? {
        bail!("{}: the realm files do not pass, nothing was applied:\n{findings}", Code::E0630);
    }
    Ok(())
}

fn courier(smtp: &Smtp) -> anyhow::Result<Courier> {
    let tls = match smtp.security {
        SmtpSecurity::StartTls => TlsMode::StartTls,
        SmtpSecurity::Tls => TlsMode::Tls,
        SmtpSecurity::Loopback => TlsMode::None,
    };
    let settings = SmtpSettings {
        port: Some(smtp.port),
        tls,
        credentials: smtp.credentials.clone(),
        ca_file: smtp.ca.clone(),
        timeout: Duration::from_secs(30),
        ..SmtpSettings::to(smtp.host.clone())
    };
    Ok(Courier::new(settings)?)
}
