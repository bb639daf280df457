//! The settings as an operator writes them: one struct a table, one field a key, nothing judged yet.
//!
//! The JSON Schema, the reference page and the "did you mean" of unknown keys all come from these types; a setting is
//! added here, gets its meaning in [`super::settings`] and its rule in [`super::check`].

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// Everything `guichet serve` needs to know that is not a realm.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "guichet.toml")]
pub(crate) struct Said {
    /// Address under which browsers and applications reach the product, without a path, such as `https://id.example.org`. Issuers, links and cookies are made from it alone. Required; http for loopback only.
    pub(crate) public_url: Option<String>,
    /// Key that seals every stored secret: 32 random bytes in base64 (`openssl rand -base64 32`). Required, by environment or file; refused in this file, which lies beside what it would protect.
    #[schemars(with = "Option<String>")]
    pub(crate) master_key: Option<Secret<String>>,
    /// File that holds the master key.
    pub(crate) master_key_file: Option<PathBuf>,
    /// Where the process listens.
    pub(crate) listen: Listen,
    /// Certificate of the public listeners. Leave out when a proxy ends TLS.
    pub(crate) tls: Tls,
    /// A listener of its own where people may show a certificate to sign in, and applications theirs (RFC 8705): browsers ask people for theirs wherever a server asks for one.
    pub(crate) certificate: ClientCertificates,
    /// Proxies in front of the listeners.
    pub(crate) proxy: Proxy,
    /// Where state is kept.
    pub(crate) database: Database,
    /// The relay that mail is handed to.
    pub(crate) smtp: Smtp,
    /// Where addresses that applications registered may lead us: keys, request objects, logout.
    pub(crate) outbound: Outbound,
    /// Who is asked about organisations: their numbers at INSEE and API Recherche d’entreprises, those for value added tax at VIES. Realms say in which order.
    pub(crate) registries: Registries,
    /// What the process serves.
    pub(crate) realms: Realms,
    /// What the process says on standard error.
    pub(crate) log: Log,
    /// Bounds on what a client may make the process spend.
    pub(crate) limits: Limits,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Listen {
    /// Addresses of the pages and protocol endpoints.
    pub(crate) public: Vec<String>,
    /// Address of `/health/*` and `/metrics`, in plain HTTP: keep it off public networks.
    pub(crate) management: String,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tls {
    /// Certificate chain in PEM, leaf first. Read again when it changes, and on SIGHUP.
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key in PEM.
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClientCertificates {
    /// Its addresses. Empty: no such listener, and no client certificate anywhere.
    pub(crate) listen: Vec<String>,
    /// Address under which clients reach it, without a path, on another host name or port than the main one, such as `https://mtls.id.example.org`. Required with `listen`.
    pub(crate) public_url: Option<String>,
    /// Who sees the certificate. `handshake`: TLS ends here. `rfc9440`: a proxy of `proxy.trusted` ends it and writes the header `Client-Cert`, with `Client-Cert-Chain` if it likes. `escaped-pem`: it writes PEM, URL-encoded, in `Client-Cert`, as nginx can without njs.
    pub(crate) from: CertificateFrom,
    /// Certificate chain of the server in PEM, leaf first; that of `[tls]` when left out. Behind a proxy it protects the way from there, and is needed beyond loopback.
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key in PEM.
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CertificateFrom {
    #[default]
    Handshake,
    Rfc9440,
    EscapedPem,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Proxy {
    /// Networks of the proxies whose headers are believed, such as `10.1.0.0/24`. Empty: nobody's.
    pub(crate) trusted: Vec<String>,
    /// The one header in which they name the client.
    pub(crate) header: ProxyHeader,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProxyHeader {
    #[default]
    XForwardedFor,
    Forwarded,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    /// `sqlite:/var/lib/guichet/guichet.db`, or `postgres://user@host/name`. Required.
    #[schemars(with = "Option<String>")]
    pub(crate) url: Option<Secret<String>>,
    /// Password of the PostgreSQL role.
    #[schemars(with = "Option<String>")]
    pub(crate) password: Option<Secret<String>>,
    /// File that holds that password.
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Smtp {
    /// Host name of the relay. Required.
    pub(crate) host: Option<String>,
    /// Its port; by default 587 with `starttls`, 465 with `tls`, 25 with `none`.
    pub(crate) port: Option<u16>,
    /// How the connection is protected. `none` is for a relay on loopback only.
    pub(crate) security: SmtpSecurity,
    /// User name, if the relay asks for one.
    pub(crate) user: Option<String>,
    /// Password of that user.
    #[schemars(with = "Option<String>")]
    pub(crate) password: Option<Secret<String>>,
    /// File that holds that password.
    pub(crate) password_file: Option<PathBuf>,
    /// Certificates in PEM of the authority that signed the relay's, instead of the public ones.
    pub(crate) ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SmtpSecurity {
    Starttls,
    Tls,
    None,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Outbound {
    /// Networks that may be reached although they are not public, such as `10.1.0.0/24`. Empty: the public internet only. A cloud's metadata address wants a line for itself.
    pub(crate) networks: Vec<String>,
    /// Ports besides 443.
    pub(crate) ports: Vec<u16>,
    /// Certificates in PEM of authorities to trust besides the public ones.
    pub(crate) ca: Option<PathBuf>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Registries {
    /// Address of INSEE's API Sirene; https, or http on this machine.
    pub(crate) insee_url: String,
    /// Key of a subscription to it (portail-api.insee.fr). Without one INSEE is not asked.
    #[schemars(with = "Option<String>")]
    pub(crate) insee_key: Option<Secret<String>>,
    /// File that holds that key.
    pub(crate) insee_key_file: Option<PathBuf>,
    /// Address of API Recherche d’entreprises.
    pub(crate) dinum_url: String,
    /// Address of VIES.
    pub(crate) vies_url: String,
    /// Your own number for value added tax, with its prefix, such as `FR83404833048`: VIES then puts each check on record, and its number is kept as proof.
    pub(crate) vies_requester: Option<String>,
    /// A built-in table of fictitious organisations in the place of all of them, for trials and where nothing may be contacted; or the same out of order, to try what people see then.
    pub(crate) fixed: FixedRegistry,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FixedRegistry {
    #[default]
    Off,
    Ok,
    Unavailable,
    RateLimited,
    Hang,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Realms {
    /// Folder with one folder per realm.
    pub(crate) directory: PathBuf,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// One JSON object a line for machines, or text for people.
    pub(crate) format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, or directives by module such as `info,guichet::mail=debug`.
    pub(crate) level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    Json,
    Text,
}

#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Bytes of a request's line and headers together.
    #[schemars(range(min = 8192, max = 65536))]
    pub(crate) header_bytes: usize,
    /// Bytes of a request's body.
    #[schemars(range(min = 4096, max = 1_048_576))]
    pub(crate) body_bytes: usize,
    /// Seconds to send a request's headers, and to stay silent between two requests.
    #[schemars(range(min = 1, max = 120))]
    pub(crate) header_seconds: u64,
    /// Seconds to send a request's body.
    #[schemars(range(min = 1, max = 300))]
    pub(crate) body_seconds: u64,
    /// Seconds to answer a request, its body included.
    #[schemars(range(min = 1, max = 300))]
    pub(crate) request_seconds: u64,
    /// Connections open at once.
    #[schemars(range(min = 16, max = 1_000_000))]
    pub(crate) connections: usize,
    /// Connections open at once from one address, listed proxies excepted.
    #[schemars(range(min = 4, max = 1_000_000))]
    pub(crate) connections_per_address: usize,
    /// Password hashes computed at once, 19 MiB each; 0 takes one per processor.
    #[schemars(range(min = 0, max = 256))]
    pub(crate) password_hashes: usize,
    /// Password hashes that may wait for their turn before the answer is 503.
    #[schemars(range(min = 0, max = 4096))]
    pub(crate) password_hash_queue: usize,
    /// Seconds that requests under way are given when the process is asked to stop.
    #[schemars(range(min = 0, max = 300))]
    pub(crate) shutdown_seconds: u64,
}

impl Default for Listen {
    fn default() -> Self {
        Self { public: vec!["127.0.0.1:8080".to_owned()], management: "127.0.0.1:9000".to_owned() }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            security: SmtpSecurity::Starttls,
            user: None,
            password: None,
            password_file: None,
            ca: None,
        }
    }
}

impl Default for Registries {
    fn default() -> Self {
        Self {
            insee_url: "https://api.insee.fr/api-sirene/3.11".to_owned(),
            insee_key: None,
            insee_key_file: None,
            dinum_url: "https://recherche-entreprises.api.gouv.fr".to_owned(),
            vies_url: "https://ec.europa.eu/taxation_customs/vies/rest-api".to_owned(),
            vies_requester: None,
            fixed: FixedRegistry::Off,
        }
    }
}

impl Default for Realms {
    fn default() -> Self {
        Self { directory: "realm-config".into() }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".to_owned() }
    }
}

impl Default for Limits {
    /// SR-207, SR-29.
    fn default() -> Self {
        Self {
            header_bytes: 16 * 1024,
            body_bytes: 64 * 1024,
            header_seconds: 10,
            body_seconds: 20,
            request_seconds: 30,
            connections: 4096,
            connections_per_address: 128,
            password_hashes: 0,
            password_hash_queue: 64,
            shutdown_seconds: 20,
        }
    }
}
