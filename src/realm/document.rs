//! A realm's files as they were written: nothing judged, nothing filled in, every value with its place.
//!
//! One struct a table, one field a key. The JSON Schemas in `docs/schemas/`, the "unknown key" and the "wrong type" of
//! the checks all come from these types ([`shape`]), so a key is added here once and gets its meaning in
//! [`super::check`]. All fields are optional, required ones included: what is missing is one finding among others.

pub(crate) mod bundle;
pub(crate) mod client;
pub mod organisations;
pub mod registration;
pub mod registries;
pub(crate) mod shape;
pub(crate) mod terms;
pub(crate) mod written;

pub use bundle::Bundle;

use schemars::JsonSchema;
use serde::Deserialize;

use self::organisations::OrganisationsDocument;
use self::registration::ClientRegistrationDocument;
use self::registries::RegistriesDocument;
use self::written::{LocalizedText, Span, Written};
use super::model::{
    AccessibilityStatus, AnswerComparison, Asked, DpopNonce, Entrance, Passkeys, RegistrationKind, RequiredActionKind,
};
use crate::identity::language::Language;
use crate::proofs::certificate::UnknownStatus;
use crate::protocol::bearer_assertion::Vouched;

/// The JSON Schema of `realm.toml`.
pub fn realm_schema() -> serde_json::Value {
    shape::schema::<RealmDocument>()
}

/// The JSON Schema of `clients/*.toml`.
pub fn client_schema() -> serde_json::Value {
    shape::schema::<client::ClientDocument>()
}

/// The JSON Schema of `terms/*/*.toml`.
pub fn terms_schema() -> serde_json::Value {
    shape::schema::<terms::TermsDocument>()
}

/// `realm.toml`: one population of users, with its policies and its look.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "realm.toml")]
pub struct RealmDocument {
    /// What people call the realm.
    #[schemars(required)]
    pub display_name: Option<Written<LocalizedText>>,
    /// The language for people whose browser asks for none of ours.
    #[schemars(extend("default" = "fr"))]
    pub default_language: Option<Written<Language>>,
    /// IANA name of the time zone in which pages and mails tell the time.
    #[schemars(extend("default" = "Europe/Paris"))]
    pub time_zone: Option<Written<String>>,
    /// The theme's folder below `themes/`.
    #[schemars(extend("default" = "base"))]
    pub theme: Option<Written<String>>,
    /// Whether authorization requests have to be pushed, whatever the client (RFC 9126).
    #[schemars(extend("default" = false))]
    pub require_pushed_authorization_requests: Option<Written<bool>>,
    /// The first page of a journey: the sign-in form, or a choice between registering, signing in and turning back.
    #[schemars(extend("default" = "sign-in"))]
    pub entrance: Option<Written<Entrance>>,
    /// How people get an account. Leave out to close registration.
    pub registration: Option<Written<RegistrationKind>>,
    /// What "issued-credentials" issues; having it is a deviation (`guichet explain E0161`). Keep the table when you close
    /// registration, as long as there are such accounts.
    pub issued_credentials: Option<Written<IssuedCredentialsDocument>>,
    /// Whether people may stay signed in on a device.
    #[schemars(extend("default" = false))]
    pub remember_me: Option<Written<bool>>,
    /// What is owed before a session exists, in this order. By default what the way of registering needs.
    pub required_actions: Option<Written<Vec<Written<RequiredActionKind>>>>,
    /// Customer accounts of organisations. Leave out, and people register for themselves alone.
    pub organisations: Option<Written<OrganisationsDocument>>,
    /// What a password must be.
    pub password: Option<PasswordDocument>,
    /// Leave out to switch secret questions off; having them is a deviation (`guichet explain E0117`).
    pub secret_question: Option<Written<SecretQuestionDocument>>,
    /// A set of questions in the place of a secret question. Leave out to switch them off; having them is a deviation
    /// (`guichet explain E0117`).
    pub challenge_questions: Option<Written<ChallengeQuestionsDocument>>,
    /// Leave out, and nobody signs in with a certificate.
    pub certificates: Option<Written<CertificatesDocument>>,
    /// Codes of an app as a second factor. Leave out to switch them off.
    pub totp: Option<Written<TotpDocument>>,
    /// Passkeys, in the place of a password or beside it. To have one offered after a password, list `register_passkey`
    /// among the required actions.
    #[schemars(extend("default" = "off"))]
    pub passkeys: Option<Written<Passkeys>>,
    /// Of whom a second factor is asked.
    pub second_factor: Option<Written<SecondFactorDocument>>,
    /// How long browser sessions last.
    pub sessions: Option<SessionsDocument>,
    /// How long mailed links and codes last.
    pub links: Option<LinksDocument>,
    /// How long codes and tokens last.
    pub tokens: Option<TokensDocument>,
    /// What proofs of possession have to be (RFC 9449).
    pub dpop: Option<DpopDocument>,
    /// The realm's signing keys.
    pub keys: Option<KeysDocument>,
    /// APIs that take the realm's access tokens (RFC 8707).
    pub resources: Option<Vec<ResourceDocument>>,
    /// Others who may vouch for the realm's people and clients, by a signed assertion (RFC 7523).
    pub trusted_issuers: Option<Vec<TrustedIssuerDocument>>,
    /// Whether relying parties may register themselves, and what they are at most.
    pub client_registration: Option<ClientRegistrationDocument>,
    /// Whom the realm asks about the numbers of organisations.
    pub registries: Option<RegistriesDocument>,
    /// From whom the realm's mails come.
    #[schemars(required)]
    pub mail: Option<MailDocument>,
    /// Who stands behind the realm: footer, help, mails.
    #[schemars(required)]
    pub operator: Option<OperatorDocument>,
}

