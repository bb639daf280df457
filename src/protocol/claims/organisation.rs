//! What is told of organisations (DOMAIN.md §5): of the one that somebody acts for, or a line for each that they belong to.
//!
//! The shapes are those that portals know: `organization` is Keycloak 26's map, keyed by alias, its attributes arrays; the
//! flat claims are ProConnect's. A role that was revoked is never told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Address, NumericDate};
use crate::identity::language::Language;
use crate::identity::number::Scheme;
use crate::identity::organisation::{EntityAddress, EntityKind, Line, Organisation, Role, RoleState, VatStatus};
use crate::identity::profile::PostalAddress;
use crate::ids::OrganisationId;
use crate::protocol::organisation::{Belonging, wants_all};
use crate::protocol::scope::{ENTITY, ORG_ROLES, ORGANIZATION, SIREN, SIRET, Scope};

/// The claims of organisations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct OfOrganisations {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    organization: BTreeMap<String, Membership>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<Entity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    siret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    siren: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_roles: Option<Vec<Role>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_roles_verified: Option<Vec<Role>>,
}

/// One organisation as Keycloak tells it: `id` is a text, attributes are arrays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Membership {
    id: OrganisationId,
    legal_name: [String; 1],
    roles: Vec<Role>,
    roles_verified: Vec<Role>,
}

/// What an organisation is registered as, and what it says of itself. Input for the portal's own file, not proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Entity {
    scheme: &'static str,
    id: String,
    country: &'static str,
    legal_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trade_name: Option<String>,
    category: EntityKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat_status: Option<VatStatus>,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at: Option<NumericDate>,
    /// Absent where nobody was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
}

impl OfOrganisations {
    /// What that scope tells of the one that is selected, and of all of them where it wants all.
    pub(super) fn of(scope: &Scope, selected: Option<&Belonging>, all: &[Belonging]) -> Self {
        let granted = |word: &str| selected.filter(|_| scope.contains(word));
        let number = |word: &str| granted(word).map(|it| &it.organisation.number);
        let chosen = selected.filter(|it| scope.contains(ORGANIZATION) || names(scope, it));
        let told = if wants_all(scope) { all.iter().collect() } else { Vec::from_iter(chosen) };
        Self {
            organization: told.into_iter().map(|it| (it.organisation.alias(), Membership::of(it))).collect(),
            entity: granted(ENTITY).map(|it| Entity::of(&it.organisation)),
            siret: number(SIRET).filter(|it| it.scheme() == Scheme::Siret).map(|it| it.value().to_owned()),
            siren: number(SIREN).filter(|it| it.scheme() == Scheme::Siret).and_then(siren),
            org_roles: granted(ORG_ROLES).map(roles),
            org_roles_verified: granted(ORG_ROLES).map(verified),
        }
    }
}

/// Whether the scope asks for that organisation by its alias.
fn names(scope: &Scope, it: &Belonging) -> bool {
    scope.contains(&format!("{ORGANIZATION}:{}", it.organisation.alias()))
}

fn siren(number: &crate::identity::number::RegisteredNumber) -> Option<String> {
    number.siren().map(|siren| siren.as_str().to_owned())
}

/// What somebody is in it, by their own word or the authority's.
fn roles(it: &Belonging) -> Vec<Role> {
    it.membership.held().map(|held| held.role).collect()
}

/// Those of them that the authority has proof of.
fn verified(it: &Belonging) -> Vec<Role> {
    it.membership.held().filter(|held| held.state == RoleState::Verified).map(|held| held.role).collect()
}

impl Membership {
    fn of(it: &Belonging) -> Self {
        let legal_name = [it.organisation.details.legal_name.as_str().to_owned()];
        Self { id: it.organisation.id, legal_name, roles: roles(it), roles_verified: verified(it) }
    }
}

impl Entity {
    fn of(Organisation { number, details, .. }: &Organisation) -> Self {
        let vat_number = details.vat_number.clone().or_else(|| number.vat()).map(|vat| vat.as_str().to_owned());
        Self {
            scheme: number.scheme().as_str(),
            id: number.value().to_owned(),
            country: number.country().as_str(),
            legal_name: details.legal_name.as_str().to_owned(),
            trade_name: details.trade_name.as_ref().map(|name| name.as_str().to_owned()),
            category: details.kind,
            vat_status: vat_number.is_some().then_some(details.vat_status),
            vat_number,
            source: details.registry.map_or("typed", |registry| registry.as_str()),
            checked_at: details.checked_at.map(NumericDate::from),
            active: details.registry.map(|_| !details.closed),
        }
    }
}

