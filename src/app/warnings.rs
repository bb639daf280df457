//! Mails that tell the owner of an account what was done to it, each with a link that says « Ce n’est pas moi » (UX.md §3).
//!
//! The row of the link is written in the transaction that the mail tells of. What the link does is `journeys::not_me`'s.

use super::App;
use super::letters::{self, Recipient};
use super::second_factors::Acting;
use crate::clock::{Duration, days};
use crate::entropy;
use crate::ids::{SessionId, WarningId};
use crate::mail::message::{Mail, NotMe, Notice};
use crate::secret::Secret;
use crate::store::warnings::{self, Warning};
use crate::store::{StoreError, Tx};

/// Where the links land, below the realm.
pub(crate) const LANDING: &str = "not-me";
/// How long they are good.
const LIFE: Duration = days(7);

impl App {
    /// Tells the owner of something done to the account; the link closes every session and begins a recovery.
    pub(crate) async fn tell_owner(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        mail: impl FnOnce(Notice) -> Mail,
    ) -> Result<(), StoreError> {
        self.post_warning(tx, acting, None, mail).await
    }

    /// Tells the owner of a session in a browser that the account was never used in; the link closes that one.
    pub(crate) async fn tell_of_device(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        session: SessionId,
    ) -> Result<(), StoreError> {
        self.post_warning(tx, acting, Some(session), Mail::NewDevice).await
    }

    async fn post_warning(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        session: Option<SessionId>,
        mail: impl FnOnce(Notice) -> Mail,
    ) -> Result<(), StoreError> {
        let Acting { house, user, happened } = acting;
        let (token, ends) = (entropy::token(&*self.entropy), happened.at + LIFE);
        let link = Secret::new(format!("{}/{LANDING}?token={}", house.issuer, token.expose()));
        let mail = mail(Notice {
            first_name: user.first_name.as_str().to_owned(),
            identifier: user.identifier.clone(),
            recover: format!("{}/recover/password", house.issuer),
            not_me: Some(NotMe { link, ends }),
            happened,
        });
        let warning = Warning {
            id: WarningId::new(happened.at, &*self.entropy),
            realm: house.realm.name.clone(),
            user: user.id,
            email: user.email.as_str().to_owned(),
            token: token.hash(),
            about: mail.kind().to_owned(),
            session,
            happened_from: serde_json::to_string(&happened.browser).unwrap_or_default(),
            happened_at: happened.at,
            ends_at: ends,
            spent_at: None,
        };
        warnings::keep(tx, &warning).await?;
        let to = Recipient { address: user.email.as_str().to_owned(), language: user.language, held: false };
        letters::post(self, tx, &house.realm.name, to, &mail, happened.at).await.map(drop)
    }
}
