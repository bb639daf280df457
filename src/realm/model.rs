//! A realm as we run it: every check passed, every default filled in. Made by `check` alone.
//!
//! Immutable and versioned: doors hold a snapshot for one request and never see half a change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::authentication::level::Acr;
pub use crate::authentication::policy::{Demanded, Offered, Policy, SecondFactor};
pub use crate::authentication::required_action::RequiredActionKind;
pub use crate::authentication::session::SessionPolicy;
use crate::clock::{Duration, Timestamp, hours};
pub use crate::identity::enrolment::{FirstQuestion, WhereRegistered};
use crate::identity::language::{Language, Localized};
use crate::identity::organisation::{ContactKind, Registry, Role};
use crate::identity::terms::Edition;
use crate::ids::RealmName;
use crate::proofs::certificate::CertificatePolicy;
pub use crate::proofs::one_time::TotpPolicy;
pub use crate::proofs::password::PasswordPolicy;
pub use crate::proofs::question::{AnswerComparison, ChallengePolicy, QuestionPolicy};
use crate::protocol::bearer_assertion::TrustedIssuer;
use crate::protocol::client::{Client, ClientId, GrantType, Profile, PushedRequests, SigningAlgorithm, SubjectType};
pub use crate::protocol::resource::Resource;
use crate::protocol::scope::{OF_ORGANISATIONS, STANDARD};
use crate::x509::{RevocationList, TrustAnchors};

/// One population of users with its own issuer, policies and look.
#[derive(Debug, Clone)]
pub struct Realm {
    /// Its name in addresses and rows.
    pub name: RealmName,
    /// What people call it.
    pub display_name: Localized,
    /// The language of last resort.
    pub default_language: Language,
    /// IANA name of the zone in which mails and pages tell the time, such as `Europe/Paris`.
    pub time_zone: String,
    /// The first page of a journey.
    pub entrance: Entrance,
    /// How people get an account, or `None` when registration is closed (SR-68).
    pub registration: Option<RegistrationKind>,
    /// What it issues its people to sign in with; `None` where they sign in with their address. Stays when registration
    /// closes: whoever has such an account keeps it.
    pub issued: Option<IssuedPolicy>,
    /// Whether people may stay signed in on a device.
    pub remember_me: bool,
    /// What is owed before a session exists, in this order.
    pub required_actions: Vec<RequiredActionKind>,
    /// What is asked of whoever registers an organisation; `None` where people register for themselves alone.
    pub organisations: Option<OrganisationPolicy>,
    /// What a password must be.
    pub password: PasswordPolicy,
    /// What a secret question must be; `None` switches it off (SR-34).
    pub secret_question: Option<QuestionPolicy>,
    /// How many questions people set, and what each must be; `None` switches them off. A realm has one kind or none.
    pub challenge_questions: Option<ChallengePolicy>,
    /// Whose certificates people sign in with; `None` switches it off.
    pub certificates: Option<PeoplesCertificates>,
    /// What codes of an app must be; `None` switches them off.
    pub totp: Option<TotpPolicy>,
    /// Whether people may have passkeys.
    pub passkeys: Passkeys,
    /// Of whom a second factor is asked, where there is one.
    pub second_factor: Asked,
    /// How long browser sessions last (SR-101).
    pub sessions: SessionPolicy,
    /// How long mailed links and codes last (SR-46).
    pub links: LinkPolicy,
    /// How long codes and tokens last.
    pub tokens: TokenPolicy,
    /// Whether authorization requests have to be pushed, whatever the client.
    pub pushed: PushedRequests,
    /// Whether proofs of possession need a nonce.
    pub dpop_nonce: DpopNonce,
    /// Size of its RSA keys in bits: 3072, or 2048 where an operator says so (SR-157).
    pub rsa_bits: u32,
    /// From whom its mails come.
    pub mail: MailPolicy,
    /// The theme's folder below `themes/`.
    pub theme: String,
    /// Who stands behind the realm: footer, help, mails.
    pub operator: Operator,
    /// What its access tokens may be for, beside the provider itself (RFC 8707).
    pub resources: Vec<Resource>,
    /// Who may vouch for its people and clients (RFC 7523 §2.1).
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// Its relying parties, those of its files.
    pub clients: Vec<Arc<Client>>,
    /// Whether relying parties may register themselves, and what they are at most.
    pub client_registration: ClientRegistration,
    /// Whom it asks about organisations' numbers.
    pub registries: RegistryPolicy,
    /// Its terms of use, in all their editions.
    pub terms: Vec<Edition>,
    /// Whose certificates it takes from clients (RFC 8705 §2.1).
    pub trust_anchors: TrustAnchors,
    /// Texts that replace the theme's, by language and key.
    pub messages: BTreeMap<Language, BTreeMap<String, String>>,
}

/// What the clients of a realm may ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Askable<'a> {
    /// The APIs that take its tokens.
    pub(crate) resources: &'a [Resource],
    /// Whether its organisations have customer accounts.
    pub(crate) organisations: bool,
}

