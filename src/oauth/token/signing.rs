//! What a grant is worth now, signed. Nothing is written: a token of ours is verified by its signature and its grant.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::entropy;
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::protocol::client::Client;
use crate::protocol::confirmation::Confirmation;
use crate::protocol::grant::Grant;
use crate::protocol::scope::{OPENID, Scope};
use crate::protocol::token::{AccessToken, Audience, IdToken, LeftHalf, Purpose, Stamp};
use crate::protocol::token_response::TokenResponse;
use crate::secret::Secret;

/// Tokens to be made out of a person's grant.
pub(super) struct Issue<'a> {
    /// What was given.
    pub(super) grant: &'a Grant,
    /// How far the tokens reach.
    pub(super) scope: Scope,
    /// What the tokens are for.
    pub(super) resources: BTreeSet<String>,
    /// What the ID token says of the person, because it was asked for.
    pub(super) told: Map<String, Value>,
    /// `nonce` of the request, for the first ID token.
    pub(super) nonce: Option<String>,
    /// The refresh token that goes with them.
    pub(super) refresh: Option<Secret<String>>,
    /// What the sender has proven possession of.
    pub(super) confirmation: Option<Confirmation>,
}

/// Signs an access token and, within the scope `openid`, an ID token.
pub(super) fn sign(caller: &Caller, client: &Client, issue: Issue<'_>) -> Result<TokenResponse, Fault> {
    let Issue { grant, scope, resources, told, nonce, refresh, confirmation } = issue;
    let (house, now) = (&caller.house, caller.arrival.now);
    let (tokens, signs) = (&house.realm.tokens, &client.signs);
    let failed = |fault| Fault::server("a token could not be signed", fault);
    let stamp = |lifetime| Stamp { jti: entropy::nonce(&*caller.app.entropy), now, lifetime };
    let token_type = Confirmation::token_type(confirmation.as_ref());
    let audience = Audience::new(&house.issuer, &scope, &resources);
    let purpose = Purpose { scope: scope.clone(), audience, confirmation };
    let access = AccessToken::of_grant(&house.issuer, grant, purpose, &stamp(tokens.access_token));
    let access = house.keys.sign(signs.access_token, &access).map_err(failed)?;
    let id_token = if scope.contains(OPENID) {
        let at_hash = LeftHalf::of(signs.id_token, access.expose());
        let id_token = IdToken::new(&house.issuer, grant, nonce, at_hash, &stamp(tokens.id_token));
        Some(house.keys.sign(signs.id_token, &id_token.telling(told)).map_err(failed)?)
    } else {
        None
    };
    Ok(TokenResponse::new(access, token_type, tokens.access_token, refresh, id_token, scope))
}
