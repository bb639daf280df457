//! Passwords: what a new one must be, how one is kept, how one is verified.
//!
//! Argon2id with a pepper from outside the database (SR-27, SR-28); the only transformation is NFC (SR-24). An unknown
//! account costs the same as a known one (SR-3). Callers run these functions behind the hashing gate, never on an
//! async thread.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;
use zxcvbn::matching::patterns::MatchPattern;

use crate::clock::Timestamp;
use crate::entropy::{self, Entropy};
use crate::ids::UserId;
use crate::secret::Secret;

/// Memory in KiB, passes and lanes of Argon2id (SR-27); its memory is what the hashing gate counts.
pub const PARAMETERS: (u32, u32, u32) = (19_456, 2, 1);

/// Most bytes of a password, refused before any hashing (SR-22).
const MOST_BYTES: usize = 1_024;

/// The key that hashes are made with, held outside the database (SR-28).
#[derive(Clone)]
pub struct Pepper {
    version: i32,
    key: Secret<Vec<u8>>,
}

impl Pepper {
    /// A pepper of that version.
    pub const fn new(version: i32, key: Secret<Vec<u8>>) -> Self {
        Self { version, key }
    }

    fn argon2(&self) -> Option<Argon2<'_>> {
        let (memory, passes, lanes) = PARAMETERS;
        let parameters = Params::new(memory, passes, lanes, None).ok()?;
        Argon2::new_with_secret(self.key.expose(), Algorithm::Argon2id, Version::V0x13, parameters).ok()
    }
}

/// A password or an answer as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredHash {
    /// The PHC string.
    pub phc: String,
    /// The version of the pepper.
    pub pepper: i32,
}

impl StoredHash {
    /// Whether it was made with other parameters than today's, and is to be made anew at the next sign-in (SR-27).
    pub fn is_outdated(&self) -> bool {
        let (memory, passes, lanes) = PARAMETERS;
        !self.phc.starts_with(&format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$"))
    }
}

/// The hashing itself failed; never the person's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("argon2 could not hash")]
pub struct HashingFailed;

/// Hashes a secret that a person chose.
pub fn hash(pepper: &Pepper, secret: &Secret<String>, entropy: &dyn Entropy) -> Result<StoredHash, HashingFailed> {
    let argon2 = pepper.argon2().ok_or(HashingFailed)?;
    let salt: [u8; 16] = entropy::bytes(entropy);
    let hash: Phc = argon2.hash_password_with_salt(composed(secret).as_bytes(), &salt).map_err(|_| HashingFailed)?;
    Ok(StoredHash { phc: hash.to_string(), pepper: pepper.version })
}

/// Whether `secret` is the one that `stored` was made of.
///
/// With nothing stored it works as long, and says no.
pub(super) fn matches(pepper: &Pepper, stored: Option<&StoredHash>, secret: &str) -> bool {
    let Some(argon2) = pepper.argon2() else { return false };
    let known = stored.filter(|stored| stored.pepper == pepper.version).and_then(|stored| Phc::new(&stored.phc).ok());
    let composed = Zeroizing::new(secret.nfc().collect::<String>());
    if let Some(phc) = known {
        return argon2.verify_password(composed.as_bytes(), &phc).is_ok();
    }
    let mut scratch = [0; 32];
    // The result is thrown away: this only takes as long as a real verification.
    let _ = argon2.hash_password_into(composed.as_bytes(), b"nobody's account", &mut scratch);
    false
}

/// Somebody knew the password of this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordProof {
    user: UserId,
    at: Timestamp,
}

impl PasswordProof {
    /// Whose password.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Verifies a password as typed, and once more trimmed when white space stands at its ends (pasted passwords).
pub fn verify(
    pepper: &Pepper,
    account: Option<(UserId, &StoredHash)>,
    submitted: &Secret<String>,
    now: Timestamp,
) -> Option<PasswordProof> {
    let stored = account.map(|(_, stored)| stored);
    let typed = submitted.expose();
    if typed.len() > MOST_BYTES {
        return None;
    }
    let right = matches(pepper, stored, typed)
        || (typed.trim() != typed && !typed.trim().is_empty() && matches(pepper, stored, typed.trim()));
    account.filter(|_| right).map(|(user, _)| PasswordProof { user, at: now })
}

/// Setting a password proves knowledge of it: who chose it a moment ago need not type it again.
pub fn chosen(user: UserId, now: Timestamp) -> PasswordProof {
    PasswordProof { user, at: now }
}

/// What a new password must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Fewest code points.
    pub min_length: usize,
    /// Most code points, refused before any hashing (SR-22).
    pub max_length: usize,
    /// Of lower case, upper case, digits and others: how many kinds are asked (deviation D-5); 0 asks for none.
    pub min_classes: usize,
    /// From this many code points on, kinds no longer matter; `None` when they always do.
    pub exempt_from_classes_at: Option<usize>,
}

/// What a new password still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Fewer code points than asked: it has so many.
    TooShort(usize),
    /// Longer than we take.
    TooLong,
    /// Too few kinds of characters for its length.
    Kinds,
    /// It is in the list of common passwords, or a mere sequence or repetition (SR-25).
    Common,
    /// It is the person's or the realm's own name or address (SR-25).
    Context,
}

