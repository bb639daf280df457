//! JWTs that others sign: client assertions, request objects, proofs of possession, assertions of issuers.
//!
//! The caller says what it expects: which kind, which algorithms, whose keys. A header chooses among these and brings
//! nothing of its own: `jku`, `x5u` and `x5c` are not looked at, and `jwk` only where the kind has its key there (SR-154).
//! What the claims must say is for the rules in `protocol`; nothing is claimed here but who signed them.

pub(crate) mod certificate_key;
pub(crate) mod jwk;
pub(crate) mod jwk_set;
pub(crate) mod nobody;

use aws_lc_rs::hmac;
use serde_json::{Map, Value};

use self::jwk::PublicKey;
use self::jwk_set::PublicKeys;
use super::jws::decode;
use super::strict_json;
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::thumbprint::Thumbprint;
use crate::secret::Secret;

/// How many keys one signature is tried with, when names leave a choice.
const MOST_TRIES: usize = 5;
/// RFC 7518 §3.2: an HMAC key is as long as the digest, or longer. An empty one would be everybody's.
const SHORTEST_SECRET: usize = 32;

/// What the caller expects of a token.
#[derive(Clone, Copy)]
pub(crate) struct Expectation<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// What it may be signed with: the registration's word, never the token's (SR-153).
    pub(crate) algorithms: &'a [ClientAlgorithm],
    /// By whom.
    pub(crate) signer: Signer<'a>,
}

/// A kind of token that others sign; none passes for another, nor for one of ours (SR-155).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `client_assertion` (RFC 7523 §2.2).
    ClientAssertion,
    /// `request`, and what `request_uri` holds (RFC 9101 §4).
    RequestObject,
    /// The `DPoP` header (RFC 9449 §4.2).
    DpopProof,
    /// `assertion` of the JWT bearer grant (RFC 7523 §2.1).
    BearerAssertion,
}

impl Kind {
    /// SR-156: a request object holds a whole request, with its authorization details.
    const fn longest(self) -> usize {
        match self {
            Self::RequestObject => 32 * 1024,
            _ => 8 * 1024,
        }
    }

    /// What `typ` may be, in lower case; `None` where it may be left out, as it was before explicit types.
    const fn types(self) -> &'static [Option<&'static str>] {
        match self {
            // The third is what draft-ietf-oauth-rfc7523bis asks for.
            Self::ClientAssertion => &[None, Some("jwt"), Some("client-authentication+jwt")],
            // RFC 9101 §10.8
            Self::RequestObject => &[None, Some("jwt"), Some("oauth-authz-req+jwt")],
            // RFC 9449 §4.3: the one that is required
            Self::DpopProof => &[Some("dpop+jwt")],
            Self::BearerAssertion => &[None, Some("jwt")],
        }
    }
}

/// Whose signature is expected.
#[derive(Clone, Copy)]
pub(crate) enum Signer<'a> {
    /// Who registered these keys.
    Keys(&'a PublicKeys),
    /// Who shares one of these secrets: the key is its bytes (OIDC Core §10.1).
    Secrets(&'a [Secret<Vec<u8>>]),
    /// Whoever has the key in the header: the proof is of possession alone (RFC 9449 §4.2).
    HeaderKey,
}

/// A token whose signature stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Opened {
    /// What it is signed with.
    pub(crate) algorithm: ClientAlgorithm,
    /// The key that verified it; none for a secret.
    pub(crate) thumbprint: Option<Thumbprint>,
    /// What it says.
    pub(crate) claims: Map<String, Value>,
}

/// Why a token is refused. For the log: who sent it learns that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// Longer than its kind may be (SR-156).
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of base64url, or not strict JSON in them.
    #[error("the token is malformed")]
    Malformed,
    /// A header that must be understood, and is not (SR-154).
    #[error("the token has critical headers")]
    Critical,
    /// Another kind of token (SR-155).
    #[error("the token is of another type")]
    Type,
    /// An algorithm that was not agreed, or not one of the key (SR-153).
    #[error("the token is signed with another algorithm")]
    Algorithm,
    /// No key has the name in the header: the caller may fetch the set again, once, and no more often than it allows.
    #[error("no key has that name")]
    UnknownKey,
    /// The key in the header is missing, private, or of no kind that we know.
    #[error("the key in the header cannot be used")]
    HeaderKey,
    /// No key made this signature.
    #[error("the signature is of another key")]
    Signature,
}

