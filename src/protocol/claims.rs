//! Claims about people, by scope or by name (OpenID Connect Core §5.1, §5.4, §5.5): what userinfo answers, what an ID
//! token says because it was asked to, and nothing beyond (SR-164).

mod organisation;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::organisation::OfOrganisations;
use super::client::ClientId;
use super::held_certificate::HeldCertificate;
use super::issuer::Issuer;
use super::organisation::{Asked, Belonging};
use super::scope::{
    ADDRESS, CERTIFICATE, EMAIL, ENTITY, OF_ORGANISATIONS, ORG_ROLES, ORGANIZATION, ORGANIZATIONAL_UNIT, PHONE,
    PROFILE, SIREN, SIRET, Scope, TERMS, UID, USUAL_NAME,
};
use super::subject::Subject;
use super::token::{NumericDate, TokenKind};
use crate::identity::language::Language;
use crate::identity::profile::PostalAddress;
use crate::identity::terms::{Accepted, TermsKey, TermsVersion};
use crate::identity::user::User;

/// What claims are told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The account.
    pub(crate) user: &'a User,
    /// The terms of use that its owner accepted, oldest first; read where [`asks`] says so.
    pub(crate) terms: &'a [Accepted],
    /// The certificate that they signed in with, as long as it is theirs; read likewise.
    pub(crate) certificate: Option<&'a HeldCertificate>,
    /// The organisation that they act for, as long as they belong to it; read where [`wants_organisations`] says so.
    pub(crate) acts_for: Option<&'a Belonging>,
    /// All that they belong to; read where the scope wants all.
    pub(crate) belongs_to: &'a [Belonging],
}

/// Whether claims are asked for that hang on the organisation that somebody acts for.
pub(crate) fn wants_organisations(scope: &Scope, by_name: &BTreeSet<String>) -> bool {
    let asked = scope.and(&behind(by_name.iter()));
    asked.contains(ADDRESS) || Asked::by(&asked) != Asked::Nothing
}

/// Whether a claim may stand in an ID token, which is small: the objects about organisations are userinfo's (DOMAIN.md §5).
pub(crate) fn fits_id_token(name: &str) -> bool {
    ![ORGANIZATION, ENTITY].contains(&name)
}

/// Whether that claim is asked for, which a scope of the same name tells.
pub(crate) fn asks(claim: &str, scope: &Scope, by_name: &BTreeSet<String>) -> bool {
    scope.contains(claim) || by_name.contains(claim)
}

/// The claims that a request asked for by name (Core §5.5), within what its client registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RequestedClaims {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    userinfo: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    id_token: BTreeSet<String>,
}

impl RequestedClaims {
    /// Bundles what passed [`within`].
    pub(super) const fn new(userinfo: BTreeSet<String>, id_token: BTreeSet<String>) -> Self {
        Self { userinfo, id_token }
    }

    /// Whether nothing was asked for by name.
    pub(crate) fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Those for userinfo.
    pub(crate) const fn userinfo(&self) -> &BTreeSet<String> {
        &self.userinfo
    }

    /// Those for ID tokens.
    pub(crate) const fn id_token(&self) -> &BTreeSet<String> {
        &self.id_token
    }
}

