//! The end of sessions: together with what was granted in them, and with word to whoever was given something there.
//!
//! Clients that want to hear of it are queued a notice in the transaction that ends the session (Back-Channel Logout
//! §2.5); what the browser itself has to load is a [`Farewell`] (Front-Channel Logout §3). Every ending goes through here.

use std::collections::BTreeSet;

use url::Url;

use super::App;
use super::houses::House;
use crate::clock::Timestamp;
use crate::ids::{NoticeId, SessionId, UserId};
use crate::protocol::logout_notice;
use crate::store::notices::{self, Party};
use crate::store::{StoreError, Tx, sessions};

/// Addresses of clients that the browser whose session ended is to load in frames.
#[derive(Debug, Clone, Default)]
pub(crate) struct Farewell {
    /// Each with `iss` and `sid`.
    pub(crate) frames: BTreeSet<Url>,
}

impl App {
    /// Ends one session (SR-166).
    pub(crate) async fn end_session(
        &self,
        tx: &Tx,
        house: &House,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Farewell, StoreError> {
        let parties = sessions::end(tx, session, now).await?;
        self.tell(tx, house, &parties, now).await
    }

    /// Ends all sessions of an account; its browsers are elsewhere and load nothing.
    pub(crate) async fn end_sessions_of(
        &self,
        tx: &Tx,
        house: &House,
        user: UserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let parties = sessions::end_all(tx, user, now).await?;
        self.tell(tx, house, &parties, now).await.map(drop)
    }

    /// Ends all sessions of an account but the one in which its person says so (SR-30, SR-103).
    pub(crate) async fn end_other_sessions(
        &self,
        tx: &Tx,
        house: &House,
        (user, kept): (UserId, SessionId),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let parties = sessions::end_others(tx, user, kept, now).await?;
        self.tell(tx, house, &parties, now).await.map(drop)
    }

    /// Ends the sessions of an account that were proven with that certificate (SR-95); how many these were.
    pub(crate) async fn end_sessions_with(
        &self,
        tx: &Tx,
        house: &House,
        (user, sha256): (UserId, &str),
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let open = sessions::proven_with(tx, user, sha256).await?;
        for session in &open {
            self.end_session(tx, house, *session, now).await?;
        }
        Ok(open.len())
    }

    /// Ends a session whose time is over; whether it was there to be ended.
    pub(crate) async fn expire_session(
        &self,
        tx: &Tx,
        house: &House,
        session: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(parties) = sessions::expire(tx, session, now).await? else { return Ok(false) };
        self.tell(tx, house, &parties, now).await.map(|_| true)
    }

    async fn tell(
        &self,
        tx: &Tx,
        house: &House,
        parties: &BTreeSet<Party>,
        now: Timestamp,
    ) -> Result<Farewell, StoreError> {
        let mut farewell = Farewell::default();
        for party in parties {
            let Some(client) = Self::client_in(tx, house, party.client_id.as_str()).await? else { continue };
            if let Some(address) = &client.logout.back_channel {
                let (id, host) = (NoticeId::new(now, &*self.entropy), address.uri.host_str().unwrap_or_default());
                notices::queue(tx, id, &house.realm.name, party, host, now).await?;
            }
            let address = client.logout.front_channel.as_ref();
            farewell.frames.extend(address.map(|to| logout_notice::frame(&to.uri, &house.issuer, party.sid)));
        }
        Ok(farewell)
    }
}
