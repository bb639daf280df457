//! Client secrets that must be known in clear: sealed for one client of one realm, and opened there alone (SR-159).
//!
//! The place is the client's name, not a row: the sealed text lives in a file that operators move and copy.

use super::sealing::{Place, SealFault, Sealer};
use crate::entropy::Entropy;
use crate::ids::RealmName;
use crate::protocol::client::ClientId;
use crate::protocol::sealed_secret::SealedSecret;
use crate::secret::Secret;

/// What is sealed here.
const KIND: &str = "clients.secret";

/// The secrets of a realm's clients.
#[derive(Clone, Copy)]
pub(crate) struct ClientSecrets<'a> {
    sealer: &'a Sealer,
    realm: &'a RealmName,
}

impl<'a> ClientSecrets<'a> {
    /// Those of that realm.
    pub(crate) const fn of(sealer: &'a Sealer, realm: &'a RealmName) -> Self {
        Self { sealer, realm }
    }

    /// Seals the secret of a client.
    pub(crate) fn seal(
        &self,
        client: &ClientId,
        secret: &Secret<String>,
        entropy: &dyn Entropy,
    ) -> Result<SealedSecret, SealFault> {
        let plain = Secret::new(secret.expose().clone().into_bytes());
        let place = Place { kind: KIND, id: &self.name(client) };
        self.sealer.seal(place, &plain, entropy).map(SealedSecret::new)
    }

    /// The secret of a client, in clear: the key of its HMACs.
    pub(crate) fn open(&self, client: &ClientId, sealed: &SealedSecret) -> Result<Secret<Vec<u8>>, SealFault> {
        self.sealer.open(Place { kind: KIND, id: &self.name(client) }, sealed.as_bytes())
    }

    /// A realm's name has no slash, so no two clients share one.
    fn name(&self, client: &ClientId) -> String {
        format!("{}/{client}", self.realm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::keys::master::tests::master;

    #[test]
    fn sr_159_a_client_secret_opens_for_its_client_with_its_master_key_only() {
        let (sealer, other_key) = (Sealer::new(&master(1), &[]), Sealer::new(&master(2), &[]));
        let (realm, other_realm) = ("certinomis".parse().unwrap(), "other".parse().unwrap());
        let (client, other_client) = (ClientId::new("portal"), ClientId::new("shop"));
        let secret = Secret::new("c2VjcmV0LW9mLTI1Ni1iaXRzLW1hZGUtYnktdXM".to_owned());
        let record = ClientSecrets::of(&sealer, &realm).seal(&client, &secret, &SeededEntropy::new(1)).unwrap();
        let written = record.to_string();
        let read = SealedSecret::parse(&written).unwrap();
        for (sealer, realm, client, verdict) in [
            (&sealer, &realm, &client, Ok(secret.expose().clone().into_bytes())),
            (&sealer, &realm, &other_client, Err(SealFault::Broken)),
            (&sealer, &other_realm, &client, Err(SealFault::Broken)),
            (&other_key, &realm, &client, Err(SealFault::UnknownKey(master(1).fingerprint()))),
        ] {
            let opened = ClientSecrets::of(sealer, realm).open(client, &read);
            assert_eq!(opened.map(|secret| secret.expose().clone()), verdict, "{realm} {client}");
        }
    }
}
