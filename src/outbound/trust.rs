//! Whom we believe when we connect: TLS with the chain and the name verified, always (SR-172).
//!
//! The public authorities come with the binary, so that every machine believes the same ones, whatever its environment
//! says; the operator may add others. There is no switch that verifies less.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};

/// Settings with which nothing may be fetched.
#[derive(Debug, thiserror::Error)]
pub enum BadOutbound {
    /// The further authorities could not be read.
    #[error("outbound.ca {path}: {cause}")]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The client cannot be set up.
    #[error("HTTP: {0}")]
    Http(#[from] reqwest::Error),
}

/// TLS 1.3 first, 1.2 for those who have nothing newer.
pub(super) fn tls(further: Option<&Path>) -> Result<ClientConfig, BadOutbound> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = further {
        add(&mut roots, path).map_err(|cause| BadOutbound::Authorities { path: path.to_owned(), cause })?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Each connection shows its certificate anew.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), String> {
    let text = fs::read(path).map_err(|error| error.kind().to_string())?;
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.len() == before { Err("no certificate in it".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_authorities_are_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let good = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).unwrap().cert.pem();
        for (text, accepted) in [
            (good.as_str(), true),
            (&good.repeat(2), true),
            ("", false),
            ("not PEM at all", false),
            (&good[..good.len() / 2], false),
            (&format!("{good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), false),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(tls(Some(&path)).is_ok(), accepted, "{text}");
        }
        assert!(tls(Some(Path::new("/nowhere/at/all"))).is_err() && tls(None).is_ok());
    }
}
