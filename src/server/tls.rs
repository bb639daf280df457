//! The public certificate: TLS 1.2 and 1.3 with forward secrecy (SR-213), read from files and again when they change.
//!
//! A renewed certificate is served from the next handshake on. One that cannot be read is logged, and the old one
//! stays: a half-written file must not take the service down.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use sha2::{Digest as _, Sha256};
use tokio::signal::unix::{SignalKind, signal};

use crate::clock::Duration;
use crate::config::TlsFiles;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// The certificate that is served now.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    serving: RustlsConfig,
    read: Mutex<[u8; 32]>,
}

impl Certificate {
    /// Reads the files.
    pub fn load(files: TlsFiles) -> anyhow::Result<Self> {
        let (config, digest) = read(&files)?;
        Ok(Self { files, serving: RustlsConfig::from_config(Arc::new(config)), read: Mutex::new(digest) })
    }

    /// What the listeners hold; it changes with [`Self::reload`].
    pub(super) fn serving(&self) -> RustlsConfig {
        self.serving.clone()
    }

    /// Reads the files again, and says whether they had changed.
    pub fn reload(&self) -> anyhow::Result<bool> {
        let (config, digest) = read(&self.files)?;
        let mut last = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = *last != digest;
        if changed {
            self.serving.reload_from_config(Arc::new(config));
            *last = digest;
        }
        Ok(changed)
    }

    /// Reloads on change and on SIGHUP, for ever.
    pub(super) async fn watch(self: Arc<Self>) -> anyhow::Result<()> {
        let mut hangup = signal(SignalKind::hangup())?;
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                _ = hangup.recv() => {}
            }
            let this = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || this.reload()).await? {
                Ok(true) => tracing::info!("the certificate was renewed"),
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the certificate cannot be read; the old one stays"),
            }
        }
    }
}

fn read(files: &TlsFiles) -> anyhow::Result<(ServerConfig, [u8; 32])> {
    let named = |file: &std::path::Path| format!("reading {}", file.display());
    let chain = fs::read(&files.certificate).with_context(|| named(&files.certificate))?;
    let key = fs::read(&files.key).with_context(|| named(&files.key))?;
    let digest = Sha256::new().chain_update(&chain).chain_update(&key).finalize().into();
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&chain).collect::<Result<_, _>>().with_context(|| named(&files.certificate))?;
    let key = PrivateKeyDer::from_pem_slice(&key).with_context(|| named(&files.key))?;
    // Every suite of these two versions in this provider has forward secrecy.
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .context("the certificate and its key do not go together")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((config, digest))
}
