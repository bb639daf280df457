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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Timestamp;
    use crate::identity::identifier::IssuedIdentifier;
    use crate::identity::number::vat::VatNumber;
    use crate::identity::organisation::{Registry, Role, RoleState};
    use crate::identity::user::UserState;
    use crate::protocol::client::SigningAlgorithm;
    use crate::protocol::organisation::tests::{FIRST, SECOND, belonging, organisation};
    use crate::protocol::token::tests::id_token;

    const MARIE: &str = "01900000-0000-7000-8000-000000000001";

    fn reserved() -> User {
        User {
            id: MARIE.parse().unwrap(),
            state: UserState::Active,
            identifier: None,
            email: "marie@example.fr".to_owned().try_into().unwrap(),
            email_verified_at: Some(Timestamp::from_seconds(1)),
            first_name: "Marie".to_owned().try_into().unwrap(),
            last_name: "L’Huillier".to_owned().try_into().unwrap(),
            language: Language::French,
            profile: crate::identity::profile::Profile::default(),
            created_at: Timestamp::from_seconds(1),
            updated_at: Timestamp::from_millis(1_700_000_000_999),
        }
    }

    fn talkative() -> User {
        let mut user = reserved();
        for (claim, value) in [
            ("middle_name", "Anne"),
            ("nickname", "Mimi"),
            ("profile", "https://example.fr/marie"),
            ("picture", "https://example.fr/marie.jpg"),
            ("website", "https://example.fr/"),
            ("gender", "female"),
            ("birthdate", "1980-02-29"),
            ("zoneinfo", "Europe/Paris"),
            ("phone_number", "+33612345678"),
            ("organizational_unit", "Direction informatique"),
            ("address.locality", "Lille"),
        ] {
            user.profile.set(claim, value).unwrap();
        }
        user
    }

    /// What they accepted: the terms twice, a charter once.
    fn accepted() -> Vec<Accepted> {
        let accept = |key: &str, version: &str, at| Accepted {
            key: key.parse().unwrap(),
            version: version.parse().unwrap(),
            at: Timestamp::from_seconds(at),
        };
        vec![accept("cgu", "1", 1), accept("charte", "1", 2), accept("cgu", "2.1", 3)]
    }

    fn told(scope: &str, user: &User) -> Value {
        let certificate = HeldCertificate::sample();
        let known = Known { certificate: Some(&certificate), ..known(user) };
        let known = Known { terms: &accepted(), ..known };
        serde_json::to_value(UserInfo::new(&Scope::parse(scope).unwrap(), &user.id.into(), known)).unwrap()
    }

    /// The account alone.
    fn known(user: &User) -> Known<'_> {
        Known { user, terms: &[], certificate: None, acts_for: None, belongs_to: &[] }
    }

    /// The same claims of somebody who acts for an organisation.
    fn told_for(scope: &str, user: &User, acts_for: &Belonging) -> Value {
        let known = Known { acts_for: Some(acts_for), ..known(user) };
        let certificate = HeldCertificate::sample();
        let known = Known { terms: &accepted(), certificate: Some(&certificate), ..known };
        Value::Object(super::told(&Scope::parse(scope).unwrap(), &BTreeSet::new(), &user.id.into(), known))
    }

    fn administrator() -> Belonging {
        let roles = [Role::Administrator, Role::BillingContact].map(|role| (role, RoleState::Declared));
        belonging(organisation(FIRST), &roles)
    }

    #[test]
    fn sr_164_sr_203_a_scope_tells_its_own_claims_and_no_others() {
        let profile = json!({
            "sub": MARIE, "name": "Marie L’Huillier", "given_name": "Marie", "family_name": "L’Huillier",
            "preferred_username": "marie@example.fr", "locale": "fr", "updated_at": 1_700_000_000
        });
        let email = json!({"sub": MARIE, "email": "marie@example.fr", "email_verified": true});
        let phone = json!({"sub": MARIE, "phone_number": "+33612345678", "phone_number_verified": false});
        let address = json!({"sub": MARIE, "address": {"formatted": "Lille", "locality": "Lille"}});
        for (scope, user, told_of) in [
            ("openid", talkative(), json!({"sub": MARIE})),
            ("openid profile", reserved(), profile),
            ("openid email", talkative(), email),
            ("openid phone", talkative(), phone),
            ("openid address", talkative(), address),
            ("openid phone address", reserved(), json!({"sub": MARIE})),
            (
                "openid terms",
                reserved(),
                json!({"sub": MARIE, "terms": [
                    {"key": "cgu", "version": "2.1", "accepted_at": 3},
                    {"key": "charte", "version": "1", "accepted_at": 2}
                ]}),
            ),
            ("openid certificate", reserved(), json!({"sub": MARIE, "certificate": HeldCertificate::sample()})),
        ] {
            assert_eq!(told(scope, &user), told_of, "{scope}");
        }
    }

    #[test]
    fn sr_164_a_claim_is_had_by_name_within_the_scopes_of_its_client() {
        let names = ["email", "name", "acr", "sub", "unheard_of", "email#fr"];
        for (scopes, had) in [
            (vec!["openid"], json!({})),
            (vec!["openid", "email"], json!({"email": "marie@example.fr"})),
            (vec!["openid", "email", "profile"], json!({"email": "marie@example.fr", "name": "Marie L’Huillier"})),
        ] {
            let scopes = scopes.into_iter().map(str::to_owned).collect();
            let (by_name, marie) = (within(names.into_iter(), &scopes), reserved());
            let known = known(&marie);
            assert_eq!(Value::Object(named(&by_name, &marie.id.into(), known)), had);
            let mut with_sub = had;
            with_sub["sub"] = json!(MARIE);
            let openid = Scope::parse("openid").unwrap();
            assert_eq!(Value::Object(super::told(&openid, &by_name, &marie.id.into(), known)), with_sub);
        }
    }

    #[test]
    fn every_claim_of_a_scope_can_be_asked_for_by_name() {
        for (scope, claims) in BY_SCOPE {
            let told = told_for(&format!("openid {scope}"), &talkative(), &administrator());
            let told: BTreeSet<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
            let listed: BTreeSet<_> = claims.iter().copied().chain(["sub"]).collect();
            assert_eq!(told, listed, "{scope}");
        }
    }

    fn every_scope() -> String {
        BY_SCOPE.map(|(scope, _)| scope).join(" ")
    }

    #[test]
    fn the_example_of_the_domain_is_told_word_for_word() {
        let mut camille = reserved();
        camille.first_name = "Camille".to_owned().try_into().unwrap();
        camille.last_name = "DURAND".to_owned().try_into().unwrap();
        camille.email = "c.durand@example.org".to_owned().try_into().unwrap();
        camille.identifier = IssuedIdentifier::parse("EK700962").ok();
        camille.profile.set("phone_number", "+33320202020").unwrap();
        let mut own = administrator();
        let siren = own.organisation.number.siren().unwrap();
        let details = &mut own.organisation.details;
        (details.vat_number, details.registry) = (Some(VatNumber::french(&siren)), Some(Registry::Insee));
        let terms = [Accepted {
            key: "cgu".parse().unwrap(),
            version: "3".parse().unwrap(),
            at: Timestamp::from_seconds(1_790_000_000),
        }];
        let known = Known { terms: &terms, acts_for: Some(&own), ..known(&camille) };
        let scope = "openid profile email phone siret siren org_roles entity organization terms";
        let scope = Scope::parse(scope).unwrap();
        let told = Value::Object(super::told(&scope, &BTreeSet::new(), &camille.id.into(), known));
        // DOMAIN.md §5, its dots filled in, and what it leaves out: `name`, `updated_at` and what has no roles yet.
        let example = json!({
            "sub": MARIE, "preferred_username": "EK700962", "given_name": "Camille", "family_name": "DURAND",
            "email": "c.durand@example.org", "email_verified": true, "phone_number": "+33320202020", "locale": "fr",
            "siret": "00000101600013", "siren": "000001016", "org_roles": ["administrator", "billing_contact"],
            "org_roles_verified": [],
            "entity": {
                "scheme": "siret", "id": "00000101600013", "country": "FR", "legal_name": "EXEMPLE SAS",
                "category": "company", "vat_number": "FR53000001016", "vat_status": "pending", "source": "insee",
                "active": true
            },
            "organization": {"fr-00000101600013": {
                "id": own.organisation.id, "legal_name": ["EXEMPLE SAS"], "roles": ["administrator", "billing_contact"],
                "roles_verified": []
            }},
            "terms": [{"key": "cgu", "version": "3", "accepted_at": 1_790_000_000}],
            "name": "Camille DURAND", "phone_number_verified": false, "updated_at": 1_700_000_000
        });
        assert_eq!(told, example);
    }

    #[test]
    fn who_acts_for_an_organisation_is_reached_where_it_is() {
        let told = told_for("openid address", &talkative(), &administrator());
        assert_eq!(told["address"]["locality"], "Lille");
        assert_eq!(told["address"]["country"], "France");
    }

    #[test]
    fn what_a_scope_tells_of_all_organisations_is_not_narrowed_by_a_name() {
        let (marie, own) = (reserved(), administrator());
        let all = [own.clone(), belonging(organisation(SECOND), &[])];
        let known = Known { acts_for: Some(&own), belongs_to: &all, ..known(&marie) };
        let by_name = BTreeSet::from(["organization".to_owned()]);
        let scope = Scope::parse("openid organization:*").unwrap();
        let told = super::told(&scope, &by_name, &marie.id.into(), known);
        assert_eq!(told["organization"].as_object().unwrap().len(), 2);
        assert!(!fits_id_token("organization") && fits_id_token("org_roles"));
    }

    #[test]
    fn what_is_announced_is_what_can_be_had() {
        let everything = [
            told_for(&every_scope(), &talkative(), &administrator()),
            serde_json::to_value(id_token(SigningAlgorithm::RS256, "a")).unwrap(),
        ];
        let had: BTreeSet<_> = everything.iter().flat_map(|claims| claims.as_object().unwrap().keys()).collect();
        assert_eq!(had.into_iter().map(String::as_str).collect::<Vec<_>>(), SUPPORTED);
    }
}
