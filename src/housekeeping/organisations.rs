//! What becomes of organisations when its time has come: people are told by mail that an invitation ends, and that they were
//! named as contacts, where that could not be said at once; VIES is asked again about numbers that it did not answer for.

use crate::app::App;
use crate::app::vat_checks::Turn;
use crate::clock::{Duration, hours};
use crate::store::{StoreError, contacts, invitations};

/// How long whoever names contacts has time to tell them: the mails of that request are under way.
const AT_ONCE: Duration = hours(1);

/// Most numbers that VIES is asked about at one go: fewer than our share of a second, for whoever fills in a form comes first.
const VIES_AT_ONCE: usize = 4;

/// Asks VIES again about the numbers whose turn it is; how many turns were taken. Once it is silent itself, the others keep
/// theirs.
pub(crate) async fn ask_vies(app: &App) -> Result<usize, StoreError> {
    for taken in 0..VIES_AT_ONCE {
        match app.ask_vies_again().await? {
            Turn::Nobodys => return Ok(taken),
            Turn::Silent => return Ok(taken + 1),
            Turn::Taken => {}
        }
    }
    Ok(VIES_AT_ONCE)
}

/// Reminds people of invitations that come to their end; how many mails that made.
pub(crate) async fn remind(app: &App) -> Result<u64, StoreError> {
    let mut reminded = 0;
    for id in invitations::near_their_end(&app.store.reads(), app.clock.now()).await? {
        reminded += u64::from(app.remind_of_invitation(id, app.clock.now()).await?);
    }
    Ok(reminded)
}

/// Tells whom somebody else has named and nobody told so; of how many organisations.
pub(crate) async fn tell(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let mut told = 0;
    for (realm, organisation) in contacts::with_untold(&app.store.reads(), now - AT_ONCE).await? {
        told += u64::from(app.tell_contacts_late((&realm, organisation), now).await?);
    }
    Ok(told)
}
