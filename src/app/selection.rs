//! For which organisation somebody acts with a client: read where a code would be issued, and on the page that asks.
//!
//! The choice belongs to the client and the session in which it was made (docs/adr/0065): the next request of the same
//! client finds it on its last grant, another client asks for itself.

use super::App;
use super::houses::House;
use crate::authentication::journey::Chosen;
use crate::authentication::session::BrowserSession;
use crate::identity::organisation::Organisation;
use crate::ids::{OrganisationId, UserId};
use crate::protocol::consent::Wanted;
use crate::protocol::organisation::{Asked, Selection, select};
use crate::protocol::request::{AuthorizationRequest, Prompt};
use crate::protocol::scope::Scope;
use crate::store::{Access, StoreError, grants, organisations};

impl App {
    /// The organisation that the client's request is for, when it is answered in that session; `chosen` is what the person
    /// said on the way.
    pub(crate) async fn organisation_of(
        &self,
        house: &House,
        request: &AuthorizationRequest,
        session: &BrowserSession,
        chosen: Option<Chosen>,
    ) -> Result<Selection, StoreError> {
        let wanted = Wanted::by(request).scope;
        let Some(mine) = self.meant(house, &wanted, session.authenticated.user()).await? else {
            return Ok(Selection::Nobody);
        };
        let said = match chosen.filter(|chosen| chosen.session == session.id) {
            Some(chosen) => Some(chosen.organisation),
            // The client wants the choice itself.
            None if request.prompts().contains(Prompt::SelectAccount) => None,
            None => grants::last_organisation(&self.store.reads(), session.id, request.client_id()).await?,
        };
        Ok(select(Asked::by(&wanted), &mine, said))
    }

    /// The organisations among which that person says for which the client's request is; empty where there is nothing to
    /// say.
    pub(crate) async fn organisations_to_choose(
        &self,
        house: &House,
        request: &AuthorizationRequest,
        user: UserId,
    ) -> Result<Vec<Organisation>, StoreError> {
        let wanted = Wanted::by(request).scope;
        let mine = self.meant(house, &wanted, user).await?.unwrap_or_default();
        let owed = select(Asked::by(&wanted), &mine, None) == Selection::Owed;
        Ok(if owed { mine } else { Vec::new() })
    }

    /// The organisations of that person, where the scope asks for one of them at all.
    async fn meant(
        &self,
        house: &House,
        wanted: &Scope,
        user: UserId,
    ) -> Result<Option<Vec<Organisation>>, StoreError> {
        if house.realm.organisations.is_none() || Asked::by(wanted) == Asked::Nothing {
            return Ok(None);
        }
        organisations::of_user(&self.store.reads(), user).await.map(Some)
    }
}

/// The organisation that is told where nobody can be asked: the only one of that person, or the one of the alias.
pub(crate) async fn without_asking(
    access: &impl Access,
    house: &House,
    scope: &Scope,
    user: UserId,
) -> Result<Option<OrganisationId>, StoreError> {
    if house.realm.organisations.is_none() || Asked::by(scope) == Asked::Nothing {
        return Ok(None);
    }
    let mine = organisations::of_user(access, user).await?;
    Ok(match select(Asked::by(scope), &mine, None) {
        Selection::Of(organisation) => Some(organisation),
        Selection::Nobody | Selection::Owed => None,
    })
}
