//! Whether an access token of ours still stands: its client, what it hangs on, and the token itself (SR-144, SR-163).

use std::sync::Arc;

use super::caller::Caller;
use crate::ids::{GrantId, UserId};
use crate::protocol::client::Client;
use crate::protocol::grant::Standing;
use crate::protocol::token::AccessToken;
use crate::store::{StoreError, grants, revoked};

/// What a token stands on.
pub(super) struct Stands {
    /// The client that it was issued to.
    pub(super) client: Arc<Client>,
    /// The person that it speaks for, and the grant; none where a client speaks for itself.
    pub(super) holder: Option<(UserId, GrantId)>,
}

impl Stands {
    /// The person that it speaks for.
    pub(super) fn user(&self) -> Option<UserId> {
        self.holder.map(|(user, _)| user)
    }
}

/// What the token stands on, if it does. Signature and time are checked already.
pub(super) async fn stands(caller: &Caller, token: &AccessToken) -> Result<Option<Stands>, StoreError> {
    let (house, reads) = (&caller.house, caller.app.store.reads());
    // A client that was removed from the realm's files is nobody's client from then on.
    let Some(client) = caller.app.client(house, token.client_id().as_str()).await? else { return Ok(None) };
    let holder = match token.grant_id() {
        None => None,
        Some(grant) => match grants::held(&reads, &house.realm.name, grant, caller.arrival.now).await? {
            Some((user, Standing::Sound)) => Some((user, grant)),
            _ => return Ok(None),
        },
    };
    let revoked = revoked::contains(&reads, token.jti()).await?;
    Ok((!revoked).then_some(Stands { client, holder }))
}
