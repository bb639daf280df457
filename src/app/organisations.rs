//! What becomes of organisations when somebody goes (DOMAIN.md §10): the last administrator stays until another is named;
//! an organisation in which they are alone closes with their account, if they said so (ADR 0066).

use super::App;
use super::houses::House;
use super::invitations::about;
use super::letters::{self, Recipient};
use crate::clock::{Duration, Timestamp, days};
use crate::event::{Event, EventKind};
use crate::identity::organisation::{Organisation, Role};
use crate::identity::user::User;
use crate::ids::{RealmName, UserId};
use crate::mail::message::{AccessAsked, ClosingPostponed, Mail};
use crate::store::access_requests::AccessRequest;
use crate::store::closings::{self, Closing};
use crate::store::{Access, StoreError, Tx, members, organisations};

/// When the end of an account is tried again that an organisation held back.
const POSTPONED: Duration = days(7);

/// An organisation that would be left without an administrator.
#[derive(Debug, Clone)]
pub(crate) struct LeftBehind {
    /// Which.
    pub(crate) organisation: Organisation,
    /// Whether nobody else belongs to it.
    pub(crate) alone: bool,
}

impl LeftBehind {
    /// Whether it keeps its last administrator from going: others need one, or nobody said that it may close.
    pub(crate) const fn holds_back(&self, closes_with: bool) -> bool {
        !(self.alone && closes_with)
    }
}

impl App {
    /// The organisations that somebody would leave without an administrator.
    pub(crate) async fn left_behind(
        access: &impl Access,
        (realm, user): (&RealmName, UserId),
    ) -> Result<Vec<LeftBehind>, StoreError> {
        let mut left = Vec::new();
        for id in members::administers_alone(access, user).await? {
            let Some(organisation) = organisations::in_realm(access, realm, id).await? else { continue };
            left.push(LeftBehind { organisation, alone: members::count(access, id).await? == 1 });
        }
        Ok(left)
    }

    /// The same, with all organisations of that person held: of two administrators who go at once, one does.
    pub(crate) async fn left_behind_held(
        tx: &Tx,
        (realm, user): (&RealmName, UserId),
    ) -> Result<Vec<LeftBehind>, StoreError> {
        let mut mine = members::of_user(tx, user).await?;
        // In one order: two who hold the same organisations would otherwise wait for each other.
        mine.sort_by_key(|membership| membership.organisation);
        for membership in mine {
            organisations::hold(tx, membership.organisation).await?;
        }
        Self::left_behind(tx, (realm, user)).await
    }

    /// Puts the end of an account off, which an organisation holds back, and tells its person; `false`, as it is not
    /// carried out.
    pub(super) async fn postpone(
        &self,
        tx: Tx,
        (house, closing): (&House, &Closing),
        (user, kept): (&User, &Organisation),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let realm = &house.realm.name;
        if !closings::postpone(&tx, closing.user, now + POSTPONED, now).await? {
            return Ok(false);
        }
        let mail = Mail::ClosingPostponed(ClosingPostponed {
            first_name: user.first_name.as_str().to_owned(),
            organisation: kept.details.legal_name.as_str().to_owned(),
            page: format!("{}/account/close", house.issuer),
            at: now,
            closes: now + POSTPONED,
        });
        let to = Recipient { address: user.email.as_str().to_owned(), language: user.language, held: false };
        letters::post(self, &tx, realm, to, &mail, now).await?;
        let event = self.own_event(EventKind::AccountClosingPostponed, realm, now);
        tx.commit(&about(Event { user: Some(closing.user), ..event }, kept.id)).await?;
        Ok(false)
    }

    /// Closes the organisations in which somebody was alone, with their account.
    pub(super) async fn close_organisations(
        &self,
        tx: &mut Tx,
        house: &House,
        (user, left): (UserId, &[LeftBehind]),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for LeftBehind { organisation, .. } in left {
            organisations::close(tx, organisation.id).await?;
            let event = self.own_event(EventKind::OrganisationClosed, &house.realm.name, now);
            tx.note(&about(Event { user: Some(user), ..event }, organisation.id)).await?;
        }
        Ok(())
    }

    /// Tells the administrators of an organisation that somebody asks for access, who has read the mailbox. Whoever was
    /// mailed too often today finds it in the account (SR-18).
    pub(crate) async fn tell_administrators(
        &self,
        tx: &Tx,
        (house, organisation): (&House, &Organisation),
        request: &AccessRequest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for (membership, user) in members::people(tx, organisation.id).await? {
            if !membership.is(Role::Administrator) || !user.is_active() {
                continue;
            }
            let mail = Mail::AccessAsked(AccessAsked {
                first_name: user.first_name.as_str().to_owned(),
                organisation: organisation.details.legal_name.as_str().to_owned(),
                asking: request.full_name(),
                address: request.who.email.masked(),
                page: format!("{}/account/organisations/{}/requests", house.issuer, organisation.id),
                ends: request.expires_at,
                at: now,
            });
            let held = !self.throttle.mail(tx, &user.email.canonical(), now).await?;
            let to = Recipient { address: user.email.as_str().to_owned(), language: user.language, held };
            letters::post(self, tx, &house.realm.name, to, &mail, now).await?;
        }
        Ok(())
    }
}
