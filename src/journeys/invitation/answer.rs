//! What the buttons of an invitation do: accept, decline, sign in first, leave somebody else's session.

use axum::response::Response;

use super::{Presented, Standing, presented, shares_addresses, show, standing, whoever};
use crate::app::cookies::{self, Name};
use crate::app::invitations::{LANDING, about};
use crate::authentication::attempt::LoginAttempt;
use crate::authentication::journey::{Errand, Journey, Typed};
use crate::event::{Event, EventKind};
use crate::identity::invitation::Invitation;
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::beginning;
use crate::journeys::caller::Caller;
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::link::landing;
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::secret::SecretHash;
use crate::store::{Tx, invitations, members, submissions, users};

/// A button that was pressed.
struct Press {
    caller: Caller,
    presented: Presented,
    browser: SecretHash,
    form: SecretHash,
    wish: String,
}

impl Press {
    async fn read(posted: Posted) -> Result<Self, Problem> {
        let caller = &posted.caller;
        let gone = || Problem::CookiesRefused { again: caller.here().to_owned() };
        let presented = presented(caller).await?.ok_or_else(gone)?;
        let (browser, form) = posted.check(presented.invitation.id.uuid().as_bytes())?;
        if let Some(sealed) = submissions::outcome(&caller.app.store.reads(), form.as_bytes()).await? {
            return Err(Problem::Answered(Outcome::open(&caller.app, &form, &sealed)?));
        }
        Ok(Self { wish: posted.fields.raw("do").to_owned(), caller: posted.caller, presented, browser, form })
    }

    /// The page as it stands now: another press was quicker, or this one is not to be had.
    async fn again(self) -> Result<Response, Problem> {
        match presented(&self.caller).await? {
            Some(presented) => show(&self.caller, &self.browser, &presented).await,
            None => Err(Problem::NotFound),
        }
    }

    /// Commits with that event, and comes back to the page, which says how it stands.
    async fn comes_back(self, tx: Tx, event: Event, cookies: Vec<String>) -> Result<Response, Problem> {
        let outcome = Outcome { location: self.caller.path(LANDING), cookies };
        dispatch::answer(&self.caller, &tx, &self.form, &outcome).await?;
        tx.commit(&event).await?;
        Ok(outcome.response())
    }
}

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    let press = Press::read(posted).await?;
    let whoever = whoever(&press.caller, &press.presented.invitation).await?;
    let standing = standing(&press.caller, &press.presented, &whoever);
    match (press.wish.as_str(), standing, whoever) {
        ("leave", Standing::SomebodyElse, _) => Box::pin(leave(press)).await,
        ("refuse", Standing::Create | Standing::SignIn | Standing::Choose | Standing::Join, _) => {
            Box::pin(refuse(press)).await
        }
        ("sign-in", Standing::SignIn | Standing::Choose, _) => Box::pin(sign_in(press)).await,
        ("accept", Standing::Join, super::Whoever::Invited(user)) => Box::pin(join(press, &user)).await,
        ("accept", Standing::Create | Standing::Choose, _) => Box::pin(create(press)).await,
        _ => press.again().await,
    }
}

/// The account that is signed in joins.
async fn join(press: Press, user: &User) -> Result<Response, Problem> {
    let caller = &press.caller;
    let session = caller.session().await?.map(|session| session.id);
    let tx = caller.app.store.begin().await?;
    let id = press.presented.invitation.id;
    let Some(accepted) = invitations::accept(&tx, id, user.id, caller.now()).await? else {
        drop(tx);
        return press.again().await;
    };
    enlist(caller, &tx, &accepted, user.id).await?;
    let event = Event { user: Some(user.id), session, ..caller.event(EventKind::InvitationAccepted) };
    press.comes_back(tx, about(event, accepted.organisation), Vec::new()).await
}

