//! The public keys of a relying party, wherever they are: in its registration, or where it publishes them.
//!
//! A signature by a key that we do not know makes us look again, once, and no more often than `outbound` allows: so a
//! client may change its keys whenever it likes (OpenID Connect Core §10.1.1).

use super::App;
use super::houses::House;
use crate::clock::Timestamp;
use crate::keys::foreign::jwk_set::{KeySetFault, PublicKeys};
use crate::keys::foreign::{Expectation, Kind, Opened, Refused, Signer, open};
use crate::outbound::{Purpose, Unreachable, Wanted};
use crate::protocol::client::{Client, PublishedKeys};
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::thumbprint::Thumbprint;

/// Where a client's keys are looked for.
#[derive(Clone, Copy)]
pub(crate) struct ClientKeys<'a> {
    app: &'a App,
    house: &'a House,
    client: &'a Client,
    now: Timestamp,
}

/// Why there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoKeys {
    /// The client registered none.
    #[error("the client has no keys")]
    Unregistered,
    /// Its `jwks_uri` cannot be reached.
    #[error("the client's jwks_uri: {0}")]
    Unreachable(#[from] Unreachable),
    /// What is there is no set of keys.
    #[error("the client's keys: {0}")]
    Unreadable(#[from] KeySetFault),
}

/// Why a client's token cannot be opened. For the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unopened {
    /// There is nothing to open it with.
    #[error(transparent)]
    NoKeys(#[from] NoKeys),
    /// It is not the client's.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl App {
    /// The keys of that client of that realm.
    pub(crate) const fn client_keys<'a>(
        &'a self,
        house: &'a House,
        client: &'a Client,
        now: Timestamp,
    ) -> ClientKeys<'a> {
        ClientKeys { app: self, house, client, now }
    }
}

impl ClientKeys<'_> {
    /// Opens a token that the client signed with one of its keys, by one of these algorithms.
    pub(crate) async fn open(
        &self,
        token: &str,
        kind: Kind,
        algorithms: &[ClientAlgorithm],
    ) -> Result<Opened, Unopened> {
        let with = |keys: &PublicKeys| open(token, &Expectation { kind, algorithms, signer: Signer::Keys(keys) });
        match with(&self.known().await?) {
            Err(Refused::UnknownKey) if self.address().is_some() => Ok(with(&self.anew().await?)?),
            opened => Ok(opened?),
        }
    }

    /// The keys, looked up again if that one is not among them.
    pub(crate) async fn with(&self, key: &Thumbprint) -> Result<PublicKeys, NoKeys> {
        let known = self.known().await?;
        if known.hold(key) || self.address().is_none() { Ok(known) } else { self.anew().await }
    }

    async fn known(&self) -> Result<PublicKeys, NoKeys> {
        match &self.client.keys {
            PublishedKeys::None => Err(NoKeys::Unregistered),
            PublishedKeys::Inline(set) => Ok(PublicKeys::read(set.as_bytes())?),
            PublishedKeys::At(address) => {
                let document = self.app.documents.get(self.wanted(&self.name(), address.as_str())).await?;
                Ok(PublicKeys::read(document.bytes())?)
            }
        }
    }

    async fn anew(&self) -> Result<PublicKeys, NoKeys> {
        let address = self.address().ok_or(NoKeys::Unregistered)?;
        let document = self.app.documents.refetch(self.wanted(&self.name(), address)).await?;
        Ok(PublicKeys::read(document.bytes())?)
    }

    fn address(&self) -> Option<&str> {
        if let PublishedKeys::At(address) = &self.client.keys { Some(address.as_str()) } else { None }
    }

    /// Clients of different realms may have one name; a realm's name has no slash.
    fn name(&self) -> String {
        format!("{}/{}", self.house.realm.name, self.client.client_id)
    }

    const fn wanted<'a>(&self, client: &'a str, address: &'a str) -> Wanted<'a> {
        Wanted { client, purpose: Purpose::Jwks, address, now: self.now }
    }
}
