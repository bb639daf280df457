//! The demonstration's authorities, and what they issued: certificates for fictitious people, to be imported into a
//! browser, and the one that the listener serves TLS with.
//!
//! Everything is made at once and their keys are forgotten then, so nothing else will ever be issued by them: neither
//! another person's certificate nor one for another host, whatever a browser was told to trust (`docs/adr/0051`). What
//! was made lies in the folder of the data, and is found there again.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints,
    RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};

use super::pkcs12::Contents;
use crate::clock::{Duration, Timestamp, days};
use crate::config::TlsFiles;
use crate::entropy::{self, Entropy};

/// What the files of the cards are opened with; it stands on the page that offers them.
pub(super) const PASSWORD: &str = "guichet";

/// For longer than anybody moves the clock. The listener's own certificate is judged by the clock of the browser, and no
/// longer valid than any browser takes.
const LONG: Duration = days(20 * 365);
const TLS: Duration = days(800);

/// A certificate that somebody may import, named by what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    /// Good.
    Usual,
    /// The same person's next one.
    Renewed,
    /// Revoked.
    Revoked,
    /// Good for days that the clock can be moved past.
    Brief,
    /// Of an authority that no realm lists.
    Foreign,
}

impl Card {
    /// All of them, the first to try first.
    pub(super) const ALL: [Self; 5] = [Self::Usual, Self::Renewed, Self::Revoked, Self::Brief, Self::Foreign];

    /// The name of its file.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Usual => "marie.p12",
            Self::Renewed => "marie-renewed.p12",
            Self::Revoked => "paul-revoked.p12",
            Self::Brief => "jeanne-brief.p12",
            Self::Foreign => "luc-foreign.p12",
        }
    }

    /// Who holds it: first and last name.
    pub(super) const fn holder(self) -> (&'static str, &'static str) {
        match self {
            Self::Usual | Self::Renewed => ("Marie", "Durand"),
            Self::Revoked => ("Paul", "Lefèvre"),
            Self::Brief => ("Jeanne", "Martin"),
            Self::Foreign => ("Luc", "Bernard"),
        }
    }

    /// From when until when it is good; browsers do not offer one whose time is over by the machine's clock.
    fn validity(self, now: Timestamp) -> (Timestamp, Timestamp) {
        match self {
            Self::Usual | Self::Revoked | Self::Foreign => (now - days(1), now + days(3 * 365)),
            Self::Renewed => (now - days(1), now + days(4 * 365)),
            Self::Brief => (now - days(1), now + days(7)),
        }
    }
}

/// What was issued, as files.
#[derive(Debug)]
pub(super) struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    /// Those in this folder, which are made when there are none.
    pub(super) fn kept_in(folder: &Path, now: Timestamp, entropy: &dyn Entropy) -> anyhow::Result<Self> {
        let kept = Self { folder: folder.join("certificates") };
        // Written last: where it is, all the others are.
        if !kept.folder.join(AUTHORITY).exists() {
            kept.make(now, entropy).with_context(|| format!("certificates in {}", kept.folder.display()))?;
        }
        Ok(kept)
    }

    /// The authority of the people, in PEM.
    pub(super) fn authority(&self) -> anyhow::Result<String> {
        self.text(AUTHORITY)
    }

    /// Whom it revoked, in PEM.
    pub(super) fn revocation_list(&self) -> anyhow::Result<String> {
        self.text(REVOCATION_LIST)
    }

    /// The authority of the listener's certificate, in PEM.
    pub(super) fn tls_authority(&self) -> anyhow::Result<String> {
        self.text(TLS_AUTHORITY)
    }

    /// What the listener serves TLS with.
    pub(super) fn tls(&self) -> TlsFiles {
        TlsFiles { certificate: self.folder.join(TLS_CERTIFICATE), key: self.folder.join(TLS_KEY) }
    }

    /// A card with its key, to be imported.
    pub(super) fn card(&self, card: Card) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(self.folder.join(card.file()))?)
    }

    fn text(&self, name: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.join(name))?)
    }

    fn make(&self, now: Timestamp, entropy: &dyn Entropy) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let people = authority("Guichet Démonstration Personnes", now, |_| ())?;
        let foreign = authority("Guichet Démonstration Inconnue", now, |_| ())?;
        let mut revoked = Vec::new();
        for card in Card::ALL {
            let issuer = if card == Card::Foreign { &foreign } else { &people };
            let (file, serial) = issue(card, issuer, now, entropy)?;
            revoked.extend((card == Card::Revoked).then_some(serial));
            self.write(card.file(), &file)?;
        }
        self.write(REVOCATION_LIST, list(revoked, &people, now)?.as_bytes())?;
        self.make_tls(now, entropy)?;
        self.write(AUTHORITY, people.pem().as_bytes())
    }

    fn make_tls(&self, now: Timestamp, entropy: &dyn Entropy) -> anyhow::Result<()> {
        let permitted = |params: &mut CertificateParams| {
            let permitted_subtrees = vec![GeneralSubtree::DnsName("localhost".to_owned())];
            params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
        };
        let authority = authority("Guichet Démonstration TLS", now, permitted)?;
        let mut params = CertificateParams::new(["localhost".to_owned()])?;
        describe(&mut params, &[(DnType::CommonName, "localhost")], (now - days(1), now + TLS));
        params.serial_number = Some(serial(entropy));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        self.write(TLS_CERTIFICATE, params.signed_by(&key, &authority)?.pem().as_bytes())?;
        self.write(TLS_KEY, key.serialize_pem().as_bytes())?;
        self.write(TLS_AUTHORITY, authority.pem().as_bytes())
    }

    /// Nobody else on this machine reads what may be a key (SR-160). What a start that failed left behind is replaced.
    fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(self.folder.join(name));
        Ok(file?.write_all(bytes)?)
    }
}

