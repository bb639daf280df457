//! What an administrator changes: the roles of a member, and what the organisation says of itself (DOMAIN.md §5, §10).

use std::collections::BTreeSet;

use super::{Details, EntityAddress, EntityField, EntityKind, Line, Membership, Role, VatStatus};
use crate::identity::number::vat::VatNumber;
use crate::identity::territory::PhoneNumber;

/// The way from the roles that somebody has to those that they are to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChanges {
    /// Declared from now on.
    pub given: Vec<Role>,
    /// Held no more, verified or not.
    pub withdrawn: Vec<Role>,
}

impl RoleChanges {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.withdrawn.is_empty()
    }
}

/// A role that the realm does not let administrators give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role is not given here")]
pub struct NotOffered;

impl Membership {
    /// What it takes to have the roles that are `wanted`. A role that is held may be kept or withdrawn, whoever gave or
    /// verified it; one that is not can be declared where it is `offered`, and is never verified by it.
    pub fn changes(&self, wanted: &BTreeSet<Role>, offered: &[Role]) -> Result<RoleChanges, NotOffered> {
        let given: Vec<Role> = wanted.iter().copied().filter(|role| !self.is(*role)).collect();
        if given.iter().any(|role| !offered.contains(role)) {
            return Err(NotOffered);
        }
        let withdrawn = self.held().map(|held| held.role).filter(|role| !wanted.contains(role)).collect();
        Ok(RoleChanges { given, withdrawn })
    }
}

/// What an organisation says of itself, as an administrator writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Its legal name.
    pub legal_name: Line,
    /// « Typologie de l’entité ».
    pub kind: EntityKind,
    /// Where it is.
    pub address: EntityAddress,
    /// Where it is called.
    pub phone: Option<PhoneNumber>,
    /// Fax.
    pub fax: Option<PhoneNumber>,
    /// Its number for value added tax.
    pub vat_number: Option<VatNumber>,
}

impl Details {
    /// These details with what an administrator wrote. What came from a registry and reads otherwise now was typed; of
    /// another number for value added tax nothing is known yet, and what is known of one is nobody's to write.
    #[must_use]
    pub fn amended(&self, new: Amendment) -> Self {
        let Amendment { legal_name, kind, address, phone, fax, vat_number } = new;
        let (vat_status, vat_check) = if vat_number == self.vat_number {
            (self.vat_status, self.vat_check.clone())
        } else {
            (VatStatus::Pending, None)
        };
        let now = Self { legal_name, kind, address, phone, fax, vat_number, vat_status, vat_check, ..self.clone() };
        let mut sources = self.sources.clone();
        sources.retain(|field, _| self.same(&now, *field));
        Self { sources, ..now }
    }

