//! TLS as it is served: versions, renewal, and what a half-written file does.

use guichet::config::{CertificateFrom, CertificateListener};
use guichet::server::Certificate;
use rustls::ProtocolVersion::{TLSv1_2, TLSv1_3};
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, ProtocolVersion};

use super::{Running, app, settings, start};
use crate::support::card::{TlsClient, tls_files as certificate};

fn served(folder: &std::path::Path) -> (Running, String) {
    let mut settings = settings();
    let (files, authority) = certificate(folder);
    settings.public_url = "https://localhost:8443".parse().unwrap();
    settings.tls = Some(files);
    (start(&settings, app()), authority)
}

/// What a client ends up with, when the handshake succeeds.
async fn handshake(client: &TlsClient) -> Option<(ProtocolVersion, CipherSuite)> {
    let stream = client.connects(&client.memory()).await.ok()?;
    let connection = stream.get_ref().1;
    Some((connection.protocol_version()?, connection.negotiated_cipher_suite()?.suite()))
}

#[tokio::test]
async fn sr_213_tls_1_3_goes_first_and_tls_1_2_has_ecdhe_with_aes_gcm_only() {
    let folder = tempfile::tempdir().unwrap();
    let (files, authority) = certificate(folder.path());
    let mut settings = settings();
    settings.public_url = "https://localhost:8443".parse().unwrap();
    settings.tls = Some(files.clone());
    settings.certificate = Some(CertificateListener {
        public_url: "https://localhost:8444".parse().unwrap(),
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        from: CertificateFrom::Handshake(files),
    });
    let running = start(&settings, app());
    for address in [running.address(), running.server.certificate().next().unwrap()] {
        let client = TlsClient::new(address, &authority);
        for (client, expected) in [
            (client.clone(), Some((TLSv1_3, "AES_256_GCM"))),
            (client.knowing(&[&TLS13]), Some((TLSv1_3, "AES_256_GCM"))),
            (client.knowing(&[&TLS13]).offering(&["AES_128_GCM"]), Some((TLSv1_3, "AES_128_GCM"))),
            (client.knowing(&[&TLS13]).offering(&["CHACHA20"]), Some((TLSv1_3, "CHACHA20"))),
            (client.knowing(&[&TLS12]), Some((TLSv1_2, "ECDHE_ECDSA_WITH_AES_256_GCM"))),
            (client.knowing(&[&TLS12]).offering(&["AES_128_GCM"]), Some((TLSv1_2, "ECDHE_ECDSA_WITH_AES_128_GCM"))),
            (client.knowing(&[&TLS12]).offering(&["CHACHA20"]), None),
            // Whoever knows both and wants ChaCha20 gets it where it is good.
            (client.offering(&["CHACHA20"]), Some((TLSv1_3, "CHACHA20"))),
        ] {
            let agreed = handshake(&client).await;
            let as_expected = match (agreed, expected) {
                (Some((version, suite)), Some((wanted, name))) => {
                    version == wanted && format!("{suite:?}").contains(name)
                }
                (agreed, expected) => agreed.is_none() && expected.is_none(),
            };
            assert!(as_expected, "{agreed:?}, not {expected:?}");
        }
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_213_older_versions_are_met_by_an_alert_and_hsts_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (running, authority) = served(folder.path());
    let client = TlsClient::new(running.address(), &authority);
    for old in [[3, 1], [3, 2]] {
        let answer = client.is_told_of(old).await;
        assert!(answer.is_empty() || answer[0] == 0x15, "an alert: {answer:?}");
    }

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