/// A new account, of the address that the link has proven; its person goes on to what the realm asks of it.
async fn create(press: Press) -> Result<Response, Problem> {
    let mut tx = press.caller.app.store.begin().await?;
    let Some((accepted, user)) = new_account(&press.caller, &tx, &press.presented.invitation).await? else {
        drop(tx);
        return press.again().await;
    };
    enlist(&press.caller, &tx, &accepted, user.id).await?;
    let proof = invitations::proof(&accepted).ok_or(Problem::JourneyLost)?;
    let attempt = LoginAttempt::default().accept_mailbox(&proof);
    let attempt = attempt.map_err(|fault| Problem::ours("a journey of two people", fault))?;
    let typed = Typed { identifier: user.sign_in_name().to_owned(), ..Typed::default() };
    let Press { caller, browser, form, .. } = press;
    let journey = Journey { attempt, typed, ..Journey::default() };
    let mut visit = landing::begun(caller, &tx, &browser, journey).await?;
    let event = Event { user: Some(user.id), ..visit.event(EventKind::InvitationAccepted) };
    // The spent link stays in its cookie: another tab that has the page learns that it was accepted.
    let mut kept = Vec::new();
    let (place, event) = dispatch::arrive(&mut visit, &mut tx, about(event, accepted.organisation), &mut kept).await?;
    let outcome = Outcome { location: visit.step(dispatch::page(&place)), cookies: kept };
    dispatch::keep(&visit, &tx, &form, &outcome).await?;
    tx.commit(&event).await?;
    Ok(outcome.response())
}

/// The account, and the invitation that is spent for it; `None` when somebody has the address meanwhile, or the
/// invitation is not to be had any more.
async fn new_account(caller: &Caller, tx: &Tx, invitation: &Invitation) -> Result<Option<(Invitation, User)>, Problem> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.now());
    let who = &invitation.who;
    let id = if shares_addresses(caller) {
        app.issue_identifier(tx, &caller.house, who, caller.occasion()).await?
    } else {
        if app.rests(tx, (&realm.name, &who.email.canonical()), now).await? {
            return Err(Problem::AddressRests);
        }
        let id = UserId::new(now, &*app.entropy);
        if !users::create(tx, &realm.name, id, who, now).await? {
            return Ok(None);
        }
        id
    };
    let accepted = invitations::accept(tx, invitation.id, id, now).await?;
    let user = users::by_id(tx, id).await?;
    Ok(accepted.zip(user))
}

/// Lets whoever accepted in, with the roles of the invitation: what an administrator declared them to be.
async fn enlist(caller: &Caller, tx: &Tx, accepted: &Invitation, user: UserId) -> Result<(), Problem> {
    members::join(tx, accepted.organisation, user, caller.now()).await?;
    for role in &accepted.roles {
        members::declare(tx, (accepted.organisation, user), *role, accepted.invited_by, caller.now()).await?;
    }
    Ok(())
}

async fn refuse(press: Press) -> Result<Response, Problem> {
    let tx = press.caller.app.store.begin().await?;
    let refused = invitations::refuse(&tx, press.presented.invitation.id, press.caller.now()).await?;
    let Some(refused) = refused else {
        drop(tx);
        return press.again().await;
    };
    let event = about(press.caller.event(EventKind::InvitationRefused), refused.organisation);
    press.comes_back(tx, event, Vec::new()).await
}

/// The person signs in, and comes back here: the link waits in its cookie.
async fn sign_in(press: Press) -> Result<Response, Problem> {
    let Press { caller, presented, .. } = press;
    let page = LANDING.to_owned();
    let errand = Some(Errand { page, user: None, typed: std::collections::BTreeMap::new(), action: None });
    let identifier =
        if shares_addresses(&caller) { String::new() } else { presented.invitation.who.email.as_str().to_owned() };
    let journey = Journey { errand, typed: Typed { identifier, ..Typed::default() }, ..Journey::default() };
    Ok(beginning::begin(&caller, &caller.path("sign-in"), journey).await?.response())
}

/// Leaves the session of somebody else: it ends here and now, and nothing of theirs is kept (SR-105).
async fn leave(press: Press) -> Result<Response, Problem> {
    let caller = &press.caller;
    let realm = caller.house.realm.name.clone();
    let Some(session) = caller.session().await? else { return press.again().await };
    let tx = caller.app.store.begin().await?;
    caller.app.end_session(&tx, &caller.house, session.id, caller.now()).await?;
    let user = Some(session.authenticated.user());
    let event = Event { user, session: Some(session.id), ..caller.event(EventKind::SignedOut) };
    let cookies = vec![cookies::forget(Name::Session(&realm)), cookies::forget(Name::State(&realm))];
    press.comes_back(tx, event, cookies).await
}
