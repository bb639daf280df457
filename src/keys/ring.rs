//! A realm's signing keys in memory: which one signs, which ones are believed, which are published (RFC 7517 §5).
//!
//! Immutable: a change of keys makes another ring, so the published document is written once for each version.

use std::collections::BTreeSet;

use serde::Serialize;

use super::rotation::KeyState;
use super::signing::{Jwk, KeyFault, SigningKey};
use crate::ids::KeyId;
use crate::protocol::client::SigningAlgorithm;

/// The keys of a realm that are not retired.
pub(crate) struct KeyRing {
    keys: Vec<(KeyState, SigningKey)>,
    jwks: String,
}

#[derive(Serialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

impl KeyRing {
    /// A ring of these keys; retired ones are left out.
    pub(crate) fn new(mut keys: Vec<(KeyState, SigningKey)>) -> Result<Self, KeyFault> {
        keys.retain(|(state, _)| *state != KeyState::Retired);
        let public = JwkSet { keys: keys.iter().map(|(_, key)| key.jwk()).collect() };
        let jwks = serde_json::to_string(&public).map_err(|_| KeyFault::Unusable)?;
        Ok(Self { keys, jwks })
    }

    /// The key that signs with that algorithm.
    pub(super) fn signer(&self, algorithm: SigningAlgorithm) -> Option<&SigningKey> {
        let signing = |state, key: &SigningKey| state == KeyState::Active && key.algorithm() == algorithm;
        self.keys.iter().find(|(state, key)| signing(*state, key)).map(|(_, key)| key)
    }

    /// What it signs with: the algorithms of its active keys.
    pub(crate) fn algorithms(&self) -> BTreeSet<SigningAlgorithm> {
        let active = self.keys.iter().filter(|(state, _)| *state == KeyState::Active);
        active.map(|(_, key)| key.algorithm()).collect()
    }

    /// The key of that name, if it is believed. The next one is: another node may sign with it already.
    pub(super) fn verifier(&self, id: KeyId) -> Option<&SigningKey> {
        self.keys.iter().find(|(_, key)| key.id() == id).map(|(_, key)| key)
    }

    /// The JWKS document.
    pub(crate) fn jwks(&self) -> &str {
        &self.jwks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::signing::tests::key;

    #[test]
    fn sr_158_only_the_active_key_signs_and_only_retired_ones_are_forgotten() {
        use KeyState::{Active, Next, Retired, Retiring};
        let states = [Next, Active, Retiring, Retired];
        let keys = (0..).zip(states).map(|(n, state)| (state, key(n, SigningAlgorithm::ES256))).collect::<Vec<_>>();
        let ids: Vec<_> = keys.iter().map(|(_, key)| key.id()).collect();
        let ring = KeyRing::new(keys).unwrap();
        assert_eq!(ring.signer(SigningAlgorithm::ES256).map(SigningKey::id), Some(ids[1]));
        assert!(ring.signer(SigningAlgorithm::RS256).is_none());
        assert_eq!(ring.algorithms(), [SigningAlgorithm::ES256].into());
        for (id, believed) in ids.iter().zip([true, true, true, false]) {
            assert_eq!(ring.verifier(*id).is_some(), believed);
            assert_eq!(ring.jwks().contains(&id.to_string()), believed);
        }
    }
}
