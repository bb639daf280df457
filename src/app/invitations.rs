//! Inviting people into an organisation: who is asked, by a mail with a link that works once (SR-60).
//!
//! Whoever calls has counted the mails of the source (SR-18), and commits. Whether a mail to that address really leaves is
//! told to nobody.

use super::App;
use super::houses::House;
use super::letters::{self, Recipient};
use crate::clock::Timestamp;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::identity::invitation::{self, Invitation, Known, Uninvited};
use crate::identity::organisation::{Organisation, Role};
use crate::identity::user::{Registrant, User};
use crate::ids::{InvitationId, OrganisationId};
use crate::mail::message::{self, Mail};
use crate::secret::Secret;
use crate::store::{StoreError, Tx, invitations, organisations, users};

/// Where the links land, below the realm.
pub(crate) const LANDING: &str = "invitation";

/// Somebody whom an administrator wants in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invitee {
    /// Who, and the language of the mail.
    pub(crate) who: Registrant,
    /// What they are to be.
    pub(crate) roles: Vec<Role>,
}

impl App {
    /// Invites somebody in the name of `host`, or says why not. Whoever invites or joins the same organisation at that
    /// moment comes before or after.
    pub(crate) async fn invite(
        &self,
        tx: &Tx,
        house: &House,
        (organisation, host): (&Organisation, &User),
        invitee: &Invitee,
        now: Timestamp,
    ) -> Result<Result<InvitationId, Uninvited>, StoreError> {
        organisations::hold(tx, organisation.id).await?;
        let members = users::of_organisation(tx, organisation.id).await?;
        let mut waiting = invitations::of_organisation(tx, organisation.id).await?;
        waiting.retain(|invitation| invitation.waits(now));
        let members: Vec<_> = members.iter().map(of_user).collect();
        let waiting: Vec<_> = waiting.iter().map(|invitation| of_registrant(&invitation.who)).collect();
        let share = house.realm.issued.is_some();
        let asked = of_registrant(&invitee.who);
        if let Err(why) = invitation::judge(asked, (of_user(host), &members), &waiting, share) {
            return Ok(Err(why));
        }
        let token = entropy::token(&*self.entropy);
        let invitation = Invitation {
            id: InvitationId::new(now, &*self.entropy),
            realm: house.realm.name.clone(),
            organisation: organisation.id,
            who: invitee.who.clone(),
            roles: invitee.roles.clone(),
            invited_by: Some(host.id),
            created_at: now,
            sent_at: now,
            expires_at: now + life(house)?,
            reminded_at: None,
            accepted: None,
            refused_at: None,
            withdrawn_at: None,
        };
        invitations::insert(tx, &invitation, &token.hash()).await?;
        let held = !self.throttle.mail(tx, &invitation.who.email.canonical(), now).await?;
        self.post_invitation(tx, house, (organisation, &invitation, &token), (Mail::Invitation, held)).await?;
        Ok(Ok(invitation.id))
    }

    /// Sends the mail of an invitation once more, with a newer link; `false` when the invitation is not open any more.
    pub(crate) async fn invite_again(
        &self,
        tx: &Tx,
        house: &House,
        (organisation, id): (&Organisation, InvitationId),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (token, ends) = (entropy::token(&*self.entropy), now + life(house)?);
        let key = (organisation.id, id);
        let Some(invitation) = invitations::resend(tx, key, &token.hash(), ends, now).await? else { return Ok(false) };
        let held = !self.throttle.mail(tx, &invitation.who.email.canonical(), now).await?;
        self.post_invitation(tx, house, (organisation, &invitation, &token), (Mail::Invitation, held)).await?;
        Ok(true)
    }

    /// Reminds of one invitation whose end is near; `false` when another node did, or it is not open any more. Where no
    /// mail may go to the address now, the link of the first stays as it is.
    pub(crate) async fn remind_of_invitation(&self, id: InvitationId, now: Timestamp) -> Result<bool, StoreError> {
        let tx = self.store.begin().await?;
        let Some(invitation) = invitations::find(&tx, id).await? else { return Ok(false) };
        let Some(house) = self.house(invitation.realm.as_str()) else { return Ok(false) };
        let token = entropy::token(&*self.entropy);
        let may = self.throttle.mail(&tx, &invitation.who.email.canonical(), now).await?;
        let hash = token.hash();
        let Some(invitation) = invitations::remind(&tx, id, may.then_some(&hash), now).await? else { return Ok(false) };
        let found = organisations::in_realm(&tx, &invitation.realm, invitation.organisation).await?;
        if let Some(organisation) = found.filter(|_| may) {
            let mail = (&organisation, &invitation, &token);
            self.post_invitation(&tx, &house, mail, (Mail::InvitationReminder, false)).await?;
        }
        let event = self.own_event(EventKind::InvitationReminded, &invitation.realm, now);
        tx.commit(&about(event, invitation.organisation)).await?;
        Ok(may)
    }

    async fn post_invitation(
        &self,
        tx: &Tx,
        house: &House,
        (organisation, invitation, token): (&Organisation, &Invitation, &Secret<String>),
        (mail, held): (impl FnOnce(message::Invitation) -> Mail, bool),
    ) -> Result<(), StoreError> {
        let mail = mail(message::Invitation {
            first_name: invitation.who.first_name.as_str().to_owned(),
            organisation: organisation.details.legal_name.as_str().to_owned(),
            roles: invitation.roles.clone(),
            link: Secret::new(format!("{}/{LANDING}?token={}", house.issuer, token.expose())),
            sent: invitation.sent_at,
            ends: invitation.expires_at,
        });
        let (address, language) = (invitation.who.email.as_str().to_owned(), invitation.who.language);
        let to = Recipient { address, language, held };
        letters::post(self, tx, &house.realm.name, to, &mail, invitation.sent_at).await.map(drop)
    }
}

/// An event about an organisation: the trail finds it by this word.
pub(crate) fn about(event: Event, organisation: OrganisationId) -> Event {
    Event { reason: Some(format!("organisation {organisation}")), ..event }
}

/// How long an invitation lasts; only realms with organisations come here.
fn life(house: &House) -> Result<crate::clock::Duration, StoreError> {
    let policy =
        house.realm.organisations.as_ref().ok_or(StoreError::Unwritable("an invitation of a realm without any"))?;
    Ok(policy.invitation)
}

fn of_user(user: &User) -> Known<'_> {
    Known { email: &user.email, first_name: user.first_name.as_str(), last_name: user.last_name.as_str() }
}

fn of_registrant(who: &Registrant) -> Known<'_> {
    Known { email: &who.email, first_name: who.first_name.as_str(), last_name: who.last_name.as_str() }
}
