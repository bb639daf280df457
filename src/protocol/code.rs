//! The authorization code: what is kept with it, and what it takes to redeem it (RFC 6749 §4.1.2, §4.1.3).
//!
//! A code is claimed first, by one statement of the store, and judged afterwards ([`redeem`]): whatever the verdict, it
//! is burnt (SR-137), and a second claim revokes what the first one bought (SR-138).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::assurance::Acr;
use super::error::Error;
use super::grant::{Authentication, Grant, Standing};
use super::request::AuthorizationRequest;
use super::request::pkce::CodeChallenge;
use super::request::redirect_uri::RegisteredRedirectUri;
use super::sender::Requester;
use super::stored::Stored;
use super::subject::Subject;
use super::thumbprint::Thumbprint;
use super::token_request::CodeExchange;
use crate::clock::{Duration, Timestamp};
use crate::ids::{GrantId, OrganisationId};

/// What is kept beside the hash of an authorization code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuthorizationCode {
    grant: Grant,
    redirect_uri: RegisteredRedirectUri,
    code_challenge: Option<CodeChallenge>,
    nonce: Option<String>,
    /// The key that the request bound it to (RFC 9449 §10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dpop_jkt: Option<Thumbprint>,
    /// What the first tokens say as `acr`, and no later ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    once: Option<Acr>,
    expires: Timestamp,
}

impl Stored for AuthorizationCode {}

impl AuthorizationCode {
    /// The end of the authorization endpoint: a grant, and the code for it.
    pub(crate) fn new(
        id: GrantId,
        request: &AuthorizationRequest,
        authentication: Authentication,
        subject: &Subject,
        now: Timestamp,
        lifetime: Duration,
    ) -> Self {
        Self {
            grant: Grant::new(id, request, authentication, subject, now),
            redirect_uri: request.redirect_uri().clone(),
            code_challenge: request.code_challenge().cloned(),
            nonce: request.nonce().map(str::to_owned),
            dpop_jkt: request.dpop_jkt().cloned(),
            once: None,
            expires: now + lifetime,
        }
    }

    /// The same, for somebody who acts for that organisation.
    #[must_use]
    pub(crate) fn on_behalf_of(self, organisation: Option<OrganisationId>) -> Self {
        Self { grant: self.grant.on_behalf_of(organisation), ..self }
    }

    /// The same, whose first tokens say that for this once.
    pub(crate) fn saying(self, once: Option<Acr>) -> Self {
        Self { once, ..self }
    }

    /// What it stands for.
    pub(crate) const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// When it is over.
    pub(crate) const fn expires(&self) -> Timestamp {
        self.expires
    }
}

/// What the store found when it claimed a presented code.
pub(crate) enum Claim {
    /// It was there, and is spent from now on.
    First(Box<AuthorizationCode>, Standing),
    /// It was spent before, for that grant.
    Again(GrantId),
    /// No such code.
    Unknown,
}

/// A code that was redeemed: the grant, and what its first ID token repeats.
#[derive(Debug)]
pub(crate) struct Redemption {
    /// What the client was given.
    pub(crate) grant: Grant,
    /// `nonce` of the request.
    pub(crate) nonce: Option<String>,
    /// What its first access token is for (RFC 8707 §2.2).
    pub(crate) resources: BTreeSet<String>,
    /// What the first tokens say as `acr`, where it is not the grant's.
    pub(crate) once: Option<Acr>,
}

/// A code that was not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotRedeemed {
    /// What the client is told.
    pub(crate) error: Error,
    /// The grant that is to be revoked with every token issued from it (RFC 6749 §4.1.2).
    pub(crate) revoke: Option<GrantId>,
}

