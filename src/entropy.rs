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

/// What a realm issues for signing in, as DOMAIN.md §9.3 has it: two letters and six digits, such as `EK700962`; each of
/// the 676 million values equally likely, none the successor of another.
pub fn issued_identifier(entropy: &dyn Entropy) -> String {
    [draw(entropy, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2), draw(entropy, b"0123456789", 6)].concat()
}

/// What a temporary password is made of, a class a line. Nothing in it is mistaken for anything else (no `l`, `o`, `I`,
/// `L`, `O`, `U`, `0`, `1`), and nothing makes a link of it in somebody's mail (no `.`, `/`, `@`).
const TEMPORARY: [&[u8]; 4] = [b"abcdefghijkmnpqrstuvwxyz", b"ABCDEFGHJKMNPQRSTVWXYZ", b"23456789", b"!?;=+%*"];

/// A password that is mailed once and changed at its first use (deviation D-6): ten characters with one of each class at
/// least. What lacks a class is drawn again as a whole, so that no place in it is more likely to hold one.
pub fn temporary_password(entropy: &dyn Entropy) -> Secret<String> {
    let all = TEMPORARY.concat();
    loop {
        let drawn = Secret::new(draw(entropy, &all, 10));
        if TEMPORARY.iter().all(|class| drawn.expose().bytes().any(|byte| class.contains(&byte))) {
            return drawn;
        }
    }
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
            let issued = issued_identifier(&seeded);
            let (letters, digits) = issued.split_at(2);
            assert!(letters.bytes().all(|b| b.is_ascii_uppercase()) && letters.len() == 2, "{letters}");
            assert!(digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() == 6, "{digits}");
        }
    }

    /// 60 bits before what lacks a class is thrown away, which takes one bit of them: 50 are asked for where guessing is
    /// slowed (CNIL 2022-100).
    #[test]
    fn temporary_passwords_are_ten_characters_of_each_class_and_never_repeat() {
        let seeded = SeededEntropy::new(11);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..500 {
            let drawn = temporary_password(&seeded);
            let text = drawn.expose();
            assert_eq!(text.len(), 10);
            for class in TEMPORARY {
                assert!(text.bytes().any(|byte| class.contains(&byte)), "{text}");
            }
            assert!(text.bytes().all(|byte| TEMPORARY.concat().contains(&byte)), "{text}");
            assert!(seen.insert(text.clone()), "{text}");
        }
    }

    #[test]
    fn issued_identifiers_do_not_follow_each_other() {
        let seeded = SeededEntropy::new(3);
        let drawn: Vec<_> = (0..200).map(|_| issued_identifier(&seeded)).collect();
        let numbers = drawn.iter().map(|text| text[2..].parse::<i64>().unwrap());
        let numbers: Vec<_> = numbers.collect();
        assert!(numbers.windows(2).all(|pair| (pair[0] - pair[1]).abs() > 1), "{numbers:?}");
        assert!(!drawn.is_sorted());
    }

    #[test]
    fn a_seed_repeats_itself() {
        assert_eq!(nonce(&SeededEntropy::new(1)), nonce(&SeededEntropy::new(1)));
    }
}