/// Opens a token: its header judged, its signature verified, its claims as they were written.
pub(crate) fn open(token: &str, expected: &Expectation<'_>) -> Result<Opened, Refused> {
    if token.len() > expected.kind.longest() {
        return Err(Refused::TooLong);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
    let (header, claims) = message.split_once('.').ok_or(Refused::Malformed)?;
    // RFC 7516 §9: five parts are an encrypted token, and four are nothing.
    if claims.contains('.') {
        return Err(Refused::Malformed);
    }
    let header = object(header)?;
    let kid = text(&header, "kid")?;
    let algorithm = judge(&header, expected)?;
    let signed = Signed { algorithm, message, signature: &decode(signature).ok_or(Refused::Malformed)? };
    let thumbprint = match expected.signer {
        Signer::Keys(keys) => Some(signed.by_one_of(keys, kid)?),
        Signer::Secrets(secrets) => signed.with_one_of(secrets).map(|()| None)?,
        Signer::HeaderKey => Some(signed.by_key_in(&header)?),
    };
    Ok(Opened { algorithm, thumbprint, claims: object(claims)? })
}

/// What `iss` says before anything is verified: good for choosing whose keys to ask, and for nothing else.
pub(crate) fn claimed_issuer(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1).filter(|_| token.len() <= Kind::BearerAssertion.longest())?;
    object(claims).ok()?.get("iss")?.as_str().map(str::to_owned)
}

/// What a header must say before a key is looked at.
fn judge(header: &Map<String, Value>, expected: &Expectation<'_>) -> Result<ClientAlgorithm, Refused> {
    let name = text(header, "alg")?.ok_or(Refused::Malformed)?;
    let algorithm = ClientAlgorithm::parse(name).filter(|algorithm| expected.algorithms.contains(algorithm));
    let algorithm = algorithm.ok_or(Refused::Algorithm)?;
    // RFC 7515 §4.1.11: we understand no extension, `b64` (RFC 7797) included.
    if header.contains_key("crit") {
        return Err(Refused::Critical);
    }
    // RFC 7515 §4.1.9: a media type, compared without case; "application/" may be left out.
    let typ = text(header, "typ")?.map(str::to_ascii_lowercase);
    let typ = typ.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ));
    expected.kind.types().contains(&typ).then_some(algorithm).ok_or(Refused::Type)
}

struct Signed<'a> {
    algorithm: ClientAlgorithm,
    message: &'a str,
    signature: &'a [u8],
}

impl Signed<'_> {
    /// The key of that name; where there is none, those without a name, for a set of one key needs none.
    fn by_one_of(&self, keys: &PublicKeys, kid: Option<&str>) -> Result<Thumbprint, Refused> {
        let (called, otherwise) = match kid {
            None => (keys.all().collect(), Refused::Signature),
            Some(name) => {
                let called: Vec<_> = keys.called(Some(name)).collect();
                if called.is_empty() {
                    (keys.called(None).collect(), Refused::UnknownKey)
                } else {
                    (called, Refused::Signature)
                }
            }
        };
        let fitting: Vec<&PublicKey> = called.iter().copied().filter(|key| key.fits(self.algorithm)).collect();
        if fitting.is_empty() && !called.is_empty() && otherwise == Refused::Signature {
            return Err(Refused::Algorithm);
        }
        let signer = fitting.into_iter().take(MOST_TRIES).find(|key| self.is_by(key));
        signer.map(|key| key.thumbprint().clone()).ok_or(otherwise)
    }

    fn with_one_of(&self, secrets: &[Secret<Vec<u8>>]) -> Result<(), Refused> {
        if self.algorithm != ClientAlgorithm::HS256 {
            return Err(Refused::Algorithm);
        }
        let long = secrets.iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST_SECRET);
        let mut keys = long.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret));
        let known = keys.any(|key| hmac::verify(&key, self.message.as_bytes(), self.signature).is_ok());
        known.then_some(()).ok_or(Refused::Signature)
    }

    fn by_key_in(&self, header: &Map<String, Value>) -> Result<Thumbprint, Refused> {
        let jwk = header.get("jwk").and_then(Value::as_object).ok_or(Refused::HeaderKey)?;
        let key = PublicKey::read(jwk).map_err(|_| Refused::HeaderKey)?;
        if !key.fits(self.algorithm) {
            return Err(Refused::Algorithm);
        }
        self.is_by(&key).then(|| key.thumbprint().clone()).ok_or(Refused::Signature)
    }

    fn is_by(&self, key: &PublicKey) -> bool {
        key.verifies(self.algorithm, self.message.as_bytes(), self.signature)
    }
}

fn object(part: &str) -> Result<Map<String, Value>, Refused> {
    decode(part).and_then(|bytes| strict_json::read(&bytes)).ok_or(Refused::Malformed)
}

fn text<'a>(header: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refused> {
    header.get(name).map(|value| value.as_str().ok_or(Refused::Malformed)).transpose()
}

#[cfg(test)]
mod tests;
