//! Opening the listeners that clients reach: what each serves TLS with, whom it believes, and the layers around its
//! routes.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum_server::tls_rustls::RustlsConfig;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

use super::admission::Admission;
use super::listeners::Listener;
use super::proxy::{self, Reach, Shown};
use super::requests::{self, Watch};
use super::tls::{Asks, Certificate};
use super::{headers, limits, panics};
use crate::code::Code;
use crate::config::{CertificateFrom, CertificateListener, Proxies, Settings, TlsFiles};

/// What opening listeners takes, and the certificates of ours that are served from then on.
pub(super) struct Opening<'a> {
    pub(super) settings: &'a Settings,
    pub(super) proxies: Arc<Proxies>,
    pub(super) admission: Admission,
    pub(super) watch: Watch,
    pub(super) renewals: Vec<Arc<Certificate>>,
}

impl Opening<'_> {
    /// The public listeners, which ask no client for a certificate.
    pub(super) fn public(&mut self, app: Router) -> anyhow::Result<Vec<Listener>> {
        let (settings, secure) = (self.settings, self.settings.secure());
        let tls = self.serving(settings.tls.as_ref(), Asks::Nothing)?;
        let app = self.guarded(app, settings.tls.is_some() || !secure, secure, Shown::Never);
        self.open(&settings.public, &app, tls.as_ref())
    }

    /// The listener where clients may show one.
    pub(super) fn certificate(&mut self, listener: &CertificateListener, app: Router) -> anyhow::Result<Vec<Listener>> {
        let (asks, direct, shown) = match &listener.from {
            CertificateFrom::Handshake(_) => (Asks::Certificate, true, Shown::InHandshake),
            // Nobody but listed proxies is served here, over TLS neither.
            CertificateFrom::Proxy(format, _) => (Asks::Nothing, false, Shown::ByProxy(*format)),
        };
        let tls = self.serving(listener.from.tls(), asks)?;
        let app = self.guarded(app, direct, true, shown);
        self.open(&listener.listen, &app, tls.as_ref())
    }

    fn open(
        &self,
        addresses: &[SocketAddr],
        app: &Router,
        tls: Option<&RustlsConfig>,
    ) -> anyhow::Result<Vec<Listener>> {
        let limits = &self.settings.limits;
        let open = |address: &SocketAddr| {
            Listener::open_public(*address, app.clone(), limits, self.admission.clone(), tls.cloned())
        };
        addresses.iter().map(open).collect()
    }

    /// These files as listeners hold them, renewed when they change.
    fn serving(&mut self, files: Option<&TlsFiles>, asks: Asks) -> anyhow::Result<Option<RustlsConfig>> {
        let Some(files) = files else { return Ok(None) };
        let certificate = Certificate::load_asking(files.clone(), asks).with_context(|| Code::E0624.to_string())?;
        let serving = certificate.serving();
        self.renewals.push(Arc::new(certificate));
        Ok(Some(serving))
    }

    fn guarded(&self, app: Router, direct: bool, secure: bool, shown: Shown) -> Router {
        let reach = Reach { proxies: Arc::clone(&self.proxies), direct, secure, shown };
        guard(app, self.settings, reach, self.watch.clone())
    }
}

/// Puts the layers of every request of a client around `app`, the outermost last.
fn guard(app: Router, settings: &Settings, reach: Reach, watch: Watch) -> Router {
    let limits = Arc::new(settings.limits.clone());
    app.layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(limits.body_bytes))
        .layer(RequestBodyDeadlineLayer::new(limits.body_time))
        .layer(from_fn_with_state(reach, proxy::layer))
        .layer(from_fn_with_state(limits, limits::layer))
        .layer(from_fn(panics::layer))
        .layer(from_fn_with_state(settings.secure(), headers::layer))
        .layer(from_fn_with_state(watch, requests::layer))
}
