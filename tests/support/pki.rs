//! Authorities of people, as stories need them: what a person's certificate holds, lists of the revoked, and responders,
//! which are OpenSSL's.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use guichet::clock::Timestamp;
use rcgen::{
    CertificateParams, CertificateRevocationListParams, CertifiedIssuer, CrlDistributionPoint,
    CrlIssuingDistributionPoint, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyIdMethod,
    KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use tempfile::TempDir;

/// What an authority writes into the certificate of that person, for signing in.
pub(crate) fn person(params: &mut CertificateParams, first: &str, last: &str, serial: u64) {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "FR");
    name.push(DnType::OrganizationName, "Exemple SA");
    name.push(DnType::CommonName, format!("{first} {last}"));
    name.push(DnType::CustomDnType(vec![2, 5, 4, 42]), first);
    name.push(DnType::CustomDnType(vec![2, 5, 4, 4]), last);
    params.distinguished_name = name;
    params.serial_number = Some(SerialNumber::from(serial));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

/// Says where lists are (RFC 5280 §4.2.1.13), one distribution point each.
pub(crate) fn lists_at(params: &mut CertificateParams, addresses: &[&str]) {
    let point = |address: &&str| CrlDistributionPoint { uris: vec![(*address).to_owned()] };
    params.crl_distribution_points = addresses.iter().map(point).collect();
}

/// Says who answers (RFC 5280 §4.2.2.1).
pub(crate) fn answers_at(params: &mut CertificateParams, address: &str) {
    let length = |bytes: usize| u8::try_from(bytes).unwrap();
    let method = [6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 1];
    let location = [&[0x86, length(address.len())], address.as_bytes()].concat();
    let one = [&[0x30, length(method.len() + location.len())], &method[..], &location].concat();
    let access = [&[0x30, length(one.len())], one.as_slice()].concat();
    params.custom_extensions.push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], access));
}

/// A list of the revoked.
pub(crate) struct List {
    /// The days of March 2026 on which it begins and ends.
    pub(crate) days: (u8, u8),
    /// Whom it names.
    pub(crate) serials: Vec<u64>,
    /// Where it says that it is.
    pub(crate) at: Option<&'static str>,
}

impl List {
    /// Good in the days of most stories.
    pub(crate) fn of(serials: &[u64]) -> Self {
        Self { days: (1, 30), serials: serials.to_vec(), at: None }
    }

    /// Signed by that authority, in DER.
    pub(crate) fn by(&self, authority: &CertifiedIssuer<'_, KeyPair>) -> Vec<u8> {
        self.params().signed_by(authority).unwrap().der().to_vec()
    }

    /// The same in PEM.
    pub(crate) fn pem(&self, authority: &CertifiedIssuer<'_, KeyPair>) -> String {
        self.params().signed_by(authority).unwrap().pem().unwrap()
    }

    fn params(&self) -> CertificateRevocationListParams {
        let revoked = |serial: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2026, 3, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let point = |at: &str| CrlIssuingDistributionPoint {
            distribution_point: CrlDistributionPoint { uris: vec![at.to_owned()] },
            scope: None,
        };
        CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 3, self.days.0),
            next_update: date_time_ymd(2026, 3, self.days.1),
            crl_number: SerialNumber::from(u64::from(self.days.0)),
            issuing_distribution_point: self.at.map(point),
            revoked_certs: self.serials.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        }
    }
}

/// OpenSSL as a responder for one authority.
pub(crate) struct Responder {
    folder: TempDir,
}

/// A responder that listens; gone when dropped.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Listening {
    /// Runs `openssl ocsp -port 0`, and waits until it says where it is: it takes a connection without a question ill.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.split_whitespace().nth(1).and_then(|place| place.rsplit(':').next()).unwrap();
        Self { address: format!("127.0.0.1:{port}").parse().unwrap(), child }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Responder {
    /// Knows these certificates by their serial numbers, and which of them are revoked.
    pub(crate) fn of(authority: &CertifiedIssuer<'_, KeyPair>, known: &[(u64, bool)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut index = String::new();
        for (serial, revoked) in known {
            let (state, at) = if *revoked { ("R", "260301000000Z") } else { ("V", "") };
            writeln!(index, "{state}\t400101000000Z\t{at}\t{serial:04X}\tunknown\t/CN=x").unwrap();
        }
        let responder = Self { folder };
        responder.write("index.txt", &index);
        responder.write("ca.pem", &authority.pem());
        responder.signs_with(&authority.pem(), &authority.key().serialize_pem());
        responder
    }

    /// Signs with this certificate and key from now on.
    pub(crate) fn signs_with(&self, certificate: &str, key: &str) {
        self.write("signer.pem", certificate);
        self.write("signer.key", key);
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path()).args(["ocsp", "-index", "index.txt", "-CA", "ca.pem"]);
        command.args(["-rsigner", "signer.pem", "-rkey", "signer.key"]).args(arguments);
        command
    }

    /// Its answer to that question.
    pub(crate) fn answer(&self, question: &[u8], arguments: &[&str]) -> Vec<u8> {
        fs::write(self.folder.path().join("question.der"), question).unwrap();
        let mut command = self.command(&["-reqin", "question.der", "-respout", "answer.der", "-noverify"]);
        let told = command.args(arguments).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        fs::read(self.folder.path().join("answer.der")).unwrap()
    }

    /// Listens on a port of its own, with answers that are good for an hour.
    pub(crate) fn listens(&self) -> Listening {
        Listening::start(self.command(&["-port", "0", "-nmin", "60"]))
    }
}

/// The present of a responder, which no story can move.
pub(crate) fn machine_time() -> Timestamp {
    use guichet::clock::{Clock as _, SystemClock};
    SystemClock.now()
}
