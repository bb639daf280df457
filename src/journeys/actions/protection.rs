//! The first second factor of an account: whatever was opened without one, elsewhere, is over with it (SR-70).
//!
//! Somebody else who got in by the password alone would otherwise stay in, behind the very factor that keeps them out.

use crate::ids::UserId;
use crate::journeys::visit::Visit;
use crate::store::{StoreError, Tx};

/// Whether a factor that is added now is the account's first.
pub(crate) fn is_the_first(visit: &Visit) -> bool {
    visit.account.as_ref().is_none_or(|account| !visit.policy().has_second_factor(account))
}

/// Ends the other sessions of an account that is given its first second factor; this browser's goes on with it.
pub(crate) async fn ends_what_was_open(visit: &Visit, tx: &Tx, user: UserId) -> Result<(), StoreError> {
    if !is_the_first(visit) {
        return Ok(());
    }
    let here = visit.session().await?.filter(|session| session.authenticated.user() == user);
    match here {
        Some(here) => visit.app.end_other_sessions(tx, &visit.house, (user, here.id), visit.now()).await,
        None => visit.app.end_sessions_of(tx, &visit.house, user, visit.now()).await,
    }
}
