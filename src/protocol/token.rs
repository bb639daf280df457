//! What our tokens say: ID tokens (OpenID Connect Core §2) and access tokens (RFC 9068).
//!
//! An ID token names nobody: names and addresses are fetched from userinfo, within the scope (SR-203). The two kinds
//! differ in `typ` and in audience, so neither passes for the other (SR-155). Signing and opening is for `keys`.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256, Sha512};

use super::assurance::Acr;
use super::client::{ClientId, SigningAlgorithm};
use super::confirmation::Confirmation;
use super::exchange::Actor;
use super::grant::{Authentication, Grant};
use super::issuer::Issuer;
use super::scope::{OPENID, Scope};
use super::subject::Subject;
use crate::authentication::session::Method;
use crate::clock::{Duration, Timestamp};
use crate::ids::{GrantId, SessionId};

/// How far the clocks of two nodes may differ (SR-156).
pub(super) const SKEW: Duration = Duration::from_mins(1);

/// `NumericDate`: whole seconds since the epoch (RFC 7519 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NumericDate(i64);

impl NumericDate {
    /// What somebody else wrote. It may have a fraction, of which nothing counts (RFC 7519 §2).
    pub(crate) fn read(value: &Value) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and so far off no moment is")]
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64)).map(Self)
    }
}

impl From<Timestamp> for NumericDate {
    fn from(moment: Timestamp) -> Self {
        Self(moment.seconds())
    }
}

impl From<NumericDate> for Timestamp {
    fn from(date: NumericDate) -> Self {
        Self::from_seconds(date.0)
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

/// When a token is made, for how long, and its name.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    /// `jti`: a fresh random name.
    pub(crate) jti: String,
    /// `iat`.
    pub(crate) now: Timestamp,
    /// Until `exp`.
    pub(crate) lifetime: Duration,
}

/// The claims of an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdToken {
    iss: Issuer,
    sub: Subject,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    /// What the client asked to be told in it (Core §5.5).
    #[serde(flatten)]
    told: Map<String, Value>,
}

impl TokenKind for IdToken {
    const TYP: &'static str = "JWT";
}

impl IdToken {
    /// The ID token that goes with the access token of that `at_hash`.
    ///
    /// `nonce` is the request's; a refreshed ID token has none, and the `auth_time` of the first (Core §12.2).
    pub(crate) fn new(issuer: &Issuer, grant: &Grant, nonce: Option<String>, at_hash: LeftHalf, stamp: &Stamp) -> Self {
        let Authentication { session, auth_time, acr, amr, .. } = grant.authentication().clone();
        Self {
            iss: issuer.clone(),
            sub: grant.subject(),
            aud: grant.client_id().clone(),
            azp: grant.client_id().clone(),
            exp: (stamp.now + stamp.lifetime).into(),
            iat: stamp.now.into(),
            auth_time: auth_time.into(),
            nonce,
            acr,
            amr,
            at_hash,
            sid: session,
            told: Map::new(),
        }
    }

    /// The same, which says what was asked for by name.
    pub(crate) fn telling(self, told: Map<String, Value>) -> Self {
        Self { told, ..self }
    }

    /// What it hints at; its end does not matter, for hints are about "current or past" sessions (Core §3.1.2.1).
    pub(crate) fn hint(self, issuer: &Issuer, now: Timestamp) -> Option<IdTokenHint> {
        let ours = self.iss == *issuer && self.iat <= (now + SKEW).into() && self.azp == self.aud;
        ours.then_some(IdTokenHint { subject: self.sub, session: self.sid, client_id: self.aud })
    }
}

/// Whom an ID token of ours is about, when a client hands it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdTokenHint {
    /// `sub`.
    pub(crate) subject: Subject,
    /// `sid`, where there was a session.
    pub(crate) session: Option<SessionId>,
    /// `aud`.
    pub(crate) client_id: ClientId,
}

/// `aud`: one or several (RFC 7519 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    /// The only one.
    One(String),
    /// Several.
    Many(BTreeSet<String>),
}

impl Audience {
    /// What a token of `scope` is for: the `resources` that were asked, and the issuer where userinfo will be (RFC 8707
    /// §2, RFC 9068 §3).
    pub(crate) fn new(issuer: &Issuer, scope: &Scope, resources: &BTreeSet<String>) -> Self {
        let own = (resources.is_empty() || scope.contains(OPENID)).then(|| issuer.as_str().to_owned());
        let mut all: BTreeSet<_> = resources.iter().cloned().chain(own).collect();
        match (all.len(), all.pop_first()) {
            (1, Some(only)) => Self::One(only),
            (_, first) => Self::Many(all.into_iter().chain(first).collect()),
        }
    }

    /// Whether it names `audience`.
    pub(crate) fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(only) => only == audience,
            Self::Many(all) => all.contains(audience),
        }
    }
}

/// What an access token is for.
#[derive(Debug, Clone)]
pub(crate) struct Purpose {
    /// How far it reaches.
    pub(crate) scope: Scope,
    /// Who takes it.
    pub(crate) audience: Audience,
    /// What has to be proven with it.
    pub(crate) confirmation: Option<Confirmation>,
}

