//! TLS as it is served: versions, renewal, and what a half-written file does.

use std::sync::Arc;

use guichet::server::Certificate;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;

use super::{Running, app, certificate, settings, start};

fn served(folder: &std::path::Path) -> (Running, String) {
    let mut settings = settings();
    let (files, authority) = certificate(folder);
    settings.public_url = "https://localhost:8443".parse().unwrap();
    settings.tls = Some(files);
    (start(&settings, app()), authority)
}

/// The version that a client offering only `versions` ends up with.
async fn handshake(
    running: &Running,
    authority: &str,
    versions: &[&'static SupportedProtocolVersion],
) -> Option<ProtocolVersion> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(running.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    stream.get_ref().1.protocol_version()
}

#[tokio::test]
async fn sr_213_tls_1_2_and_1_3_only_and_hsts_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (running, authority) = served(folder.path());
    assert_eq!(handshake(&running, &authority, &[&rustls::version::TLS13]).await, Some(ProtocolVersion::TLSv1_3));
    assert_eq!(handshake(&running, &authority, &[&rustls::version::TLS12]).await, Some(ProtocolVersion::TLSv1_2));
    // A TLS 1.1 ClientHello (RFC 4346 §7.4.1.2) with an RSA and an ECDHE suite is met by an alert, not by a handshake.
    let mut hello = vec![0x16, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 4, 0xc0, 0x14, 0, 0x2f, 1, 0]);
    let answer = running.raw(&hello).await;
    assert!(answer.is_empty() || answer.as_bytes()[0] == 0x15, "an alert: {:?}", answer.as_bytes());

    let authority = reqwest::Certificate::from_pem(authority.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([authority]).build().unwrap();
    let answer = client.get(running.url("/page")).send().await.unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000; includeSubDomains");
    running.server.stop().await;
}

#[test]
fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (files, _) = certificate(folder.path());
    let serving = Certificate::load(files.clone()).unwrap();
    assert!(!serving.reload().unwrap(), "nothing changed");
    certificate(folder.path());
    assert!(serving.reload().unwrap(), "a new pair");
    std::fs::write(&files.certificate, "-----BEGIN CERTIFICATE-----\nhalf").unwrap();
    assert!(serving.reload().is_err());
    certificate(folder.path());
    assert!(serving.reload().unwrap(), "and whole again");
}

#[test]
fn sr_214_a_certificate_without_its_own_key_stops_the_start() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut files, _) = certificate(one.path());
    files.key = certificate(other.path()).0.key;
    assert!(Certificate::load(files).is_err());
}
