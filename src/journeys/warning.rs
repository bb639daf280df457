//! Mails that warn the owner of an account, all in one shape (SR-20, SR-58): what happened here and now, and the way to
//! a new password.

use super::caller::Caller;
use crate::app::letters::{self, Recipient};
use crate::identity::user::User;
use crate::mail::message::{Mail, Notice};
use crate::store::{StoreError, Tx};

/// Tells the owner; where there is none the same row is written, and held back (ADR 0007).
pub(crate) async fn warn(
    caller: &Caller,
    tx: &Tx,
    owner: Option<&User>,
    mail: impl FnOnce(Notice) -> Mail,
) -> Result<(), StoreError> {
    let mail = mail(Notice {
        first_name: owner.map(|owner| owner.first_name.as_str().to_owned()).unwrap_or_default(),
        recover: caller.address("recover/password"),
        happened: caller.occasion(),
    });
    let to = Recipient {
        address: owner.map(|owner| owner.email.as_str().to_owned()).unwrap_or_default(),
        language: owner.map_or(caller.language, |owner| owner.language),
        held: owner.is_none(),
    };
    letters::post(&caller.app, tx, &caller.house.realm.name, to, &mail, caller.now()).await.map(drop)
}
