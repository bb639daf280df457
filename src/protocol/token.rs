//! What our tokens say: ID tokens (OpenID Connect Core §2) and access tokens (RFC 9068).
//!
//! An ID token names nobody: names and addresses are fetched from userinfo, within the scope (SR-203). The two kinds
//! differ in `typ` and in audience, so neither passes for the other (SR-155). Signing and opening is for `keys`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

use super::assurance::Acr;
use super::client::{ClientId, SigningAlgorithm};
use super::grant::{Authentication, Grant};
use super::issuer::Issuer;
use super::scope::Scope;
use crate::authentication::session::Method;
use crate::clock::{Duration, Timestamp};
use crate::ids::{GrantId, SessionId, UserId};

/// How far the clocks of two nodes may differ (SR-156).
const SKEW: Duration = Duration::from_mins(1);

/// `NumericDate`: whole seconds since the epoch (RFC 7519 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NumericDate(i64);

impl From<Timestamp> for NumericDate {
    fn from(moment: Timestamp) -> Self {
        Self(moment.seconds())
    }
}

/// `at_hash`, `c_hash`, `s_hash`: the left half of a digest (Core §3.1.3.6, §3.3.2.11; FAPI 1.0 Part 2 §5.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct LeftHalf(String);

impl LeftHalf {
    /// Of an access token, a code or a state, for a token that is signed with that algorithm.
    ///
    /// The digest is the one "used in the `alg`" of the token. `EdDSA` names none; Ed25519 hashes with SHA-512
    /// (RFC 8032 §5.1), and that is what the libraries of clients compute.
    pub(crate) fn of(algorithm: SigningAlgorithm, value: &str) -> Self {
        let digest = match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 | SigningAlgorithm::ES256 => {
                Sha256::digest(value).to_vec()
            }
            SigningAlgorithm::EdDSA => Sha512::digest(value).to_vec(),
        };
        let (left, _) = digest.split_at(digest.len() / 2);
        Self(URL_SAFE_NO_PAD.encode(left))
    }
}

/// A kind of token: its explicit type (RFC 8725 §3.11).
pub(crate) trait TokenKind {
    /// The `typ` header.
    const TYP: &'static str;
}

/// The claims of an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdToken {
    iss: Issuer,
    sub: UserId,
    aud: ClientId,
    azp: ClientId,
    exp: NumericDate,
    iat: NumericDate,
    auth_time: NumericDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    acr: Acr,
    amr: Vec<Method>,
    at_hash: LeftHalf,
    sid: SessionId,
}

impl TokenKind for IdToken {
    const TYP: &'static str = "JWT";
}

impl IdToken {
    /// The ID token that goes with the access token of that `at_hash`.
    ///
    /// `nonce` is the request's; a refreshed ID token has none, and the `auth_time` of the first (Core §12.2).
    pub(crate) fn new(
        issuer: &Issuer,
        grant: &Grant,
        nonce: Option<String>,
        at_hash: LeftHalf,
        now: Timestamp,
        lifetime: Duration,
    ) -> Self {
        let Authentication { user, session, auth_time, acr, amr } = grant.authentication().clone();
        Self {
            iss: issuer.clone(),
            sub: user,
            aud: grant.client_id().clone(),
            azp: grant.client_id().clone(),
            exp: (now + lifetime).into(),
            iat: now.into(),
            auth_time: auth_time.into(),
            nonce,
            acr,
            amr,
            at_hash,
            sid: session,
        }
    }

    /// What it hints at; its end does not matter, for hints are about "current or past" sessions (Core §3.1.2.1).
    pub(crate) fn hint(self, issuer: &Issuer, now: Timestamp) -> Option<IdTokenHint> {
        let ours = self.iss == *issuer && self.iat <= (now + SKEW).into() && self.azp == self.aud;
        ours.then_some(IdTokenHint { user: self.sub, session: self.sid, client_id: self.aud })
    }
}

/// Whom an ID token of ours is about, when a client hands it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdTokenHint {
    /// `sub`.
    pub(crate) user: UserId,
    /// `sid`.
    pub(crate) session: SessionId,
    /// `aud`.
    pub(crate) client_id: ClientId,
}

/// The claims of an access token (RFC 9068 §2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    iss: Issuer,
    sub: UserId,
    aud: Issuer,
    client_id: ClientId,
    azp: ClientId,
    scope: Scope,
    jti: String,
    exp: NumericDate,
    iat: NumericDate,
    auth_time: NumericDate,
    acr: Acr,
    amr: Vec<Method>,
    sid: SessionId,
    /// Where to look up whether it was revoked; issuing one writes nothing.
    grant_id: GrantId,
}

impl TokenKind for AccessToken {
    const TYP: &'static str = "at+jwt";
}

