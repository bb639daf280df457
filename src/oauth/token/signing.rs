//! What a grant is worth now, signed. Nothing is written: a token of ours is verified by its signature and its grant.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::entropy;
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::protocol::client::Client;
use crate::protocol::client_authentication::AuthenticatedClient;
use crate::protocol::confirmation::Confirmation;
use crate::protocol::grant::Grant;
use crate::protocol::resource::Reach;
use crate::protocol::scope::{OPENID, Scope};
use crate::protocol::token::{AccessToken, Audience, IdToken, LeftHalf, Purpose, Stamp};
use crate::protocol::token_response::TokenResponse;
use crate::secret::Secret;

/// Who asks for an access token that comes alone: for a client itself, or on somebody's word.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// The request.
    pub(super) caller: &'a Caller,
    /// Its client.
    pub(super) client: &'a AuthenticatedClient,
    /// What the sender has proven possession of.
    pub(super) confirmation: Option<&'a Confirmation>,
}

impl Ask<'_> {
    /// A token of that reach, for whoever asks.
    pub(super) fn purpose(&self, reach: Reach) -> Purpose {
        let Reach { scope, resources } = reach;
        let audience = Audience::new(&self.caller.house.issuer, &scope, &resources);
        Purpose { scope, audience, confirmation: self.confirmation.cloned() }
    }
}

/// When an access token is made now, and its name.
pub(super) fn stamp(caller: &Caller) -> Stamp {
    let lifetime = caller.house.realm.tokens.access_token;
    Stamp { jti: entropy::nonce(&*caller.app.entropy), now: caller.arrival.now, lifetime }
}

/// Signs an access token that comes alone.
pub(super) fn sign_alone(caller: &Caller, client: &Client, token: &AccessToken) -> Result<TokenResponse, Fault> {
    let signed = caller.house.keys.sign(client.signs.access_token, token);
    let signed = signed.map_err(|fault| Fault::server("a token could not be signed", fault))?;
    let token_type = Confirmation::token_type(token.confirmation());
    Ok(TokenResponse::new(signed, token_type, token.lifetime(), None, None, token.scope().clone()))
}

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