impl<'a> Askable<'a> {
    /// The scopes that speak of people.
    pub(crate) fn of_people(self) -> impl Iterator<Item = &'a str> + use<'a> {
        let of_organisations = OF_ORGANISATIONS.into_iter().filter(move |_| self.organisations);
        STANDARD.into_iter().chain(of_organisations)
    }
}

impl Realm {
    /// What its clients may ask for.
    pub(crate) fn askable(&self) -> Askable<'_> {
        Askable { resources: &self.resources, organisations: self.organisations.is_some() }
    }

    /// The relying party of that `client_id`.
    pub fn client(&self, id: &str) -> Option<&Arc<Client>> {
        self.clients.iter().find(|client| client.client_id.as_str() == id)
    }

    /// The relying party of that id, when it is still declared.
    pub fn client_by_id(&self, id: &ClientId) -> Option<&Arc<Client>> {
        self.client(id.as_str())
    }

    /// What it signs with: it has a key for each of these, and announces them.
    pub fn signing_algorithms(&self) -> BTreeSet<SigningAlgorithm> {
        let asked = self.clients.iter().flat_map(|client| client.signs.algorithms());
        SigningAlgorithm::EVERYWHERE.into_iter().chain(asked).collect()
    }

    /// Whether relying parties may register themselves.
    pub fn registers_clients(&self) -> bool {
        self.client_registration.policy != WhoRegisters::Closed
    }

    /// Whether some client knows people by names of its own, or may come to.
    pub fn knows_pairwise(&self) -> bool {
        let pairwise = |client: &Arc<Client>| matches!(client.subject, SubjectType::Pairwise { .. });
        self.registers_clients() || self.clients.iter().any(pairwise)
    }

    /// The levels that its people can reach, where certificates can be shown or not.
    pub fn levels(&self, certificates_shown: bool) -> Vec<Acr> {
        let certificates = self.certificates.is_some() && certificates_shown;
        Acr::offered(self.offered().any(), certificates, self.challenge_questions.is_some())
    }

    /// What the questions of its people must be, be it one or several.
    pub fn questions(&self) -> Option<&QuestionPolicy> {
        let set = self.challenge_questions.as_ref().map(|challenge| &challenge.questions);
        self.secret_question.as_ref().or(set)
    }

    /// What it offers beside passwords.
    pub const fn offered(&self) -> Offered {
        Offered { totp: self.totp.is_some(), passkeys: matches!(self.passkeys, Passkeys::Offered) }
    }

    /// What is demanded of somebody on their way in since `began`, where their application demands `wanted`.
    pub fn policy(&self, wanted: Demanded, began: Timestamp) -> Policy<'_> {
        let own = match self.second_factor {
            Asked::OnDemand => SecondFactor::OnDemand,
            Asked::WhenSet => SecondFactor::WhenSet,
            Asked::Always => SecondFactor::Required,
        };
        let offered = self.offered();
        let second_factor = if offered.any() { own.max(wanted.second_factor) } else { SecondFactor::Off };
        let (actions, certificate) = (&self.required_actions, wanted.certificate);
        // What was answered before a realm gave its questions up counts for nothing (SR-34).
        let challenge = wanted.challenge && self.challenge_questions.is_some();
        Policy { actions, second_factor, certificate, challenge, offered, wanted: None, began }
    }

    /// How long a temporary password may be used; where the realm issues none any more, those of before as long as any.
    pub fn temporary_password_life(&self) -> Duration {
        self.issued.map_or(IssuedPolicy::LONGEST, |issued| issued.temporary_password)
    }

    /// Whether `action` is asked of this realm's people.
    pub fn requires(&self, action: RequiredActionKind) -> bool {
        self.required_actions.contains(&action)
    }
}

/// Whose certificates people sign in with, and who tells which of them were revoked.
#[derive(Debug, Clone, Default)]
pub struct PeoplesCertificates {
    /// What is taken.
    pub policy: CertificatePolicy,
    /// Lists of the revoked that the operator brings.
    pub lists: Vec<RevocationList>,
}

/// Who may register a client (RFC 7591 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhoRegisters {
    /// Nobody. Clients that registered before stay, and manage themselves.
    #[default]
    Closed,
    /// Whoever has a token of `guichet client token`.
    InitialToken,
    /// Everybody.
    Open,
}

/// Whether relying parties may register themselves, and what they are at most: no more than this, whatever they ask
/// (SR-151). People are always asked before such a client learns of them, and no resource is ever theirs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientRegistration {
    /// Who may.
    pub policy: WhoRegisters,
    /// The profile that they are held to.
    pub profile: Profile,
    /// The grants that they may use.
    pub grant_types: BTreeSet<GrantType>,
    /// What they may ask for.
    pub scopes: BTreeSet<String>,
    /// After how long without use a registration ends.
    pub unused: Duration,
}

