//! The only place that turns where a person stands into a page, and the only one that lets anybody enter.
//!
//! Pages never link to each other: each posts, records its proof in the journey, and comes here. What comes next is
//! decided by the rules ([`Journey::place`](crate::authentication::journey::Journey::place)); here it becomes an
//! address. The answer is kept, sealed, so that the same form sent twice gets it twice.

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::caller::{Caller, see_other};
use super::certificate::{associate, before};
use super::problem::Problem;
use super::register::organisation;
use super::visit::{Submission, Visit, account};
use super::warning::tell_of_device;
use crate::app::App;
use crate::app::cookies::{self, Name};
use crate::authentication::journey::{IDLE, Place};
use crate::authentication::required_action::RequiredActionKind;
use crate::authentication::session::{AuthenticatedSession, BrowserSession};
use crate::clock::days;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::ids::{EventId, SessionId, UserId};
use crate::keys::sealing::Place as Drawer;
use crate::protocol::session_state::BrowserState;
use crate::secret::{Secret, SecretHash};
use crate::store::{Tx, devices, flows, sessions, submissions, users};

/// The page that leads to wherever a journey stands.
pub(crate) const GO_ON: &str = "go-on";
/// The way back to the client, with nothing in hand.
pub(crate) const TURN_BACK: &str = "protocol/openid-connect/auth/cancel";
/// How long a browser is remembered as one in which somebody signed in (SR-13).
const DEVICE_LIFE: u64 = 365;

/// What an accepted form is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Where the browser goes.
    pub(crate) location: String,
    /// What it keeps.
    pub(crate) cookies: Vec<String>,
}

impl Outcome {
    /// The answer itself.
    pub(crate) fn response(&self) -> Response {
        see_other(&self.location, &self.cookies)
    }

    /// The answer that the form of that id was given.
    pub(crate) fn open(app: &App, form: &SecretHash, sealed: &[u8]) -> Result<Self, Problem> {
        let name = drawer(form);
        let plain = app.sealer.open(Drawer { kind: "submissions.outcome", id: &name }, sealed);
        let plain = plain.map_err(|fault| Problem::ours("a kept answer does not open", fault))?;
        serde_json::from_slice(plain.expose()).map_err(|fault| Problem::ours("a kept answer does not read", fault))
    }

    fn seal(&self, app: &App, form: &SecretHash) -> Result<Vec<u8>, Problem> {
        let name = drawer(form);
        let plain = serde_json::to_vec(self).map_err(|fault| Problem::ours("an answer cannot be written", fault))?;
        let place = Drawer { kind: "submissions.outcome", id: &name };
        let sealed = app.sealer.seal(place, &Secret::new(plain), &*app.entropy);
        sealed.map_err(|fault| Problem::ours("an answer could not be sealed", fault))
    }
}

fn drawer(form: &SecretHash) -> String {
    URL_SAFE_NO_PAD.encode(form.as_bytes())
}

/// The page of a place, below the realm; `None` for the one that is entered through the protocol's door.
pub(crate) const fn page(place: &Place) -> &'static str {
    match place {
        Place::SignIn => "sign-in",
        Place::SecondFactor => "sign-in/code",
        Place::OrganisationKnown => organisation::KNOWN,
        Place::VerifyEmail | Place::Action(RequiredActionKind::VerifyEmail) => "verify-email",
        Place::CredentialsSent => "register/sent",
        Place::TemporaryLapsed => "sign-in/lapsed",
        Place::Challenge => "challenge",
        Place::RecoverySent => "recover/password/sent",
        Place::IdentifierSent => "recover/identifier/sent",
        Place::RecoveryQuestion => "recover/password/question",
        Place::RecoveryPassword => "recover/password/new",
        Place::Action(RequiredActionKind::UpdatePassword) => "required-actions/update-password",
        Place::Action(RequiredActionKind::SetSecretQuestion) => "required-actions/set-secret-question",
        Place::Action(RequiredActionKind::SetChallengeQuestions) => "required-actions/set-challenge-questions",
        Place::Action(RequiredActionKind::ConfigureTotp) => "required-actions/configure-totp",
        Place::Action(RequiredActionKind::RegisterPasskey) => "required-actions/register-passkey",
        Place::Action(RequiredActionKind::SaveRecoveryCodes) => "required-actions/save-recovery-codes",
        Place::Action(RequiredActionKind::AcceptTerms) => "required-actions/accept-terms",
        Place::Action(RequiredActionKind::DesignateContacts) => "required-actions/designate-contacts",
        Place::Action(RequiredActionKind::InviteUsers) => "required-actions/invite-users",
        Place::Certificate => before::HERE,
        Place::AssociateCertificate => associate::HERE,
        Place::Refused => "refused",
        // Nothing is owed any more, by no doing of this browser: it takes a form to enter.
        Place::Enter(_) => GO_ON,
        // A typed route into the protocol's door: the request, if there is one, is answered there.
        Place::Entered(_) => "protocol/openid-connect/auth/resume",
    }
}

/// Saves the journey, commits with `event`, and sends the browser to the next step.
pub(crate) async fn follow(submission: Submission, mut tx: Tx, mut event: Event) -> Result<Response, Problem> {
    let Submission { mut visit, form, .. } = submission;
    event.user = event.user.or_else(|| visit.journey().attempt.user());
    let mut cookies = Vec::new();
    let (place, event) = arrive(&mut visit, &mut tx, event, &mut cookies).await?;
    let outcome = Outcome { location: visit.step(page(&place)), cookies };
    keep(&visit, &tx, &form, &outcome).await?;
    tx.commit(&event).await?;
    Ok(outcome.response())
}

