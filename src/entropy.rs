//! Chance as a value.
//!
//! The only file that draws random bytes. Tokens, codes and identifiers in the seeds' alphabets are made here, so
//! that their strength is read in one place (SR-42, SR-98, SR-137). Tests hold a seeded source and see the same
//! tokens on every run.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::secret::Secret;

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one caller of the generator, which is seeded by the system")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill(bytes);
    }
}

/// A reproducible source for tests: the same seed gives the same bytes.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    /// A source that always starts alike for the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut generator = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        generator.fill(bytes);
    }
}

/// Random bytes in a fixed number.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// A bearer token: 256 bits as 43 characters of base64url (SR-42, RFC 6749 §10.10).
pub fn token(entropy: &dyn Entropy) -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(bytes::<32>(entropy)))
}

/// A public random name that need not be secret: 128 bits as 22 characters of base64url.
pub fn nonce(entropy: &dyn Entropy) -> String {
    URL_SAFE_NO_PAD.encode(bytes::<16>(entropy))
}

/// A six-digit code that a person copies from a mail; each value equally likely.
pub fn one_time_code(entropy: &dyn Entropy) -> Secret<String> {
    Secret::new(draw(entropy, b"0123456789", 6))
}

/// The letters of a device's user code: no vowel, so that they spell nothing (RFC 8628 §6.1).
pub const USER_CODE: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

/// What a person copies from a device, such as `WDJB-MJHT`: 20 letters to the power of eight.
pub fn user_code(entropy: &dyn Entropy) -> String {
    let mut text = draw(entropy, USER_CODE, 8);
    text.insert(4, '-');
    text
}

/// Letters and digits that are not mistaken for each other, on paper or over the phone.
pub const UNMISTAKABLE: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a person keeps for the day when their device is lost, such as `K7Q2-M4TD-9XWB-C3FH`: 78 bits (SR-83).
pub fn recovery_code(entropy: &dyn Entropy) -> Secret<String> {
    let groups = [(); 4].map(|()| draw(entropy, UNMISTAKABLE, 4));
    Secret::new(groups.join("-"))
}

/// A reference that a person can read over the phone, such as `K7Q2-M4TD`.
pub fn reference(entropy: &dyn Entropy) -> String {
    let mut text = draw(entropy, UNMISTAKABLE, 8);
    text.insert(4, '-');
    text
}

/// `length` characters drawn from `alphabet` without bias: bytes past the last whole multiple are thrown away.
fn draw(entropy: &dyn Entropy, alphabet: &[u8], length: usize) -> String {
    let size = alphabet.len().clamp(1, 255);
    let fair = 256 - 256 % size;
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let [byte] = bytes::<1>(entropy);
        if usize::from(byte) < fair
            && let Some(character) = alphabet.get(usize::from(byte) % size)
        {
            text.push(char::from(*character));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_42_tokens_hold_256_bits_and_never_repeat() {
        let first = token(&OsEntropy);
        assert_eq!(URL_SAFE_NO_PAD.decode(first.expose()).unwrap().len(), 32);
        assert_ne!(first.expose(), token(&OsEntropy).expose());
    }

    #[test]
    fn codes_and_references_have_their_shape() {
        let seeded = SeededEntropy::new(7);
        for _ in 0..200 {
            let code = one_time_code(&seeded);
            assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
            assert!(reference(&seeded).as_bytes()[4] == b'-');
            let code = user_code(&seeded).replace('-', "");
            assert!(code.len() == 8 && code.bytes().all(|b| USER_CODE.contains(&b)));
        }
    }

    #[test]
    fn a_seed_repeats_itself() {
        assert_eq!(nonce(&SeededEntropy::new(1)), nonce(&SeededEntropy::new(1)));
    }
}
