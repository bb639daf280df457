//! Whose accounts a recovery may be about, found with the same statements for everything that may be typed (SR-4).

use crate::identity::identifier::Canonical;
use crate::identity::user::User;
use crate::realm::model::Realm;
use crate::store::{StoreError, Tx, users};

/// Most accounts of one address that one mail leads to, the newest; whoever has more gives the identifier.
const MOST: usize = 10;

/// The account of what was typed, or those of that address: where an address is no identifier, several people may share
/// one, or one person have several accounts. The newest first.
pub(super) async fn of_typed(tx: &Tx, realm: &Realm, typed: &Canonical) -> Result<Vec<User>, StoreError> {
    let named = users::by_identifier(tx, &realm.name, typed).await?;
    // Asked whatever was found: a statement for some alone would be told by a stopwatch.
    let of_address = users::by_email(tx, &realm.name, typed).await?;
    let found = named.map_or_else(|| of_address.into_iter().rev().collect(), |user| vec![user]);
    Ok(found.into_iter().filter(User::is_active).take(MOST).collect())
}

/// The accounts whose identifiers a mail to that address may list: those that have proven it (SR-59). The oldest first.
pub(super) async fn of_proven_address(tx: &Tx, realm: &Realm, address: &Canonical) -> Result<Vec<User>, StoreError> {
    let mut found = users::by_email(tx, &realm.name, address).await?;
    found.retain(|user| user.is_active() && user.email_verified_at.is_some());
    Ok(found)
}
