//! Certificates of people: whether one proves who somebody is, and what of it an account keeps (DOMAIN.md §6).
//!
//! Two steps, since the status of a certificate is asked of others between them. [`examine`] walks the way to the
//! realm's authorities for people and reads what the certificate is for; only then is anybody asked about it, at
//! addresses that a listed authority signed. [`Examined::accept`] takes the answer and makes the proof. Whose account
//! it is no certificate says: it is bound by its very bytes, never by a name in it (SR-91).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::oid_registry::OID_X509_EXT_CERTIFICATE_POLICIES;
use x509_parser::x509::X509Name;

use crate::clock::Timestamp;
use crate::source::ClientCertificate;
use crate::x509::distinguished_name::{string, written};
use crate::x509::{CertificationPath, DistinguishedName, NoPath, TrustAnchors, fields, hex};

/// What a realm takes from people.
#[derive(Debug, Clone, Default)]
pub struct CertificatePolicy {
    /// The authorities for people, and for nothing else (SR-86).
    pub anchors: TrustAnchors,
    /// Object identifiers of policies, one of which a certificate must have; any, when none is listed.
    pub policies: Vec<String>,
    /// What becomes of a certificate whose status nobody tells.
    pub unknown_status: UnknownStatus,
}

impl CertificatePolicy {
    /// What the authorities are called, for people to choose by.
    pub fn issuers(&self) -> Vec<String> {
        let named = self.anchors.certificates().iter().filter_map(|der| fields::read(der));
        named.map(|authority| called(authority.subject())).filter(|name| !name.is_empty()).collect()
    }
}

/// What becomes of a certificate whose status nobody tells (SR-90).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownStatus {
    /// It is refused.
    #[default]
    Refuse,
    /// It is taken: an outage of the authority's keeps nobody out, and neither does a theft reported meanwhile.
    Accept,
}

/// What was learned of a certificate's status, and of those above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// None of them is revoked.
    Good,
    /// One of them is.
    Revoked {
        /// Since when.
        at: Timestamp,
    },
    /// Nobody could tell.
    Unknown(Doubt),
}

/// Why the status is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The certificate names nobody to ask, and the realm has no list.
    NoSource,
    /// Nobody answered in time.
    Unreachable,
    /// What came cannot be read, or says something that has to be understood and is not.
    Unreadable,
    /// Its issuer did not sign it, nor anybody whom the issuer charged with it.
    Forged,
    /// It was good once.
    Stale,
    /// It speaks of other certificates.
    Elsewhere,
    /// Who was asked does not know the certificate, or does not want to say.
    NotTold,
}

impl Doubt {
    /// The stable word in the audit trail.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoSource => "status_no_source",
            Self::Unreachable => "status_unreachable",
            Self::Unreadable => "status_unreadable",
            Self::Forged => "status_forged",
            Self::Stale => "status_stale",
            Self::Elsewhere => "status_of_others",
            Self::NotTold => "status_not_told",
        }
    }
}

/// Why a certificate proves nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It cannot be read.
    Unreadable,
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// No authority of the realm's for people vouches for it.
    UnknownIssuer,
    /// It is an authority's own.
    Authority,
    /// Its key is not for signing in: no `digitalSignature`, or no `clientAuth`.
    Usage,
    /// It is an organisation's, not a person's: a seal.
    NoPerson,
    /// None of its policies is one that the realm takes.
    Policy,
    /// It was revoked.
    Revoked,
    /// Nobody could say whether it was.
    StatusUnknown(Doubt),
}

impl Refusal {
    /// The stable word in the audit trail.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::UnknownIssuer => "unknown_issuer",
            Self::Authority => "authority",
            Self::Usage => "usage",
            Self::NoPerson => "no_person",
            Self::Policy => "policy",
            Self::Revoked => "revoked",
            Self::StatusUnknown(doubt) => doubt.word(),
        }
    }
}

