//! Asking others after a number: registries of businesses, tax administrations. Whatever they do, the form goes on.

use super::enrolment;
use crate::app::registries::Asker;
use crate::identity::enrolment::{Enrolment, Entry, LookedUp, Way, Wrong};
use crate::identity::entity_record::EntityRecord;
use crate::identity::number::siren::Siret;
use crate::identity::number::vat::VatNumber;
use crate::identity::organisation::VatStatus;
use crate::identity::organisation::vat_check::VatCheck;
use crate::journeys::problem::Problem;
use crate::journeys::visit::Visit;
use crate::registries::{FrenchNumber, Looked, VatChecked};
use crate::throttle::Slowed;

/// The SIRET that stands in the form.
pub(super) fn siret(enrolment: &Enrolment) -> Result<Siret, Wrong> {
    Ok(Siret::parse(enrolment.typed(Entry::Number))?)
}

/// Counts a look at our own organisations as one at a registry: numbers are public, the list of our customers is not.
pub(super) async fn admit(visit: &Visit) -> Result<Result<(), Slowed>, Problem> {
    let (journey, tx) = (visit.flow.id.to_string(), visit.app.store.begin().await?);
    let admitted = visit.app.throttle.lookup(&tx, &journey, &visit.network(), visit.now()).await?;
    tx.commit_housekeeping().await?;
    Ok(admitted)
}

/// Looks a SIRET up, and fills in what comes of it.
pub(super) async fn look_up(visit: &mut Visit, siret: Siret) -> Result<Result<(), Slowed>, Problem> {
    let (journey, network, now) = (visit.flow.id.to_string(), visit.network(), visit.now());
    let asker = Asker { journey: &journey, network: &network };
    let number = FrenchNumber::Siret(siret.clone());
    match visit.app.look_up(&visit.house, &number, asker, now).await? {
        Ok(looked) => enrolment(visit).fill(siret, brought(looked), now),
        Err(slowed) => return Ok(Err(slowed)),
    }
    Ok(Ok(()))
}

fn brought(looked: Looked) -> LookedUp {
    match looked {
        Looked::Found(record) | Looked::Closed(Some(record)) | Looked::Partial(Some(record)) => {
            LookedUp::Record(Box::new(EntityRecord::clone(&record)))
        }
        Looked::Closed(None) => LookedUp::Closed,
        Looked::Partial(None) => LookedUp::Partial,
        Looked::NotFound => LookedUp::Unknown,
        Looked::Unchecked(_) | Looked::NotAsked => LookedUp::Silent,
    }
}

/// Asks what must be known before a number is taken: whether the establishment is open, where the realm refuses closed
/// ones; whether its tax administration knows a VAT number, unless it said so just now.
pub(super) async fn consult(visit: &mut Visit, way: Way) -> Result<Result<(), Slowed>, Problem> {
    let refuses_closed = visit.house.realm.registries.refuse_closed;
    let enrolment = enrolment(visit);
    let unasked = siret(enrolment).ok().filter(|_| way == Way::Siret && enrolment.current().is_none());
    let vat = enrolment.vat_to_check(way).filter(|number| enrolment.vat_status(number.as_str()).is_none());
    match (unasked.filter(|_| refuses_closed), vat) {
        (Some(siret), _) => look_up(visit, siret).await,
        (None, Some(number)) => check_vat(visit, &number).await,
        (None, None) => Ok(Ok(())),
    }
}

/// No verdict is not "invalid" (DOMAIN.md §3): a number that nobody could check is asked after again at the next try, and
/// stands as pending.
async fn check_vat(visit: &mut Visit, number: &VatNumber) -> Result<Result<(), Slowed>, Problem> {
    let (journey, network, now) = (visit.flow.id.to_string(), visit.network(), visit.now());
    let asker = Asker { journey: &journey, network: &network };
    let registry = visit.app.registries.of_taxes();
    match visit.app.check_vat(&visit.house, number, asker, now).await? {
        Ok(VatChecked::Valid(told)) => {
            enrolment(visit).judge_vat(number.as_str(), VatStatus::Valid, VatCheck::of(&told));
        }
        Ok(VatChecked::Invalid) => {
            let check = VatCheck { registry, at: now, consultation: None };
            enrolment(visit).judge_vat(number.as_str(), VatStatus::Invalid, check);
        }
        Ok(VatChecked::Unchecked(_) | VatChecked::NotAsked) => {}
        Err(slowed) => return Ok(Err(slowed)),
    }
    Ok(Ok(()))
}
