//! Mails that warn the owner of an account (SR-20, SR-58), all in one shape: what happened here and now, and what to press.

use super::caller::Caller;
use crate::app::letters::{self, Recipient};
use crate::app::second_factors::Acting;
use crate::identity::user::User;
use crate::ids::SessionId;
use crate::mail::message::{Mail, Notice};
use crate::store::{StoreError, Tx};

/// Tells the owner of something that was done, with the link that says « Ce n’est pas moi ».
pub(crate) async fn tell(
    caller: &Caller,
    tx: &Tx,
    owner: &User,
    mail: impl FnOnce(Notice) -> Mail,
) -> Result<(), StoreError> {
    caller.app.tell_owner(tx, acting(caller, owner), mail).await
}

/// Tells the owner of a session in a browser that is new to the account, with the link that closes it.
pub(crate) async fn tell_of_device(
    caller: &Caller,
    tx: &Tx,
    owner: &User,
    session: SessionId,
) -> Result<(), StoreError> {
    caller.app.tell_of_device(tx, acting(caller, owner), session).await
}

fn acting<'a>(caller: &'a Caller, user: &'a User) -> Acting<'a> {
    Acting { house: &caller.house, user, happened: caller.occasion() }
}

/// Tells the owner of something that was tried, with the way to a new password; where there is no owner the same row is
/// written, and held back (ADR 0007).
pub(crate) async fn warn(
    caller: &Caller,
    tx: &Tx,
    owner: Option<&User>,
    mail: impl FnOnce(Notice) -> Mail,
) -> Result<(), StoreError> {
    let mail = mail(Notice {
        first_name: owner.map(|owner| owner.first_name.as_str().to_owned()).unwrap_or_default(),
        identifier: owner.and_then(|owner| owner.identifier.clone()),
        recover: caller.address("recover/password"),
        not_me: None,
        happened: caller.occasion(),
    });
    let to = Recipient {
        address: owner.map(|owner| owner.email.as_str().to_owned()).unwrap_or_default(),
        language: owner.map_or(caller.language, |owner| owner.language),
        held: owner.is_none(),
    };
    letters::post(&caller.app, tx, &caller.house.realm.name, to, &mail, caller.now()).await.map(drop)
}
