//! Whose accounts a recovery may be about, found with the same statement for everything that may be typed (SR-4).

use crate::identity::identifier::Canonical;
use crate::identity::user::User;
use crate::realm::model::Realm;
use crate::store::{StoreError, Tx, users};

/// Most accounts of one address that one mail leads to, the newest; whoever has more gives the identifier.
const MOST: usize = 10;

/// The account of what was typed, or those of that address: where an address is no identifier, several people may share
/// one, or one person have several accounts. The newest first.
pub(super) async fn of_typed(tx: &Tx, realm: &Realm, typed: &Canonical) -> Result<Vec<User>, StoreError> {
    let mut found = users::named_or_of_address(tx, &realm.name, typed).await?;
    found.retain(User::is_active);
    found.reverse();
    found.truncate(MOST);
    Ok(found)
}

/// The accounts whose identifiers a mail to that address may list: those that have proven it (SR-59). The oldest first.
pub(super) async fn of_proven_address(tx: &Tx, realm: &Realm, address: &Canonical) -> Result<Vec<User>, StoreError> {
    let mut found = users::by_email(tx, &realm.name, address).await?;
    found.retain(|user| user.is_active() && user.email_verified_at.is_some());
    Ok(found)
}
