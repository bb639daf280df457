//! `cnf`: the key whose possession has to be proven with a token (RFC 7800 §3).

use serde::{Deserialize, Serialize};

use super::stored::Stored;
use super::thumbprint::Thumbprint;

/// How a sender shows that a token is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Confirmation {
    /// A DPoP proof by the key of this thumbprint (RFC 9449 §6.1).
    #[serde(rename = "jkt")]
    Key(Thumbprint),
    /// A TLS connection with the certificate of this thumbprint (RFC 8705 §3.1).
    #[serde(rename = "x5t#S256")]
    Certificate(Thumbprint),
}

impl Stored for Confirmation {}

impl Confirmation {
    /// `token_type` of a token that is bound like this (RFC 9449 §5; RFC 8705 keeps `Bearer`).
    pub(crate) const fn token_type(bound: Option<&Self>) -> &'static str {
        match bound {
            Some(Self::Key(_)) => "DPoP",
            Some(Self::Certificate(_)) | None => "Bearer",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_confirmation_is_the_claim_of_its_rfc() {
        let thumbprint = Thumbprint::of("{}");
        let text = thumbprint.as_str().to_owned();
        for (confirmation, claim, token_type) in [
            (Confirmation::Key(thumbprint.clone()), json!({"jkt": text}), "DPoP"),
            (Confirmation::Certificate(thumbprint.clone()), json!({"x5t#S256": text}), "Bearer"),
        ] {
            assert_eq!(serde_json::to_value(&confirmation).unwrap(), claim);
            assert_eq!(serde_json::from_value::<Confirmation>(claim).unwrap(), confirmation);
            assert_eq!(Confirmation::token_type(Some(&confirmation)), token_type);
        }
    }
}