impl Address {
    /// Where an organisation is, in the words of that language (OpenID Connect Core §5.1.1).
    pub(super) fn of_entity(address: &EntityAddress, language: Language) -> Self {
        let EntityAddress { street, complement, postal_code, town, department, country } = address;
        let street = [Some(street), complement.as_ref()].into_iter().flatten().map(Line::as_str);
        let parts = PostalAddress {
            formatted: None,
            street_address: Some(street.collect::<Vec<_>>().join("\n")),
            locality: Some(town.as_str().to_owned()),
            region: None,
            postal_code: postal_code.as_ref().map(|code| code.as_str().to_owned()),
            country: Some(country.name(language).to_owned()),
        };
        let formatted = parts.whole().unwrap_or_default();
        let region = department.as_ref().map(|department| department.name().to_owned());
        Self { formatted, parts: PostalAddress { region, ..parts } }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::identity::number::RegisteredNumber;
    use crate::identity::number::vat::VatNumber;
    use crate::identity::organisation::Registry;
    use crate::identity::territory::Country;
    use crate::protocol::organisation::tests::{FIRST, SECOND, belonging, organisation};

    const DECLARED: [(Role, RoleState); 3] = [
        (Role::Administrator, RoleState::Declared),
        (Role::BillingContact, RoleState::Verified),
        (Role::CertificationAgent, RoleState::Revoked),
    ];

    fn told(scope: &str, selected: Option<&Belonging>, all: &[Belonging]) -> Value {
        serde_json::to_value(OfOrganisations::of(&Scope::parse(scope).unwrap(), selected, all)).unwrap()
    }

    #[test]
    fn sr_203_each_scope_tells_its_own_of_the_selected_organisation_and_nothing_without_one() {
        let own = belonging(organisation(FIRST), &DECLARED);
        let (id, alias) = (own.organisation.id, "fr-00000101600013");
        let whole = json!({"organization": {alias: {
            "id": id, "legal_name": ["EXEMPLE SAS"],
            "roles": ["administrator", "billing_contact"], "roles_verified": ["billing_contact"]
        }}});
        for (scope, expected) in [
            ("openid profile address", json!({})),
            ("openid organization", whole.clone()),
            ("openid organization:fr-00000101600013", whole),
            ("openid siret", json!({"siret": FIRST})),
            ("openid siren", json!({"siren": "000001016"})),
            (
                "openid org_roles",
                json!({"org_roles": ["administrator", "billing_contact"], "org_roles_verified": ["billing_contact"]}),
            ),
            (
                "openid entity",
                json!({"entity": {
                    "scheme": "siret", "id": FIRST, "country": "FR", "legal_name": "EXEMPLE SAS",
                    "category": "company", "source": "typed"
                }}),
            ),
        ] {
            assert_eq!(told(scope, Some(&own), &[]), expected, "{scope}");
            assert_eq!(told(scope, None, &[]), json!({}), "{scope}");
        }
        // One that is asked for by its alias is not told under another's.
        assert_eq!(told("openid organization:fr-00000102400017", Some(&own), &[]), json!({}));
    }

    #[test]
    fn all_organisations_are_told_where_all_are_asked_each_with_its_roles() {
        let all = [belonging(organisation(FIRST), &DECLARED), belonging(organisation(SECOND), &[])];
        let said = told("openid organization:*", None, &all);
        assert_eq!(said["organization"]["fr-00000101600013"]["roles"], json!(["administrator", "billing_contact"]));
        assert_eq!(said["organization"]["fr-00000102400017"]["roles"], json!([]));
        assert_eq!(told("openid organization", None, &all), json!({}));
    }

    #[test]
    fn french_numbers_are_told_of_what_has_one_and_left_out_otherwise() {
        let mut german = organisation(FIRST);
        let country = Country::try_from("DE").unwrap();
        german.number = RegisteredNumber::parse(Scheme::Vat, country, "DE136695976").unwrap();
        german.details.registry = Some(Registry::Vies);
        german.details.vat_status = VatStatus::Valid;
        let said = told("openid siret siren entity", Some(&belonging(german, &[])), &[]);
        assert_eq!((said.get("siret"), said.get("siren")), (None, None));
        let entity = &said["entity"];
        assert_eq!(
            (&entity["scheme"], &entity["country"], &entity["active"]),
            (&json!("vat"), &json!("DE"), &json!(true))
        );
        assert_eq!((&entity["vat_number"], &entity["vat_status"]), (&json!("DE136695976"), &json!("valid")));
    }

    #[test]
    fn what_a_registry_said_is_told_with_whom_and_when() {
        let mut known = organisation(FIRST);
        let siren = known.number.siren().unwrap();
        known.details.trade_name = Some(Line::parse("Exemple").unwrap());
        known.details.vat_number = Some(VatNumber::french(&siren));
        known.details.vat_status = VatStatus::Computed;
        known.details.registry = Some(Registry::Insee);
        known.details.checked_at = Some(crate::clock::Timestamp::from_seconds(1_790_000_000));
        known.details.closed = true;
        let said = told("openid entity", Some(&belonging(known, &[])), &[]);
        let entity = json!({
            "scheme": "siret", "id": FIRST, "country": "FR", "legal_name": "EXEMPLE SAS", "trade_name": "Exemple",
            "category": "company", "vat_number": "FR53000001016", "vat_status": "computed", "source": "insee",
            "checked_at": 1_790_000_000, "active": false
        });
        assert_eq!(said["entity"], entity);
    }

    #[test]
    fn an_entitys_address_is_written_as_letters_are() {
        let address = organisation(FIRST).details.address;
        let told = serde_json::to_value(Address::of_entity(&address, Language::French)).unwrap();
        let whole = json!({
            "formatted": "31 rue des Lilas\nBâtiment B\n59000 Lille\nFrance",
            "street_address": "31 rue des Lilas\nBâtiment B", "postal_code": "59000", "locality": "Lille",
            "country": "France"
        });
        assert_eq!(told, whole);
    }
}