/// `[password]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordDocument {
    /// Fewest characters.
    #[schemars(range(min = 8, max = 64), extend("default" = 15))]
    pub min_length: Option<Written<usize>>,
    /// Most characters.
    #[schemars(range(min = 64, max = 256), extend("default" = 256))]
    pub max_length: Option<Written<usize>>,
    /// Of lower case, upper case, digits and others: how many kinds are asked.
    #[schemars(range(min = 0, max = 4), extend("default" = 0))]
    pub min_classes: Option<Written<usize>>,
    /// From this many characters on, kinds no longer matter. 0: they always do.
    #[schemars(range(min = 0, max = 256), extend("default" = 0))]
    pub exempt_from_classes_at: Option<Written<usize>>,
}

/// `[issued_credentials]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuedCredentialsDocument {
    /// How long a mailed password may be used, once, to choose another: 1h to 72h.
    #[schemars(extend("default" = "72h"))]
    pub temporary_password: Option<Written<Span>>,
}

/// `[secret_question]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretQuestionDocument {
    /// Whether people may write their own question.
    #[schemars(extend("default" = true))]
    pub own_question: Option<Written<bool>>,
    /// Questions to choose from.
    pub catalogue: Option<Vec<Written<LocalizedText>>>,
    /// Fewest characters of an answer.
    #[schemars(range(min = 1, max = 64), extend("default" = 4))]
    pub min_answer_length: Option<Written<usize>>,
    /// How answers are compared.
    #[schemars(extend("default" = "exact"))]
    pub comparison: Option<Written<AnswerComparison>>,
}

/// `[challenge_questions]`: the person answers all that are asked, after a mailed link or when an application asks for it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeQuestionsDocument {
    /// How many questions a person sets.
    #[schemars(range(min = 1, max = 6), extend("default" = 3))]
    pub set: Option<Written<usize>>,
    /// How many of them are asked: no more than are set.
    #[schemars(range(min = 1, max = 6), extend("default" = 3))]
    pub asked: Option<Written<usize>>,
    /// Whether people may write their own questions.
    #[schemars(extend("default" = true))]
    pub own_question: Option<Written<bool>>,
    /// Questions to choose from.
    pub catalogue: Option<Vec<Written<LocalizedText>>>,
    /// Fewest characters of an answer.
    #[schemars(range(min = 2, max = 64), extend("default" = 4))]
    pub min_answer_length: Option<Written<usize>>,
    /// How answers are compared.
    #[schemars(extend("default" = "exact"))]
    pub comparison: Option<Written<AnswerComparison>>,
}

/// `[certificates]`: people may sign in with one of the authorities in `trust-anchors/people/`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificatesDocument {
    /// Object identifiers of certificate policies, one of which a certificate must have. By default any will do.
    pub policies: Option<Vec<Written<String>>>,
    /// What becomes of a certificate when nobody can say whether it was revoked.
    #[schemars(extend("default" = "refuse"))]
    pub unknown_status: Option<Written<UnknownStatus>>,
}

/// `[totp]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpDocument {
    /// Digits of a code that a new app makes: 6, which every app knows, or 8.
    #[schemars(extend("enum" = [6, 8], "default" = 6))]
    pub digits: Option<Written<u8>>,
    /// Whether the code of the last half minute is taken beside the present one: 1, or 0.
    #[schemars(range(min = 0, max = 1), extend("default" = 1))]
    pub past_steps: Option<Written<u8>>,
}

/// `[second_factor]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorDocument {
    /// Of whom a second factor is asked when nobody demands more.
    #[schemars(extend("default" = "when-set"))]
    pub asked: Option<Written<Asked>>,
}

