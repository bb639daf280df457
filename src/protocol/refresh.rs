//! Refresh tokens: rotation, the detection of reuse, and what is checked again each time (RFC 6749 §6, RFC 9700 §4.14).
//!
//! The verdict follows from the row's state, never from the order of times (SR-143): the store reads the row, asks
//! [`decide`], and makes the rotation one conditional statement; when that changes nothing, somebody else was first and
//! the question is asked again with the row as it is now.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::client::{Client, GrantType, Rotation};
use super::confirmation::Confirmation;
use super::error::{Error, ErrorCode};
use super::grant::{Grant, Standing};
use super::scope::Scope;
use super::sender::Requester;
use crate::clock::{Duration, Timestamp};
use crate::ids::GrantId;
use crate::secret::Secret;

/// A refresh token as it was found by its hash.
#[derive(Debug, Clone)]
pub(crate) struct RefreshToken {
    /// The family that it belongs to.
    pub(crate) grant: Grant,
    /// Whether what the family hangs on still stands.
    pub(crate) standing: Standing,
    /// When this member was issued.
    pub(crate) issued: Timestamp,
    /// Whether it was rotated.
    pub(crate) state: RefreshState,
    /// What whoever uses it has to hold.
    pub(crate) bound: Option<Confirmation>,
}

/// Where a refresh token stands in its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshState {
    /// The last of its family, not used yet.
    Current,
    /// Used: another one took its place.
    Rotated {
        /// When.
        at: Timestamp,
        /// Whether the one that took its place was used in turn.
        successor_used: bool,
    },
}

/// How long refresh tokens last: the realm's policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefreshPolicy {
    /// A token that is not used.
    pub(crate) idle: Duration,
    /// A family in all.
    pub(crate) absolute: Duration,
    /// How long the direct predecessor gets the very same answer again; zero never (SR-142).
    pub(crate) grace: Duration,
}

/// What is done with a presented refresh token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// Put a new one in its place, and issue tokens of that scope.
    Rotate(Scope),
    /// Issue tokens of that scope; the refresh token stays, and its idle time begins again.
    Keep(Scope),
    /// Answer as the first time, from what was kept; make nothing new.
    Repeat,
    /// Answer the error; nothing changes.
    Refuse(Error),
    /// A replay: revoke the family, refresh and access tokens alike, and tell (SR-141).
    Revoke(GrantId),
}

impl RefreshPolicy {
    /// When a member that was issued at `issued` ends.
    pub(crate) fn end(&self, grant: &Grant, issued: Timestamp) -> Timestamp {
        (issued + self.idle).min(grant.given() + self.absolute)
    }
}

impl RefreshToken {
    /// Whether that client would get tokens for it now.
    pub(crate) fn is_good_for(&self, client: &Client, policy: &RefreshPolicy, now: Timestamp) -> bool {
        self.state == RefreshState::Current
            && self.standing == Standing::Sound
            && self.grant.belongs_to(client)
            && client.grant_types.contains(&GrantType::RefreshToken)
            && now < policy.end(&self.grant, self.issued)
    }
}

/// What goes out to `client` for `token`, whose name and strength it is. Whoever holds it sends it back, and the whole
/// text is known by its hash: it says nothing (RFC 6749 §1.5).
///
/// Keycloak's adapter reads it as a JWT all the same. For its sake it is dressed as one: unsecured (RFC 7519 §6), since
/// nothing that we sign may be had for another purpose, and nobody takes what is signed with `none`.
pub(crate) fn outward(client: &Client, token: Secret<String>, issued: Timestamp, ends: Timestamp) -> Secret<String> {
    if !client.profile.suits_adapters() {
        return token;
    }
    let header = json!({ "alg": "none", "typ": "JWT" });
    let claims = json!({ "typ": "Refresh", "jti": token.expose(), "iat": issued.seconds(), "exp": ends.seconds() });
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    Secret::new(format!("{header}.{claims}."))
}

