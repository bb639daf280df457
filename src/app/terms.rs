//! Who owes the acceptance of which terms of use: asked wherever somebody would enter, and wherever tokens are renewed.

use super::App;
use super::houses::House;
use crate::authentication::attempt::Account;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::identity::terms::{self, Edition};
use crate::ids::UserId;
use crate::realm::model::Realm;
use crate::store::terms::accepted;
use crate::store::{Access, StoreError, users};

/// The editions in force that somebody has not accepted; nothing is read where the realm asks for none.
pub(crate) async fn owed<'r>(
    access: &impl Access,
    realm: &'r Realm,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<&'r Edition>, StoreError> {
    if !realm.requires(RequiredActionKind::AcceptTerms) || terms::in_force(&realm.terms, now).is_empty() {
        return Ok(Vec::new());
    }
    Ok(terms::owed(&realm.terms, &accepted(access, user).await?, now))
}

impl App {
    /// An account as `advance` sees it, with what its realm asks of it now.
    pub(crate) async fn account(
        access: &impl Access,
        house: &House,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let Some(account) = users::account(access, user).await? else { return Ok(None) };
        let owes_terms = !owed(access, &house.realm, user, now).await?.is_empty();
        Ok(Some(Account { owes_terms, ..account }))
    }
}
