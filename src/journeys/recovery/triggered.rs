//! A reset that an operator causes: the mail that its owner could have asked for, and nothing that the operator could use.
//!
//! The operator learns neither the link nor the code, and chooses no password (SR-31): both leave by mail only, to the
//! address as it is stored (SR-55). What holds for an asked link holds for this one, the question behind it included.

use super::ask::Secrets;
use crate::app::App;
use crate::app::houses::House;
use crate::app::letters::{self, Recipient};
use crate::event::{Event, EventKind};
use crate::identity::user::User;
use crate::ids::FlowId;
use crate::journeys::link::codes;
use crate::mail::browser::Browser;
use crate::mail::message::{Mail, Occasion, ResetPassword};
use crate::secret::Secret;
use crate::store::links::{self, Link};
use crate::store::{StoreError, Tx};

/// Makes the link and queues its mail; returns what happened.
pub(crate) async fn send(app: &App, house: &House, tx: &Tx, user: &User) -> Result<Event, StoreError> {
    let (realm, now) = (&house.realm, app.clock.now());
    let (secrets, nobodys) = (Secrets::new(app, now), Browser::read(""));
    links::void_of_user(tx, Some(user.id), now).await?;
    // No page waits for it: the journey begins in the browser that opens the link.
    let link = Link {
        code: codes::keyed(app, secrets.id, &secrets.code),
        user: Some(user.id),
        requested_from: codes::written(nobodys),
        ..secrets.link(realm, &user.email, FlowId::new(now, &*app.entropy), now)
    };
    links::insert(tx, &link).await?;
    let mail = Mail::ResetPassword(ResetPassword {
        first_name: user.first_name.as_str().to_owned(),
        identifier: user.identifier.clone(),
        link: Secret::new(format!("{}/link?token={}", house.issuer, secrets.token.expose())),
        code: secrets.code,
        ends: link.expires_at,
        asked: Occasion { at: now, browser: nobodys },
    });
    let to = Recipient { address: user.email.as_str().to_owned(), language: user.language, held: false };
    letters::post(app, tx, &realm.name, to, &mail, now).await?;
    Ok(Event { user: Some(user.id), ..app.own_event(EventKind::AccountResetSent, &realm.name, now) })
}
