//! What claims about a person are made of beside the account itself, read anew each time they are told (DOMAIN.md §5): what
//! was taken from the account since is told no more. Nothing is read that nobody asked for.

use std::collections::BTreeSet;

use crate::app::houses::House;
use crate::identity::terms::Accepted;
use crate::identity::user::User;
use crate::protocol::claims::{Known, asks};
use crate::protocol::grant::Grant;
use crate::protocol::held_certificate::HeldCertificate;
use crate::protocol::scope::{CERTIFICATE, Scope, TERMS};
use crate::store::{Access, StoreError, certificates, terms};

/// What was read.
#[derive(Debug)]
pub(super) struct Facts {
    terms: Vec<Accepted>,
    certificate: Option<HeldCertificate>,
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
        Ok(Self { terms, certificate })
    }

    /// These, and the account.
    pub(super) fn known<'a>(&'a self, user: &'a User) -> Known<'a> {
        Known { user, terms: &self.terms, certificate: self.certificate.as_ref() }
    }
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
