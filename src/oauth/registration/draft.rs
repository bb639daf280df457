//! A registration as it would be kept: the client's file, judged, and the secret that it begins with.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::code::Code;
use crate::entropy;
use crate::keys::client_secret::ClientSecrets;
use crate::keys::foreign::jwk_set::PublicKeys;
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::protocol::client::{Client, ClientAuthenticationMethod, ClientId, PublishedKeys};
use crate::protocol::error::Error;
use crate::realm::check::written_hash;
use crate::realm::registration::answer;
use crate::realm::registration::judge;
use crate::realm::registration::request::Asked;
use crate::secret::Secret;

/// Such a registration.
pub(super) struct Draft {
    /// What it means.
    pub(super) client: Client,
    /// The text of its file.
    pub(super) document: String,
    /// What it says of itself for others to read, as JSON.
    pub(super) particulars: String,
    /// The secret that was made for it (SR-146: 256 bits, told once).
    pub(super) secret: Option<Secret<String>>,
}

impl Draft {
    /// Judges what is asked, for a client of that name; `known` is what it was before, whose secrets stay when they fit.
    pub(super) fn new(
        caller: &Caller,
        client_id: &str,
        asked: &Asked<'_>,
        known: Option<&Arc<Client>>,
    ) -> Result<Self, Fault> {
        let mut kept = known.map(|known| secrets_of(known, asked.method)).unwrap_or_default();
        let mut secret = None;
        if asked.method.has_secret() && kept.is_empty() {
            let made = entropy::token(&*caller.app.entropy);
            kept = vec![written(caller, client_id, asked.method, &made)?];
            secret = Some(made);
        }
        let document = asked.document(client_id, &kept).map_err(Fault::Client)?;
        let client = judge(client_id, &document, caller.house.realm.askable()).map_err(Fault::Client)?;
        can_be_served(caller, &client)?;
        let particulars = Value::Object(asked.particulars()).to_string();
        Ok(Self { client, document, particulars, secret })
    }

    /// What is told of it.
    pub(super) fn metadata(&self) -> Map<String, Value> {
        // Written above, or out of the database: an object.
        let particulars = serde_json::from_str(&self.particulars).unwrap_or_default();
        answer::metadata(&self.client, &self.document, particulars)
    }
}

/// A hash is no use to a method that needs the secret in clear, nor the other way round.
fn secrets_of(known: &Client, method: ClientAuthenticationMethod) -> Vec<String> {
    match method {
        ClientAuthenticationMethod::ClientSecretJwt => known.sealed_secrets.iter().map(ToString::to_string).collect(),
        _ if method.has_secret() => known.secrets.iter().map(written_hash).collect(),
        _ => Vec::new(),
    }
}

/// A secret as files hold it.
fn written(
    caller: &Caller,
    client_id: &str,
    method: ClientAuthenticationMethod,
    secret: &Secret<String>,
) -> Result<String, Fault> {
    if method != ClientAuthenticationMethod::ClientSecretJwt {
        return Ok(written_hash(&secret.hash()));
    }
    let (app, realm) = (&caller.app, &caller.house.realm.name);
    let sealed = ClientSecrets::of(&app.sealer, realm).seal(&ClientId::new(client_id), secret, &*app.entropy);
    sealed
        .map(|sealed| sealed.to_string())
        .map_err(|fault| Fault::server("a client's secret could not be sealed", fault))
}

/// What is registered works: there is a key for each algorithm it names, and its own keys can be used.
fn can_be_served(caller: &Caller, client: &Client) -> Result<(), Fault> {
    let refuse = |why| Err(Fault::Client(Error::invalid_client_metadata(why)));
    let ours = caller.house.keys.algorithms();
    if client.signs.algorithms().any(|algorithm| !ours.contains(&algorithm)) {
        return refuse("there is no key for a signing algorithm yet");
    }
    if client.authentication.shows_certificate() && caller.house.alias.is_none() {
        return refuse("certificates are asked for nowhere here");
    }
    if let PublishedKeys::Inline(keys) = &client.keys
        && PublicKeys::read(keys.as_bytes()).is_err()
    {
        return refuse(Code::E0214.title());
    }
    Ok(())
}