impl AccessToken {
    /// An access token of that scope, for the resources of the issuer; `jti` is a fresh random name.
    pub(crate) fn new(
        issuer: &Issuer,
        grant: &Grant,
        scope: Scope,
        jti: String,
        now: Timestamp,
        lifetime: Duration,
    ) -> Self {
        let Authentication { user, session, auth_time, acr, amr } = grant.authentication().clone();
        Self {
            iss: issuer.clone(),
            sub: user,
            aud: issuer.clone(),
            client_id: grant.client_id().clone(),
            azp: grant.client_id().clone(),
            scope,
            jti,
            exp: (now + lifetime).into(),
            iat: now.into(),
            auth_time: auth_time.into(),
            acr,
            amr,
            sid: session,
            grant_id: grant.id(),
        }
    }

    /// Whether it is for us, and in force (SR-156); whether its grant still stands is for the store to say.
    pub(crate) fn is_in_force(&self, issuer: &Issuer, now: Timestamp) -> bool {
        let times = NumericDate::from(now) < self.exp && self.iat <= (now + SKEW).into();
        self.iss == *issuer && self.aud == *issuer && times
    }

    /// The grant it was issued from.
    pub(crate) const fn grant_id(&self) -> GrantId {
        self.grant_id
    }

    /// To whom it was issued.
    pub(crate) const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Whom it speaks for.
    pub(crate) const fn user(&self) -> UserId {
        self.sub
    }

    /// How far it reaches.
    pub(crate) const fn scope(&self) -> &Scope {
        &self.scope
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::grant::tests::{NOW, grant};

    pub(crate) fn issuer() -> Issuer {
        Issuer::new(&"https://id.example".parse().unwrap(), &"certinomis".parse().unwrap())
    }

    pub(crate) fn access_token() -> AccessToken {
        AccessToken::new(&issuer(), &grant(), grant().scope().clone(), "j-1".to_owned(), NOW, Duration::from_mins(5))
    }

    pub(crate) fn id_token(algorithm: SigningAlgorithm, access_token: &str) -> IdToken {
        let at_hash = LeftHalf::of(algorithm, access_token);
        IdToken::new(&issuer(), &grant(), Some("n-1".to_owned()), at_hash, NOW, Duration::from_mins(5))
    }

    #[test]
    fn a_left_half_is_that_of_the_digest_of_the_algorithm() {
        for (algorithm, value, left) in [
            // OpenID Connect Core, appendix A.4: `at_hash`, `c_hash`.
            (SigningAlgorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"),
            (
                SigningAlgorithm::PS256,
                "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
                "LDktKdoQak3Pk0cnXxCltA",
            ),
            (SigningAlgorithm::ES256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"),
            // printf %s … | sha512sum, the first 32 bytes.
            (
                SigningAlgorithm::EdDSA,
                "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
                "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM",
            ),
        ] {
            assert_eq!(LeftHalf::of(algorithm, value).0, left, "{algorithm:?}");
        }
    }

    #[test]
    fn sr_203_an_id_token_holds_no_personal_data() {
        // The access token of OpenID Connect Core, appendix A.3, with the at_hash given there.
        let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(
            serde_json::to_value(id_token(SigningAlgorithm::RS256, access_token)).unwrap(),
            json!({
                "iss": "https://id.example/realms/certinomis", "sub": "01900000-0000-7000-8000-000000000001",
                "aud": "portal", "azp": "portal", "exp": 1_800_000_300, "iat": 1_800_000_000,
                "auth_time": 1_799_999_940, "nonce": "n-1", "acr": "password", "amr": ["pwd"],
                "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "sid": "01900000-0000-7000-8000-00000000000a"
            })
        );
    }

    #[test]
    fn sr_145_an_access_token_is_restricted_to_the_issuer_and_to_its_scope() {
        assert_eq!(
            serde_json::to_value(access_token()).unwrap(),
            json!({
                "iss": "https://id.example/realms/certinomis", "aud": "https://id.example/realms/certinomis",
                "sub": "01900000-0000-7000-8000-000000000001", "client_id": "portal", "azp": "portal",
                "scope": "openid profile", "jti": "j-1", "exp": 1_800_000_300, "iat": 1_800_000_000,
                "auth_time": 1_799_999_940, "acr": "password", "amr": ["pwd"],
                "sid": "01900000-0000-7000-8000-00000000000a", "grant_id": "01900000-0000-7000-8000-00000000000b"
            })
        );
    }

    #[test]
    fn sr_156_an_access_token_is_in_force_for_its_issuer_and_its_time() {
        let other = Issuer::new(&"https://id.example".parse().unwrap(), &"other".parse().unwrap());
        for (issuer, now, verdict) in [
            (issuer(), NOW, true),
            (issuer(), NOW + Duration::from_secs(299), true),
            (issuer(), NOW + Duration::from_mins(5), false),
            (issuer(), NOW - Duration::from_mins(1), true),
            (issuer(), NOW - Duration::from_secs(61), false),
            (other, NOW, false),
        ] {
            assert_eq!(access_token().is_in_force(&issuer, now), verdict, "{issuer} {now:?}");
        }
    }
}