impl From<NoPath> for Refusal {
    fn from(why: NoPath) -> Self {
        match why {
            NoPath::Expired => Self::Expired,
            NoPath::NotYetValid => Self::NotYetValid,
            NoPath::Authority => Self::Authority,
            NoPath::Usage => Self::Usage,
            NoPath::Unreadable => Self::Unreadable,
            NoPath::UnknownIssuer => Self::UnknownIssuer,
        }
    }
}

/// What an account keeps of a certificate, and what people are shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// SHA-256 of the certificate, lower-case hexadecimal: what it is bound by.
    pub sha256: String,
    /// SHA-256 of its key, for display and alerts: a renewal has another.
    pub key_sha256: String,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// The issuer's whole name in one form (SR-94).
    pub issuer: String,
    /// The same as RFC 4514 writes it, for applications.
    pub issuer_dn: String,
    /// The subject's whole name in one form.
    pub subject: String,
    /// What the issuer is called.
    pub issuer_name: String,
    /// What the subject is called.
    pub subject_name: String,
    /// The organisation, where there is one.
    pub organisation: Option<String>,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
    /// The policies that it was issued under.
    pub policies: Vec<String>,
}

impl Particulars {
    /// Reads them; nothing if a name in it leaves a doubt.
    pub fn of(certificate: &ClientCertificate) -> Option<Self> {
        let read = fields::read(certificate.der())?;
        let (issuer, subject) = (DistinguishedName::of(read.issuer())?, DistinguishedName::of(read.subject())?);
        Some(Self {
            sha256: hex(&Sha256::digest(certificate.der())),
            key_sha256: hex(&Sha256::digest(read.public_key().raw)),
            serial: hex(read.raw_serial()),
            issuer: issuer.canonical(),
            issuer_dn: written(read.issuer())?,
            subject: subject.canonical(),
            issuer_name: called(read.issuer()),
            subject_name: called(read.subject()),
            organisation: first(read.subject(), ORGANISATION),
            not_before: Timestamp::from_seconds(read.validity().not_before.timestamp()),
            not_after: Timestamp::from_seconds(read.validity().not_after.timestamp()),
            policies: policies(&read),
        })
    }

    /// Whether its policies say that the key is in a device and never leaves it (EN 319 411-1 §5.3, EN 319 411-2 §5.3).
    pub fn is_on_device(&self) -> bool {
        const NCP_PLUS: &str = "0.4.0.2042.1.2";
        const QCP_N_QSCD: &str = "0.4.0.194112.1.2";
        self.policies.iter().any(|policy| policy == NCP_PLUS || policy == QCP_N_QSCD)
    }

    /// Whether `other` would be a renewal of this one: of the same issuer, for exactly the same subject, and another
    /// certificate. It is offered, never believed (SR-93).
    pub fn is_renewed_by(&self, other: &Self) -> bool {
        self.sha256 != other.sha256 && self.issuer == other.issuer && self.subject == other.subject
    }
}

/// A certificate of a person, led to an authority; its status is not known yet.
#[derive(Debug, Clone)]
pub struct Examined {
    path: CertificationPath,
    particulars: Particulars,
}

/// Judges all that can be judged without asking anybody.
pub fn examine(
    policy: &CertificatePolicy,
    certificate: &ClientCertificate,
    now: Timestamp,
) -> Result<Examined, Refusal> {
    let path = policy.anchors.path_to(certificate.der(), certificate.chain(), now)?;
    let read = fields::read(certificate.der()).ok_or(Refusal::Unreadable)?;
    if read.is_ca() {
        return Err(Refusal::Authority);
    }
    if !signs_in(&read) {
        return Err(Refusal::Usage);
    }
    if !is_a_persons(&read) {
        return Err(Refusal::NoPerson);
    }
    if !policy.policies.is_empty() && !policies(&read).iter().any(|one| policy.policies.contains(one)) {
        return Err(Refusal::Policy);
    }
    let particulars = Particulars::of(certificate).ok_or(Refusal::Unreadable)?;
    Ok(Examined { path, particulars })
}

impl Examined {
    /// The way whose status has to be asked for.
    pub const fn path(&self) -> &CertificationPath {
        &self.path
    }

    /// What it says.
    pub const fn particulars(&self) -> &Particulars {
        &self.particulars
    }