/// Judges a claimed code against what the client presented with it.
pub(crate) fn redeem(
    claim: Claim,
    presented: &CodeExchange,
    from: &Requester<'_>,
    now: Timestamp,
) -> Result<Redemption, NotRedeemed> {
    let refused = |revoke| NotRedeemed { error: Error::invalid_grant(), revoke };
    let (code, standing) = match claim {
        Claim::First(code, standing) => (code, standing),
        Claim::Again(grant) => return Err(refused(Some(grant))),
        Claim::Unknown => return Err(refused(None)),
    };
    let good = code.grant.belongs_to(from)
        && now < code.expires
        && standing == Standing::Sound
        // RFC 6749 §4.1.3: "their values MUST be identical"
        && presented.redirect_uri == code.redirect_uri.as_str()
        && verifier_fits(&code, presented);
    if !good {
        return Err(refused(None));
    }
    // RFC 9449 §10: "the authorization server MUST verify" that it is the key that was announced.
    if code.dpop_jkt.is_some() && code.dpop_jkt.as_ref() != from.sender.key() {
        let error = Error::invalid_dpop_proof("the code is bound to another key");
        return Err(NotRedeemed { error, revoke: None });
    }
    match code.grant.narrowed(&presented.resources) {
        Ok(resources) => Ok(Redemption { grant: code.grant, nonce: code.nonce, resources, once: code.once }),
        Err(error) => Err(NotRedeemed { error, revoke: None }),
    }
}

