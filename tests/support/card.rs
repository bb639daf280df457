//! A card in software: a key with its certificate, and a client that shows it over TLS.
//!
//! Also what the other side needs: a certificate for `localhost`, in files as an operator has them.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use guichet::config::TlsFiles;
use guichet::source::ClientCertificate;
use http::Request;
use rcgen::{CertificateParams, CertifiedIssuer, Issuer, KeyPair, PublicKeyData as _};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::http::{Answer, exchange_over};

/// A key and the certificate that goes with it.
pub(crate) struct Card {
    pub(crate) certificate: CertificateDer<'static>,
    /// What is shown along with it.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Card {
    /// A self-signed certificate; `describe` gives it subject, names, dates and usages.
    pub(crate) fn new(describe: impl FnOnce(&mut CertificateParams)) -> Self {
        let (key, params) = described(describe);
        Self { certificate: params.self_signed(&key).unwrap().der().clone(), chain: Vec::new(), key }
    }

    /// A certificate that an authority of its own signed, which is shown with it.
    pub(crate) fn issued(describe: impl FnOnce(&mut CertificateParams)) -> Self {
        let (authority_key, authority) = described(|params| {
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        });
        let (key, params) = described(describe);
        let above = authority.self_signed(&authority_key).unwrap().der().clone();
        let certificate = params.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
        Self { certificate: certificate.der().clone(), chain: vec![above], key }
    }

    /// A certificate that somebody else's authority signed, shown alone.
    pub(crate) fn issued_by(
        authority: &CertifiedIssuer<'_, KeyPair>,
        describe: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let (key, params) = described(describe);
        let certificate = params.signed_by(&key, authority).unwrap().der().clone();
        Self { certificate, chain: Vec::new(), key }
    }

    /// That key with the certificate that somebody made for it, shown alone.
    pub(crate) fn certified(key: KeyPair, certificate: CertificateDer<'static>) -> Self {
        Self { certificate, chain: Vec::new(), key }
    }

    /// Another self-signed certificate of the same key.
    pub(crate) fn renewed(&self, describe: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::try_from(self.key.serialize_der()).unwrap();
        let mut params = CertificateParams::default();
        describe(&mut params);
        Self { certificate: params.self_signed(&key).unwrap().der().clone(), chain: Vec::new(), key }
    }

    /// Its key as a JWK (RFC 7518 §6.2.1): the stories' cards have keys on P-256.
    pub(crate) fn jwk(&self) -> serde_json::Value {
        use base64::Engine as _;
        let text = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        let (x, y) = self.key.der_bytes()[1..].split_at(32);
        serde_json::json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)})
    }

    /// What somebody has who copied this certificate, and not its key.
    pub(crate) fn copied(&self) -> Self {
        Self { certificate: self.certificate.clone(), chain: self.chain.clone(), key: KeyPair::generate().unwrap() }
    }

    /// Its `x5t#S256`, by other means than the product's.
    pub(crate) fn thumbprint(&self) -> String {
        use base64::Engine as _;
        let digest = ::aws_lc_rs::digest::digest(&::aws_lc_rs::digest::SHA256, &self.certificate);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
    }

    fn shown(&self) -> Arc<dyn ResolvesClientCert> {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let key = aws_lc_rs::sign::any_supported_type(&key).unwrap();
        let certificates = [vec![self.certificate.clone()], self.chain.clone()].concat();
        Arc::new(Chosen(Arc::new(CertifiedKey::new(certificates, key))))
    }
}

/// A card as browsers offer it: to servers that name no authority, or one that issued something in its chain (RFC 8446
/// §4.2.4, RFC 5246 §7.4.4).
#[derive(Debug)]
struct Chosen(Arc<CertifiedKey>);

impl ResolvesClientCert for Chosen {
    fn resolve(&self, authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let named = |certificate: &CertificateDer<'_>| {
            let read = X509Certificate::from_der(certificate);
            read.is_ok_and(|(_, read)| authorities.contains(&read.issuer().as_raw()))
        };
        (authorities.is_empty() || self.0.cert.iter().any(named)).then(|| Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// An authority of that name.
pub(crate) fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let (key, mut params) = described(|params| params.distinguished_name.push(rcgen::DnType::CommonName, name));
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key).unwrap()
}

