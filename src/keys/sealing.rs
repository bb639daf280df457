//! Sealing at rest: AES-256-GCM over one record, readable only with the master key and only in its own place (SR-159).
//!
//! A sealed record names the master key it was sealed with, so several can be open at once while records are wrapped
//! anew. Each record has a key of its own, derived with 16 random bytes: together with the nonce 224 random bits stand
//! against a repetition, however many records there are.
//!
//! Form: format (1 byte, 1) · fingerprint (8) · salt (16) · nonce (12) · ciphertext and tag.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::master::{Fingerprint, MasterKey, Purpose, derive};
use crate::entropy::{self, Entropy};
use crate::secret::Secret;

const FORMAT: u8 = 1;
const FINGERPRINT: usize = 8;
const SALT: usize = 16;
const NONCE: usize = 12;

/// What a record is: part of what is authenticated, so that a sealed value cannot be moved to another column or row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The table and column, or another stable name.
    pub(crate) kind: &'static str,
    /// The record's identifier.
    pub(crate) id: &'a str,
}

/// Seals with the current master key, and opens what it or an earlier one sealed.
pub(crate) struct Sealer {
    current: Sealing,
    earlier: Vec<Sealing>,
}

struct Sealing {
    fingerprint: Fingerprint,
    key: Secret<[u8; 32]>,
}

/// Why a sealed record stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealFault {
    /// More than AES-GCM takes.
    #[error("too large to be sealed")]
    TooLarge,
    /// Cut short, or of another format.
    #[error("not a sealed record")]
    Malformed,
    /// Sealed with a master key that is not at hand.
    #[error("sealed with another master key: {0}")]
    UnknownKey(Fingerprint),
    /// Altered, or moved from another place.
    #[error("the sealed record does not belong here or was altered")]
    Broken,
}

impl Sealer {
    /// A sealer for `current` that still opens what the `earlier` keys sealed.
    pub(crate) fn new(current: &MasterKey, earlier: &[MasterKey]) -> Self {
        Self { current: Sealing::of(current), earlier: earlier.iter().map(Sealing::of).collect() }
    }

    /// Seals `plain` for that place.
    pub(crate) fn seal(
        &self,
        place: Place<'_>,
        plain: &Secret<Vec<u8>>,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealFault> {
        let (salt, nonce) = (entropy::bytes::<SALT>(entropy), entropy::bytes::<NONCE>(entropy));
        let mut body = Zeroizing::new(plain.expose().clone());
        let nonce_once = Nonce::assume_unique_for_key(nonce);
        let key = self.current.record_key(&salt).ok_or(SealFault::TooLarge)?;
        let tag = key.seal_in_place_separate_tag(nonce_once, place.authenticated(), &mut body);
        let tag = tag.map_err(|_| SealFault::TooLarge)?;
        let fingerprint = self.current.fingerprint;
        Ok([&[FORMAT], fingerprint.as_bytes().as_slice(), &salt, &nonce, &body, tag.as_ref()].concat())
    }

    /// Opens what was sealed for that place.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealFault> {
        let parts = Parts::of(sealed)?;
        let known =
            std::iter::once(&self.current).chain(&self.earlier).find(|key| key.fingerprint == parts.fingerprint);
        let key = known.ok_or(SealFault::UnknownKey(parts.fingerprint))?;
        let key = key.record_key(parts.salt).ok_or(SealFault::Broken)?;
        let mut body = Zeroizing::new(parts.body.to_owned());
        let plain = key.open_in_place(Nonce::assume_unique_for_key(*parts.nonce), place.authenticated(), &mut body);
        plain.map(|plain| Secret::new(plain.to_owned())).map_err(|_| SealFault::Broken)
    }
}

impl Sealing {
    fn of(master: &MasterKey) -> Self {
        Self { fingerprint: master.fingerprint(), key: master.derive(Purpose::Seal) }
    }

    fn record_key(&self, salt: &[u8; SALT]) -> Option<LessSafeKey> {
        let key = derive(self.key.expose(), &[b"guichet/1/record", salt]);
        UnboundKey::new(&AES_256_GCM, key.expose()).ok().map(LessSafeKey::new)
    }
}

impl Place<'_> {
    /// Kind and identifier with a byte between them that neither contains.
    fn authenticated(self) -> Aad<Vec<u8>> {
        Aad::from([self.kind.as_bytes(), &[0], self.id.as_bytes()].concat())
    }
}

/// A sealed record, cut into its parts.
struct Parts<'a> {
    fingerprint: Fingerprint,
    salt: &'a [u8; SALT],
    nonce: &'a [u8; NONCE],
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(sealed: &'a [u8]) -> Result<Self, SealFault> {
        let cut = || {
            let rest = sealed.strip_prefix(&[FORMAT])?;
            let (fingerprint, rest) = rest.split_at_checked(FINGERPRINT)?;
            let (salt, rest) = rest.split_first_chunk()?;
            let (nonce, body) = rest.split_first_chunk()?;
            Some(Self { fingerprint: Fingerprint::from_bytes(fingerprint)?, salt, nonce, body })
        };
        cut().ok_or(SealFault::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::keys::master::tests::master;

    const HERE: Place<'_> = Place { kind: "outbox.payload", id: "1" };

    fn secret() -> Secret<Vec<u8>> {
        Secret::new(b"tilleul-brouette-42".to_vec())
    }

    #[test]
    fn sr_159_what_is_sealed_opens_in_its_own_place_only() {
        let sealer = Sealer::new(&master(1), &[]);
        let record = sealer.seal(HERE, &secret(), &SeededEntropy::new(1)).unwrap();
        assert!(!record.windows(7).any(|window| window == b"tilleul"));
        for (place, verdict) in [
            (HERE, Ok(secret().expose().clone())),
            (Place { id: "2", ..HERE }, Err(SealFault::Broken)),
            (Place { kind: "keys.private", ..HERE }, Err(SealFault::Broken)),
        ] {
            assert_eq!(sealer.open(place, &record).map(|plain| plain.expose().clone()), verdict, "{place:?}");
        }
    }

    #[test]
    fn sr_159_an_altered_or_cut_record_stays_closed() {
        let sealer = Sealer::new(&master(1), &[]);
        let record = sealer.seal(HERE, &secret(), &SeededEntropy::new(1)).unwrap();
        for index in 0..record.len() {
            let mut altered = record.clone();
            altered[index] ^= 1;
            assert!(sealer.open(HERE, &altered).is_err(), "byte {index}");
            assert!(sealer.open(HERE, &record[..index]).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn sr_160_another_master_key_opens_nothing_and_is_told_apart() {
        let record = Sealer::new(&master(1), &[]).seal(HERE, &secret(), &SeededEntropy::new(1)).unwrap();
        let fault = Sealer::new(&master(2), &[]).open(HERE, &record).unwrap_err();
        assert_eq!(fault, SealFault::UnknownKey(master(1).fingerprint()));
    }

    #[test]
    fn sr_159_sealing_twice_never_gives_the_same_bytes() {
        let (sealer, entropy) = (Sealer::new(&master(1), &[]), SeededEntropy::new(1));
        assert_ne!(sealer.seal(HERE, &secret(), &entropy), sealer.seal(HERE, &secret(), &entropy));
    }
}