/// Whom a realm asks about the numbers of organisations, and what it makes of the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryPolicy {
    /// Who is asked about French numbers, one after the other; nobody, when empty.
    pub order: Vec<Registry>,
    /// Whether a closed establishment is kept from registering. People are told in any case.
    pub refuse_closed: bool,
    /// Whether VIES is asked about numbers for value added tax.
    pub check_vat: bool,
    /// Whether a number that VIES calls bad keeps an organisation from registering. No answer never does.
    pub vat_must_be_valid: bool,
}

impl Default for RegistryPolicy {
    fn default() -> Self {
        let order = vec![Registry::Insee, Registry::Dinum];
        Self { order, refuse_closed: false, check_vat: true, vat_must_be_valid: false }
    }
}

/// Whether people may have passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Passkeys {
    /// They may not: those of earlier days count for nothing.
    #[default]
    Off,
    /// Whoever wants one may.
    Offered,
}

/// Of whom a second factor is asked when nobody demands more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// Of nobody: applications ask for it where they want it.
    OnDemand,
    /// Of whoever has one, at each sign-in.
    #[default]
    WhenSet,
    /// Of everybody: whoever has none adds one at the next sign-in.
    Always,
}

/// The first page of a journey that nobody is signed in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Entrance {
    /// The sign-in form, with the way to registration below it.
    SignIn,
    /// A choice: register, sign in, or turn back.
    Choice,
}

/// How a person gets an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegistrationKind {
    /// Names and e-mail; the password is chosen after the mailed link.
    VerifiedEmail,
    /// Names, e-mail and password; the password counts once the browser that chose it has proven the address.
    ChosenPassword,
    /// Names and e-mail; an identifier and a temporary password come by two mails. An address may have several accounts.
    IssuedCredentials,
}

/// What a realm issues (deviation D-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedPolicy {
    /// How long a temporary password may be used.
    pub temporary_password: Duration,
}

impl IssuedPolicy {
    /// The longest life of a temporary password, and that of realms that do not say (deviation D-6).
    pub const LONGEST: Duration = hours(72);
}

/// What is asked of whoever registers an organisation, and of its administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationPolicy {
    /// What is asked first.
    pub first_question: FirstQuestion,
    /// Where organisations may be registered.
    pub registered_in: Vec<WhereRegistered>,
    /// Whether a fax number is asked for.
    pub fax: bool,
    /// The contacts that are asked for, in this order.
    pub contacts: Vec<ContactKind>,
    /// Those of them that must be named.
    pub required_contacts: BTreeSet<ContactKind>,
    /// The roles that an administrator may give.
    pub roles: Vec<Role>,
    /// How long an invitation lasts.
    pub invitation: Duration,
}

/// How long mailed links and codes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkPolicy {
    /// A verification link.
    pub verify_email: Duration,
    /// The short code beside a verification link.
    pub verify_email_code: Duration,
    /// A reset link and its code.
    pub reset_password: Duration,
}

/// How long codes and tokens last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenPolicy {
    /// An authorization code.
    pub code: Duration,
    /// A pushed authorization request.
    pub pushed_request: Duration,
    /// An ID token.
    pub id_token: Duration,
    /// An access token.
    pub access_token: Duration,
    /// A refresh token that is not used.
    pub refresh_idle: Duration,
    /// A family of refresh tokens in all.
    pub refresh_absolute: Duration,
    /// How long the direct predecessor gets the very same answer again (SR-142); zero by default.
    pub refresh_grace: Duration,
}

/// Whether a DPoP proof needs a nonce of ours (RFC 9449 §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DpopNonce {
    /// None is asked for: `iat` alone tells when a proof was made.
    Off,
    /// A proof without one of the last minutes is sent back with a new one.
    Required,
}

/// From whom a realm's mails come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPolicy {
    /// `From`: the address.
    pub from: String,
    /// `From`: the name.
    pub from_name: String,
    /// `Reply-To`: a mailbox that someone reads.
    pub reply_to: Option<String>,
}

/// Who stands behind a realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The legal name, in the footer.
    pub legal_name: String,
    /// Where people write for help.
    pub support_email: String,
    /// Where people call, as it is printed.
    pub support_phone: Option<String>,
    /// The help page.
    pub help: Option<Url>,
    /// The accessibility statement, with its status as the law words it.
    pub accessibility: Option<AccessibilityStatement>,
    /// The terms of use.
    pub terms: Option<Url>,
    /// The privacy notice.
    pub privacy: Option<Url>,
}

/// The accessibility statement of a realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessibilityStatement {
    /// Where it stands.
    pub page: Url,
    /// How far the pages conform.
    pub status: AccessibilityStatus,
}

/// How far pages conform, in the words of French law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccessibilityStatus {
    /// « totalement conforme »
    Full,
    /// « partiellement conforme »
    Partial,
    /// « non conforme »
    None,
}
