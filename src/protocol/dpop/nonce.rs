//! Nonces for DPoP proofs (RFC 9449 §8): with one, a proof was made after we said it, whatever the client's clock says.
//!
//! A nonce is a MAC over a step of time, so that no node has to remember those it gave and every node takes those of
//! others.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::{Duration, Timestamp};
use crate::ids::RealmName;
use crate::secret::Secret;

/// How long a nonce is the one that we say. It is good for one step more.
const STEP: Duration = Duration::from_mins(5);

/// Makes nonces, and knows those that are good.
pub(crate) struct Nonces(hmac::Key);

impl Nonces {
    /// With a key of ours.
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
    }

    /// The one to use from now on.
    pub(crate) fn fresh(&self, realm: &RealmName, now: Timestamp) -> String {
        let step = now.since(Timestamp::from_millis(0)).as_secs() / STEP.as_secs();
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, format!("{realm}\n{step}").as_bytes()))
    }

    /// Those that are good now: this step's, the last one's, and the next one's, for a node may be ahead of us.
    pub(crate) fn good(&self, realm: &RealmName, now: Timestamp) -> Vec<String> {
        [now, now - STEP, now + STEP].map(|moment| self.fresh(realm, moment)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_149_a_nonce_is_good_for_its_step_and_one_more_in_its_realm_on_every_node() {
        let (nonces, node) = (Nonces::new(&Secret::new([7; 32])), Nonces::new(&Secret::new([7; 32])));
        let stranger = Nonces::new(&Secret::new([8; 32]));
        let realm = |name: &str| name.parse::<RealmName>().unwrap();
        let given = Timestamp::from_seconds(1_800_000_000);
        let nonce = nonces.fresh(&realm("certinomis"), given);
        for (seconds, good) in [(0, true), (299, true), (300, true), (599, true), (600, false), (86_400, false)] {
            let later = given + Duration::from_secs(seconds);
            assert_eq!(node.good(&realm("certinomis"), later).contains(&nonce), good, "{seconds}");
        }
        // A node whose clock is behind ours takes what we gave.
        assert!(node.good(&realm("certinomis"), given - Duration::from_secs(1)).contains(&nonce));
        assert!(!node.good(&realm("certigna"), given).contains(&nonce));
        assert!(!stranger.good(&realm("certinomis"), given).contains(&nonce));
        assert_eq!(nonce.len(), 43);
    }
}