/// Where the person stands now, who enters if nothing is owed any more; and the event that tells of it.
pub(crate) async fn arrive(
    visit: &mut Visit,
    tx: &mut Tx,
    event: Event,
    cookies: &mut Vec<String>,
) -> Result<(Place, Event), Problem> {
    use EventKind::{PasskeyAccepted, PasswordAccepted, SecondFactorAccepted};
    let account = account(tx, visit, visit.journey()).await?;
    let place = visit.journey().place(account.as_ref(), &visit.policy());
    let Place::Enter(authenticated) = place else { return Ok((place, event)) };
    let session = enter(visit, tx, (authenticated, visit.journey().remember), cookies).await?;
    visit.flow.journey.entered = Some(session);
    visit.flow.journey.notice = None;
    let mut entered = Event { kind: EventKind::SignedIn, session: Some(session), ..event.clone() };
    // What was right and leads to a session is told as the sign-in; what else led here stands for itself.
    if !matches!(event.kind, PasswordAccepted | PasskeyAccepted | SecondFactorAccepted) {
        tx.note(&event).await?;
        entered.id = EventId::new(visit.now(), &*visit.app.entropy);
    }
    Ok((Place::Entered(session), entered))
}

/// The address of the next step, for a journey that is not saved yet.
pub(crate) async fn address(visit: &Visit, tx: &Tx) -> Result<String, Problem> {
    let account = account(tx, visit, visit.journey()).await?;
    let place = visit.journey().place(account.as_ref(), &visit.policy());
    Ok(visit.step(page(&place)))
}

/// Saves a journey that goes somewhere by itself, such as a restart.
pub(crate) async fn settle(visit: &Visit, form: &SecretHash, outcome: &Outcome, event: Event) -> Result<(), Problem> {
    let tx = visit.app.store.begin().await?;
    keep(visit, &tx, form, outcome).await?;
    Ok(tx.commit(&event).await?)
}

/// Keeps the step and its answer; whoever comes second to the same form or the same step changes nothing (SR-72).
pub(crate) async fn keep(visit: &Visit, tx: &Tx, form: &SecretHash, outcome: &Outcome) -> Result<(), Problem> {
    answer(visit, tx, form, outcome).await?;
    if !flows::save(tx, &visit.flow, visit.now()).await? {
        return Err(Problem::Overtaken(visit.step(GO_ON)));
    }
    Ok(())
}

/// Keeps the answer to a form; whoever sends it again gets it again, and changes nothing.
pub(crate) async fn answer(caller: &Caller, tx: &Tx, form: &SecretHash, outcome: &Outcome) -> Result<(), Problem> {
    let sealed = outcome.seal(&caller.app, form)?;
    if submissions::record(tx, form.as_bytes(), sealed, caller.now() + IDLE).await? {
        return Ok(());
    }
    let first = submissions::outcome(tx, form.as_bytes()).await?.unwrap_or_default();
    Err(Problem::Answered(Outcome::open(&caller.app, form, &first)?))
}

/// Opens the session, one that is remembered if that is asked: a new id, the old one ended, the browser remembered
/// (SR-99, SR-105).
pub(crate) async fn enter(
    caller: &Caller,
    tx: &Tx,
    (authenticated, remember): (AuthenticatedSession, bool),
    kept: &mut Vec<String>,
) -> Result<SessionId, Problem> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.now());
    let (id, user) = (SessionId::new(now, &*app.entropy), authenticated.user());
    match caller.session().await? {
        // One's own grants outlive a mere re-authentication; another person's session leaves nothing behind.
        Some(old) if old.authenticated.user() == user => sessions::replace(tx, old.id, id, now).await?,
        Some(old) => app.end_session(tx, &caller.house, old.id, now).await.map(drop)?,
        None => {}
    }
    let remembered = realm.remember_me && remember;
    let life = if remembered { realm.sessions.remembered } else { realm.sessions.absolute };
    let idle = if remembered { life } else { realm.sessions.idle };
    // SR-95: a session ends with the certificate that it was proven with.
    let ends = authenticated.certificate().map_or(now + life, |used| used.not_after.min(now + life));
    let session = BrowserSession { id, authenticated, created_at: now, seen_at: now, idle, expires_at: ends };
    let token = entropy::token(&*app.entropy);
    let device = sessions::Device {
        user_agent: serde_json::to_string(&caller.agent).unwrap_or_default(),
        source: caller.network(),
    };
    sessions::open(tx, &realm.name, &session, &token.hash(), &device).await?;
    let lasting = remembered.then_some(life);
    kept.push(cookies::set(Name::Session(&realm.name), token.expose(), lasting));
    kept.push(cookies::set(Name::State(&realm.name), BrowserState::of(id).as_str(), lasting));
    let (known, owner) = known_device(caller, tx).await?;
    // A browser that this account was never used in is told by mail (SR-20); the first browser is not new.
    if owner != Some(user)
        && devices::any(tx, user).await?
        && let Some(owner) = users::by_id(tx, user).await?
    {
        tell_of_device(caller, tx, &owner, id).await?;
    }
    let device_token = known.clone().unwrap_or_else(|| entropy::token(&*app.entropy));
    devices::remember(tx, &device_token.hash(), user, now).await?;
    if known.is_none() {
        kept.push(cookies::set(Name::Device, device_token.expose(), Some(days(DEVICE_LIFE))));
    }
    Ok(session.id)
}

/// The token that this browser is known by, and who signed in last with it. One that we do not know, were it ours once,
/// is not taken over (SR-99).
async fn known_device(caller: &Caller, tx: &Tx) -> Result<(Option<Secret<String>>, Option<UserId>), Problem> {
    let Some(token) = caller.cookie(Name::Device) else { return Ok((None, None)) };
    let owner = devices::owner(tx, &token.hash()).await?;
    Ok((owner.map(|_| token), owner))
}
