//! For which organisation a client is given what it asks (DOMAIN.md §5, docs/adr/0065).
//!
//! A client asks for claims that hang on one; the person who belongs to several says for which. What was selected stays
//! with the grant, and is read anew each time it is told: whoever left an organisation speaks for it no more.

use super::scope::{ENTITY, ORG_ROLES, ORGANIZATION, SIREN, SIRET, Scope};
use crate::identity::organisation::{Membership, Organisation};
use crate::ids::OrganisationId;

/// What stands behind `organization:` for all that somebody belongs to.
const ALL: &str = "*";

/// The scopes whose claims hang on one organisation.
const HANG_ON_ONE: [&str; 5] = [ORGANIZATION, ENTITY, SIRET, SIREN, ORG_ROLES];

/// An organisation, and what somebody is in it.
#[derive(Debug, Clone)]
pub(crate) struct Belonging {
    /// Which.
    pub(crate) organisation: Organisation,
    /// Since when, with which roles.
    pub(crate) membership: Membership,
}

/// What of organisations a scope wants told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    /// Nothing that hangs on one.
    Nothing,
    /// The one that the person acts for.
    Any,
    /// The one of that alias, and no other.
    This(&'a str),
}

/// The organisation that a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// None: nothing of organisations is told.
    Nobody,
    /// That one.
    Of(OrganisationId),
    /// The person has to say.
    Owed,
}

impl<'a> Asked<'a> {
    /// What that scope wants.
    pub(crate) fn by(scope: &'a Scope) -> Self {
        match named(scope).find(|name| *name != ALL) {
            Some(alias) => Self::This(alias),
            None if HANG_ON_ONE.iter().any(|word| scope.contains(word)) => Self::Any,
            None => Self::Nothing,
        }
    }
}

/// What stands behind `organization:` in that scope.
fn named(scope: &Scope) -> impl Iterator<Item = &str> {
    scope.words().filter_map(|word| word.strip_prefix(ORGANIZATION)?.strip_prefix(':'))
}

/// Whether the scope wants all organisations of the person.
pub(crate) fn wants_all(scope: &Scope) -> bool {
    named(scope).any(|name| name == ALL)
}

/// Whether the scope asks for organisations in one way: one of them, the one of that alias, or all.
pub(crate) fn is_clear(scope: &Scope) -> bool {
    named(scope).count() + usize::from(scope.contains(ORGANIZATION)) < 2
}

