//! From what was said to what is meant: every rule on settings, each refusing what would be insecure (SR-214).
//!
//! A rule that fails leaves a finding and lets the others speak; [`Settings`] come out only when none failed.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::{Host, Url};

use super::certificate;
use super::database;
use super::outbound;
use super::registries;
use super::said::{self, Said};
use super::secrets;
use super::settings::{ForwardingHeader, Limits, Log, LogFormat, Proxies, Settings, Smtp, SmtpSecurity, TlsFiles};
use super::written::{Found, Written};
use crate::clock::Duration;
use crate::code::Code;
pub(super) use crate::outbound::service::is_loopback;

/// A value, or the knowledge that a finding says why there is none.
pub(super) type Checked<T> = Result<T, Refused>;

/// Proof that a finding was left.
#[derive(Debug)]
pub(super) struct Refused;

/// One reading of the settings, and what was found so far.
pub(super) struct Check<'a> {
    pub(super) written: &'a Written,
    pub(super) findings: Vec<Found>,
}

impl Check<'_> {
    pub(super) fn settings(&mut self, said: Said) -> Checked<Settings> {
        let public_url = self.public_url(said.public_url.as_deref());
        let public = all(said.listen.public.iter().map(|text| self.address("listen.public", text)));
        let management = self.address("listen.management", &said.listen.management);
        let proxies = self.proxies(&said.proxy);
        let tls = self.tls("tls", said.tls.certificate, said.tls.key);
        self.who_ends_tls(&public_url, &public, &tls, &said.proxy);
        let main =
            certificate::Main { url: public_url.as_ref().ok(), tls: &tls, proxied: !said.proxy.trusted.is_empty() };
        let certificate = certificate::check(self, said.certificate, &main);
        let master_key = secrets::master_key(self, said.master_key, said.master_key_file);
        let database = database::check(self, said.database);
        let smtp = self.smtp(said.smtp);
        let outbound = outbound::check(self, said.outbound);
        let registries = registries::check(self, said.registries);
        let log = self.log(said.log);
        Ok(Settings {
            public_url: public_url?,
            master_key: master_key?,
            public: public?,
            management: management?,
            tls: tls?,
            certificate: certificate?,
            proxies: proxies?,
            database: database?,
            smtp: smtp?,
            outbound: outbound?,
            registries: registries?,
            realms: said.realms.directory,
            log: log?,
            limits: limits(&said.limits),
        })
    }

    /// Leaves a finding.
    pub(super) fn refuse<T>(&mut self, code: Code, key: &str, what: &str, hint: &str) -> Checked<T> {
        self.findings.push(self.written.found(code, key, what, hint));
        Err(Refused)
    }

    /// The value of a key that has no default.
    pub(super) fn required<T>(&mut self, key: &str, value: Option<T>, hint: &str) -> Checked<T> {
        match value {
            Some(value) => Ok(value),
            None => self.refuse(Code::E0604, key, &format!("`{key}` is missing"), hint),
        }
    }

    fn public_url(&mut self, text: Option<&str>) -> Checked<Url> {
        let text =
            self.required("public_url", text, "write the address browsers use, such as \"https://id.example.org\"")?;
        let url = self.origin("public_url", text)?;
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_loopback(url.host()) => Ok(url),
            _ => self.refuse(
                Code::E0605,
                "public_url",
                "`public_url` must use https",
                "http is allowed for localhost, 127.0.0.1 and [::1] only",
            ),
        }
    }

    /// An address that is scheme, host and port, and nothing more.
    pub(super) fn origin(&mut self, key: &str, text: &str) -> Checked<Url> {
        let Ok(url) = Url::parse(text) else {
            let what = format!("`{key}` is not an address");
            return self.refuse(Code::E0605, key, &what, "write it as \"https://id.example.org\"");
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() || url.host().is_none() {
            let what = format!("`{key}` is more than an origin");
            return self.refuse(Code::E0605, key, &what, "leave scheme, host and port only");
        }
        Ok(url)
    }

    pub(super) fn address(&mut self, key: &str, text: &str) -> Checked<SocketAddr> {
        match text.parse() {
            Ok(address) => Ok(address),
            Err(_) => self.refuse(
                Code::E0606,
                key,
                &format!("`{key}` wants addresses and ports, not `{}`", text.escape_debug()),
                "write \"0.0.0.0:8443\" or \"[::]:8443\"; names are not looked up",
            ),
        }
    }

    /// The two files of a table, both or neither.
    pub(super) fn tls(
        &mut self,
        table: &str,
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
    ) -> Checked<Option<TlsFiles>> {
        let [certificate_key, key_key] = ["certificate", "key"].map(|name| format!("{table}.{name}"));
        match (certificate, key) {
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
            (None, None) => Ok(None),
            (None, Some(_)) => {
                let hint = format!("set `{certificate_key}`");
                self.refuse(Code::E0607, &key_key, "a key without its certificate", &hint)
            }
            (Some(_), None) => {
                let hint = format!("set `{key_key}`");
                self.refuse(Code::E0607, &certificate_key, "a certificate without its key", &hint)
            }
        }
    }

    /// Plain HTTP on loopback or behind a listed proxy only (SR-213).
    fn who_ends_tls(
        &mut self,
        public_url: &Checked<Url>,
        public: &Checked<Vec<SocketAddr>>,
        tls: &Checked<Option<TlsFiles>>,
        proxy: &said::Proxy,
    ) {
        let (Ok(url), Ok(public), Ok(tls)) = (public_url, public, tls) else { return };
        let _: Checked<()> = match (url.scheme(), tls) {
            ("https", None) if proxy.trusted.is_empty() => self.refuse(
                Code::E0608,
                "public_url",
                "`public_url` is https, and nothing here ends TLS",
                "set `tls.certificate` and `tls.key`, or list the proxy that does in `proxy.trusted`",
            ),
            ("http", Some(_)) => self.refuse(
                Code::E0608,
                "public_url",
                "`public_url` is http, and there is a certificate",
                "write https in `public_url`",
            ),
            ("http", None) if !public.iter().all(|address| address.ip().is_loopback()) => self.refuse(
                Code::E0608,
                "listen.public",
                "plain HTTP would be served beyond loopback",
                "listen on 127.0.0.1 or [::1], or give a certificate",
            ),
            _ => Ok(()),
        };
    }

    fn proxies(&mut self, proxy: &said::Proxy) -> Checked<Proxies> {
        let trusted = all(proxy.trusted.iter().map(|text| self.network(text)))?;
        let header = match proxy.header {
            said::ProxyHeader::XForwardedFor => ForwardingHeader::XForwardedFor,
            said::ProxyHeader::Forwarded => ForwardingHeader::Forwarded,
        };
        Ok(Proxies { trusted, header })
    }

    /// A network of proxies. One so wide that strangers are in it would let anybody choose their address (SR-205).
    fn network(&mut self, text: &str) -> Checked<IpNet> {
        let network = self.parsed_network("proxy.trusted", text)?;
        if !is_of_one_operator(&network) {
            let what = format!("`{network}` would trust everybody to name their own address");
            return self.refuse(Code::E0610, "proxy.trusted", &what, "list the addresses of your proxies");
        }
        Ok(network)
    }

    /// A network, or one address.
    pub(super) fn parsed_network(&mut self, key: &str, text: &str) -> Checked<IpNet> {
        text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).or_else(|_| {
            let what = format!("`{}` is not a network", text.escape_debug());
            self.refuse(Code::E0609, key, &what, "write \"10.1.2.0/24\" or \"fd00::/8\"")
        })
    }

    fn smtp(&mut self, smtp: said::Smtp) -> Checked<Smtp> {
        let password = secrets::one(self, "smtp.password", smtp.password, smtp.password_file);
        let host = self.required("smtp.host", smtp.host, "write the relay's host name, as its certificate says it")?;
        let (security, port) = match smtp.security {
            said::SmtpSecurity::Starttls => (SmtpSecurity::StartTls, 587),
            said::SmtpSecurity::Tls => (SmtpSecurity::Tls, 465),
            said::SmtpSecurity::None => (SmtpSecurity::Loopback, 25),
        };
        let Ok(name) = Host::parse(&host) else {
            return self.refuse(
                Code::E0616,
                "smtp.host",
                "`smtp.host` is not a host name",
                "leave scheme and port out",
            );
        };
        if security == SmtpSecurity::Loopback && !is_loopback(Some(name)) {
            let hint = "use \"starttls\" or \"tls\"; for a private authority name its certificate in `smtp.ca`";
            return self.refuse(Code::E0616, "smtp.security", "mail would leave this machine unprotected", hint);
        }
        let credentials = match (smtp.user, password?) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => {
                return self.refuse(Code::E0616, "smtp.user", "a user without a password", "set `smtp.password_file`");
            }
            (None, Some(_)) => {
                return self.refuse(Code::E0616, "smtp.password", "a password without a user", "set `smtp.user`");
            }
        };
        Ok(Smtp { host, port: smtp.port.unwrap_or(port), security, credentials, ca: smtp.ca })
    }

    fn log(&mut self, log: said::Log) -> Checked<Log> {
        let format = match log.format {
            said::LogFormat::Json => LogFormat::Json,
            said::LogFormat::Text => LogFormat::Text,
        };
        match EnvFilter::builder().parse(&log.level) {
            Ok(_) => Ok(Log { format, level: log.level }),
            Err(_) => self.refuse(
                Code::E0617,
                "log.level",
                "`log.level` is not a level",
                "write \"info\", or \"info,guichet::mail=debug\"",
            ),
        }
    }
}

/// Whether one operator can own that network: 10.0.0.0/8 and fc00::/7 are the widest.
pub(super) fn is_of_one_operator(network: &IpNet) -> bool {
    network.prefix_len() >= if network.addr().is_ipv4() { 8 } else { 7 }
}

/// Every value or none, after all have been looked at: collecting an iterator of results would stop at the first.
pub(super) fn all<T>(values: impl Iterator<Item = Checked<T>>) -> Checked<Vec<T>> {
    values.collect::<Vec<_>>().into_iter().collect()
}

fn limits(said: &said::Limits) -> Limits {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Limits {
        header_bytes: said.header_bytes,
        body_bytes: said.body_bytes,
        header_time: Duration::from_secs(said.header_seconds),
        body_time: Duration::from_secs(said.body_seconds),
        request_time: Duration::from_secs(said.request_seconds),
        connections: said.connections,
        connections_per_address: said.connections_per_address,
        password_hashes: if said.password_hashes == 0 { processors } else { said.password_hashes },
        password_hash_queue: said.password_hash_queue,
        shutdown_time: Duration::from_secs(said.shutdown_seconds),
    }
}

impl Default for Limits {
    fn default() -> Self {
        limits(&said::Limits::default())
    }
}
