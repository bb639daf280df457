//! Whether an access token of ours still stands: its client, what it hangs on, and the token itself (SR-144, SR-163).

use std::sync::Arc;

use super::caller::Caller;
use crate::ids::UserId;
use crate::protocol::client::Client;
use crate::protocol::grant::Standing;
use crate::protocol::token::AccessToken;
use crate::store::{StoreError, grants, revoked};

/// What a token stands on.
pub(super) struct Stands {
    /// The client that it was issued to.
    pub(super) client: Arc<Client>,
    /// The person that it speaks for; none where a client speaks for itself.
    pub(super) user: Option<UserId>,
}

/// What the token stands on, if it does. Signature and time are checked already.
pub(super) async fn stands(caller: &Caller, token: &AccessToken) -> Result<Option<Stands>, StoreError> {
    let (house, reads) = (&caller.house, caller.app.store.reads());
    // A client that was removed from the realm's files is nobody's client from then on.
    let Some(client) = caller.app.client(house, token.client_id().as_str()).await? else { return Ok(None) };
    let user = match token.grant_id() {
        None => None,
        Some(grant) => match grants::held(&reads, &house.realm.name, grant, caller.arrival.now).await? {
            Some((user, Standing::Sound)) => Some(user),
            _ => return Ok(None),
        },
    };
    let revoked = revoked::contains(&reads, token.jti()).await?;
    Ok((!revoked).then_some(Stands { client, user }))
}
