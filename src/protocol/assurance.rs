//! How sure we are of who signed in: the values of `acr`. Those of `amr` are the session's own
//! ([`Method`](crate::authentication::session::Method)); a secret question is never among them (deviation D-1).

use serde::{Deserialize, Serialize};

/// `acr`: the realm's ladder of levels, named after what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Acr {
    /// One factor: a password.
    #[serde(rename = "password")]
    Password,
}

impl Acr {
    /// Every level that can be reached, lowest first.
    pub(crate) const ALL: [Self; 1] = [Self::Password];

    /// The value on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_written_as_they_are_announced() {
        for level in Acr::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
    }
}