/// Which of the organisations that somebody belongs to is meant; `said` is their word, of now or of an earlier time.
///
/// An alias that is not among them selects none, and says nothing: neither that there is such an organisation, nor that
/// there is not.
pub(crate) fn select(asked: Asked<'_>, belongs_to: &[Organisation], said: Option<OrganisationId>) -> Selection {
    match (asked, belongs_to) {
        (Asked::Nothing, _) | (_, []) => Selection::Nobody,
        (Asked::This(alias), all) => {
            let meant = all.iter().find(|organisation| organisation.alias() == alias);
            meant.map_or(Selection::Nobody, |organisation| Selection::Of(organisation.id))
        }
        (Asked::Any, [only]) => Selection::Of(only.id),
        (Asked::Any, several) => {
            let said = said.filter(|id| several.iter().any(|organisation| organisation.id == *id));
            said.map_or(Selection::Owed, Selection::Of)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::identity::number::{RegisteredNumber, Scheme};
    use crate::identity::organisation::{
        Details, EntityAddress, EntityKind, HeldRole, Line, Role, RoleState, VatStatus,
    };
    use crate::identity::territory::Country;

    pub(crate) const FIRST: &str = "00000101600013";
    pub(crate) const SECOND: &str = "00000102400017";

    /// An organisation with that SIRET, of which nothing but its address is known.
    pub(crate) fn organisation(siret: &str) -> Organisation {
        let line = |text: &str| Line::parse(text).unwrap();
        let address = EntityAddress {
            street: line("31 rue des Lilas"),
            complement: Some(line("Bâtiment B")),
            postal_code: Some(line("59000")),
            town: line("Lille"),
            department: None,
            country: Country::FRANCE,
        };
        let details = Details {
            legal_name: line("EXEMPLE SAS"),
            trade_name: None,
            kind: EntityKind::Company,
            address,
            phone: None,
            fax: None,
            vat_number: None,
            vat_status: VatStatus::Pending,
            vat_check: None,
            rna: None,
            registry: None,
            checked_at: None,
            closed: false,
            sources: std::collections::BTreeMap::new(),
        };
        Organisation {
            id: format!("01900000-0000-7000-8000-0{}", siret.get(3..).unwrap()).parse().unwrap(),
            number: RegisteredNumber::parse(Scheme::Siret, Country::FRANCE, siret).unwrap(),
            details,
            created_at: Timestamp::from_seconds(1),
            updated_at: Timestamp::from_seconds(1),
            contacts_at: None,
            users_at: None,
        }
    }

    /// Somebody in it, with these roles.
    pub(crate) fn belonging(organisation: Organisation, roles: &[(Role, RoleState)]) -> Belonging {
        let since = Timestamp::from_seconds(1);
        let held = |(role, state): &(Role, RoleState)| HeldRole {
            role: *role,
            state: *state,
            declared_at: since,
            changed_at: since,
        };
        let membership = Membership {
            organisation: organisation.id,
            user: "01900000-0000-7000-8000-000000000001".parse().unwrap(),
            joined_at: since,
            roles: roles.iter().map(held).collect(),
        };
        Belonging { organisation, membership }
    }

    #[test]
    fn who_belongs_to_several_says_for_which_unless_the_client_did() {
        use Selection::{Nobody, Of, Owed};
        let (one, other) = (organisation(FIRST), organisation(SECOND));
        let (first, second) = (one.id, other.id);
        let (none, single, both) = (vec![], vec![one.clone()], vec![one, other]);
        let stranger = "01900000-0000-7000-8000-0000000000ff".parse().ok();
        for (scope, belongs_to, said, selection) in [
            ("openid profile address uid usual_name", &both, None, Nobody),
            ("openid organization", &none, None, Nobody),
            ("openid organization", &single, None, Of(first)),
            ("openid organization", &both, None, Owed),
            ("openid entity", &both, None, Owed),
            ("openid siret", &both, None, Owed),
            ("openid siren", &both, None, Owed),
            ("openid org_roles", &both, None, Owed),
            ("openid org_roles", &both, Some(second), Of(second)),
            ("openid org_roles", &both, stranger, Owed),
            ("openid organization:fr-00000102400017", &both, None, Of(second)),
            ("openid organization:fr-00000102400017 entity", &both, Some(first), Of(second)),
            ("openid organization:fr-00000103200010 entity", &both, Some(first), Nobody),
            ("openid organization:FR-00000102400017", &both, None, Nobody),
            ("openid organization:", &both, None, Nobody),
            ("openid organization:*", &both, None, Nobody),
            ("openid organization:* entity", &both, None, Owed),
            ("openid organization:* entity", &single, None, Of(first)),
        ] {
            let scope = Scope::parse(scope).unwrap();
            assert_eq!(select(Asked::by(&scope), belongs_to, said), selection, "{scope} {said:?}");
        }
    }

    #[test]
    fn organisations_are_asked_for_in_one_way() {
        for (scope, clear) in [
            ("openid", true),
            ("openid organization", true),
            ("openid organization:*", true),
            ("openid organization:a", true),
            ("openid organization:a organization:b", false),
            ("openid organization organization:a", false),
            ("openid organization:* organization", false),
            ("openid organizations:read organization", true),
        ] {
            assert_eq!(is_clear(&Scope::parse(scope).unwrap()), clear, "{scope}");
        }
    }
}
