//! The server's certificates: TLS 1.2 and 1.3 with forward secrecy (SR-213), read from files and again when they change.
//!
//! One listener may ask its clients for a certificate of theirs (`possession`). It resumes no session: each connection
//! proves the key anew (SR-95).
//!
//! A renewed certificate is served from the next handshake on. One that cannot be read is logged, and the old one
//! stays: a half-written file must not take the service down.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::version::{TLS12, TLS13};
use sha2::{Digest as _, Sha256};
use tokio::signal::unix::{SignalKind, signal};

use super::possession::Possession;
use crate::clock::Duration;
use crate::config::TlsFiles;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// What a handshake asks of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nothing.
    Nothing,
    /// A certificate, and goes on without.
    Certificate,
}

/// The certificate that is served now.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    asks: Asks,
    serving: RustlsConfig,
    read: Mutex<[u8; 32]>,
}

impl Certificate {
    /// Reads the files, for a listener that asks nothing.
    pub fn load(files: TlsFiles) -> anyhow::Result<Self> {
        Self::load_asking(files, Asks::Nothing)
    }

    /// Reads the files, for a listener that asks this.
    pub(super) fn load_asking(files: TlsFiles, asks: Asks) -> anyhow::Result<Self> {
        let (config, digest) = read(&files, asks)?;
        Ok(Self { files, asks, serving: RustlsConfig::from_config(Arc::new(config)), read: Mutex::new(digest) })
    }

    /// What the listeners hold; it changes with [`Self::reload`].
    pub(super) fn serving(&self) -> RustlsConfig {
        self.serving.clone()
    }

    /// Reads the files again, and says whether they had changed.
    pub fn reload(&self) -> anyhow::Result<bool> {
        let (config, digest) = read(&self.files, self.asks)?;
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

fn read(files: &TlsFiles, asks: Asks) -> anyhow::Result<(ServerConfig, [u8; 32])> {
    let named = |file: &std::path::Path| format!("reading {}", file.display());
    let chain = fs::read(&files.certificate).with_context(|| named(&files.certificate))?;
    let key = fs::read(&files.key).with_context(|| named(&files.key))?;
    let digest = Sha256::new().chain_update(&chain).chain_update(&key).finalize().into();
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&chain).collect::<Result<_, _>>().with_context(|| named(&files.certificate))?;
    let key = PrivateKeyDer::from_pem_slice(&key).with_context(|| named(&files.key))?;
    let provider = Arc::new(provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(&[&TLS13, &TLS12])?;
    let builder = match asks {
        Asks::Nothing => builder.with_no_client_auth(),
        Asks::Certificate => builder.with_client_cert_verifier(Arc::new(Possession::new(&provider))),
    };
    let mut config =
        builder.with_single_cert(certificates, key).context("the certificate and its key do not go together")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if asks == Asks::Certificate {
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    Ok((config, digest))
}

/// What is offered, spelt out: a suite that a later version of the library adds does not slip in.
///
/// RFC 9325 §4.2 recommends for TLS 1.2 ephemeral Diffie-Hellman with AES-GCM, which FAPI 2.0 §5.2.1 makes the only
/// choice; ChaCha20 is for TLS 1.3.
fn provider() -> CryptoProvider {
    use rustls::crypto::aws_lc_rs::cipher_suite as suite;
    let cipher_suites = vec![
        suite::TLS13_AES_256_GCM_SHA384,
        suite::TLS13_AES_128_GCM_SHA256,
        suite::TLS13_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];
    CryptoProvider { cipher_suites, ..aws_lc_rs::default_provider() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renewed(files: &TlsFiles) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    }

    #[test]
    fn sr_95_a_renewed_certificate_of_ours_resumes_sessions_no_more_than_before() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
        renewed(&files);
        for (asks, tickets) in [(Asks::Nothing, true), (Asks::Certificate, false)] {
            let certificate = Certificate::load_asking(files.clone(), asks).unwrap();
            renewed(&files);
            assert!(certificate.reload().unwrap());
            let config = certificate.serving().get_inner();
            let resumes = config.send_tls13_tickets > 0 && config.session_storage.can_cache();
            assert_eq!(resumes, tickets, "{asks:?}");
        }
    }
}
