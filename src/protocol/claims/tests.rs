//! What each scope and each name tells, a row for each.

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