    fn same(&self, other: &Self, field: EntityField) -> bool {
        let (old, new) = (&self.address, &other.address);
        match field {
            EntityField::LegalName => self.legal_name == other.legal_name,
            EntityField::TradeName => self.trade_name == other.trade_name,
            EntityField::Kind => self.kind == other.kind,
            EntityField::Street => old.street == new.street,
            EntityField::Complement => old.complement == new.complement,
            EntityField::PostalCode => old.postal_code == new.postal_code,
            EntityField::Town => old.town == new.town,
            EntityField::Department => old.department == new.department,
            EntityField::Country => old.country == new.country,
            EntityField::VatNumber => self.vat_number == other.vat_number,
            EntityField::Rna => self.rna == other.rna,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::entropy::SeededEntropy;
    use crate::identity::organisation::vat_check::VatCheck;
    use crate::identity::organisation::{HeldRole, Registry, RoleState};
    use crate::identity::territory::Country;
    use crate::ids::{OrganisationId, UserId};

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

    fn vat(text: &str) -> VatNumber {
        VatNumber::parse(Country::FRANCE, text).unwrap()
    }

    fn member(roles: &[(Role, RoleState)]) -> Membership {
        let entropy = SeededEntropy::new(1);
        let held = |(role, state): &(Role, RoleState)| HeldRole {
            role: *role,
            state: *state,
            declared_at: NOW,
            changed_at: NOW,
        };
        Membership {
            organisation: OrganisationId::new(NOW, &entropy),
            user: UserId::new(NOW, &entropy),
            joined_at: NOW,
            roles: roles.iter().map(held).collect(),
        }
    }

    #[test]
    fn sr_184_a_role_is_kept_withdrawn_or_declared_where_the_realm_offers_it() {
        use Role::{Administrator, BillingContact, CertificationAgent, User};
        let held = member(&[
            (Administrator, RoleState::Declared),
            (BillingContact, RoleState::Revoked),
            (CertificationAgent, RoleState::Verified),
        ]);
        for (wanted, offered, verdict) in [
            (vec![Administrator, CertificationAgent], vec![], Ok((vec![], vec![]))),
            (vec![CertificationAgent], vec![Administrator], Ok((vec![], vec![Administrator]))),
            (vec![Administrator, User], vec![User], Ok((vec![User], vec![CertificationAgent]))),
            (vec![BillingContact], vec![BillingContact], {
                Ok((vec![BillingContact], vec![Administrator, CertificationAgent]))
            }),
            (vec![Administrator, User], vec![Administrator], Err(NotOffered)),
            (vec![BillingContact], vec![], Err(NotOffered)),
        ] {
            let changes = held.changes(&wanted.iter().copied().collect(), &offered);
            let changes = changes.map(|changes| (changes.given, changes.withdrawn));
            assert_eq!(changes, verdict, "{wanted:?} of {offered:?}");
        }
    }

    #[test]
    fn what_is_written_anew_has_no_registry_for_its_source_any_more() {
        let line = |text: &str| Line::parse(text).unwrap();
        let address = EntityAddress {
            street: line("1 rue de l’Exemple"),
            complement: None,
            postal_code: Some(line("59000")),
            town: line("Lille"),
            department: None,
            country: Country::FRANCE,
        };
        let said = Details {
            legal_name: line("EXEMPLE SAS"),
            trade_name: Some(line("L’Exemple")),
            kind: EntityKind::Company,
            address: address.clone(),
            phone: None,
            fax: None,
            vat_number: Some(vat("FR53000001016")),
            vat_status: VatStatus::Valid,
            vat_check: Some(VatCheck { registry: Registry::Vies, at: NOW, consultation: None }),
            rna: None,
            registry: Some(Registry::Insee),
            checked_at: Some(NOW),
            closed: false,
            sources: [EntityField::LegalName, EntityField::Street, EntityField::Town, EntityField::VatNumber]
                .into_iter()
                .map(|field| (field, Registry::Insee))
                .collect(),
        };
        let new = Amendment {
            legal_name: line("EXEMPLE SAS"),
            kind: EntityKind::Company,
            address: EntityAddress { street: line("2 rue de l’Exemple"), ..address },
            phone: None,
            fax: None,
            vat_number: said.vat_number.clone(),
        };
        let amended = said.amended(new.clone());
        let kept: Vec<_> = amended.sources.keys().copied().collect();
        assert_eq!(kept, [EntityField::LegalName, EntityField::Town, EntityField::VatNumber]);
        assert_eq!((amended.registry, amended.checked_at), (Some(Registry::Insee), Some(NOW)));
        assert_eq!(amended.trade_name, Some(line("L’Exemple")));
        assert_eq!((amended.vat_status, &amended.vat_check), (VatStatus::Valid, &said.vat_check));
        for another in [Some(vat("FR83404833048")), None] {
            let amended = said.amended(Amendment { vat_number: another, ..new.clone() });
            assert_eq!((amended.vat_status, amended.vat_check), (VatStatus::Pending, None), "nothing is known of it");
            assert!(!amended.sources.contains_key(&EntityField::VatNumber));
        }
    }
}
