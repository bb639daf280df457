//! Asking VIES again about a number that was taken while it did not answer (DOMAIN.md §3, ADR 0069).
//!
//! The network is asked between transactions, and whatever it says is written down only where the number still waits. A
//! verdict is a change of the organisation with its history and its event; silence is another turn, and changes nothing.

use super::App;
use super::houses::House;
use super::invitations::about;
use crate::clock::{Duration, Timestamp, hours};
use crate::event::EventKind;
use crate::identity::number::vat::VatNumber;
use crate::identity::organisation::vat_check::{VatCheck, VatVerdict, next_turn};
use crate::identity::organisation::{Details, Organisation};
use crate::ids::OrganisationId;
use crate::registries::{Trouble, VatChecked};
use crate::store::vat_checks::{self, Waiting};
use crate::store::{StoreError, Tx, organisations};

/// When a number is looked at again whose realm this node does not know: another may, or an operator brings it back.
const UNKNOWN_REALM: Duration = hours(1);

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It was nobody's.
    Nobodys,
    /// It was taken.
    Taken,
    /// It was taken, and VIES itself is silent, whatever the number.
    Silent,
}

impl App {
    /// Has VIES asked later about the number of an organisation, where that waits and its realm asks.
    pub(crate) async fn asks_vies_later(
        tx: &Tx,
        house: &House,
        (organisation, details): (OrganisationId, &Details),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let waits = house.realm.registries.check_vat && details.awaits_vies().is_some();
        match next_turn(now, now).filter(|_| waits) {
            Some(turn) => vat_checks::queue(tx, &house.realm.name, organisation, (now, turn)).await,
            None => Ok(()),
        }
    }

    /// Asks about the number whose turn came first.
    pub(crate) async fn ask_vies_again(&self) -> Result<Turn, StoreError> {
        let now = self.clock.now();
        let Some(waiting) = vat_checks::claim(&self.store, now).await? else { return Ok(Turn::Nobodys) };
        let Some(house) = self.house(waiting.realm.as_str()) else {
            vat_checks::put_off(&self.store, &waiting, now + UNKNOWN_REALM).await?;
            return Ok(Turn::Taken);
        };
        let found = organisations::in_realm(&self.store.reads(), &waiting.realm, waiting.organisation).await?;
        let Some(number) = found.as_ref().and_then(|found| found.details.awaits_vies()) else {
            return self.stop_waiting(&waiting).await;
        };
        match self.registries.check_vat(&house.realm.registries, number, now).await {
            VatChecked::Valid(record) => self.judge(&waiting, number, VatVerdict::Valid(VatCheck::of(&record))).await,
            VatChecked::Invalid => {
                let check = VatCheck { registry: self.registries.of_taxes(), at: now, consultation: None };
                self.judge(&waiting, number, VatVerdict::Invalid(check)).await
            }
            VatChecked::Unchecked(trouble) => self.wait_on(&waiting, number, trouble).await,
            VatChecked::NotAsked => self.stop_waiting(&waiting).await,
        }
    }

    /// Nobody could tell: the number has another turn, or was waited for long enough.
    async fn wait_on(&self, waiting: &Waiting, number: &VatNumber, trouble: Trouble) -> Result<Turn, StoreError> {
        match next_turn(waiting.since, self.clock.now()) {
            Some(turn) => vat_checks::put_off(&self.store, waiting, turn).await?,
            None => {
                self.judge(waiting, number, VatVerdict::Unanswered).await?;
            }
        }
        // One administration that is silent says nothing of the others.
        Ok(if trouble == Trouble::MemberState { Turn::Taken } else { Turn::Silent })
    }

    /// Writes a verdict down, unless another number took the place of this one meanwhile.
    async fn judge(&self, waiting: &Waiting, number: &VatNumber, verdict: VatVerdict) -> Result<Turn, StoreError> {
        let (id, now, tx) = (waiting.organisation, self.clock.now(), self.store.begin().await?);
        organisations::hold(&tx, id).await?;
        let found = organisations::in_realm(&tx, &waiting.realm, id).await?;
        let still = |found: &Organisation| found.details.awaits_vies() == Some(number);
        let Some(was) = found.filter(still) else { return Ok(Turn::Taken) };
        let kind = match &verdict {
            VatVerdict::Valid(_) => EventKind::VatConfirmed,
            VatVerdict::Invalid(_) => EventKind::VatUnknown,
            VatVerdict::Unanswered => EventKind::VatUnanswered,
        };
        organisations::change(&tx, &was, &was.judged(verdict), None, (now, &*self.entropy)).await?;
        vat_checks::end(&tx, id).await?;
        tx.commit(&about(self.own_event(kind, &waiting.realm, now), id)).await?;
        Ok(Turn::Taken)
    }

    /// There is nothing to ask any more.
    async fn stop_waiting(&self, waiting: &Waiting) -> Result<Turn, StoreError> {
        let tx = self.store.begin().await?;
        vat_checks::end(&tx, waiting.organisation).await?;
        tx.commit_housekeeping().await?;
        Ok(Turn::Taken)
    }
}