fn described(describe: impl FnOnce(&mut CertificateParams)) -> (KeyPair, CertificateParams) {
    let mut params = CertificateParams::default();
    describe(&mut params);
    (KeyPair::generate().unwrap(), params)
}

/// A client of one listener.
#[derive(Clone)]
pub(crate) struct TlsClient {
    address: SocketAddr,
    name: &'static str,
    authority: CertificateDer<'static>,
    provider: CryptoProvider,
    versions: Vec<&'static SupportedProtocolVersion>,
    shows: Option<Arc<dyn ResolvesClientCert>>,
}

impl TlsClient {
    /// A client with the library's usual offer, which trusts that certificate of localhost in PEM, and shows none.
    pub(crate) fn new(address: SocketAddr, authority: &str) -> Self {
        let authority = CertificateDer::from_pem_slice(authority.as_bytes()).unwrap();
        let provider = aws_lc_rs::default_provider();
        Self { address, name: "localhost", authority, provider, versions: rustls::ALL_VERSIONS.to_vec(), shows: None }
    }

    /// This client, asking for another server at that address.
    pub(crate) fn of(&self, name: &'static str) -> Self {
        Self { name, ..self.clone() }
    }

    /// This client, showing a card when it is asked to.
    pub(crate) fn showing(&self, card: &Card) -> Self {
        Self { shows: Some(card.shown()), ..self.clone() }
    }

    /// This client, knowing no other version.
    pub(crate) fn knowing(&self, versions: &[&'static SupportedProtocolVersion]) -> Self {
        Self { versions: versions.to_vec(), ..self.clone() }
    }

    /// This client, offering only suites whose name says one of these.
    pub(crate) fn offering(&self, names: &[&str]) -> Self {
        let mut client = self.clone();
        client.provider.cipher_suites.retain(|suite| {
            let suite = format!("{:?}", suite.suite());
            names.iter().any(|name| suite.contains(name))
        });
        client
    }

    /// What it keeps between connections: with it, it may ask to resume a session.
    pub(crate) fn memory(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(self.provider.clone()))
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match &self.shows {
            Some(card) => config.with_client_cert_resolver(Arc::clone(card)),
            None => config.with_no_client_auth(),
        })
    }

    /// A connection, as far as the client can tell: in TLS 1.3 it learns only later that its certificate was refused.
    pub(crate) async fn connects(&self, memory: &Arc<ClientConfig>) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await?;
        TlsConnector::from(Arc::clone(memory)).connect(ServerName::try_from(self.name).unwrap(), stream).await
    }

    /// What is said to somebody who knows no newer version than that one (RFC 4346 §7.4.1.2), and offers an RSA and an
    /// ECDHE suite.
    pub(crate) async fn is_told_of(&self, version: [u8; 2]) -> Vec<u8> {
        let mut hello = vec![0x16, 3, 1, 0, 47, 1, 0, 0, 43];
        hello.extend(version);
        hello.extend([7; 32]);
        hello.extend([0, 0, 4, 0xc0, 0x14, 0, 0x2f, 1, 0]);
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(&hello).await.unwrap();
        let mut answer = Vec::new();
        // Whether the connection is closed or reset after it, nothing more comes.
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }

    /// Sends `request` on a connection of its own; `None` when the connection is refused.
    pub(crate) async fn asks(&self, request: Request<impl Into<Body>>) -> Option<Answer> {
        let stream = self.connects(&self.memory()).await.ok()?;
        exchange_over(stream, request).await.ok()
    }
}

/// The certificate that a client is known by, as routes see it.
pub(crate) fn seen(request: &axum::extract::Request) -> String {
    let seen = ClientCertificate::of(request.extensions());
    seen.map_or("none".to_owned(), |seen| format!("{} +{}", seen.thumbprint(), seen.chain().len()))
}

/// The files of a certificate for localhost made just now, in a folder, and its authority for clients, in PEM.
pub(crate) fn tls_files(folder: &Path) -> (TlsFiles, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles { certificate: folder.join("chain.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.pem())
}
