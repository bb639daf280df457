//! What a client was given: by whom, how far it reaches, and whether it still stands.
//!
//! A [`Grant`] is made from a request that passed every check and an authentication that settled it, never otherwise.
//! Every token names it, so revoking it revokes them all.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::assurance::Acr;
use super::claims::RequestedClaims;
use super::client::{Client, ClientId};
use super::error::Error;
use super::request::AuthorizationRequest;
use super::resource::Reach;
use super::scope::{OFFLINE_ACCESS, Scope};
use super::stored::Stored;
use super::subject::Subject;
use crate::authentication::session::{BrowserSession, Method};
use crate::clock::Timestamp;
use crate::ids::{GrantId, OrganisationId, SessionId, UserId};

/// Who signed in, when and how: what a session says to clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authentication {
    /// The person.
    pub(crate) user: UserId,
    /// The browser's session; none where nobody sat at one.
    pub(crate) session: Option<SessionId>,
    /// When the person last proved who they are.
    pub(crate) auth_time: Timestamp,
    /// How sure that makes us.
    pub(crate) acr: Acr,
    /// What was proven.
    pub(crate) amr: Vec<Method>,
    /// The certificate that it was proven with, by its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<String>,
}

impl From<&BrowserSession> for Authentication {
    fn from(session: &BrowserSession) -> Self {
        let BrowserSession { id, authenticated, .. } = session;
        Self {
            user: authenticated.user(),
            session: Some(*id),
            auth_time: authenticated.auth_time(),
            acr: authenticated.acr(),
            amr: authenticated.amr().to_vec(),
            certificate: authenticated.certificate().map(|used| used.sha256.clone()),
        }
    }
}

/// What a client was given; a family of tokens hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    id: GrantId,
    client_id: ClientId,
    authentication: Authentication,
    /// The name that a pairwise client knows the person by; for all others it is the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pairwise: Option<Subject>,
    scope: Scope,
    /// What its access tokens may be for, when the client said (RFC 8707 §2).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    resources: BTreeSet<String>,
    /// What is told of the person beside the scope, because it was asked for by name (Core §5.5).
    #[serde(default, skip_serializing_if = "RequestedClaims::is_empty")]
    claims: RequestedClaims,
    /// The organisation that the person acts for with this client (docs/adr/0065).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organisation: Option<OrganisationId>,
    given: Timestamp,
}

impl Stored for Grant {}

impl Grant {
    /// What that person gives by that request.
    pub(super) fn new(
        id: GrantId,
        request: &AuthorizationRequest,
        authentication: Authentication,
        subject: &Subject,
        now: Timestamp,
    ) -> Self {
        let (client_id, scope) = (request.client_id().clone(), request.scope().clone());
        let pairwise = Some(subject).filter(|subject| **subject != authentication.user.into()).cloned();
        let (resources, claims) = (request.resources().clone(), request.claims().clone());
        Self { id, client_id, authentication, pairwise, scope, resources, claims, organisation: None, given: now }
    }

    /// What somebody vouched for by an assertion (RFC 7523 §2.1): no browser's session stands behind it.
    pub(crate) fn vouched(id: GrantId, client: &Client, user: UserId, reach: Reach, now: Timestamp) -> Self {
        let (session, amr, certificate) = (None, Vec::new(), None);
        let authentication = Authentication { user, session, auth_time: now, acr: Acr::Password, amr, certificate };
        let Reach { scope, resources } = reach;
        let (client_id, claims) = (client.client_id.clone(), RequestedClaims::default());
        Self { id, client_id, authentication, pairwise: None, scope, resources, claims, organisation: None, given: now }
    }

    /// The same, by the name that the client knows the person by.
    pub(crate) fn known_as(mut self, subject: Subject) -> Self {
        self.pairwise = Some(subject).filter(|subject| *subject != self.authentication.user.into());
        self
    }

    /// The same, as its first tokens tell of it: what was answered for one request is told once, and not when they are
    /// refreshed.
    pub(crate) fn saying(mut self, once: Option<Acr>) -> Self {
        self.authentication.acr = once.unwrap_or(self.authentication.acr);
        self
    }

    /// What a person gives to a device that they let in elsewhere (RFC 8628).
    pub(crate) fn on_device(
        id: GrantId,
        client_id: ClientId,
        scope: Scope,
        authentication: Authentication,
        now: Timestamp,
    ) -> Self {
        let (resources, claims) = (BTreeSet::new(), RequestedClaims::default());
        Self { id, client_id, authentication, pairwise: None, scope, resources, claims, organisation: None, given: now }
    }

    /// Its identifier, also the `grant_id` claim of its access tokens.
    pub(crate) const fn id(&self) -> GrantId {
        self.id
    }

    /// To whom it was given.
    pub(crate) const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// By whom.
    pub(crate) const fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// How the client knows the person.
    pub(crate) fn subject(&self) -> Subject {
        self.pairwise.clone().unwrap_or_else(|| self.authentication.user.into())
    }