/// The verdict on a presented refresh token; `asked` is the request's `scope`.
pub(crate) fn decide(
    token: &RefreshToken,
    from: &Requester<'_>,
    asked: Option<&Scope>,
    policy: &RefreshPolicy,
    now: Timestamp,
) -> Refresh {
    let refused = Refresh::Refuse(Error::invalid_grant());
    // Another client's token says nothing about this family: whoever holds it may have found it, or guessed at it.
    if !token.grant.belongs_to(from) || token.standing == Standing::Revoked {
        return refused;
    }
    // Nor does one without the key, which is worth nothing to whoever holds it: no reason to end the owner's family.
    if let Some(bound) = token.bound.as_ref().filter(|bound| !from.sender.holds(bound)) {
        return Refresh::Refuse(match bound {
            Confirmation::Key(_) => Error::invalid_dpop_proof("the refresh token is bound to another key"),
            Confirmation::Certificate(_) => Error::invalid_grant(),
        });
    }
    match token.state {
        RefreshState::Rotated { at, successor_used } => {
            let graceful = !successor_used && !policy.grace.is_zero() && now.since(at) <= policy.grace;
            match token.standing {
                Standing::Sound if graceful => Refresh::Repeat,
                _ => Refresh::Revoke(token.grant.id()),
            }
        }
        RefreshState::Current if now >= policy.end(&token.grant, token.issued) => refused,
        RefreshState::Current if token.standing != Standing::Sound => refused,
        RefreshState::Current if !from.grant_types.contains(&GrantType::RefreshToken) => {
            Refresh::Refuse(Error::new(ErrorCode::UnauthorizedClient, "the client may not use refresh tokens"))
        }
        RefreshState::Current => match narrowed(&token.grant, from, asked) {
            Ok(scope) if stays(token, from) => Refresh::Keep(scope),
            Ok(scope) => Refresh::Rotate(scope),
            Err(error) => Refresh::Refuse(error),
        },
    }
}

/// RFC 9700 §2.2.2: where nothing but the token itself proves who uses it, it rotates whatever was registered.
fn stays(token: &RefreshToken, from: &Requester<'_>) -> bool {
    from.rotation == Rotation::Never && (!from.is_public() || token.bound.is_some())
}

