//! What a client pushed, and the reference that it got for it (RFC 9126 §2.2).
//!
//! The reference is 256 random bits behind a fixed prefix; only its hash is kept (SR-133). What is kept of the request
//! are its parameters, judged when they come and once more when the browser brings the reference: "as it would any other
//! authorization request" (§4).

use serde::{Deserialize, Serialize};

use super::presented::{Presented, Way};
use crate::protocol::parameters::{ParameterFault, Parameters};
use crate::protocol::stored::Stored;
use crate::secret::{Secret, SecretHash};

/// The prefix that RFC 9126 §2.2 proposes.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// The `request_uri` of a pushed request, as its hash.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub(crate) struct PushedReference(SecretHash);

impl PushedReference {
    /// A new one made of `random`: what the client is given, and what is kept of it.
    pub(crate) fn new(random: &Secret<String>) -> (Secret<String>, Self) {
        let given = Secret::new(format!("{PREFIX}{}", random.expose()));
        let kept = Self(given.hash());
        (given, kept)
    }

    /// A presented `request_uri`, when it is of this kind.
    pub(crate) fn of(request_uri: &str) -> Option<Self> {
        request_uri.starts_with(PREFIX).then(|| Self(SecretHash::of(request_uri)))
    }

    /// What it is found by.
    pub(crate) const fn hash(&self) -> &SecretHash {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for PushedReference {
    type Error = &'static str;
    fn try_from(bytes: Vec<u8>) -> Result<Self, Self::Error> {
        SecretHash::from_bytes(&bytes).map(Self).ok_or("not a hash")
    }
}

impl From<PushedReference> for Vec<u8> {
    fn from(reference: PushedReference) -> Self {
        reference.0.as_bytes().to_vec()
    }
}

/// A pushed request as it waits for its browser.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PushedRequest {
    parameters: String,
    signed: bool,
}

impl Stored for PushedRequest {}

impl PushedRequest {
    /// What is kept of a request that passed the checks.
    pub(crate) fn of(presented: &Presented) -> Self {
        Self { parameters: presented.parameters.encoded(), signed: presented.signed }
    }

    /// The request as the browser brings it, by that reference.
    pub(crate) fn presented(&self, reference: PushedReference) -> Result<Presented, ParameterFault> {
        let parameters = Parameters::parse(self.parameters.as_bytes())?;
        Ok(Presented { parameters, way: Way::Pushed(reference), signed: self.signed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_133_a_reference_is_known_by_its_prefix_and_found_by_the_whole_of_it() {
        let (given, kept) = PushedReference::new(&Secret::new("abc".to_owned()));
        assert_eq!(given.expose(), "urn:ietf:params:oauth:request_uri:abc");
        assert!(kept.hash().matches(given.expose()));
        for (presented, known, found) in [
            ("urn:ietf:params:oauth:request_uri:abc", true, true),
            ("urn:ietf:params:oauth:request_uri:ab", true, false),
            ("urn:ietf:params:oauth:request_uri:ABC", true, false),
            ("URN:ietf:params:oauth:request_uri:abc", false, false),
            ("https://rp.example/object", false, false),
        ] {
            let reference = PushedReference::of(presented);
            assert_eq!(reference.is_some(), known, "{presented}");
            let same = reference.is_some_and(|it| it.hash().as_bytes() == kept.hash().as_bytes());
            assert_eq!(same, found, "{presented}");
        }
        let back: PushedReference = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
        assert_eq!(back.hash().as_bytes(), kept.hash().as_bytes());
        assert!(serde_json::from_str::<PushedReference>("[1]").is_err());
    }

    #[test]
    fn what_is_kept_comes_back_with_its_repetitions_and_its_signature() {
        let parameters = Parameters::parse(b"scope=openid+profile&resource=a&resource=b").unwrap();
        let kept = PushedRequest::of(&Presented { parameters, way: Way::Pushing, signed: true });
        let (_, reference) = PushedReference::new(&Secret::new("abc".to_owned()));
        let back = PushedRequest::from_row(&kept.to_row().unwrap()).unwrap().presented(reference).unwrap();
        assert_eq!(back.parameters.encoded(), "resource=a&resource=b&scope=openid+profile");
        assert!(back.signed && matches!(back.way, Way::Pushed(_)));
    }
}
