//! The end of an account, when its time has come: what it held is gone, whoever was given something is told, and its
//! address, or what it was issued to sign in with, rests (SR-178, SR-202).

use aws_lc_rs::hmac;

use super::App;
use super::houses::House;
use super::letters::{self, Recipient};
use crate::clock::{Duration, Timestamp, days};
use crate::event::{Event, EventKind};
use crate::identity::identifier::Canonical;
use crate::ids::{RealmName, UserId};
use crate::mail::message::{AccountClosed, Mail};
use crate::store::closings::{self, Closing};
use crate::store::{Access, StoreError, access_requests, users};

/// How long what a closed account signed in with is nobody else's.
const RESTS: Duration = days(90);

impl App {
    /// Carries out the end of one account; `false` when another node was quicker, its person kept it, or an organisation
    /// would be left without an administrator: whoever became the last one meanwhile stays, and is told (SR-191).
    pub(crate) async fn close(&self, house: &House, closing: &Closing, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let user = users::by_id(&tx, closing.user).await?;
        let left = Self::left_behind_held(&tx, (&house.realm.name, closing.user)).await?;
        let closes_with = closing.with_organisations.is_some();
        if let (Some(user), Some(kept)) = (&user, left.iter().find(|left| left.holds_back(closes_with))) {
            return self.postpone(tx, (house, closing), (user, &kept.organisation), now).await;
        }
        self.end_sessions_of(&tx, house, closing.user, now).await?;
        if !closings::carry_out(&tx, closing, now).await? {
            return Ok(false);
        }
        self.close_organisations(&mut tx, house, (closing.user, &left), now).await?;
        if let Some(user) = user {
            access_requests::forget(&tx, &house.realm.name, &user.email.canonical()).await?;
            let digest = self.resting(&house.realm.name, &user.sign_in_key());
            closings::rest(&tx, &digest, now + RESTS).await?;
            let mail = Mail::AccountClosed(AccountClosed { first_name: user.first_name.as_str().to_owned(), at: now });
            let to = Recipient { address: user.email.as_str().to_owned(), language: user.language, held: false };
            letters::post(self, &tx, &house.realm.name, to, &mail, now).await?;
        }
        let event = self.own_event(EventKind::AccountErased, &house.realm.name, now);
        tx.commit(&Event { user: Some(closing.user), ..event }).await?;
        Ok(true)
    }

    /// Forgets an account that was issued and never used, as if nobody had registered (SR-61): nobody was let in by it, so
    /// nobody is told. `false` when somebody used it meanwhile.
    pub(crate) async fn forget_unproven(
        &self,
        (realm, user): (&RealmName, UserId),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.store.begin().await?;
        let Some(account) = users::by_id(&tx, user).await? else { return Ok(false) };
        if !users::forget_unproven(&tx, user).await? {
            return Ok(false);
        }
        closings::rest(&tx, &self.resting(realm, &account.sign_in_key()), now + RESTS).await?;
        let event = self.own_event(EventKind::AccountForgotten, realm, now);
        tx.commit(&Event { user: Some(user), ..event }).await?;
        Ok(true)
    }

    /// Whether an address, or an issued identifier, was a closed account's a short while ago.
    pub(crate) async fn rests(
        &self,
        access: &impl Access,
        (realm, address): (&RealmName, &Canonical),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        closings::rests(access, &self.resting(realm, address), now).await
    }

    /// The name under which an address rests: keyed, so that nobody who reads the table can try addresses out.
    fn resting(&self, realm: &RealmName, address: &Canonical) -> Vec<u8> {
        let words = format!("resting address\n{realm}\n{}", address.as_str());
        hmac::sign(&self.codes, words.as_bytes()).as_ref().to_vec()
    }
}
