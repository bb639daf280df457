//! `code_challenge`, `code_challenge_method`: `S256` or nothing (RFC 7636 §4.2, §4.3; RFC 9700 §2.1.1; SR-128).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::client_id::KnownClient;
use crate::protocol::client::{Client, Pkce};
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;
use crate::secret::same;

/// An `S256` challenge: base64url of SHA-256, 43 characters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct CodeChallenge(String);

impl CodeChallenge {
    /// Whether `verifier` is the one: 43 to 128 unreserved characters whose digest is the challenge (RFC 7636 §4.6).
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && same(self.0.as_bytes(), URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())).as_bytes())
    }
}

impl fmt::Debug for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeChallenge({})", self.0)
    }
}

pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<Option<CodeChallenge>, Error> {
    match (parameters.single("code_challenge")?, parameters.single("code_challenge_method")?) {
        (None, None) if may_do_without(&client) => Ok(None),
        // RFC 7636 §4.4.1: "code challenge required"
        (None, _) => Err(Error::invalid_request("code_challenge is required")),
        // RFC 7636 §4.3: without a method it would be "plain", which shows the verifier to whoever sees the request.
        (Some(_), method) if method != Some("S256") => {
            Err(Error::invalid_request("code_challenge_method must be S256"))
        }
        (Some(challenge), _) if is_a_digest(challenge) => Ok(Some(CodeChallenge(challenge.to_owned()))),
        (Some(_), _) => Err(Error::invalid_request("code_challenge is not a base64url SHA-256 digest")),
    }
}

/// The exemption is for confidential clients alone: a public one has no other proof.
fn may_do_without(client: &Client) -> bool {
    client.requests.pkce == Pkce::Optional && !client.is_public()
}

fn is_a_digest(challenge: &str) -> bool {
    challenge.len() == 43 && URL_SAFE_NO_PAD.decode(challenge).is_ok_and(|digest| digest.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_128_only_the_right_verifier_of_43_to_128_characters_meets_the_challenge() {
        // RFC 7636 appendix B
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        let long = "a".repeat(129);
        for (presented, verdict) in [
            (verifier, true),
            (&verifier[..42], false),
            (&verifier.to_lowercase(), false),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", false),
            (long.as_str(), false),
            ("", false),
        ] {
            assert_eq!(challenge.is_met_by(presented), verdict, "{presented}");
        }
        for odd in ["short", &"a".repeat(42), &format!("{}=", "a".repeat(43)), &format!("{}+", "a".repeat(43))] {
            let digest = CodeChallenge(URL_SAFE_NO_PAD.encode(Sha256::digest(odd.as_bytes())));
            assert!(!digest.is_met_by(odd), "{odd}");
        }
    }
}
