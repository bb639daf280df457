//! Our tokens on the wire: compact JWS (RFC 7515 §3.1), signed with a ring's active key and opened with its believed ones.
//!
//! A token chooses nothing: its header has exactly `alg`, `typ` and `kid`, the key fixes the algorithm (SR-153), and the
//! kind that the caller expects fixes the type (SR-155). Any other member, `crit` and `jku` included, refuses it (SR-154).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::ring::KeyRing;
use super::signing::KeyFault;
use super::strict_json;
use crate::clock::Timestamp;
use crate::ids::KeyId;
use crate::protocol::client::SigningAlgorithm;
use crate::protocol::issuer::Issuer;
use crate::protocol::token::{AccessToken, IdToken, IdTokenHint, TokenKind};
use crate::secret::Secret;

/// Longer than any token of ours (SR-156).
const LONGEST: usize = 8192;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: SigningAlgorithm,
    typ: std::borrow::Cow<'a, str>,
    kid: KeyId,
}

impl KeyRing {
    /// Signs claims with the active key of that algorithm.
    pub(crate) fn sign<T: TokenKind + Serialize>(
        &self,
        algorithm: SigningAlgorithm,
        claims: &T,
    ) -> Result<Secret<String>, KeyFault> {
        let key = self.signer(algorithm).ok_or(KeyFault::Unusable)?;
        let header = Header { alg: algorithm, typ: T::TYP.into(), kid: key.id() };
        let mut token = String::with_capacity(1024);
        append(&mut token, &serde_json::to_vec(&header).map_err(|_| KeyFault::Unusable)?);
        token.push('.');
        append(&mut token, &serde_json::to_vec(claims).map_err(|_| KeyFault::Unusable)?);
        let signature = key.sign(token.as_bytes())?;
        token.push('.');
        append(&mut token, &signature);
        Ok(Secret::new(token))
    }

    /// An access token of that issuer, in force now; whether its grant still stands is for the store to say.
    pub(crate) fn access_token(&self, token: &str, issuer: &Issuer, now: Timestamp) -> Option<AccessToken> {
        self.open::<AccessToken>(token).filter(|claims| claims.is_in_force(issuer, now))
    }

    /// An ID token of that issuer handed back as a hint, in force or not.
    pub(crate) fn id_token_hint(&self, token: &str, issuer: &Issuer, now: Timestamp) -> Option<IdTokenHint> {
        self.open::<IdToken>(token)?.hint(issuer, now)
    }

    /// The claims of a token of that kind, signed by a key of ours. Why another is refused nobody needs to know.
    fn open<T: TokenKind + DeserializeOwned>(&self, token: &str) -> Option<T> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header<'_> = strict_json::read(&decode(header)?)?;
        let key = self.verifier(header.kid)?;
        if header.alg != key.algorithm() || header.typ != T::TYP {
            return None;
        }
        let signed_by_us = key.verifies(signed.as_bytes(), &decode(signature)?);
        signed_by_us.then(|| strict_json::read(&decode(claims)?)).flatten()
    }
}

fn append(token: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(bytes, token);
}

/// A part, in base64url as it must be: no padding, no stray bits, nothing around it (RFC 7515 §2).
pub(super) fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

#[cfg(test)]
mod tests;
