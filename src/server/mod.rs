//! Starting, guarding and stopping the process's listeners; it depends on no door and takes their router as a value.
//!
//! Each public request passes, from outside in: `requests` (reference, log, figures) → `headers` → `panics` →
//! `limits` → `proxy` (the [`Source`](crate::source::Source)) → the router. `origin` is put on hosted pages by whoever
//! assembles them.

mod admission;
mod answer;
mod headers;
mod limits;
mod listeners;
mod management;
mod metrics;
mod origin;
mod panics;
mod proxy;
mod requests;
pub mod telemetry;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use prometheus_client::registry::Registry;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

pub use listeners::Listener;
pub use management::{Probe, probe};
pub use metrics::Metrics;
pub use origin::own_forms_only;
pub use tls::Certificate;

use crate::clock::Duration;
use crate::code::Code;
use crate::config::Settings;
use crate::entropy::Entropy;

/// What is served, and what tells how it goes.
pub struct Parts {
    /// The doors' routes.
    pub app: Router,
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
    management: Listener,
    certificate: Option<JoinHandle<anyhow::Result<()>>>,
    stage: Arc<management::Stage>,
    patience: Duration,
}

impl Server {
    /// Opens every listener of `settings`; when this returns, connections are answered.
    pub fn start(settings: &Settings, parts: Parts) -> anyhow::Result<Self> {
        let certificate = settings.tls.clone().map(Certificate::load).transpose();
        let certificate = certificate.with_context(|| Code::E0624.to_string())?.map(Arc::new);
        let proxies = Arc::new(settings.proxies.clone());
        let admission = admission::Admission::new(&settings.limits, Arc::clone(&proxies));
        let mut registry = parts.registry;
        let watch = requests::Watch { entropy: parts.entropy, metrics: Metrics::new(&mut registry) };
        let app = guard(parts.app, settings, proxies, watch);

        let public = settings.public.iter().map(|address| {
            let tls = certificate.as_ref().map(|certificate| certificate.serving());
            Listener::open_public(*address, app.clone(), &settings.limits, admission.clone(), tls)
        });
        let public = public.collect::<Result<_, _>>()?;
        let stage = Arc::default();
        let routes = management::router(Arc::clone(&stage), parts.ready, registry);
        Ok(Self {
            public,
            management: Listener::open(settings.management, routes, &settings.limits)?,
            certificate: certificate.map(|certificate| tokio::spawn(certificate.watch())),
            stage,
            patience: settings.limits.shutdown_time,
        })
    }

    /// The addresses of the public listeners.
    pub fn public(&self) -> impl Iterator<Item = SocketAddr> {
        self.public.iter().map(Listener::address)
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
        if let Some(watch) = self.certificate {
            watch.abort();
        }
        let closing: Vec<_> = self.public.into_iter().map(|one| tokio::spawn(one.close(self.patience))).collect();
        for listener in closing {
            // It only fails when the listener panicked, which the panic hook has logged.
            let _ = listener.await;
        }
        // Probes were answered until the last request was.
        self.management.close(Duration::ZERO).await;
    }
}

/// Puts the layers of every public request around `app`, the outermost last.
fn guard(app: Router, settings: &Settings, proxies: Arc<crate::config::Proxies>, watch: requests::Watch) -> Router {
    let limits = Arc::new(settings.limits.clone());
    let direct = settings.tls.is_some() || !settings.secure();
    let reach = proxy::Reach { proxies, direct, secure: settings.secure() };
    app.layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(limits.body_bytes))
        .layer(RequestBodyDeadlineLayer::new(limits.body_time))
        .layer(from_fn_with_state(reach, proxy::layer))
        .layer(from_fn_with_state(limits, limits::layer))
        .layer(from_fn(panics::layer))
        .layer(from_fn_with_state(settings.secure(), headers::layer))
        .layer(from_fn_with_state(watch, requests::layer))
}
