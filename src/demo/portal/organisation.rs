//! What the provider says of the organisation that somebody acts for: the claims `entity`, `org_roles` and
//! `org_roles_verified`.
//!
//! A portal opens its menus by these, and grants nothing that needs proof on a role that is merely declared.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};

/// The claims beside those of OpenID Connect.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OrganisationClaims {
    entity: Option<Entity>,
    org_roles: Vec<String>,
    org_roles_verified: Vec<String>,
}

impl AdditionalClaims for OrganisationClaims {}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entity {
    scheme: String,
    id: String,
    legal_name: String,
}

/// The organisation that somebody acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Organisation {
    /// Its legal name.
    pub(super) name: String,
    /// What it is registered as.
    pub(super) number: String,
    /// What they are in it, by their codes.
    pub(super) roles: Vec<HeldRole>,
}

/// A role, and whether the authority has proof of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeldRole {
    /// Its code.
    pub(super) code: String,
    /// Whether it is verified.
    pub(super) verified: bool,
}

impl OrganisationClaims {
    /// Of whoever acts for one.
    pub(super) fn organisation(&self) -> Option<Organisation> {
        let Entity { scheme, id, legal_name } = self.entity.clone()?;
        let number = if scheme == "other" { id } else { format!("{} {id}", scheme.to_uppercase()) };
        let held = |code: &String| HeldRole { code: code.clone(), verified: self.org_roles_verified.contains(code) };
        Some(Organisation { name: legal_name, number, roles: self.org_roles.iter().map(held).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_counts_as_verified_where_the_provider_says_so() {
        let claims: OrganisationClaims = serde_json::from_value(serde_json::json!({
            "entity": {"scheme": "siret", "id": "00000101600013", "legal_name": "EXEMPLE SAS", "active": true},
            "org_roles": ["administrator", "certification_agent"], "org_roles_verified": ["certification_agent"]
        }))
        .unwrap();
        let told = claims.organisation().unwrap();
        assert_eq!((told.name.as_str(), told.number.as_str()), ("EXEMPLE SAS", "SIRET 00000101600013"));
        assert_eq!(told.roles.iter().map(|role| role.verified).collect::<Vec<_>>(), [false, true]);
        assert_eq!(OrganisationClaims::default().organisation(), None);
    }
}