/// PKCE both ways (SR-129): a stored challenge needs its verifier, and a verifier needs a stored challenge, lest a
/// request stripped of its challenge pass unseen (RFC 9700 §4.8.2).
fn verifier_fits(code: &AuthorizationCode, presented: &CodeExchange) -> bool {
    match (&code.code_challenge, &presented.code_verifier) {
        (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier.expose()),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::Pkce;
    use crate::protocol::client::tests::public;
    use crate::protocol::client_authentication::AuthenticatedClient;
    use crate::protocol::error::ErrorCode;
    use crate::protocol::grant::tests::{NOW, grant, marie};
    use crate::protocol::request::tests::{VERIFIER, accepted};
    use crate::protocol::sender::Sender;
    use crate::secret::Secret;

    fn id() -> GrantId {
        grant().id()
    }

    fn code() -> AuthorizationCode {
        AuthorizationCode::new(id(), &accepted(&[]), marie(), &marie().user.into(), NOW, Duration::from_mins(1))
    }

    fn exchange(redirect_uri: &str, verifier: Option<&str>) -> CodeExchange {
        CodeExchange {
            code: Secret::new("c-1".to_owned()),
            redirect_uri: redirect_uri.to_owned(),
            code_verifier: verifier.map(|verifier| Secret::new(verifier.to_owned())),
            resources: BTreeSet::new(),
        }
    }

    fn try_it(claim: Claim, presented: &CodeExchange, client: &str, seconds: u64) -> Result<Redemption, NotRedeemed> {
        let (client, sender) = (AuthenticatedClient::assumed(&public(client)), Sender::assumed(None));
        let from = Requester { client: &client, sender: &sender };
        redeem(claim, presented, &from, NOW + Duration::from_secs(seconds))
    }

    const CALLBACK: &str = "https://rp.example/cb?x=1";

    #[test]
    fn sr_137_a_code_is_bound_to_everything_it_was_issued_with() {
        let unchallenged = AuthorizationCode { code_challenge: None, ..code() };
        for (case, code, standing, presented, client, seconds, verdict) in [
            ("all right", code(), Standing::Sound, exchange(CALLBACK, Some(VERIFIER)), "portal", 59, true),
            ("too late", code(), Standing::Sound, exchange(CALLBACK, Some(VERIFIER)), "portal", 60, false),
            ("another client", code(), Standing::Sound, exchange(CALLBACK, Some(VERIFIER)), "other", 1, false),
            (
                "another address",
                code(),
                Standing::Sound,
                exchange("https://rp.example/cb", Some(VERIFIER)),
                "portal",
                1,
                false,
            ),
            (
                "another verifier",
                code(),
                Standing::Sound,
                exchange(CALLBACK, Some(&"a".repeat(43))),
                "portal",
                1,
                false,
            ),
            ("barred", code(), Standing::UserBarred, exchange(CALLBACK, Some(VERIFIER)), "portal", 1, false),
            ("signed out", code(), Standing::SessionEnded, exchange(CALLBACK, Some(VERIFIER)), "portal", 1, false),
            // SR-129, both ways
            ("no verifier", code(), Standing::Sound, exchange(CALLBACK, None), "portal", 1, false),
            (
                "no challenge",
                unchallenged.clone(),
                Standing::Sound,
                exchange(CALLBACK, Some(VERIFIER)),
                "portal",
                1,
                false,
            ),
            // RFC 9449 §10
            ("neither", unchallenged, Standing::Sound, exchange(CALLBACK, None), "portal", 1, true),
        ] {
            let outcome = try_it(Claim::First(Box::new(code), standing), &presented, client, seconds);
            assert_eq!(outcome.is_ok(), verdict, "{case}");
            if let Err(refused) = outcome {
                assert_eq!(refused, NotRedeemed { error: Error::invalid_grant(), revoke: None }, "{case}");
            }
        }
    }

    #[test]
    fn sr_129_an_exempted_client_that_sent_a_challenge_is_held_to_it() {
        let mut client = public("portal");
        client.requests.pkce = Pkce::Optional;
        let claim = Claim::First(Box::new(code()), Standing::Sound);
        let (client, sender) = (AuthenticatedClient::assumed(&client), Sender::assumed(None));
        let from = Requester { client: &client, sender: &sender };
        let outcome = redeem(claim, &exchange(CALLBACK, None), &from, NOW);
        assert!(outcome.is_err());
    }

    #[test]
    fn sr_137_a_code_of_a_key_is_redeemed_by_that_key() {
        let (announced, other) = (Thumbprint::of("announced"), Thumbprint::of("other"));
        let client = AuthenticatedClient::assumed(&public("portal"));
        for (bound, held, verdict) in [
            (Some(&announced), Some(&announced), None),
            (Some(&announced), Some(&other), Some(ErrorCode::InvalidDpopProof)),
            (Some(&announced), None, Some(ErrorCode::InvalidDpopProof)),
            (None, Some(&other), None),
        ] {
            let code = AuthorizationCode { dpop_jkt: bound.cloned(), ..code() };
            let sender = Sender::assumed(held);
            let (claim, from) =
                (Claim::First(Box::new(code), Standing::Sound), Requester { client: &client, sender: &sender });
            let outcome = redeem(claim, &exchange(CALLBACK, Some(VERIFIER)), &from, NOW);
            assert_eq!(outcome.err().map(|refused| refused.error.code()), verdict, "{held:?}");
        }
    }

    #[test]
    fn sr_138_a_second_claim_revokes_what_the_first_one_bought() {
        let presented = exchange(CALLBACK, Some(VERIFIER));
        for (claim, revoke) in [(Claim::Again(id()), Some(id())), (Claim::Unknown, None)] {
            assert_eq!(try_it(claim, &presented, "portal", 1).unwrap_err().revoke, revoke);
        }
    }

    #[test]
    fn a_code_is_redeemed_for_the_resources_of_its_grant_and_no_others() {
        let presented = CodeExchange {
            resources: ["https://api.example/".to_owned()].into(),
            ..exchange(CALLBACK, Some(VERIFIER))
        };
        let refused = try_it(Claim::First(Box::new(code()), Standing::Sound), &presented, "portal", 1).unwrap_err();
        assert_eq!((refused.error.code(), refused.revoke), (ErrorCode::InvalidTarget, None));
    }

    #[test]
    fn a_redeemed_code_hands_on_the_grant_and_the_nonce() {
        let stored = AuthorizationCode::from_row(&code().to_row().unwrap()).unwrap();
        let presented = exchange(CALLBACK, Some(VERIFIER));
        let redeemed = try_it(Claim::First(Box::new(stored), Standing::Sound), &presented, "portal", 1).unwrap();
        assert_eq!((redeemed.grant, redeemed.nonce.as_deref()), (grant(), Some("n-1")));
    }
}
