//! The master key: 32 bytes from outside the database, from which every other secret of ours is derived (SR-159).
//!
//! It is never used itself. Each purpose has its own key by HKDF-SHA256 (RFC 5869), so that one purpose's key says
//! nothing of another's; the fingerprint is such a derivative too, and may lie in the database.

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The length of the master key and of each key derived from it.
const LENGTH: usize = 32;

/// The key from which the others come.
pub(crate) struct MasterKey(Secret<[u8; LENGTH]>);

/// Why a text is not a usable master key; the start stops on it (SR-160, SR-214).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MasterKeyFault {
    /// Nothing there.
    #[error("the master key is empty")]
    Missing,
    /// Not base64 or base64url.
    #[error("the master key is not base64")]
    NotBase64,
    /// Fewer or more than 32 bytes.
    #[error("the master key has {0} bytes; it needs 32")]
    WrongLength(usize),
    /// A placeholder, not a random key: too few different bytes.
    #[error("the master key is a placeholder: it repeats itself")]
    NotRandom,
}

/// What a derived key is for; a purpose is never given to two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Sealing records at rest.
    Seal,
    /// The pepper of passwords and answers.
    Pepper,
    /// Authenticating form tokens.
    Csrf,
    /// Keyed hashes of short mailed codes.
    Code,
    /// The keys of the throttle's counters.
    Throttle,
    /// The seals of the audit trail.
    Audit,
    /// Nonces for proofs of possession.
    DpopNonce,
    /// Recognising the master key.
    Fingerprint,
}

impl Purpose {
    /// The `info` of HKDF; changing one makes what it protected unreadable.
    const fn info(self) -> &'static [u8] {
        match self {
            Self::Seal => b"guichet/1/seal",
            Self::Pepper => b"guichet/1/pepper",
            Self::Csrf => b"guichet/1/csrf",
            Self::Code => b"guichet/1/code",
            Self::Throttle => b"guichet/1/throttle",
            Self::Audit => b"guichet/1/audit",
            Self::DpopNonce => b"guichet/1/dpop-nonce",
            Self::Fingerprint => b"guichet/1/fingerprint",
        }
    }
}

/// What the database keeps to recognise its master key: 8 bytes that tell nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint([u8; 8]);

impl MasterKey {
    /// Reads base64 or base64url, padded or not, with white space around it as files have.
    pub(crate) fn parse(text: &Secret<String>) -> Result<Self, MasterKeyFault> {
        let text = text.expose().trim();
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let alphabet = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
        let decoded = GeneralPurpose::new(&alphabet, lenient).decode(text).map(Secret::new);
        let bytes = decoded.map_err(|_| MasterKeyFault::NotBase64)?;
        let bytes = bytes.expose().as_slice();
        if bytes.is_empty() {
            return Err(MasterKeyFault::Missing);
        }
        let key: [u8; LENGTH] = bytes.try_into().map_err(|_| MasterKeyFault::WrongLength(bytes.len()))?;
        let key = Secret::new(key);
        if is_patterned(key.expose()) { Err(MasterKeyFault::NotRandom) } else { Ok(Self(key)) }
    }

    /// The key for that purpose.
    pub(crate) fn derive(&self, purpose: Purpose) -> Secret<[u8; LENGTH]> {
        derive(self.0.expose(), &[purpose.info()])
    }

    /// What recognises this key.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let derived = self.derive(Purpose::Fingerprint);
        Fingerprint(derived.expose().first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.fingerprint())
    }
}

impl Fingerprint {
    /// A fingerprint as it came out of a column; `None` unless it has 8 bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes for a column.
    pub(crate) const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Whether a key is a default or was typed by hand: 32 random bytes have 30 different ones, and 16 or fewer never.
fn is_patterned(key: &[u8; LENGTH]) -> bool {
    let mut sorted = Zeroizing::new(*key);
    sorted.sort_unstable();
    sorted.windows(2).filter(|pair| pair.first() != pair.last()).count() < 16
}

/// HKDF-SHA256 without a salt, one block long (RFC 5869 §2.2, §2.3): written out because this way it cannot fail.
pub(super) fn derive(key: &[u8; LENGTH], info: &[&[u8]]) -> Secret<[u8; LENGTH]> {
    let extracted = hmac::sign(&hmac::Key::new(HMAC_SHA256, &[0; LENGTH]), key);
    let mut expand = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, extracted.as_ref()));
    for part in info {
        expand.update(part);
    }
    expand.update(&[1]);
    let mut derived = [0; LENGTH];
    derived.iter_mut().zip(expand.sign().as_ref()).for_each(|(byte, from)| *byte = *from);
    Secret::new(derived)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A master key that differs with `seed`.
    pub(crate) fn master(seed: u8) -> MasterKey {
        let mut bytes = [seed; LENGTH];
        for (index, byte) in (0..).zip(&mut bytes) {
            *byte = byte.wrapping_add(index);
        }
        MasterKey(Secret::new(bytes))
    }

    fn parse(text: &str) -> Result<Fingerprint, MasterKeyFault> {
        MasterKey::parse(&Secret::new(text.to_owned())).map(|key| key.fingerprint())
    }

    #[test]
    fn sr_160_missing_short_and_default_master_keys_are_refused() {
        for (text, verdict) in [
            ("", MasterKeyFault::Missing),
            (" \n", MasterKeyFault::Missing),
            ("changeme!", MasterKeyFault::NotBase64),
            ("c2hvcnQ=", MasterKeyFault::WrongLength(5)),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", MasterKeyFault::NotRandom),
            ("QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=", MasterKeyFault::NotRandom),
            // "0123456789abcdef0123456789abcdef"
            ("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", MasterKeyFault::NotRandom),
        ] {
            assert_eq!(parse(text), Err(verdict), "{text}");
        }
    }

    #[test]
    fn sr_217_derivation_is_hkdf_as_the_library_has_it() {
        use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
        let extracted = Salt::new(HKDF_SHA256, &[]).extract(master(7).0.expose());
        let mut expected = [0; LENGTH];
        extracted.expand(&[b"one", b"two"], HKDF_SHA256).unwrap().fill(&mut expected).unwrap();
        assert_eq!(derive(master(7).0.expose(), &[b"one", b"two"]).expose(), &expected);
    }

    #[test]
    fn both_alphabets_say_the_same_key() {
        let key = parse("3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs");
        assert!(key.is_ok());
        assert_eq!(parse(" 3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=\n"), key);
    }

    #[test]
    fn sr_159_each_purpose_and_each_master_key_has_its_own_keys() {
        let purposes = [Purpose::Seal, Purpose::Pepper, Purpose::Csrf, Purpose::Fingerprint];
        let mut derived: Vec<_> = [master(1), master(2)]
            .iter()
            .flat_map(|key| purposes.map(|purpose| *key.derive(purpose).expose()))
            .collect();
        derived.sort_unstable();
        derived.dedup();
        assert_eq!(derived.len(), 8);
        assert_eq!(Fingerprint::from_bytes(master(1).fingerprint().as_bytes()), Some(master(1).fingerprint()));
        assert_ne!(master(1).fingerprint(), master(2).fingerprint());
    }
}
