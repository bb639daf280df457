//! The organisation that a step of an activation is about, when its administrator owes one.
//!
//! Somebody who administers several settles one after the other. The form names the one that it was shown for, so that a
//! page left open in another tab never writes into the next.

use serde::Serialize;

use super::first_password::owner;
use crate::identity::organisation::{Organisation, Role};
use crate::identity::user::User;
use crate::journeys::dispatch::GO_ON;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::realm::model::OrganisationPolicy;
use crate::store::organisations::Settled;
use crate::store::{Access, Tx, members, organisations};

/// An administrator and the organisation that owes something.
pub(super) struct Owed {
    /// Who is there.
    pub(super) user: User,
    /// What it is about.
    pub(super) organisation: Organisation,
}

/// An organisation as a page names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Entity {
    /// Sent back by the form.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
}

impl Entity {
    pub(super) fn of(organisation: &Organisation) -> Self {
        Self { id: organisation.id.to_string(), name: organisation.details.legal_name.as_str().to_owned() }
    }

    /// One with an ordinary name, or a long one.
    pub(super) fn sample(name: &str) -> Self {
        Self { id: "0199a2b4-0000-7000-8000-000000000002".to_owned(), name: name.to_owned() }
    }
}

/// The organisation that the person of this journey owes `what` for; the first that they joined, of several.
pub(super) async fn owed(visit: &Visit, what: Settled) -> Result<Owed, Problem> {
    let user = owner(visit, visit.journey().attempt.user()).await?;
    let organisation = first(&visit.app.store.reads(), &user, what).await?;
    let organisation = organisation.ok_or_else(|| Problem::Overtaken(visit.step(GO_ON)))?;
    Ok(Owed { user, organisation })
}

/// The same for a form that was sent: it is about this organisation, which is held until `tx` ends, and nobody settled
/// the step meanwhile.
pub(super) async fn hold(submission: &Submission, tx: &Tx, owed: &Owed, what: Settled) -> Result<(), Problem> {
    let named = submission.fields.raw("organisation") == owed.organisation.id.to_string();
    let held = named && organisations::hold(tx, owed.organisation.id).await?;
    let still = if held { first(tx, &owed.user, what).await? } else { None };
    match still {
        Some(organisation) if organisation.id == owed.organisation.id => Ok(()),
        _ => Err(Problem::Overtaken(submission.visit.step(GO_ON))),
    }
}

/// What the realm asks of organisations; a realm without them has no such pages.
pub(super) fn policy(visit: &Visit) -> Result<&OrganisationPolicy, Problem> {
    visit.house.realm.organisations.as_ref().ok_or(Problem::NotFound)
}

async fn first(access: &impl Access, user: &User, what: Settled) -> Result<Option<Organisation>, Problem> {
    let memberships = members::of_user(access, user.id).await?;
    let administers = |organisation: &Organisation| {
        let of_it = memberships.iter().find(|membership| membership.organisation == organisation.id);
        of_it.is_some_and(|membership| membership.is(Role::Administrator))
    };
    let owes = |organisation: &Organisation| match what {
        Settled::Contacts => organisation.contacts_at.is_none(),
        Settled::Users => organisation.users_at.is_none(),
    };
    let mut all = organisations::of_user(access, user.id).await?.into_iter();
    Ok(all.find(|organisation| owes(organisation) && administers(organisation)))
}