    /// What its access tokens may be for, beside the issuer.
    pub(crate) const fn resources(&self) -> &BTreeSet<String> {
        &self.resources
    }

    /// Those of its resources that a token request narrows it to: "the … resource … originally granted" (RFC 8707 §2.2).
    pub(crate) fn narrowed(&self, asked: &BTreeSet<String>) -> Result<BTreeSet<String>, Error> {
        let granted = self.resources();
        match asked {
            none if none.is_empty() => Ok(granted.clone()),
            some if some.is_subset(granted) => Ok(some.clone()),
            _ => Err(Error::invalid_target()),
        }
    }

    /// The same, for that organisation.
    #[must_use]
    pub(crate) const fn on_behalf_of(mut self, organisation: Option<OrganisationId>) -> Self {
        self.organisation = organisation;
        self
    }

    /// The organisation that the person acts for, if any; whether they still belong to it is for the store to say.
    pub(crate) const fn organisation(&self) -> Option<OrganisationId> {
        self.organisation
    }

    /// What was asked for by name.
    pub(crate) const fn claims(&self) -> &RequestedClaims {
        &self.claims
    }

    /// Whether it outlives the session that it was given in (OpenID Connect Core §11).
    pub(crate) fn is_offline(&self) -> bool {
        self.scope.contains(OFFLINE_ACCESS)
    }

    /// How far it reaches.
    pub(crate) const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Since when.
    pub(crate) const fn given(&self) -> Timestamp {
        self.given
    }

    /// The same grant in the session that it hangs on now: a re-authentication puts another in the place of the first,
    /// and logout will name that one.
    pub(crate) const fn in_session(mut self, session: Option<SessionId>) -> Self {
        self.authentication.session = session;
        self
    }

    /// Whether it was given to that client.
    pub(crate) fn belongs_to(&self, client: &Client) -> bool {
        self.client_id == client.client_id
    }
}

/// Whether what a grant hangs on still stands (SR-144).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The account is active, the session lives, nothing was revoked.
    Sound,
    /// The account is disabled, closing or gone.
    UserBarred,
    /// The session was ended.
    SessionEnded,
    /// The grant was revoked.
    Revoked,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::authentication::session::AuthenticatedSession;
    use crate::clock::Duration;
    use crate::protocol::request::tests::accepted;

    pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    /// What the session of a person says who signed in a minute ago.
    pub(crate) fn marie() -> Authentication {
        Authentication {
            user: "01900000-0000-7000-8000-000000000001".parse().unwrap(),
            session: Some("01900000-0000-7000-8000-00000000000a".parse().unwrap()),
            auth_time: NOW - Duration::from_mins(1),
            acr: Acr::Password,
            amr: vec![Method::Password],
            certificate: None,
        }
    }

    /// What she gave to the portal.
    pub(crate) fn grant() -> Grant {
        let id = "01900000-0000-7000-8000-00000000000b".parse().unwrap();
        Grant::new(id, &accepted(&[]), marie(), &marie().user.into(), NOW)
    }

    #[test]
    fn a_session_says_who_signed_in_when_and_how() {
        let Authentication { user, session: id, auth_time, amr, .. } = marie();
        let (idle, expires_at) = (Duration::from_mins(30), NOW + Duration::from_hours(12));
        let authenticated = AuthenticatedSession::from_row(user, auth_time, amr);
        let session =
            BrowserSession { id: id.unwrap(), authenticated, created_at: NOW, seen_at: NOW, idle, expires_at };
        assert_eq!(Authentication::from(&session), marie());
        assert_eq!(marie().acr, session.authenticated.acr());
    }

    #[test]
    fn a_token_request_narrows_resources_and_never_widens_them() {
        let set = |uris: &[&str]| uris.iter().map(|uri| (*uri).to_owned()).collect::<BTreeSet<_>>();
        let (one, two) = ("https://api.example/one", "https://api.example/two");
        let both = Grant { resources: set(&[one, two]), ..grant() };
        for (grant, asked, narrowed) in [
            (grant(), set(&[]), Some(set(&[]))),
            (grant(), set(&[one]), None),
            (both.clone(), set(&[]), Some(set(&[one, two]))),
            (both.clone(), set(&[two]), Some(set(&[two]))),
            (both, set(&[two, "https://api.example/three"]), None),
        ] {
            assert_eq!(grant.narrowed(&asked).ok(), narrowed, "{asked:?}");
        }
    }

    #[test]
    fn a_grant_survives_its_column_and_belongs_to_one_client() {
        let grant = Grant::from_row(&grant().to_row().unwrap()).unwrap();
        assert_eq!(grant, tests::grant());
        assert_eq!(grant.subject(), marie().user.into());
        let client = crate::protocol::client::tests::public;
        assert_eq!((grant.belongs_to(&client("portal")), grant.belongs_to(&client("other"))), (true, false));
    }
}
