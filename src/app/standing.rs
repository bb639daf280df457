//! Whether an access token of ours still stands: its client, what it hangs on, and the token itself (SR-144, SR-163).

use std::sync::Arc;

use super::call::Call;
use crate::ids::UserId;
use crate::protocol::client::Client;
use crate::protocol::grant::Standing;
use crate::protocol::token::AccessToken;
use crate::store::held::{self, Held};
use crate::store::{StoreError, revoked};

/// What a token stands on.
pub(crate) struct Stands {
    /// The client that it was issued to.
    pub(crate) client: Arc<Client>,
    /// The grant, of the person that it speaks for; none where a client speaks for itself.
    pub(crate) held: Option<Held>,
}

impl Stands {
    /// The person that it speaks for.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.held.as_ref().map(Held::user)
    }
}

/// What the token stands on, if it does. Signature and time are checked already.
pub(crate) async fn stands(call: &Call, token: &AccessToken) -> Result<Option<Stands>, StoreError> {
    let (house, reads, now) = (&call.house, call.app.store.reads(), call.arrival.now);
    // A client that was removed from the realm's files is nobody's client from then on.
    let Some(client) = call.app.client(house, token.client_id().as_str()).await? else { return Ok(None) };
    let Some(grant) = token.grant_id() else {
        let revoked = revoked::contains(&reads, token.jti()).await?;
        return Ok((!revoked).then_some(Stands { client, held: None }));
    };
    let held = held::by_access_token(&reads, &house.realm.name, (grant, token.jti()), now).await?;
    let held = held.filter(|held| held.standing() == Standing::Sound);
    Ok(held.map(|held| Stands { client, held: Some(held) }))
}