/// The claims that each scope tells (Core §5.4).
const BY_SCOPE: [(&str, &[&str]); 14] = [
    (
        PROFILE,
        &[
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    (EMAIL, &["email", "email_verified"]),
    (PHONE, &["phone_number", "phone_number_verified"]),
    (ADDRESS, &["address"]),
    (TERMS, &["terms"]),
    (CERTIFICATE, &["certificate"]),
    (ORGANIZATION, &["organization"]),
    (ENTITY, &["entity"]),
    (SIRET, &["siret"]),
    (SIREN, &["siren"]),
    (ORG_ROLES, &["org_roles", "org_roles_verified"]),
    (USUAL_NAME, &["usual_name"]),
    (ORGANIZATIONAL_UNIT, &["organizational_unit"]),
    (UID, &["uid"]),
];

/// Whether a claim is told in realms of organisations alone.
pub(super) fn is_of_organisations(claim: &str) -> bool {
    let of = |(scope, claims): &(&str, &[&str])| OF_ORGANISATIONS.contains(scope) && claims.contains(&claim);
    BY_SCOPE.iter().any(of)
}

/// The scope that would tell those claims: what a person is asked for who is asked for them by name.
pub(super) fn behind<'n>(names: impl Iterator<Item = &'n String>) -> Scope {
    let names: BTreeSet<_> = names.map(String::as_str).collect();
    let behind = BY_SCOPE.iter().filter(|(_, claims)| claims.iter().any(|claim| names.contains(claim)));
    Scope::of(behind.map(|(scope, _)| (*scope).to_owned()).collect())
}

/// Those of the names that a client of these scopes may be told.
pub(crate) fn within<'n>(names: impl Iterator<Item = &'n str>, scopes: &BTreeSet<String>) -> BTreeSet<String> {
    let may = |name: &str| BY_SCOPE.iter().any(|(scope, claims)| scopes.contains(*scope) && claims.contains(&name));
    names.filter(|name| may(name)).map(str::to_owned).collect()
}

/// What userinfo answers: the claims of the scope, and those that were asked for by name.
pub(crate) fn told(
    scope: &Scope,
    by_name: &BTreeSet<String>,
    subject: &Subject,
    known: Known<'_>,
) -> Map<String, Value> {
    // What the scope tells comes last: it may be more than the name alone asks for.
    let mut told = named(by_name, subject, known);
    told.extend(members(UserInfo::new(scope, subject, known)));
    told
}

/// What an ID token says of a person, who is nameless in it unless the client asked (SR-203).
pub(crate) fn named(by_name: &BTreeSet<String>, subject: &Subject, known: Known<'_>) -> Map<String, Value> {
    let everything = members(UserInfo::new(&Scope::of_every_claim(), subject, known));
    everything.into_iter().filter(|(name, _)| by_name.contains(name)).collect()
}

fn members(claims: UserInfo) -> Map<String, Value> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// The answer of the userinfo endpoint (Core §5.3.2): an absent claim is left out, never null or empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct UserInfo {
    sub: Subject,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    profile: Option<Profile>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    terms: Vec<Terms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<HeldCertificate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usual_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organizational_unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(flatten)]
    organisations: OfOrganisations,
}

/// The claims of the scope `profile`, in the order of Core §5.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_field_names, reason = "`profile` is a claim of the scope `profile`")]
struct Profile {
    name: String,
    given_name: String,
    family_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    preferred_username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zoneinfo: Option<String>,
    locale: Language,
    updated_at: NumericDate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Email {
    email: String,
    email_verified: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Phone {
    phone_number: String,
    phone_number_verified: bool,
}

/// One document, in the version that was accepted last (DOMAIN.md §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Terms {
    key: TermsKey,
    version: TermsVersion,
    accepted_at: NumericDate,
}

/// Core §5.1.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Address {
    formatted: String,
    #[serde(flatten)]
    parts: PostalAddress,
}

impl UserInfo {
    /// What an access token of that scope may read of a person, whom the client knows as `subject`.
    pub(crate) fn new(scope: &Scope, subject: &Subject, known: Known<'_>) -> Self {
        let Known { user, terms, certificate, acts_for, belongs_to } = known;
        let granted = |word, user| Some(user).filter(|_: &&User| scope.contains(word));
        Self {
            sub: subject.clone(),
            profile: granted(PROFILE, user).map(Profile::of),
            email: granted(EMAIL, user).map(Email::of),
            phone: granted(PHONE, user).and_then(Phone::of),
            address: granted(ADDRESS, user).and_then(|user| Address::of(user, acts_for)),
            terms: granted(TERMS, user).map(|_| Terms::of(terms)).unwrap_or_default(),
            certificate: granted(CERTIFICATE, user).and(certificate).cloned(),
            usual_name: granted(USUAL_NAME, user).map(|user| user.last_name.as_str().to_owned()),
            organizational_unit: granted(ORGANIZATIONAL_UNIT, user)
                .and_then(|user| user.profile.organizational_unit.clone()),
            uid: granted(UID, user).map(|user| user.sign_in_name().to_owned()),
            organisations: OfOrganisations::of(scope, acts_for, belongs_to),
        }
    }
}

