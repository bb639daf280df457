//! Values that must not be printed, compared carelessly or left in memory (SR-212).
//!
//! [`Secret`] holds something that leaves only by [`Secret::expose`]; [`SecretHash`] is what the database keeps of a
//! token. Neither prints its content, and the one comparison here runs in constant time.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

/// A value that is wiped when dropped and prints as `[redacted]`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes a value into custody.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: read it where it is used, and keep no copy.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Secret<String> {
    /// What the database keeps of this token: SHA-256 of the whole string (SR-43, SR-139).
    ///
    /// Fit for random values of 128 bits and more only; what people choose goes through `proofs::password`.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

/// SHA-256 of a random token: enough to find it again, useless to whoever reads the table.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of a presented token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// A hash as it came out of a column; `None` unless it has 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes for a column.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `token` is the one this hash was made of, in constant time.
    pub fn matches(&self, token: &str) -> bool {
        same(&self.0, Self::of(token).as_bytes())
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash")
    }
}

/// The one comparison of secrets and MACs: constant time for inputs of one length.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_212_a_secret_prints_nothing_of_itself() {
        let secret = Secret::new("tilleul-brouette-42".to_owned());
        assert_eq!(format!("{secret:?} {:?}", secret.hash()), "[redacted] SecretHash");
    }

    #[test]
    fn sr_139_only_the_whole_token_matches() {
        let hash = SecretHash::of("abc");
        for (presented, verdict) in [("abc", true), ("ab", false), ("abcd", false), ("ABC", false), ("", false)] {
            assert_eq!(hash.matches(presented), verdict, "{presented}");
        }
    }
}
