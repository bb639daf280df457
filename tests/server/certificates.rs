//! Client certificates at the edge: what counts as shown, by whom, and what never does (SR-86 to SR-89).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet::config::{CertificateFormat, CertificateFrom, CertificateListener, Proxies, Settings};
use http::{Method, Request};
use rcgen::{CertificateParams, DnType, SanType, date_time_ymd};
use rustls::pki_types::CertificateDer;
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};

use super::{Running, app, settings, start};
use crate::support::card::{Card, TlsClient, tls_files};
use crate::support::http::{Answer, exchange, exchange_over};
use crate::support::log::Lines;

const VERSIONS: [&[&SupportedProtocolVersion]; 2] = [&[&TLS12], &[&TLS13]];
const CLAIMED: &str = "a header claimed a client certificate";

/// Settings with TLS on the public listener, and a listener where certificates come `from`.
fn settings_with(from: CertificateFrom, trusted: &[&str]) -> Settings {
    let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
    let listener = CertificateListener {
        public_url: "https://mtls.example.org".parse().unwrap(),
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        from,
    };
    Settings {
        public_url: "https://id.example.org".parse().unwrap(),
        proxies: Proxies { trusted, ..Proxies::default() },
        certificate: Some(listener),
        ..settings()
    }
}

/// A server that ends TLS itself, with a client of its public listener and one of the other.
fn ending_tls(trusted: &[&str]) -> (Running, TlsClient, TlsClient) {
    let folder = tempfile::tempdir().unwrap();
    let (files, authority) = tls_files(folder.path());
    let mut settings = settings_with(CertificateFrom::Handshake(files.clone()), trusted);
    settings.tls = Some(files);
    let running = start(&settings, app());
    let public = TlsClient::new(running.address(), &authority);
    let certificate = TlsClient::new(running.server.certificate().next().unwrap(), &authority);
    (running, public, certificate)
}

/// A server behind a proxy that ends TLS, in plain HTTP.
fn behind(format: CertificateFormat, trusted: &[&str]) -> Running {
    start(&settings_with(CertificateFrom::Proxy(format, None), trusted), app())
}

impl Running {
    /// What the listener for certificates answers to these headers.
    async fn told(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        exchange(self.server.certificate().next().unwrap(), get(path, headers)).await
    }
}

fn get(path: &str, headers: &[(&str, &str)]) -> Request<String> {
    let request = Request::builder().method(Method::GET).uri(path).header("host", "mtls.example.org");
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).body(String::new()).unwrap()
}

/// What a route sees of the client's certificate.
async fn seen(client: &TlsClient) -> Option<String> {
    client.asks(get("/certificate", &[])).await.map(|answer| answer.body)
}

fn marie(params: &mut CertificateParams) {
    params.distinguished_name.push(DnType::CommonName, "Marie Durand");
    params.subject_alt_names.push(SanType::Rfc822Name("marie@exemple.fr".try_into().unwrap()));
}

/// RFC 9440 §2.1.
fn byte_sequence(certificate: &CertificateDer<'_>) -> String {
    format!(":{}:", STANDARD.encode(certificate))
}

