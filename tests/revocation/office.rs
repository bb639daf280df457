//! An authority that OpenSSL runs, as small ones do: `openssl ca` issues, revokes and writes lists, `openssl ocsp`
//! answers from the same index, and the list is a file that a web server hands out. Its clock is the machine's.

use std::fs;
use std::path::Path;
use std::process::Command;

use axum::Router;
use axum::extract;
use axum::routing::get;
use guichet::config::Limits;
use guichet::server::Listener;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use rcgen::KeyPair;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tempfile::TempDir;

use crate::support::card::Card;
use crate::support::pki::Listening;

/// The authority, with its folder.
pub(super) struct Office {
    folder: TempDir,
}

/// Whose key answers are signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signer {
    /// The authority's own.
    Authority,
    /// That of somebody whom it charged with it (RFC 6960 §4.2.2.2).
    Delegate,
    /// That of somebody whom it issued a card.
    Anybody,
}

impl Office {
    /// A new authority with an RSA key, which has issued nothing.
    pub(super) fn opens() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        office.writes("office.cnf", include_str!("office.cnf"));
        office.writes("index.txt", "");
        office.writes("serial", "1000\n");
        office.writes("crlnumber", "01\n");
        let arguments = "req -x509 -newkey rsa:2048 -nodes -utf8 -days 3650 -config office.cnf -extensions authority \
                         -keyout ca.key -out ca.pem -subj";
        office.openssl(arguments, &["/C=FR/O=Exemple/CN=Autorité OpenSSL"]);
        office
    }

    /// Its certificate, in PEM.
    pub(super) fn certificate(&self) -> String {
        self.reads("ca.pem")
    }

    /// A card for Marie Durand, by that section of its settings.
    pub(super) fn issues(&self, section: &str) -> Card {
        let key = KeyPair::generate().unwrap();
        self.writes("card.key", &key.serialize_pem());
        self.certifies("card", section, "/C=FR/O=Exemple SA/CN=Marie Durand/GN=Marie/SN=Durand");
        Card::certified(key, CertificateDer::from_pem_slice(self.reads("card.pem").as_bytes()).unwrap())
    }

    /// That card is not to be used any more.
    pub(super) fn revokes(&self, card: &Card) {
        self.writes("revoked.pem", &pem("CERTIFICATE", &card.certificate));
        self.openssl("ca -batch -config office.cnf -revoke revoked.pem -crl_reason keyCompromise", &[]);
    }

    /// Its book knows nothing of that card, which it has issued last.
    pub(super) fn forgets_the_last(&self) {
        let index = self.reads("index.txt");
        let kept = index.trim_end().rsplit_once('\n').map_or(String::new(), |(kept, _)| format!("{kept}\n"));
        self.writes("index.txt", &kept);
    }

    /// Writes the list of the revoked, good for so many days, into `office.crl` (DER, RFC 5280 §4.2.1.13); returns it in
    /// PEM, as the tool writes it.
    pub(super) fn lists(&self, days: u32) -> String {
        self.openssl("ca -gencrl -config office.cnf -out list.pem -crldays", &[&days.to_string()]);
        self.openssl("crl -in list.pem -outform DER -out office.crl", &[]);
        self.reads("list.pem")
    }

    /// Answers questions from now on, with words that are good for an hour, out of its book as it is now: OpenSSL looks at
    /// a changed one after the next question only.
    pub(super) fn answers(&self, signer: Signer) -> Listening {
        let [certificate, key] = match signer {
            Signer::Authority => ["ca.pem", "ca.key"],
            Signer::Delegate => self.charges("delegate"),
            Signer::Anybody => self.charges("listed"),
        };
        let mut command = self.command("ocsp -index index.txt -CA ca.pem -port 0 -nmin 60");
        command.args(["-rsigner", certificate, "-rkey", key]);
        Listening::start(command)
    }

    /// Hands out the files of its folder, lists as what they are.
    pub(super) fn publishes(&self) -> Listener {
        let folder = self.folder.path().to_owned();
        let file = move |extract::Path(name): extract::Path<String>| async move {
            let bytes = fs::read(folder.join(name)).map_err(|_| StatusCode::NOT_FOUND)?;
            Ok::<_, StatusCode>(([(CONTENT_TYPE, "application/pkix-crl")], bytes))
        };
        let router = Router::new().route("/{name}", get(file));
        Listener::open(([127, 0, 0, 1], 0).into(), router, &Limits::default()).unwrap()
    }

    /// A signer of answers, certified by that section.
    fn charges(&self, section: &str) -> [&'static str; 2] {
        self.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signer.key", &[]);
        self.certifies("signer", section, "/CN=Répondeur");
        ["signer.pem", "signer.key"]
    }

    fn certifies(&self, name: &str, section: &str, subject: &str) {
        let (key, request, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        self.openssl("req -new -utf8 -config office.cnf", &["-key", &key, "-out", &request, "-subj", subject]);
        self.openssl(
            "ca -batch -notext -utf8 -config office.cnf",
            &["-in", &request, "-out", &certificate, "-extensions", section],
        );
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path()).args(arguments.split_whitespace());
        command
    }

    fn openssl(&self, arguments: &str, more: &[&str]) {
        let told = self.command(arguments).args(more).output().unwrap();
        assert!(told.status.success(), "openssl {arguments} {more:?}: {}", String::from_utf8_lossy(&told.stderr));
    }

    fn reads(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn writes(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.folder.path()).join(name)
    }
}

/// RFC 7468 §5.1.
fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
