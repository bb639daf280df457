//! Opening the customer account of an organisation: one statement decides who is first, and whoever is administers it.

use crate::app::App;
use crate::app::invitations::about;
use crate::event::{Event, EventKind};
use crate::identity::enrolment::Enrolled;
use crate::identity::number::RegisteredNumber;
use crate::identity::organisation::Role;
use crate::ids::{OrganisationId, UserId};
use crate::journeys::caller::Caller;
use crate::journeys::problem::Problem;
use crate::journeys::visit::Visit;
use crate::store::{Access, Tx, members, organisations, users};

/// Takes the number; `None` when it has a customer account already.
pub(crate) async fn open(caller: &Caller, tx: &Tx, enrolled: &Enrolled) -> Result<Option<OrganisationId>, Problem> {
    let (realm, now) = (&caller.house.realm.name, caller.now());
    let id = OrganisationId::new(now, &*caller.app.entropy);
    if !organisations::create(tx, realm, id, (&enrolled.number, &enrolled.details), now).await? {
        return Ok(None);
    }
    App::asks_vies_later(tx, &caller.house, (id, &enrolled.details), now).await?;
    Ok(Some(id))
}

/// The account that was issued in this very journey and belongs to the organisation of that number: whoever goes back has
/// not come upon another's.
pub(crate) async fn own(
    visit: &Visit,
    access: &impl Access,
    number: &RegisteredNumber,
) -> Result<Option<UserId>, Problem> {
    let Some(user) = visit.journey().issued.as_ref().and_then(|issued| issued.user) else { return Ok(None) };
    let found = organisations::by_number(access, &visit.house.realm.name, number).await?;
    let Some(organisation) = found else { return Ok(None) };
    Ok(members::find(access, organisation.id, user).await?.map(|membership| membership.user))
}

/// Whether another has a customer account of that number.
pub(super) async fn is_taken(visit: &Visit, number: &RegisteredNumber) -> Result<bool, Problem> {
    let (reads, realm) = (visit.app.store.reads(), &visit.house.realm.name);
    let found = organisations::by_number(&reads, realm, number).await?.is_some();
    Ok(found && own(visit, &reads, number).await?.is_none())
}

/// Makes whoever registered it its administrator, who says so of themselves (DOMAIN.md §5).
pub(crate) async fn administer(
    visit: &Visit,
    tx: &mut Tx,
    (organisation, user): (OrganisationId, UserId),
    enrolled: &Enrolled,
) -> Result<(), Problem> {
    let now = visit.now();
    members::join(tx, organisation, user, now).await?;
    members::declare(tx, (organisation, user), Role::Administrator, Some(user), now).await?;
    if let Some(phone) = &enrolled.direct_phone
        && let Some(person) = users::by_id(tx, user).await?
    {
        let mut profile = person.profile.clone();
        let set = profile.set("phone_number", phone.as_str());
        set.map_err(|fault| Problem::ours("a telephone number that no profile takes", fault))?;
        users::set_profile(tx, &person, &profile, now).await?;
    }
    let event = Event { user: Some(user), ..visit.event(EventKind::OrganisationRegistered) };
    tx.note(&about(event, organisation)).await?;
    Ok(())
}

/// The organisation of somebody who has just proven their address; they have their account in any case.
pub(crate) async fn enrol(visit: &mut Visit, tx: &mut Tx, enrolled: &Enrolled, user: UserId) -> Result<(), Problem> {
    if let Some(organisation) = open(visit, tx, enrolled).await? {
        administer(visit, tx, (organisation, user), enrolled).await?;
        visit.flow.journey.organisation = None;
    } else {
        let event = Event { user: Some(user), ..overtaken(visit, enrolled) };
        tx.note(&event).await?;
    }
    Ok(())
}

/// Somebody was first: the next page says so.
pub(crate) fn overtaken(visit: &mut Visit, enrolled: &Enrolled) -> Event {
    visit.flow.journey.organisation.get_or_insert_default().overtake(enrolled.clone());
    visit.event(EventKind::OrganisationKnown)
}
