//! Looking up the numbers of organisations for somebody at a page: first their share of look-ups, then the registries.
//!
//! There is no other way from a door to a registry, so that no page can become an open proxy to them. The share is counted
//! and committed before anybody is asked: no transaction waits for the network.

use super::App;
use super::houses::House;
use crate::clock::Timestamp;
use crate::identity::number::vat::VatNumber;
use crate::registries::{FrenchNumber, Looked, VatChecked};
use crate::store::StoreError;
use crate::throttle::Slowed;

/// Who wants to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    /// The journey, or the session, in which the form is filled in.
    pub(crate) journey: &'a str,
    /// The network that it comes from.
    pub(crate) network: &'a str,
}

impl App {
    /// What the registries of that realm say of a French number.
    pub(crate) async fn look_up(
        &self,
        house: &House,
        number: &FrenchNumber,
        asker: Asker<'_>,
        now: Timestamp,
    ) -> Result<Result<Looked, Slowed>, StoreError> {
        Ok(match self.may_look_up(asker, now).await? {
            Ok(()) => Ok(self.registries.look_up(&house.realm.registries, number, now).await),
            Err(slowed) => Err(slowed),
        })
    }

    /// What its tax administration says of a number for value added tax.
    pub(crate) async fn check_vat(
        &self,
        house: &House,
        number: &VatNumber,
        asker: Asker<'_>,
        now: Timestamp,
    ) -> Result<Result<VatChecked, Slowed>, StoreError> {
        Ok(match self.may_look_up(asker, now).await? {
            Ok(()) => Ok(self.registries.check_vat(&house.realm.registries, number, now).await),
            Err(slowed) => Err(slowed),
        })
    }

    async fn may_look_up(&self, asker: Asker<'_>, now: Timestamp) -> Result<Result<(), Slowed>, StoreError> {
        let tx = self.store.begin().await?;
        let admitted = self.throttle.lookup(&tx, asker.journey, asker.network, now).await?;
        tx.commit_housekeeping().await?;
        Ok(admitted)
    }
}