#[tokio::test]
async fn sr_86_a_certificate_counts_when_its_key_signed_the_handshake() {
    let (running, _, client) = ending_tls(&[]);
    let expired = Card::new(|params| params.not_after = date_time_ymd(2001, 1, 1));
    for versions in VERSIONS {
        let client = client.knowing(versions);
        assert_eq!(seen(&client).await.unwrap(), "none", "nobody is obliged to show one");
        let cards = [Card::new(marie), Card::new(|_| {}), Card::issued(marie), Card::issued(marie)];
        // Whose it is and whether it is good is not for the handshake to say.
        for card in cards.iter().chain([&expired]) {
            let expected = format!("{} +{}", card.thumbprint(), card.chain.len());
            assert_eq!(seen(&client.showing(card)).await, Some(expected), "{versions:?}");
        }
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_86_a_certificate_without_its_key_cannot_be_presented() {
    let (running, _, client) = ending_tls(&[]);
    let card = Card::issued(marie);
    for versions in VERSIONS {
        let client = client.knowing(versions);
        assert!(seen(&client.showing(&card)).await.is_some());
        assert_eq!(seen(&client.showing(&card.copied())).await, None, "{versions:?}");
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_94_long_and_heavy_chains_are_refused_in_the_handshake() {
    let (running, _, client) = ending_tls(&[]);
    let other = Card::new(marie).certificate;
    let heavy = CertificateDer::from(vec![0x30; 33_000]);
    for (chain, taken) in [(vec![other.clone(); 5], true), (vec![other; 6], false), (vec![heavy], false)] {
        let mut card = Card::new(marie);
        card.chain = chain;
        for versions in VERSIONS {
            assert_eq!(seen(&client.knowing(versions).showing(&card)).await.is_some(), taken, "{}", card.chain.len());
        }
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_95_no_session_is_resumed_where_certificates_are_shown() {
    let (running, public, certificate) = ending_tls(&[]);
    let card = Card::new(marie);
    for versions in VERSIONS {
        for (client, second) in [
            (public.knowing(versions), HandshakeKind::Resumed),
            (certificate.knowing(versions), HandshakeKind::Full),
            (certificate.knowing(versions).showing(&card), HandshakeKind::Full),
        ] {
            let memory = client.memory();
            let first = client.connects(&memory).await.unwrap();
            assert_eq!(exchange_over(first, get("/certificate", &[])).await.unwrap().status, 200);
            let again = client.connects(&memory).await.unwrap();
            let kind = again.get_ref().1.handshake_kind();
            // A public handshake is resumed, so that the other's being full says something.
            assert!(kind == Some(second), "{versions:?}: {kind:?}");
        }
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_89_where_tls_ends_here_no_header_supplies_a_certificate() {
    let (mine, theirs) = (Card::new(marie), Card::issued(marie));
    let (leaf, chain) = (byte_sequence(&theirs.certificate), byte_sequence(&theirs.chain[0]));
    let claims = [("client-cert", leaf.as_str()), ("client-cert-chain", &chain)];
    for trusted in [&[][..], &["127.0.0.0/8"]] {
        let (running, public, certificate) = ending_tls(trusted);
        let own = format!("{} +0", mine.thumbprint());
        for (client, expected) in [
            (public.clone(), "none"),
            (public.showing(&mine), "none"),
            (certificate.clone(), "none"),
            (certificate.showing(&mine), &own),
        ] {
            let (lines, listening) = Lines::listening("warn");
            assert_eq!(client.asks(get("/certificate", &claims)).await.unwrap().body, expected, "{trusted:?}");
            let left = client.asks(get("/claims", &claims)).await.unwrap().body;
            drop(listening);
            assert!(left.contains("host") && !left.contains("client-cert"), "{left}");
            assert_eq!(lines.text().matches(CLAIMED).count(), 2, "{}", lines.text());
        }
        running.server.stop().await;
    }
}

#[tokio::test]
async fn sr_87_a_listed_proxy_hands_certificates_over_in_its_one_header() {
    let card = Card::issued(marie);
    let (leaf, chain) = (byte_sequence(&card.certificate), byte_sequence(&card.chain[0]));
    let pem =
        format!("-----BEGIN CERTIFICATE-----%0A{}%0A-----END CERTIFICATE-----%0A", STANDARD.encode(&card.certificate));
    let (rfc9440, pem) = (("client-cert", leaf.as_str()), ("client-cert", pem.as_str()));
    let above = ("client-cert-chain", chain.as_str());
    let shown = |chain| format!("{} +{chain}", card.thumbprint());
    let (lines, listening) = Lines::listening("warn");
    for (format, headers, expected) in [
        (CertificateFormat::Rfc9440, &[][..], "none".to_owned()),
        (CertificateFormat::Rfc9440, &[rfc9440], shown(0)),
        (CertificateFormat::Rfc9440, &[rfc9440, above], shown(1)),
        (CertificateFormat::EscapedPem, &[], "none".to_owned()),
        (CertificateFormat::EscapedPem, &[pem], shown(0)),
        (CertificateFormat::EscapedPem, &[pem, above], shown(0)),
        (CertificateFormat::Rfc9440, &[("x-client-cert", &leaf), ("x-ssl-client-cert", &leaf)], "none".to_owned()),
    ] {
        let running = behind(format, &["127.0.0.0/8"]);
        let answer = running.told("/certificate", headers).await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, expected), "{format:?} {headers:?}");
        let left = running.told("/claims", headers).await.body;
        assert!(!left.contains("\"client-cert"), "doors read the certificate, not the header: {left}");
        running.server.stop().await;
    }
    drop(listening);
    assert!(!lines.text().contains(CLAIMED), "{}", lines.text());
}

#[tokio::test]
async fn sr_87_anybody_else_s_header_is_removed_and_logged() {
    let card = Card::new(marie);
    let leaf = byte_sequence(&card.certificate);
    let headers = [("client-cert", leaf.as_str())];

    // A stranger has no business at the listener behind the proxy.
    let running = behind(CertificateFormat::Rfc9440, &["192.0.2.0/24"]);
    assert_eq!(running.told("/certificate", &headers).await.status, 403);
    running.server.stop().await;

    // The proxy's word on certificates is taken on that listener only: the main one's may forget to clear the header.
    let running = behind(CertificateFormat::Rfc9440, &["127.0.0.0/8"]);
    let (lines, listening) = Lines::listening("warn");
    for path in ["/certificate", "/claims"] {
        let answer = exchange(running.address(), get(path, &headers)).await.body;
        assert!(answer == "none" || answer.contains("host") && !answer.contains("client-cert"), "{answer}");
    }
    drop(listening);
    assert_eq!(lines.text().matches(CLAIMED).count(), 2, "{}", lines.text());
    assert!(!lines.text().contains(&leaf[..40]), "the log keeps no certificate");
    running.server.stop().await;
}

#[tokio::test]
async fn sr_88_odd_certificate_headers_are_refused() {
    let leaf = byte_sequence(&Card::new(marie).certificate);
    let (twice, joined) = (format!("{leaf}, {leaf}"), format!("{leaf}{leaf}"));
    let heavy = format!(":{}:", "MIIB".repeat(3_500));
    let running = behind(CertificateFormat::Rfc9440, &["127.0.0.0/8"]);
    for (headers, status) in [
        (&[("client-cert", leaf.as_str())][..], 200),
        (&[("CLIENT-CERT", &leaf)], 200),
        (&[("client-cert", "")], 400),
        (&[("client-cert", "::")], 400),
        (&[("client-cert", "not a certificate")], 400),
        (&[("client-cert", &leaf[1..])], 400),
        (&[("client-cert", &twice)], 400),
        (&[("client-cert", &joined)], 400),
        (&[("client-cert", &heavy)], 400),
        (&[("client-cert", &leaf), ("client-cert", &leaf)], 400),
        (&[("client-cert", &leaf), ("client_cert", &leaf)], 400),
        (&[("client_cert", &leaf)], 400),
        (&[("Client_Cert", &leaf)], 400),
        (&[("client-cert_chain", &leaf), ("client-cert", &leaf)], 400),
        (&[("client-cert-chain", &leaf)], 400),
        (&[("client-cert", &leaf), ("client-cert-chain", "")], 400),
        (&[("client-cert", &leaf), ("client-cert-chain", &leaf), ("client-cert-chain", &leaf)], 400),
    ] {
        let answer = running.told("/certificate", headers).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert!(status == 200 || !answer.body.contains("MII"), "nothing is reflected");
    }
    running.server.stop().await;
}
