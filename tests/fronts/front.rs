//! What ends TLS before a house: itself, nginx or HAProxy, with the files of `deploy/` as an operator fills them in.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use guichet::config::{CertificateFormat, CertificateFrom};
use tempfile::TempDir;

use crate::nodes::site::free_port;
use crate::support::card::TlsClient;
use crate::support::chromium::leave_out;
use crate::support::process::{Process, folder};
use crate::support::world::{CERTIFICATE, PUBLIC, World};

const NGINX: &str = "/usr/sbin/nginx";
const NJS: &str = "/usr/lib/nginx/modules/ngx_http_js_module.so";
const HAPROXY: &str = "/usr/sbin/haproxy";
const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy");

/// Who ends TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The house.
    Itself,
    /// nginx, with njs: RFC 9440.
    Nginx,
    /// nginx without it: escaped PEM.
    PlainNginx,
    /// HAProxy: RFC 9440, with the chain.
    Haproxy,
}

/// A front that stands; gone when dropped.
pub(super) struct Front {
    /// A client of the listener for certificates.
    pub(super) certificates: TlsClient,
    _process: Option<Process>,
}

/// What an operator knows of the machine.
struct Site {
    folder: TempDir,
    /// The addresses of the front, for pages and for certificates.
    fronts: [SocketAddr; 2],
    /// The addresses of the node, the same.
    nodes: [SocketAddr; 2],
}

impl Kind {
    /// Every one.
    pub(super) const ALL: [Self; 4] = [Self::Itself, Self::Nginx, Self::PlainNginx, Self::Haproxy];

    /// Stands before the house from now on; `None`, and why, where the machine has no such server.
    pub(super) async fn stands_before(self, world: &mut World) -> Option<Front> {
        let (format, server, needed) = match self {
            Self::Itself => {
                return Some(Front { certificates: world.asks_for_certificates().await, _process: None });
            }
            Self::Nginx => (CertificateFormat::Rfc9440, NGINX, NJS),
            Self::PlainNginx => (CertificateFormat::EscapedPem, NGINX, NGINX),
            Self::Haproxy => (CertificateFormat::Rfc9440, HAPROXY, HAPROXY),
        };
        if let Some(missing) = [server, needed].into_iter().find(|file| !Path::new(file).is_file()) {
            leave_out("stories of TLS fronts", &format!("{missing} is not installed; tests/run installs it"));
            return None;
        }
        let certificates = world.takes_certificates(CertificateFrom::Proxy(format, None)).await;
        let mut site = Site::with([world.node.address, certificates]);
        let authority = site.certified();
        let command = match self {
            Self::Haproxy => site.haproxy(),
            _ => site.nginx(self == Self::Nginx),
        };
        let [pages, certificates] = site.fronts;
        let process = Process::start(command, site.folder, certificates).await;
        world.stands_behind(TlsClient::new(pages, &authority).of(host(PUBLIC)));
        let certificates = TlsClient::new(certificates, &authority).of(host(CERTIFICATE));
        Some(Front { certificates, _process: Some(process) })
    }
}

impl Site {
    fn with(nodes: [SocketAddr; 2]) -> Self {
        Self { folder: folder(), fronts: [loopback(), loopback()], nodes }
    }

    /// Writes a certificate for both names, in the files of both servers; returns it in PEM.
    fn certified(&self) -> String {
        let made = rcgen::generate_simple_self_signed([PUBLIC, CERTIFICATE].map(|url| host(url).to_owned())).unwrap();
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        self.write("fullchain.pem", &certificate);
        self.write("privkey.pem", &key);
        self.write("both.pem", &format!("{certificate}{key}"));
        certificate
    }

    /// nginx with our servers in it.
    fn nginx(&mut self, njs: bool) -> Command {
        // One address, where the name decides.
        self.fronts[0] = self.fronts[1];
        let (at, folder) = (|address: SocketAddr| format!("{address};"), self.folder());
        let [pages, certificates] = self.nodes.map(at);
        let mut servers = edited(
            include_str!("../../deploy/nginx.conf"),
            &[
                // The machine of a story may know no IPv6.
                ("    listen [::]:443 ssl;\n", ""),
                ("    listen [::]:80;\n", ""),
                ("listen 443 ssl;", &format!("listen {} ssl;", self.fronts[1])),
                ("listen 80;", &format!("listen {};", loopback())),
                ("/etc/letsencrypt/live/mtls.id.example.org", &folder),
                ("/etc/letsencrypt/live/id.example.org", &folder),
                ("mtls.id.example.org", host(CERTIFICATE)),
                ("id.example.org", host(PUBLIC)),
                ("127.0.0.1:8080;", &pages),
                ("127.0.0.1:8081;", &certificates),
                ("/etc/nginx/", &format!("{DEPLOY}/")),
            ],
        );
        if !njs {
            let import = format!("js_import client_cert from {DEPLOY}/nginx-client-cert.js;\n");
            let without = [
                (import.as_str(), ""),
                ("js_set $client_cert client_cert.byte_sequence;\n", ""),
                ("Client-Cert $client_cert;", "Client-Cert $ssl_client_escaped_cert;"),
            ];
            servers = edited(&servers, &without);
        }
        self.write("guichet.conf", &servers);
        let modules = if njs { format!("load_module {NJS};") } else { String::new() };
        let around = [("MODULES", modules.as_str()), ("FOLDER", folder.as_str())];
        let file = self.write("nginx.conf", &edited(include_str!("nginx.conf"), &around));
        let mut command = Command::new(NGINX);
        command.args(["-e", "stderr", "-p", &folder, "-c", &file]);
        command
    }

    /// HAProxy with our settings.
    fn haproxy(&self) -> Command {
        let both = self.folder() + "/both.pem";
        let settings = edited(
            include_str!("../../deploy/haproxy.cfg"),
            &[
                ("bind :443", &format!("bind {}", self.fronts[0])),
                ("bind 203.0.113.2:443", &format!("bind {}", self.fronts[1])),
                ("/etc/haproxy/mtls.id.example.org.pem", &both),
                ("/etc/haproxy/id.example.org.pem", &both),
                ("server local 127.0.0.1:8080", &format!("server local {}", self.nodes[0])),
                ("server local 127.0.0.1:8081", &format!("server local {}", self.nodes[1])),
                ("/etc/haproxy/", &format!("{DEPLOY}/")),
            ],
        );
        let mut command = Command::new(HAPROXY);
        command.args(["-db", "-f", &self.write("haproxy.cfg", &settings)]);
        command
    }

    fn folder(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.display().to_string()
    }
}

/// That file with these texts in place of those; each must stand in it, or operators would not find it either.
fn edited(file: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(file.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no « {from} » in:\n{text}");
        text.replace(from, to)
    })
}

fn host(url: &'static str) -> &'static str {
    url.trim_start_matches("https://")
}

fn loopback() -> SocketAddr {
    ([127, 0, 0, 1], free_port()).into()
}
