//! The organisations that somebody belongs to: what they are, whom they name, who else belongs to them and asks to
//! (DOMAIN.md §5, §10).
//!
//! Members see the organisation, their own roles and who administers it; the rest is for administrators. Whoever may do
//! something is asked in the transaction that does it ([`within`]). The last administrator stays (SR-191).

pub(crate) mod contacts;
pub(crate) mod details;
pub(crate) mod entity;
pub(crate) mod facts;
pub(crate) mod invitations;
pub(crate) mod list;
pub(crate) mod member;
pub(crate) mod request;
pub(crate) mod requests;
pub(crate) mod users;
pub(crate) mod within;

use std::collections::BTreeSet;

use self::within::{PAGE, Standing};
use crate::app::invitations::about;
use crate::app::letters::{self, Recipient};
use crate::event::{Event, EventKind};
use crate::identity::organisation::Role;
use crate::identity::user::User;
use crate::ids::OrganisationId;
use crate::journeys::account::owner::Owner;
use crate::mail::message::{Mail, Membership};
use crate::store::{StoreError, Tx};

/// An event of this session, about that organisation.
fn event(owner: &Owner, kind: EventKind, organisation: OrganisationId) -> Event {
    about(owner.event(kind), organisation)
}

/// Tells a member what became of their membership, and what they are from now on.
async fn tell_member(
    owner: &Owner,
    tx: &Tx,
    (standing, member): (&Standing, &User),
    (mail, roles): (impl FnOnce(Membership) -> Mail, &BTreeSet<Role>),
) -> Result<(), StoreError> {
    let mail = mail(Membership {
        first_name: member.first_name.as_str().to_owned(),
        organisation: standing.name().to_owned(),
        roles: roles.iter().copied().collect(),
        page: owner.address(PAGE),
        at: owner.now(),
    });
    let to = Recipient { address: member.email.as_str().to_owned(), language: member.language, held: false };
    letters::post(&owner.app, tx, &owner.house.realm.name, to, &mail, owner.now()).await.map(drop)
}
