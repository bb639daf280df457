//! Starting, guarding and stopping the process's listeners; it depends on no door and takes their router as a value.
//!
//! Each request passes, from outside in: `requests` (reference, log, figures) → `headers` → `panics` →
//! `limits` → `proxy` (the [`Source`](crate::source::Source) and, on the listener for them, the client's certificate)
//! → the router. `origin` is put on hosted pages by whoever assembles them.

mod admission;
mod answer;
mod client_cert;
mod headers;
mod limits;
mod listeners;
mod management;
mod metrics;
mod opening;
mod origin;
mod panics;
mod possession;
mod presented;
mod proxy;
mod requests;
pub mod telemetry;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use prometheus_client::registry::Registry;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

pub use listeners::Listener;
pub use management::{Probe, probe};
pub use metrics::Metrics;
pub use origin::own_forms_only;
pub use tls::Certificate;

use crate::clock::Duration;
use crate::config::Settings;
use crate::entropy::Entropy;

/// What is served, and what tells how it goes.
pub struct Parts {
    /// The doors' routes.
    pub app: Router,
    /// The routes where clients may show a certificate; unused without such a listener.
    pub certificate: Router,
    /// Whether requests can be served now: the database answers, the realms are loaded.
    pub ready: Probe,
    /// The figures that the parts registered.
    pub registry: Registry,
    /// Where references come from.
    pub entropy: Arc<dyn Entropy>,
}

/// The process while it serves.
#[derive(Debug)]
pub struct Server {
    public: Vec<Listener>,
    certificate: Vec<Listener>,
    management: Listener,
    renewals: Vec<JoinHandle<anyhow::Result<()>>>,
    stage: Arc<management::Stage>,
    patience: Duration,
}

impl Server {
    /// Opens every listener of `settings`; when this returns, connections are answered.
    pub fn start(settings: &Settings, parts: Parts) -> anyhow::Result<Self> {
        let Parts { app, certificate, ready, mut registry, entropy } = parts;
        let watch = requests::Watch { entropy, metrics: Metrics::new(&mut registry) };
        let proxies = Arc::new(settings.proxies.clone());
        let admission = admission::Admission::new(&settings.limits, Arc::clone(&proxies));
        let mut opening = opening::Opening { settings, proxies, admission, watch, renewals: Vec::new() };
        let public = opening.public(app)?;
        let certificate = match &settings.certificate {
            Some(listener) => opening.certificate(listener, certificate)?,
            None => Vec::new(),
        };
        let renewals = opening.renewals.into_iter().map(|renewed| tokio::spawn(renewed.watch())).collect();
        let stage = Arc::default();
        let routes = management::router(Arc::clone(&stage), ready, registry);
        let management = Listener::open(settings.management, routes, &settings.limits)?;
        Ok(Self { public, certificate, management, renewals, stage, patience: settings.limits.shutdown_time })
    }

    /// The addresses of the public listeners.
    pub fn public(&self) -> impl Iterator<Item = SocketAddr> {
        self.public.iter().map(Listener::address)
    }

    /// The addresses where clients may show a certificate.
    pub fn certificate(&self) -> impl Iterator<Item = SocketAddr> {
        self.certificate.iter().map(Listener::address)
    }

    /// The address of health and metrics.
    pub const fn management(&self) -> SocketAddr {
        self.management.address()
    }

    /// Serves until SIGTERM or SIGINT, then stops.
    pub async fn until_told(self) -> anyhow::Result<()> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to stop");
        self.stop().await;
        Ok(())
    }

    /// Turns readiness off, lets requests under way end within the limit, and closes everything.
    pub async fn stop(self) {
        self.stage.leave();
        for renewal in self.renewals {
            renewal.abort();
        }
        let serving = self.public.into_iter().chain(self.certificate);
        let closing: Vec<_> = serving.map(|one| tokio::spawn(one.close(self.patience))).collect();
        for listener in closing {
            // It only fails when the listener panicked, which the panic hook has logged.
            let _ = listener.await;
        }
        // Probes were answered until the last request was.
        self.management.close(Duration::ZERO).await;
    }
}