/// What `password` lacks under `policy`; `context` holds names, addresses and the realm's words.
pub fn lacks(policy: &PasswordPolicy, password: &Secret<String>, context: &[&str]) -> Vec<Lack> {
    let composed = composed(password);
    let length = composed.chars().count();
    if length > policy.max_length || composed.len() > MOST_BYTES {
        return vec![Lack::TooLong];
    }
    let mut lacks = Vec::new();
    if length < policy.min_length {
        lacks.push(Lack::TooShort(length));
    }
    let exempt = policy.exempt_from_classes_at.is_some_and(|from| length >= from);
    if !exempt && kinds(&composed) < policy.min_classes {
        lacks.push(Lack::Kinds);
    }
    if let Some(guessable) = guessable(&composed, context) {
        lacks.push(guessable);
    }
    lacks
}

fn kinds(password: &str) -> usize {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    has(char::is_lowercase) + has(char::is_uppercase) + has(char::is_numeric) + has(|c| !c.is_alphanumeric())
}

/// Refuses a password that is, as a whole, one known word, sequence or repetition.
fn guessable(password: &str, context: &[&str]) -> Option<Lack> {
    let folded = password.to_lowercase();
    let words =
        context.iter().flat_map(|text| text.split(['@', ' ']).chain([*text])).filter(|word| word.chars().count() > 2);
    if words.into_iter().any(|word| word.to_lowercase() == folded) {
        return Some(Lack::Context);
    }
    let estimate = zxcvbn::zxcvbn(password, &[]);
    let [whole] = estimate.sequence() else { return None };
    (!matches!(whole.pattern, MatchPattern::BruteForce | MatchPattern::Date(_))).then_some(Lack::Common)
}

fn composed(secret: &Secret<String>) -> Zeroizing<String> {
    Zeroizing::new(secret.expose().nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    /// The estimate tries every part of a password against every pattern, which is more than linear; so it looks at a
    /// hundred characters, and what is longer costs what a hundred do.
    #[test]
    fn sr_208_the_estimate_looks_at_a_hundred_characters_however_many_there_are() {
        for unit in ["a", "ab1!", "abcabcabd", "Tilleul-brouette-42 ", "é"] {
            let long: String = unit.chars().cycle().take(1000).collect();
            let first: String = long.chars().take(100).collect();
            let [long, first] = [long, first].map(|password| zxcvbn::zxcvbn(&password, &[]));
            assert_eq!(long.guesses(), first.guesses(), "{unit}");
            assert_eq!(long.sequence().len(), first.sequence().len(), "{unit}");
        }
    }
    const POLICY: PasswordPolicy =
        PasswordPolicy { min_length: 8, max_length: 256, min_classes: 4, exempt_from_classes_at: Some(14) };

    fn pepper(version: i32, byte: u8) -> Pepper {
        Pepper::new(version, Secret::new(vec![byte; 32]))
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn sr_25_what_a_new_password_lacks() {
        let context = ["Marie", "Durand", "marie.durand@exemple.fr", "Certinomis"];
        for (password, lacked) in [
            ("Tilleul-42", vec![]),
            ("tilleul brouette nuage", vec![]),
            ("Aa1-", vec![Lack::TooShort(4)]),
            ("tilleulbr", vec![Lack::Kinds]),
            ("password", vec![Lack::Kinds, Lack::Common]),
            ("aaaaaaaaaaaaaaaa", vec![Lack::Common]),
            ("marie.durand@exemple.fr", vec![Lack::Context]),
            ("Marie.Durand", vec![Lack::Kinds, Lack::Context]),
        ] {
            let context: Vec<&str> =
                if password == "Marie.Durand" { vec!["Marie.Durand@exemple.fr"] } else { context.to_vec() };
            assert_eq!(lacks(&POLICY, &secret(password), &context), lacked, "{password}");
        }
    }

    #[test]
    fn sr_22_length_counts_code_points_and_is_bounded() {
        assert_eq!(
            lacks(&POLICY, &secret("Cinq fous sont montés sur l’échiquier du roi, et nul ne le savait."), &[]),
            vec![]
        );
        assert_eq!(lacks(&POLICY, &secret(&"ab1-C".repeat(60)), &[]), vec![Lack::TooLong]);
    }

    #[test]
    fn sr_24_and_sr_27_hashes_are_argon2id_and_compare_after_nfc_only() {
        let user = UserId::new(NOW, &SeededEntropy::new(1));
        let pepper = pepper(1, 7);
        let stored = hash(&pepper, &secret("Citroe\u{308}n 42 "), &SeededEntropy::new(2)).unwrap();
        assert!(stored.phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let proves = |typed: &str| verify(&pepper, Some((user, &stored)), &secret(typed), NOW).is_some();
        assert!(proves("Citroën 42 "));
        assert!(!proves("citroën 42 ") && !proves("Citroen 42 "));
    }

    #[test]
    fn a_pasted_password_may_carry_white_space_at_its_ends() {
        let user = UserId::new(NOW, &SeededEntropy::new(1));
        let stored = hash(&pepper(1, 7), &secret("Tilleul-42"), &SeededEntropy::new(2)).unwrap();
        assert!(verify(&pepper(1, 7), Some((user, &stored)), &secret(" Tilleul-42\n"), NOW).is_some());
    }

    #[test]
    fn sr_28_without_the_pepper_the_table_is_worth_nothing() {
        let user = UserId::new(NOW, &SeededEntropy::new(1));
        let stored = hash(&pepper(1, 7), &secret("Tilleul-42"), &SeededEntropy::new(2)).unwrap();
        for other in [pepper(1, 8), pepper(2, 7)] {
            assert!(verify(&other, Some((user, &stored)), &secret("Tilleul-42"), NOW).is_none());
        }
    }

    #[test]
    fn sr_3_an_unknown_account_is_refused_after_the_same_work() {
        assert!(verify(&pepper(1, 7), None, &secret("Tilleul-42"), NOW).is_none());
    }
}
