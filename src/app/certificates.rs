//! What becomes of certificates while nobody shows them: found revoked, or coming to their end.

use super::App;
use super::houses::House;
use super::letters::{self, Recipient};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::mail::message::{CertificateEnds, Mail};
use crate::store::{StoreError, Tx, certificate_ends, certificates, users};

/// How many days ahead people are reminded (UX.md §3), the shortest first: who comes late is reminded once.
pub(crate) const AHEAD: [u16; 3] = [7, 30, 60];

impl App {
    /// A bound certificate is known to be revoked: it opens nothing any more, and what it opened ends (SR-95). Whether
    /// there was anything to be done.
    pub(crate) async fn withdraw_certificate(
        &self,
        tx: &Tx,
        house: &House,
        (user, sha256): (UserId, &str),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let news = certificates::found_revoked(tx, &house.realm.name, (user, sha256), now).await?;
        let ended = self.end_sessions_with(tx, house, (user, sha256), now).await?;
        Ok(news || ended > 0)
    }

    /// Reminds the owner of one certificate that ends within so many days; `false` when there is none to be reminded of.
    pub(crate) async fn remind_of_certificate(
        &self,
        house: &House,
        ahead: u16,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.store.begin().await?;
        let realm = &house.realm.name;
        let Some(bound) = certificate_ends::spend(&tx, realm, ahead, now).await? else { return Ok(false) };
        let Some(user) = users::by_id(&tx, bound.user).await? else { return Ok(false) };
        let mail = Mail::CertificateEnds(CertificateEnds {
            first_name: user.first_name.as_str().to_owned(),
            issuer: bound.particulars.issuer_name,
            until: bound.particulars.not_after,
            list: format!("{}/account/certificates", house.issuer),
            at: now,
        });
        let to = Recipient { address: user.email.as_str().to_owned(), language: user.language, held: false };
        letters::post(self, &tx, realm, to, &mail, now).await?;
        let event = self.own_event(EventKind::CertificateReminded, realm, now);
        tx.commit(&Event { user: Some(user.id), ..event }).await?;
        Ok(true)
    }
}