/// Scope can only shrink: within what was granted (RFC 6749 §6), and within what the client may still ask for.
fn narrowed(grant: &Grant, client: &Client, asked: Option<&Scope>) -> Result<Scope, Error> {
    match asked {
        Some(asked) if !asked.is_within(grant.scope()) => {
            Err(Error::new(ErrorCode::InvalidScope, "scope exceeds what was granted"))
        }
        asked => Ok(asked.unwrap_or(grant.scope()).limited_to(&client.scopes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::tests::{confidential, public};
    use crate::protocol::client_authentication::AuthenticatedClient;
    use crate::protocol::grant::tests::{NOW, grant};
    use crate::protocol::sender::Sender;
    use crate::protocol::thumbprint::Thumbprint;

    const POLICY: RefreshPolicy =
        RefreshPolicy { idle: Duration::from_hours(24), absolute: Duration::from_hours(48), grace: Duration::ZERO };
    const GRACE: RefreshPolicy = RefreshPolicy { grace: Duration::from_secs(10), ..POLICY };
    const CURRENT: RefreshState = RefreshState::Current;

    fn rotated(seconds: u64, successor_used: bool) -> RefreshState {
        RefreshState::Rotated { at: NOW + Duration::from_secs(seconds), successor_used }
    }

    fn hours(n: u64) -> u64 {
        n * 3600
    }

    fn token(state: RefreshState, standing: Standing, issued: u64) -> RefreshToken {
        RefreshToken { grant: grant(), standing, issued: NOW + Duration::from_secs(issued), state, bound: None }
    }

    /// The verdict for that client, whose sender holds that key, after so many seconds.
    fn judged(
        token: &RefreshToken,
        client: &Client,
        key: Option<&Thumbprint>,
        policy: &RefreshPolicy,
        seconds: u64,
    ) -> Refresh {
        let (client, sender) = (AuthenticatedClient::assumed(client), Sender::assumed(key));
        let from = Requester { client: &client, sender: &sender };
        decide(token, &from, None, policy, NOW + Duration::from_secs(seconds))
    }

    #[test]
    fn sr_140_sr_141_sr_142_what_happens_to_a_presented_refresh_token() {
        let all = || Refresh::Rotate(grant().scope().clone());
        let refuse = || Refresh::Refuse(Error::invalid_grant());
        let revoke = || Refresh::Revoke(grant().id());
        let sound = Standing::Sound;
        for (case, token, client, policy, seconds, verdict) in [
            ("first use", token(CURRENT, sound, 0), "portal", POLICY, 60, all()),
            ("another client", token(CURRENT, sound, 0), "other", POLICY, 60, refuse()),
            ("just in time", token(CURRENT, sound, 0), "portal", POLICY, hours(24) - 1, all()),
            ("idle too long", token(CURRENT, sound, 0), "portal", POLICY, hours(24), refuse()),
            ("family too old", token(CURRENT, sound, hours(47)), "portal", POLICY, hours(48), refuse()),
            ("account barred", token(CURRENT, Standing::UserBarred, 0), "portal", POLICY, 60, refuse()),
            ("signed out", token(CURRENT, Standing::SessionEnded, 0), "portal", POLICY, 60, refuse()),
            ("revoked", token(CURRENT, Standing::Revoked, 0), "portal", POLICY, 60, refuse()),
            ("replay", token(rotated(60, false), sound, 0), "portal", POLICY, 61, revoke()),
            ("replay, same moment", token(rotated(60, false), sound, 0), "portal", POLICY, 60, revoke()),
            ("replay, clock behind", token(rotated(60, false), sound, 0), "portal", POLICY, 1, revoke()),
            ("replay, long after", token(rotated(60, true), sound, 0), "portal", POLICY, hours(100), revoke()),
            ("replay by another client", token(rotated(60, true), sound, 0), "other", POLICY, 61, refuse()),
            ("replay of a revoked one", token(rotated(60, true), Standing::Revoked, 0), "portal", GRACE, 61, refuse()),
            ("lost answer", token(rotated(60, false), sound, 0), "portal", GRACE, 70, Refresh::Repeat),
            ("grace is over", token(rotated(60, false), sound, 0), "portal", GRACE, 71, revoke()),
            ("never a second branch", token(rotated(60, true), sound, 0), "portal", GRACE, 61, revoke()),
            (
                "no grace after sign-out",
                token(rotated(60, false), Standing::SessionEnded, 0),
                "portal",
                GRACE,
                61,
                revoke(),
            ),
        ] {
            assert_eq!(judged(&token, &public(client), None, &policy, seconds), verdict, "{case}");
        }
    }

    #[test]
    fn sr_140_sr_96_a_bound_refresh_token_is_used_by_whoever_holds_the_key_and_misuse_does_not_hurt_its_owner() {
        let (key, other) = (Thumbprint::of("key"), Thumbprint::of("other"));
        let to_key = || Some(Confirmation::Key(key.clone()));
        let refused = || Refresh::Refuse(Error::invalid_dpop_proof("the refresh token is bound to another key"));
        let all = || Refresh::Rotate(grant().scope().clone());
        for (state, bound, held, verdict) in [
            (CURRENT, to_key(), Some(&key), all()),
            (CURRENT, to_key(), Some(&other), refused()),
            (CURRENT, to_key(), None, refused()),
            (CURRENT, None, Some(&other), all()),
            (rotated(60, true), to_key(), Some(&other), refused()),
            (rotated(60, true), to_key(), Some(&key), Refresh::Revoke(grant().id())),
            (
                CURRENT,
                Some(Confirmation::Certificate(key.clone())),
                Some(&key),
                Refresh::Refuse(Error::invalid_grant()),
            ),
        ] {
            let token = RefreshToken { bound, ..token(state, Standing::Sound, 0) };
            assert_eq!(judged(&token, &public("portal"), held, &POLICY, 61), verdict, "{token:?} {held:?}");
        }
    }

    #[test]
    fn sr_140_a_refresh_token_stays_where_its_client_is_proven_otherwise() {
        let key = Thumbprint::of("key");
        let bound = || Some(Confirmation::Key(key.clone()));
        let (keep, rotate) = (|| Refresh::Keep(grant().scope().clone()), || Refresh::Rotate(grant().scope().clone()));
        for (client, rotation, bound, verdict) in [
            (confidential("portal"), Rotation::Never, None, keep()),
            (confidential("portal"), Rotation::EachUse, None, rotate()),
            (public("portal"), Rotation::Never, bound(), keep()),
            (public("portal"), Rotation::Never, None, rotate()),
            (public("portal"), Rotation::EachUse, bound(), rotate()),
        ] {
            let token = RefreshToken { bound, ..token(CURRENT, Standing::Sound, 0) };
            let client = Client { rotation, ..client };
            assert_eq!(judged(&token, &client, Some(&key), &POLICY, 60), verdict, "{client:?}");
            // It ends like any other.
            let late = judged(&token, &client, Some(&key), &POLICY, hours(24));
            assert_eq!(late, Refresh::Refuse(Error::invalid_grant()));
        }
    }

    #[test]
    fn sr_144_scope_can_only_shrink() {
        let scope = |words: &str| Scope::parse(words).unwrap();
        let mut client = public("portal");
        let verdict = |client: &_, asked: Option<&str>| {
            let asked = asked.map(scope);
            let (client, sender) = (AuthenticatedClient::assumed(client), Sender::assumed(None));
            let from = Requester { client: &client, sender: &sender };
            decide(&token(CURRENT, Standing::Sound, 0), &from, asked.as_ref(), &POLICY, NOW)
        };
        assert_eq!(verdict(&client, Some("openid")), Refresh::Rotate(scope("openid")));
        let wider = verdict(&client, Some("openid email"));
        assert!(matches!(wider, Refresh::Refuse(error) if error.code() == ErrorCode::InvalidScope));
        client.scopes.remove("profile");
        assert_eq!(verdict(&client, None), Refresh::Rotate(scope("openid")));
        client.grant_types.remove(&GrantType::RefreshToken);
        let barred = verdict(&client, None);
        assert!(matches!(barred, Refresh::Refuse(error) if error.code() == ErrorCode::UnauthorizedClient));
    }
}
