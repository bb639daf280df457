//! Who stands at a page of an organisation: somebody who belongs to it. Whoever does not is told that there is no such page.
//!
//! What a page shows is what somebody was when it was asked for; what a form does is decided by what they are in the
//! transaction that does it, in which the organisation is held (SR-185): an open page of a former administrator does nothing.

use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::request::Parts;

use crate::app::App;
use crate::identity::organisation::{Membership, Organisation, Role};
use crate::ids::{AccessRequestId, OrganisationId, RealmName, UserId};
use crate::journeys::account::owner::{Act, Owner};
use crate::journeys::problem::Problem;
use crate::store::{Access, Tx, members, organisations};

/// The pages of all organisations, below the realm.
pub(super) const PAGE: &str = "account/organisations";

/// An organisation, and what somebody is in it.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// The organisation.
    pub(crate) organisation: Organisation,
    /// What they are.
    pub(crate) membership: Membership,
}

impl Standing {
    async fn of(
        access: &impl Access,
        realm: &RealmName,
        (organisation, user): (OrganisationId, UserId),
    ) -> Result<Self, Problem> {
        let found = organisations::in_realm(access, realm, organisation).await?;
        let membership = members::find(access, organisation, user).await?;
        let (organisation, membership) = found.zip(membership).ok_or(Problem::NotFound)?;
        Ok(Self { organisation, membership })
    }

    /// Whether they run its account.
    pub(crate) fn administers(&self) -> bool {
        self.membership.is(Role::Administrator)
    }

    /// Only administrators come past this.
    pub(crate) fn only_administrators(&self) -> Result<(), Problem> {
        if self.administers() { Ok(()) } else { Err(Problem::NotAdministrator) }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.organisation.details.legal_name.as_str()
    }

    /// The page of the organisation, below the realm.
    pub(crate) fn home(&self) -> String {
        format!("{PAGE}/{}", self.organisation.id)
    }

    /// One of the pages below it, below the realm.
    pub(crate) fn page(&self, page: &str) -> String {
        format!("{PAGE}/{}/{page}", self.organisation.id)
    }
}

/// One request to a page of an organisation.
pub(crate) struct Within {
    owner: Owner,
    /// Where its owner stands.
    pub(crate) standing: Standing,
}

impl Deref for Within {
    type Target = Owner;
    fn deref(&self) -> &Owner {
        &self.owner
    }
}

impl Within {
    /// The same, for administrators who proved a moment ago who they are (SR-104).
    pub(crate) async fn administered(self) -> Result<Self, Problem> {
        self.standing.only_administrators()?;
        self.owner.fresh().await?;
        Ok(self)
    }
}

impl FromRequestParts<Arc<App>> for Within {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Named(id) = Named::from_request_parts(parts, app).await?;
        let owner = Owner::from_request_parts(parts, app).await?;
        let standing = Standing::of(&app.store.reads(), &owner.house.realm.name, (id, owner.user.id)).await?;
        Ok(Self { owner, standing })
    }
}

/// A form of a page of an organisation.
pub(crate) struct ActWithin {
    act: Act,
    /// Where its owner stood when the form came.
    pub(crate) standing: Standing,
}

impl Deref for ActWithin {
    type Target = Act;
    fn deref(&self) -> &Act {
        &self.act
    }
}

impl ActWithin {
    /// Begins the request's transaction, with the organisation held, and what its owner is in it now.
    pub(crate) async fn begin_as_member(&self) -> Result<(Tx, Standing), Problem> {
        let tx = self.act.begin().await?;
        let id = self.standing.organisation.id;
        if !organisations::hold(&tx, id).await? {
            return Err(Problem::NotFound);
        }
        let standing = Standing::of(&tx, &self.house.realm.name, (id, self.user.id)).await?;
        Ok((tx, standing))
    }

    /// The same, for what only administrators do.
    pub(crate) async fn begin_as_administrator(&self) -> Result<(Tx, Standing), Problem> {
        let (tx, standing) = self.begin_as_member().await?;
        standing.only_administrators()?;
        Ok((tx, standing))
    }
}

impl FromRequest<Arc<App>> for ActWithin {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Named(id) = Named::from_request_parts(&mut parts, app).await?;
        let act = Act::from_request(Request::from_parts(parts, body), app).await?;
        let standing = Standing::of(&app.store.reads(), &act.house.realm.name, (id, act.user.id)).await?;
        Ok(Self { act, standing })
    }
}

/// What an address may name: no page leads to a name that is none (SR-120).
pub(crate) trait InPath: FromStr {
    /// Where it stands in the route.
    const NAME: &'static str;
}

impl InPath for OrganisationId {
    const NAME: &'static str = "organisation";
}

impl InPath for UserId {
    const NAME: &'static str = "user";
}

impl InPath for AccessRequestId {
    const NAME: &'static str = "request";
}

/// Something that the address names.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: InPath> FromRequestParts<Arc<App>> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Problem::NotFound)?;
        let written = path.iter().find(|(key, _)| *key == T::NAME).map(|(_, value)| value).unwrap_or_default();
        written.parse().map(Self).map_err(|_| Problem::NotFound)
    }
}
