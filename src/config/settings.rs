//! The settings as they are meant: checked, typed, with nothing left to decide.
//!
//! Only [`super::check`] makes a [`Settings`] from what an operator wrote; the demonstration and the tests build theirs
//! from [`Limits::default`] and loopback addresses.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use crate::clock::Duration;
use crate::outbound::OutboundSettings;
use crate::registries::RegistrySettings;
use crate::secret::Secret;

/// What `guichet serve` runs with.
#[derive(Debug)]
pub struct Settings {
    /// The origin that issuers, links and cookies are made from; its path is `/`.
    pub public_url: Url,
    /// The key that seals stored secrets, in base64; `keys` reads it.
    pub master_key: Secret<String>,
    /// Addresses of the public listeners.
    pub public: Vec<SocketAddr>,
    /// Address of health and metrics.
    pub management: SocketAddr,
    /// The files of the public certificate; `None` behind a proxy or on loopback.
    pub tls: Option<TlsFiles>,
    /// Where clients may show a certificate; `None`: nowhere.
    pub certificate: Option<CertificateListener>,
    /// Whose forwarding headers are believed.
    pub proxies: Proxies,
    /// Where state is kept, as `Store::open` takes it: `sqlite:PATH`, or a PostgreSQL address with its password.
    pub database: Secret<String>,
    /// The mail relay.
    pub smtp: Smtp,
    /// Where addresses of applications may lead.
    pub outbound: OutboundSettings,
    /// Who is asked about organisations.
    pub registries: RegistrySettings,
    /// Folder of the realm files.
    pub realms: PathBuf,
    /// What is logged.
    pub log: Log,
    /// What a client may make us spend.
    pub limits: Limits,
}

impl Settings {
    /// The public origin as browsers send it, without a final slash.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// Whether browsers reach us over TLS, whoever ends it.
    pub fn secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// A certificate chain and its key, in PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The listener for clients with a certificate (DESIGN.md §8): the main one never asks, lest browsers ask people.
#[derive(Debug, Clone)]
pub struct CertificateListener {
    /// The origin under which clients reach it; https, and not the main one.
    pub public_url: Url,
    /// Its addresses, at least one.
    pub listen: Vec<SocketAddr>,
    /// How certificates come to it: in one way, never in two.
    pub from: CertificateFrom,
}

/// Who proves that a client holds the key of its certificate (SR-86).
#[derive(Debug, Clone)]
pub enum CertificateFrom {
    /// The handshake with us, under these files. No header counts (SR-89).
    Handshake(TlsFiles),
    /// A listed proxy, which says so in a header (SR-87); the files, when there are some, protect the way from it.
    Proxy(CertificateFormat, Option<TlsFiles>),
}

impl CertificateFrom {
    /// The files that this listener serves TLS with.
    pub const fn tls(&self) -> Option<&TlsFiles> {
        match self {
            Self::Handshake(files) => Some(files),
            Self::Proxy(_, files) => files.as_ref(),
        }
    }
}

/// How a proxy writes a certificate into `Client-Cert`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFormat {
    /// As RFC 9440 has it: DER as a byte sequence of RFC 8941.
    Rfc9440,
    /// PEM, URL-encoded: nginx's `$ssl_client_escaped_cert`.
    EscapedPem,
}

/// The proxies in front of us, and the one header in which they name the client (SR-205).
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Networks whose headers are believed.
    pub trusted: Vec<IpNet>,
    /// The header they write.
    pub header: ForwardingHeader,
}

/// A header in which a proxy names its client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardingHeader {
    /// `X-Forwarded-For`, with `X-Forwarded-Proto`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The mail relay.
#[derive(Debug)]
pub struct Smtp {
    /// Host name, checked against the relay's certificate (SR-172).
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// User name and password.
    pub credentials: Option<(String, Secret<String>)>,
    /// Certificates in PEM to trust instead of the public ones.
    pub ca: Option<PathBuf>,
}

/// How the connection to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Plain at first, TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: loopback only.
    Loopback,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// The shape of a line.
    pub format: LogFormat,
    /// Levels by module, as `tracing_subscriber::EnvFilter` reads them.
    pub level: String,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for people.
    Text,
}

/// Bounds on what a client may make the process spend (SR-207, SR-29).
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the request line and headers.
    pub header_bytes: usize,
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Time to send headers.
    pub header_time: Duration,
    /// Time to send a body.
    pub body_time: Duration,
    /// Time to answer.
    pub request_time: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_address: usize,
    /// Password hashes at once.
    pub password_hashes: usize,
    /// Password hashes waiting.
    pub password_hash_queue: usize,
    /// Time for requests under way at the end.
    pub shutdown_time: Duration,
}