/// The claims of an access token (RFC 9068 §2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    pub(super) iss: Issuer,
    pub(super) sub: Subject,
    pub(super) aud: Audience,
    pub(super) client_id: ClientId,
    azp: ClientId,
    #[serde(default, skip_serializing_if = "Scope::is_empty")]
    pub(super) scope: Scope,
    pub(super) jti: String,
    pub(super) exp: NumericDate,
    pub(super) iat: NumericDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cnf: Option<Confirmation>,
    /// Who acts for the subject, where that is not the subject itself (RFC 8693 §4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) act: Option<Actor>,
    /// Of a person; a client that acts for itself has none.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub(super) person: Option<OfPerson>,
}

/// What an access token says of a person's grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OfPerson {
    /// When they proved who they are; absent, as the next two, where somebody else vouched for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) auth_time: Option<NumericDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) acr: Option<Acr>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    amr: Vec<Method>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    /// Where to look up whether it was revoked; issuing one writes nothing.
    grant_id: GrantId,
}

impl TokenKind for AccessToken {
    const TYP: &'static str = "at+jwt";
}

impl AccessToken {
    /// An access token out of a person's grant.
    pub(crate) fn of_grant(issuer: &Issuer, grant: &Grant, purpose: Purpose, stamp: &Stamp) -> Self {
        let Authentication { session, auth_time, acr, amr, .. } = grant.authentication().clone();
        let proven = !amr.is_empty();
        let person = OfPerson {
            auth_time: proven.then_some(auth_time.into()),
            acr: proven.then_some(acr),
            amr,
            sid: session,
            grant_id: grant.id(),
        };
        Self::new(issuer, grant.subject(), grant.client_id(), purpose, stamp, Some(person))
    }

    /// The access token of a client that acts for itself (RFC 6749 §4.4).
    pub(crate) fn of_client(issuer: &Issuer, client_id: &ClientId, purpose: Purpose, stamp: &Stamp) -> Self {
        Self::new(issuer, Subject::of_client(client_id), client_id, purpose, stamp, None)
    }

    /// The access token that `client_id` gets for this one (RFC 8693 §2.2.1): it hangs on the same grant, so that it is
    /// revoked with it, and ends when this one does.
    pub(crate) fn exchanged(
        &self,
        client_id: &ClientId,
        subject: Subject,
        purpose: Purpose,
        act: Option<Actor>,
        stamp: &Stamp,
    ) -> Self {
        let new = Self::new(&self.iss, subject, client_id, purpose, stamp, self.person.clone());
        Self { act, exp: new.exp.min(self.exp), ..new }
    }

    fn new(
        issuer: &Issuer,
        sub: Subject,
        client_id: &ClientId,
        purpose: Purpose,
        stamp: &Stamp,
        person: Option<OfPerson>,
    ) -> Self {
        Self {
            iss: issuer.clone(),
            sub,
            aud: purpose.audience,
            client_id: client_id.clone(),
            azp: client_id.clone(),
            scope: purpose.scope,
            jti: stamp.jti.clone(),
            exp: (stamp.now + stamp.lifetime).into(),
            iat: stamp.now.into(),
            cnf: purpose.confirmation,
            act: None,
            person,
        }
    }

    /// Whether we made it and it is in force (SR-156); whether its grant still stands is for the store to say.
    pub(crate) fn is_in_force(&self, issuer: &Issuer, now: Timestamp) -> bool {
        // Whoever speaks for somebody else hangs on a grant: one that we cannot read must not pass for none.
        let whole = self.person.is_some() || self.sub == Subject::of_client(&self.client_id);
        whole && self.iss == *issuer && NumericDate::from(now) < self.exp && self.iat <= (now + SKEW).into()
    }

    /// Whether it may be shown to that resource.
    pub(crate) fn is_for(&self, audience: &str) -> bool {
        self.aud.contains(audience)
    }

    /// The grant it was issued from, when it speaks for a person.
    pub(crate) fn grant_id(&self) -> Option<GrantId> {
        self.person.as_ref().map(|person| person.grant_id)
    }

    /// Its name.
    pub(crate) fn jti(&self) -> &str {
        &self.jti
    }

    /// When it ends.
    pub(crate) fn ends(&self) -> Timestamp {
        self.exp.into()
    }

    /// For how long it was made.
    pub(crate) fn lifetime(&self) -> Duration {
        Timestamp::from(self.exp).since(self.iat.into())
    }

    /// To whom it was issued.
    pub(crate) const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Whom it speaks for.
    pub(crate) const fn subject(&self) -> &Subject {
        &self.sub
    }

    /// How far it reaches.
    pub(crate) const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What has to be proven with it.
    pub(crate) const fn confirmation(&self) -> Option<&Confirmation> {
        self.cnf.as_ref()
    }
}

#[cfg(test)]
pub(crate) mod tests;