impl Profile {
    fn of(user: &User) -> Self {
        let said = user.profile.clone();
        Self {
            name: user.full_name(),
            given_name: user.first_name.as_str().to_owned(),
            family_name: user.last_name.as_str().to_owned(),
            middle_name: said.middle_name,
            nickname: said.nickname,
            preferred_username: user.sign_in_name().to_owned(),
            profile: said.profile,
            picture: said.picture,
            website: said.website,
            gender: said.gender,
            birthdate: said.birthdate,
            zoneinfo: said.zoneinfo,
            locale: user.language,
            updated_at: user.updated_at.into(),
        }
    }
}

impl Email {
    fn of(user: &User) -> Self {
        Self { email: user.email.as_str().to_owned(), email_verified: user.email_verified_at.is_some() }
    }
}

impl Phone {
    fn of(user: &User) -> Option<Self> {
        let phone_number_verified = user.profile.phone_number_verified;
        user.profile.phone_number.clone().map(|phone_number| Self { phone_number, phone_number_verified })
    }
}

impl Terms {
    fn of(accepted: &[Accepted]) -> Vec<Self> {
        let last = accepted.iter().map(|it| (&it.key, it)).collect::<BTreeMap<_, _>>().into_values();
        last.map(|it| Self { key: it.key.clone(), version: it.version, accepted_at: it.at.into() }).collect()
    }
}

impl Address {
    /// Of the organisation, for whoever acts for one; else their own.
    fn of(user: &User, acts_for: Option<&Belonging>) -> Option<Self> {
        if let Some(Belonging { organisation, .. }) = acts_for {
            return Some(Self::of_entity(&organisation.details.address, user.language));
        }
        let formatted = user.profile.address.whole()?;
        // Said once, in front: made of the parts where nobody wrote it.
        Some(Self { formatted, parts: PostalAddress { formatted: None, ..user.profile.address.clone() } })
    }
}

/// The same, signed: "the UserInfo Response SHOULD contain the Claims iss (issuer) and aud (audience)" (Core §5.3.2).
///
/// Without `nonce`, `exp` and `acr` it passes for no ID token of ours, though it shares their `typ` as clients expect.
#[derive(Debug, Serialize)]
pub(crate) struct SignedUserInfo {
    iss: Issuer,
    aud: ClientId,
    #[serde(flatten)]
    told: Map<String, Value>,
}

impl SignedUserInfo {
    /// The answer for that client.
    pub(crate) fn new(issuer: &Issuer, client: &ClientId, told: Map<String, Value>) -> Self {
        Self { iss: issuer.clone(), aud: client.clone(), told }
    }
}

impl TokenKind for SignedUserInfo {
    const TYP: &'static str = "JWT";
}

/// Every claim that can be had, for `claims_supported`: those of [`UserInfo`] and of ID tokens.
pub(crate) const SUPPORTED: [&str; 42] = [
    "acr",
    "address",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "birthdate",
    "certificate",
    "email",
    "email_verified",
    "entity",
    "exp",
    "family_name",
    "gender",
    "given_name",
    "iat",
    "iss",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "nonce",
    "org_roles",
    "org_roles_verified",
    "organization",
    "organizational_unit",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "sid",
    "siren",
    "siret",
    "sub",
    "terms",
    "uid",
    "updated_at",
    "usual_name",
    "website",
    "zoneinfo",
];

#[cfg(test)]
mod tests;