/// `[sessions]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionsDocument {
    /// Without activity: 1m to 24h.
    #[schemars(extend("default" = "30m"))]
    pub idle: Option<Written<Span>>,
    /// In all: 5m to 24h.
    #[schemars(extend("default" = "12h"))]
    pub absolute: Option<Written<Span>>,
    /// In all, for people who asked to stay signed in on this device: 1h to 90d.
    #[schemars(extend("default" = "30d"))]
    pub remembered: Option<Written<Span>>,
}

/// `[links]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinksDocument {
    /// A link that proves an address: 5m to 24h.
    #[schemars(extend("default" = "24h"))]
    pub verify_email: Option<Written<Span>>,
    /// The short code beside it: 5m to 1h.
    #[schemars(extend("default" = "30m"))]
    pub verify_email_code: Option<Written<Span>>,
    /// A link to a new password, and its code: 5m to 24h.
    #[schemars(extend("default" = "30m"))]
    pub reset_password: Option<Written<Span>>,
}

/// `[tokens]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokensDocument {
    /// An authorization code: 10s to 10m.
    #[schemars(extend("default" = "60s"))]
    pub code: Option<Written<Span>>,
    /// A pushed authorization request: 5s to 10m.
    #[schemars(extend("default" = "90s"))]
    pub pushed_request: Option<Written<Span>>,
    /// An ID token: 1m to 1h.
    #[schemars(extend("default" = "5m"))]
    pub id_token: Option<Written<Span>>,
    /// An access token: 1m to 1h.
    #[schemars(extend("default" = "5m"))]
    pub access_token: Option<Written<Span>>,
    /// A refresh token that is not used: 5m to 90d.
    #[schemars(extend("default" = "24h"))]
    pub refresh_idle: Option<Written<Span>>,
    /// A family of refresh tokens in all: 5m to 365d.
    #[schemars(extend("default" = "30d"))]
    pub refresh_absolute: Option<Written<Span>>,
    /// How long a client that lost the answer may ask for it again: 0s to 10s.
    #[schemars(extend("default" = "0s"))]
    pub refresh_grace: Option<Written<Span>>,
}

/// `[dpop]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DpopDocument {
    /// Whether a proof needs a nonce of ours, so that none can be made ahead of time.
    #[schemars(extend("default" = "off"))]
    pub nonce: Option<Written<DpopNonce>>,
}

/// `[keys]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysDocument {
    /// Size of RSA keys in bits: 3072, or 2048 for relying parties that cannot do better.
    #[schemars(extend("enum" = [2048, 3072], "default" = 3072))]
    pub rsa_bits: Option<Written<u32>>,
}

/// `[[resources]]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceDocument {
    /// What it is asked for by, and the audience of its tokens: an absolute address.
    #[schemars(required)]
    pub uri: Option<Written<String>>,
    /// What can be asked of it, beside the scopes of OpenID Connect.
    pub scopes: Option<Vec<Written<String>>>,
    /// The client that it is itself, when it asks about the tokens that it is shown (RFC 7662).
    pub client_id: Option<Written<String>>,
}

/// `[[trusted_issuers]]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuerDocument {
    /// What it calls itself in `iss`: an absolute address, compared as text.
    #[schemars(required)]
    pub issuer: Option<Written<String>>,
    /// Where it publishes its keys.
    pub jwks_uri: Option<Written<String>>,
    /// Or the keys themselves, as a JWK Set.
    pub jwks: Option<Written<client::JwkSetDocument>>,
    /// Whom it may vouch for: people with an account (`user`), or the client that asks (`client`).
    #[schemars(extend("default" = "user"))]
    pub subjects: Option<Written<Vouched>>,
    /// The clients that may present its assertions.
    #[schemars(required)]
    pub clients: Option<Vec<Written<String>>>,
}

/// `[mail]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailDocument {
    /// The sender's address.
    #[schemars(required)]
    pub from: Option<Written<String>>,
    /// The sender's name. By default the realm's, in its default language.
    pub from_name: Option<Written<String>>,
    /// A mailbox that someone reads.
    pub reply_to: Option<Written<String>>,
}

/// `[operator]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorDocument {
    /// The legal name, for the footer.
    #[schemars(required)]
    pub legal_name: Option<Written<String>>,
    /// Where people write for help.
    #[schemars(required)]
    pub support_email: Option<Written<String>>,
    /// Where people call, as it is printed.
    pub support_phone: Option<Written<String>>,
    /// The help page.
    pub help: Option<Written<String>>,
    /// The terms of use.
    pub terms: Option<Written<String>>,
    /// The privacy notice.
    pub privacy: Option<Written<String>>,
    /// The accessibility statement.
    pub accessibility: Option<AccessibilityDocument>,
}

/// `[operator.accessibility]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessibilityDocument {
    /// Where the statement stands.
    #[schemars(required)]
    pub page: Option<Written<String>>,
    /// How far the pages conform, in the words of the law.
    #[schemars(required)]
    pub status: Option<Written<AccessibilityStatus>>,
}
