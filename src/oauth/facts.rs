//! What claims about a person are made of beside the account itself, read anew each time they are told (DOMAIN.md §5): what
//! was taken from the account since is told no more. Nothing is read that nobody asked for.

use std::collections::BTreeSet;

use crate::app::houses::House;
use crate::identity::organisation::Organisation;
use crate::identity::terms::Accepted;
use crate::identity::user::User;
use crate::protocol::claims::{Known, asks, wants_organisations};
use crate::protocol::grant::Grant;
use crate::protocol::held_certificate::HeldCertificate;
use crate::protocol::organisation::{Belonging, wants_all};
use crate::protocol::scope::{CERTIFICATE, Scope, TERMS};
use crate::store::{Access, StoreError, certificates, members, organisations, terms};

/// What was read.
#[derive(Debug)]
pub(super) struct Facts {
    terms: Vec<Accepted>,
    certificate: Option<HeldCertificate>,
    acts_for: Option<Belonging>,
    belongs_to: Vec<Belonging>,
}

impl Facts {
    /// What these claims need, of the person who gave that grant.
    pub(super) async fn read(
        access: &impl Access,
        house: &House,
        grant: &Grant,
        (scope, by_name): (&Scope, &BTreeSet<String>),
    ) -> Result<Self, StoreError> {
        let wants_terms = asks(TERMS, scope, by_name);
        let terms = if wants_terms { terms::accepted(access, grant.authentication().user).await? } else { Vec::new() };
        let certificate =
            if asks(CERTIFICATE, scope, by_name) { certificate(access, house, grant).await? } else { None };
        let has_some = house.realm.organisations.is_some();
        let wants_one = has_some && wants_organisations(scope, by_name);
        let acts_for = if wants_one { acts_for(access, house, grant).await? } else { None };
        let belongs_to = if has_some && wants_all(scope) { belongs_to(access, grant).await? } else { Vec::new() };
        Ok(Self { terms, certificate, acts_for, belongs_to })
    }

    /// These, and the account.
    pub(super) fn known<'a>(&'a self, user: &'a User) -> Known<'a> {
        let Self { terms, certificate, acts_for, belongs_to } = self;
        Known { user, terms, certificate: certificate.as_ref(), acts_for: acts_for.as_ref(), belongs_to }
    }
}

/// The organisation that the grant is for, as long as its person belongs to it.
async fn acts_for(access: &impl Access, house: &House, grant: &Grant) -> Result<Option<Belonging>, StoreError> {
    let Some(id) = grant.organisation() else { return Ok(None) };
    let Some(membership) = members::find(access, id, grant.authentication().user).await? else { return Ok(None) };
    let organisation = organisations::in_realm(access, &house.realm.name, id).await?;
    Ok(organisation.map(|organisation| Belonging { organisation, membership }))
}

/// Every organisation of that person; they are an account of one realm, as their organisations are.
async fn belongs_to(access: &impl Access, grant: &Grant) -> Result<Vec<Belonging>, StoreError> {
    let user = grant.authentication().user;
    let organisations = organisations::of_user(access, user).await?;
    let mut memberships = members::of_user(access, user).await?;
    let pair = |organisation: Organisation| {
        let at = memberships.iter().position(|membership| membership.organisation == organisation.id)?;
        Some(Belonging { membership: memberships.swap_remove(at), organisation })
    };
    Ok(organisations.into_iter().filter_map(pair).collect())
}

/// The certificate that the person signed in with for this grant, as long as the account has it and nobody revoked it.
async fn certificate(
    access: &impl Access,
    house: &House,
    grant: &Grant,
) -> Result<Option<HeldCertificate>, StoreError> {
    let authentication = grant.authentication();
    let (Some(sha256), Some(taken)) = (&authentication.certificate, &house.realm.certificates) else { return Ok(None) };
    let bound = certificates::find(access, &house.realm.name, sha256).await?;
    let own = bound.filter(|bound| bound.user == authentication.user && bound.revoked_at.is_none());
    Ok(own.and_then(|bound| HeldCertificate::of(&bound.particulars, &taken.policy.policies)))
}