    /// Makes the proof, if what was learned of its status allows.
    pub fn accept(
        self,
        standing: Standing,
        policy: &CertificatePolicy,
        now: Timestamp,
    ) -> Result<CertificateProof, Refusal> {
        match standing {
            Standing::Good => {}
            Standing::Unknown(_) if policy.unknown_status == UnknownStatus::Accept => {}
            Standing::Unknown(doubt) => return Err(Refusal::StatusUnknown(doubt)),
            Standing::Revoked { .. } => return Err(Refusal::Revoked),
        }
        Ok(CertificateProof { particulars: self.particulars, at: now })
    }
}

/// Somebody holds the key of this certificate, which is a person's and good now. Kept between two requests as a journey's
/// other proofs are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateProof {
    particulars: Particulars,
    at: Timestamp,
}

impl CertificateProof {
    /// The certificate.
    pub const fn particulars(&self) -> &Particulars {
        &self.particulars
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// For tests of who takes it: one of Marie's, issued under these policies.
    #[cfg(test)]
    pub(crate) fn sample(policies: &[&str], at: Timestamp) -> Self {
        let words = |text: &str| text.to_owned();
        let particulars = Particulars {
            sha256: words("9f"),
            key_sha256: words("0a"),
            serial: words("4c0a11e2"),
            issuer: words("cn=autorité"),
            issuer_dn: words("CN=Autorité"),
            subject: words("cn=marie durand"),
            issuer_name: words("Autorité"),
            subject_name: words("Marie Durand"),
            organisation: None,
            not_before: at,
            not_after: at + crate::clock::days(365),
            policies: policies.iter().map(|policy| words(policy)).collect(),
        };
        Self { particulars, at }
    }
}

/// A card commonly holds two certificates, one to sign in and one to sign documents: the first is meant. Both usages
/// must be said (RGS v2, annex A4).
fn signs_in(certificate: &X509Certificate<'_>) -> bool {
    let usage = certificate.key_usage().ok().flatten();
    let purposes = certificate.extended_key_usage().ok().flatten();
    usage.is_some_and(|usage| usage.value.digital_signature())
        && purposes.is_some_and(|purposes| purposes.value.client_auth)
}

const COMMON_NAME: &str = "2.5.4.3";
const SURNAME: &str = "2.5.4.4";
const ORGANISATION: &str = "2.5.4.10";
const GIVEN_NAME: &str = "2.5.4.42";
const PSEUDONYM: &str = "2.5.4.65";

/// ETSI EN 319 412-2 §4.2.4: a person's certificate has both names, or a pseudonym. A legal person's has neither
/// (EN 319 412-3): whoever holds a seal is not known by it.
fn is_a_persons(certificate: &X509Certificate<'_>) -> bool {
    let has = |attribute| first(certificate.subject(), attribute).is_some();
    (has(GIVEN_NAME) && has(SURNAME)) || has(PSEUDONYM)
}

fn policies(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extension = certificate.get_extension_unique(&OID_X509_EXT_CERTIFICATE_POLICIES).ok().flatten();
    match extension.map(X509Extension::parsed_extension) {
        Some(ParsedExtension::CertificatePolicies(policies)) => {
            policies.iter().map(|policy| policy.policy_id.to_id_string()).collect()
        }
        _ => Vec::new(),
    }
}

/// The name that people know it by: the common name, else what there is.
fn called(name: &X509Name<'_>) -> String {
    first(name, COMMON_NAME)
        .or_else(|| first(name, PSEUDONYM))
        .or_else(|| first(name, ORGANISATION))
        .unwrap_or_default()
}

/// The first attribute of that kind, without what no page should show.
fn first(name: &X509Name<'_>, attribute: &str) -> Option<String> {
    let mut all = name.iter_attributes().filter(|one| one.attr_type().to_id_string() == attribute);
    let text = string(all.next()?.attr_value())?;
    let shown: String = text.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
    Some(shown.trim().to_owned()).filter(|shown| !shown.is_empty())
}

/// Most letters of a name that are shown.
const LONGEST: usize = 120;

#[cfg(test)]
mod tests;