const AUTHORITY: &str = "authority.pem";
const REVOCATION_LIST: &str = "revoked.pem";
const TLS_CERTIFICATE: &str = "tls.pem";
const TLS_KEY: &str = "tls-key.pem";
/// Also the name under which it is offered.
pub(super) const TLS_AUTHORITY: &str = "tls-authority.pem";

/// An authority whose key lives as long as the value. Keys are on P-256 everywhere here: they are made in no time.
fn authority(
    name: &str,
    now: Timestamp,
    limit: impl FnOnce(&mut CertificateParams),
) -> anyhow::Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    describe(&mut params, &[(DnType::CommonName, name)], (now - days(1), now + LONG));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    limit(&mut params);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// A person's certificate for signing in, with its key, and its number.
fn issue(
    card: Card,
    issuer: &CertifiedIssuer<'_, KeyPair>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> anyhow::Result<(Vec<u8>, SerialNumber)> {
    let ((first, last), serial) = (card.holder(), serial(entropy));
    let whole = format!("{first} {last}");
    let names = [
        (DnType::CountryName, "FR"),
        (DnType::OrganizationName, "Exemple SA"),
        (DnType::CommonName, whole.as_str()),
        (DnType::CustomDnType(vec![2, 5, 4, 42]), first),
        (DnType::CustomDnType(vec![2, 5, 4, 4]), last),
    ];
    let mut params = CertificateParams::default();
    describe(&mut params, &names, card.validity(now));
    params.serial_number = Some(serial.clone());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate()?;
    let made = params.signed_by(&key, issuer)?;
    let contents = Contents { name: &whole, certificate: made.der(), key: &key.serialize_der() };
    Ok((contents.file(PASSWORD, entropy)?, serial))
}

/// The list of the revoked, for as long as the authority is valid: there will be no other.
fn list(revoked: Vec<SerialNumber>, by: &CertifiedIssuer<'_, KeyPair>, now: Timestamp) -> anyhow::Result<String> {
    let epoch = date_time_ymd(1970, 1, 1);
    let one = |serial_number| RevokedCertParams {
        serial_number,
        revocation_time: epoch + age(now - days(1)),
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    };
    let list = CertificateRevocationListParams {
        this_update: epoch + age(now - days(1)),
        next_update: epoch + age(now + LONG),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.into_iter().map(one).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(list.signed_by(by)?.pem()?)
}

/// Subject, validity and what is alike in all.
fn describe(params: &mut CertificateParams, names: &[(DnType, &str)], (from, until): (Timestamp, Timestamp)) {
    let mut subject = DistinguishedName::new();
    for (kind, name) in names {
        subject.push(kind.clone(), *name);
    }
    params.distinguished_name = subject;
    let epoch = date_time_ymd(1970, 1, 1);
    (params.not_before, params.not_after) = (epoch + age(from), epoch + age(until));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
}

/// RFC 5280 §4.1.2.2: positive, and unlike any other.
fn serial(entropy: &dyn Entropy) -> SerialNumber {
    let [first, others @ ..] = entropy::bytes::<16>(entropy);
    SerialNumber::from([&[first & 0x3f | 0x40], others.as_slice()].concat())
}

fn age(at: Timestamp) -> Duration {
    at.since(Timestamp::from_seconds(0))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    use x509_parser::prelude::{FromDer as _, ParsedExtension, X509Certificate};

    use super::*;
    use crate::entropy::SeededEntropy;

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

    fn made(folder: &Path) -> Certificates {
        Certificates::kept_in(folder, NOW, &SeededEntropy::new(1)).unwrap()
    }

    #[test]
    fn what_was_made_is_found_again_and_is_nobody_else_s_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let first = made(folder.path());
        let (authority, card) = (first.authority().unwrap(), first.card(Card::Usual).unwrap());
        let again = made(folder.path());
        assert_eq!((again.authority().unwrap(), again.card(Card::Usual).unwrap()), (authority, card));
        for file in fs::read_dir(folder.path().join("certificates")).unwrap() {
            assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn whoever_trusts_the_authority_of_the_listener_trusts_it_for_localhost_alone() {
        let folder = tempfile::tempdir().unwrap();
        let made = made(folder.path());
        let der = CertificateDer::from_pem_slice(made.tls_authority().unwrap().as_bytes()).unwrap();
        let (_, read) = X509Certificate::from_der(&der).unwrap();
        let limits = read.extensions().iter().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::NameConstraints(limits) if extension.critical => Some(format!("{limits:?}")),
            _ => None,
        });
        assert!(limits.unwrap().contains("DNSName(\"localhost\")"));
        assert!(!made.authority().unwrap().contains(&made.tls_authority().unwrap()));
    }
}
