//! `grant_type=client_credentials`: a client that acts for itself (RFC 6749 §4.4).
//!
//! Nothing but the audit trail is written: the token says who it is, and its signature that we said so. No refresh token,
//! for the client can ask again, and no ID token, for there is nobody to be identified.

use super::signing::{Ask, sign_alone, stamp};
use crate::event::EventKind;
use crate::oauth::fault::Fault;
use crate::protocol::resource::{Reach, Wish, of_client};
use crate::protocol::token::AccessToken;
use crate::protocol::token_response::TokenResponse;

/// Signs what the client may have.
pub(super) async fn issue(ask: Ask<'_>, wish: &Wish) -> Result<TokenResponse, Fault> {
    let Ask { caller, client, .. } = ask;
    let reach = of_client(client, wish, &caller.house.realm.resources).map_err(Fault::Client)?;
    let response = signed(ask, reach)?;
    let tx = caller.app.store.begin().await?;
    tx.commit(&caller.event_of(client, EventKind::ClientTokenIssued)).await?;
    Ok(response)
}

/// A token of that reach by which the client speaks for itself.
pub(super) fn signed(ask: Ask<'_>, reach: Reach) -> Result<TokenResponse, Fault> {
    let Ask { caller, client, .. } = ask;
    let purpose = ask.purpose(reach);
    let token = AccessToken::of_client(&caller.house.issuer, &client.client_id, purpose, &stamp(caller));
    sign_alone(caller, client, &token)
}
