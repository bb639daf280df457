//! How sure we are of who signed in: the values of `acr` and `amr`.
//!
//! A value is never an empty word: what is written into a token was done in the session that the token speaks of.

use serde::{Deserialize, Serialize};

/// `acr`: the realm's ladder of levels, numbered from the bottom as portals of this kind expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Acr {
    /// One factor: a password.
    #[serde(rename = "1")]
    Password,
}

impl Acr {
    /// Every level that can be reached, lowest first.
    pub(crate) const ALL: [Self; 1] = [Self::Password];

    /// The value on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "1",
        }
    }
}

/// `amr`: what was proven (RFC 8176 §2). A secret question is never among them (deviation D-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Amr {
    /// A password.
    Pwd,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_they_are_announced() {
        for level in Acr::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
        assert_eq!(serde_json::to_value(Amr::Pwd).unwrap(), "pwd");
    }
}
