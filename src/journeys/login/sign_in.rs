//! `GET`, `POST /realms/{realm}/sign-in`: who are you, and can you prove it?
//!
//! A guess is reserved before it is looked at (SR-11); an unknown account costs what a known one does (SR-3). What
//! comes after is the dispatcher's business.

use std::sync::Arc;

use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use super::lapsed;
use super::password::SignInPage;
use super::select_account::SelectAccountPage;
use crate::app::cookies::Name;
use crate::authentication::journey::{self, Place};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::identity::identifier::Canonical;
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::caller::Caller;
use crate::journeys::ceremony::Ceremony;
use crate::journeys::certificate::before;
use crate::journeys::interruptions::ContinueAsPage;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::warning::{tell, warn};
use crate::mail::message::Mail;
use crate::proofs::password::{self, PasswordProof, StoredHash};
use crate::protocol::request::{Acceptance, Prompt};
use crate::secret::Secret;
use crate::store::{credentials, devices, users};
use crate::themes::form::{Field, FormState};
use crate::throttle::{Guessed, Permit, Slowed, Subject};

/// The fields of the page.
const FIELDS: [Field; 3] = [Field::Username, Field::Password, Field::RememberMe];

/// A guess at the password of whoever signs in so.
struct Guess {
    user: Option<UserId>,
    canonical: Canonical,
    permit: Permit,
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if !is_open(&visit) {
        return visit.elsewhere(&Place::SignIn);
    }
    if let Some(user) = open_session(&visit).await? {
        let (form, name) = (visit.form(), user.full_name());
        let chooses = visit.request().is_some_and(|request| request.prompts().contains(Prompt::SelectAccount));
        return if chooses {
            visit.show(&SelectAccountPage { form, name, address: user.sign_in_name().to_owned() })
        } else {
            visit.show(&ContinueAsPage { form, name })
        };
    }
    let mut form = visit.form().keep(Field::Username, visit.typed().identifier.clone());
    if visit.journey().remember {
        form = form.tick(Field::RememberMe);
    }
    show(&visit, StatusCode::OK, form).await
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    match submission.fields.raw("do") {
        "continue" => return Box::pin(super::continue_as::go_on(submission)).await,
        "switch" => return Box::pin(super::continue_as::switch(submission)).await,
        "passkey" if is_open(&submission.visit) => return Box::pin(super::passkey::enters(submission)).await,
        _ => {}
    }
    if !is_open(&submission.visit) {
        return submission.visit.elsewhere(&Place::SignIn);
    }
    let identifier = identifier(&submission).await?;
    let password = submission.fields.secret(Field::Password);
    let empty = emptiness(submission.again(&FIELDS), &identifier, &password);
    if empty.has_errors() {
        return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, empty).await;
    }
    let canonical = Canonical::of_typed(&identifier);
    let reads = submission.visit.app.store.reads();
    let found = users::candidate(&reads, &submission.visit.house.realm.name, &canonical).await?;
    let permit = match reserve(&submission.visit, &canonical, found.as_ref()).await? {
        Ok(permit) => permit,
        Err(slowed) => return slowed_down(&submission, slowed).await,
    };
    let guess = Guess { user: found.as_ref().map(|found| found.account.user), canonical, permit };
    let temporary = found.as_ref().and_then(users::Candidate::temporary);
    let account = found.and_then(|found| Some((found.account.user, found.password?)));
    let outdated = account.as_ref().is_some_and(|(_, stored)| stored.is_outdated());
    let Some(proof) = verify(&submission.visit, account, &password).await? else {
        return refuse(submission, &guess).await;
    };
    let visit = &mut submission.visit;
    if visit.journey().confirm.is_some_and(|user| user != proof.user()) {
        return refuse(submission, &guess).await;
    }
    if let Some(lapsed) = temporary.filter(|temporary| temporary.until <= visit.now()) {
        visit.flow.journey.typed.identifier = identifier;
        return Box::pin(lapsed::typed(submission, (proof, lapsed), &guess.permit)).await;
    }
    let Ok(attempt) = std::mem::take(&mut visit.flow.journey.attempt).accept_password(&proof) else {
        return refuse(submission, &guess).await;
    };
    visit.flow.journey.attempt = attempt;
    visit.flow.journey.typed.identifier = identifier;
    visit.flow.journey.notice = None;
    visit.flow.journey.waits_no_more();
    visit.flow.journey.remember = submission.fields.ticked(Field::RememberMe);
    let renewed = if outdated { Some(hash(&submission.visit, &password).await?) } else { None };
    let mut tx = submission.begin().await?;
    submission.visit.app.throttle.settle(&tx, &guess.permit).await?;
    if guess.permit.follows_failures()
        && let Some(owner) = users::by_id(&tx, proof.user()).await?.filter(User::is_active)
    {
        tell(&submission.visit, &tx, &owner, Mail::SignedInAfterFailures).await?;
    }
    if let Some(renewed) = renewed {
        credentials::rehash_password(&tx, proof.user(), &renewed).await?;
    }
    // Only a mail tells it: whoever types it has read the mailbox (SR-63).
    if temporary.is_some() && users::prove_email(&tx, proof.user(), submission.visit.now()).await? {
        tx.note(&Event { user: Some(proof.user()), ..submission.visit.event(EventKind::AddressVerified) }).await?;
    }
    let event = Event { user: Some(proof.user()), ..submission.visit.event(EventKind::PasswordAccepted) };
    submission.follow(tx, event).await
}

/// Whoever waits for a mail may change their mind and sign in: nobody is held at a page.
fn is_open(visit: &Visit) -> bool {
    visit.place().is_before_anybody()
}

/// The person whose open session would answer this request, unless they must prove themselves again.
async fn open_session(visit: &Visit) -> Result<Option<User>, Problem> {
    if visit.journey().confirm.is_some() {
        return Ok(None);
    }
    let Some(session) = visit.session().await? else { return Ok(None) };
    let (user, since) = (session.authenticated.user(), session.authenticated.auth_time());
    if visit.worth(user, since) != Acceptance::Accepted {
        return Ok(None);
    }
    Ok(users::by_id(&visit.app.store.reads(), user).await?)
}

/// What was typed, or the account that has to be confirmed: its field cannot be changed (SR-74).
async fn identifier(submission: &Submission) -> Result<String, Problem> {
    match confirmed_address(&submission.visit).await? {
        Some(address) => Ok(address),
        None => Ok(submission.fields.text(Field::Username).trim().to_owned()),
    }
}

async fn confirmed_address(visit: &Visit) -> Result<Option<String>, Problem> {
    let Some(user) = visit.journey().confirm else { return Ok(None) };
    Ok(users::by_id(&visit.app.store.reads(), user).await?.map(|user| user.sign_in_name().to_owned()))
}

fn emptiness(form: FormState, identifier: &str, password: &Secret<String>) -> FormState {
    let form = if identifier.is_empty() { form.refuse(Field::Username, refusals::username_empty()) } else { form };
    if password.expose().is_empty() { form.refuse(Field::Password, refusals::password_empty()) } else { form }
}

/// Takes one guess, in a transaction of its own that is committed before anything is verified.
pub(crate) async fn reserve(
    visit: &Caller,
    canonical: &Canonical,
    found: Option<&users::Candidate>,
) -> Result<Result<Permit, Slowed>, Problem> {
    let device = visit.cookie(Name::Device).map(|token| token.hash());
    let tx = visit.app.store.begin().await?;
    let owner = match &device {
        Some(token) => devices::owner(&tx, token).await?,
        None => None,
    };
    let subject = match (found.map(|found| found.account.user), &device) {
        (Some(user), Some(token)) if owner == Some(user) => Subject::Device(user, token),
        (Some(user), _) => Subject::User(user),
        (None, _) => Subject::Nobody(canonical),
    };
    let reserved = visit.app.throttle.reserve(&tx, Guessed::Password, subject, &visit.network(), visit.now()).await?;
    tx.commit_housekeeping().await?;
    Ok(reserved)
}

/// Verifies a password behind the gate, and as slowly for nobody (SR-3).
pub(crate) async fn verify(
    visit: &Caller,
    account: Option<(UserId, StoredHash)>,
    password: &Secret<String>,
) -> Result<Option<PasswordProof>, Problem> {
    let (pepper, password, now) = (visit.app.pepper.clone(), password.clone(), visit.now());
    let verify = move || {
        let account = account.as_ref().map(|(user, stored)| (*user, stored));
        password::verify(&pepper, account, &password, now)
    };
    Ok(visit.app.gate.run(verify).await?)
}

/// Hashes a secret behind the gate.
pub(crate) async fn hash(visit: &Caller, secret: &Secret<String>) -> Result<StoredHash, Problem> {
    let (pepper, secret, entropy) = (visit.app.pepper.clone(), secret.clone(), Arc::clone(&visit.app.entropy));
    let hashed = visit.app.gate.run(move || password::hash(&pepper, &secret, &*entropy)).await?;
    hashed.map_err(|fault| Problem::ours("a password could not be hashed", fault))
}

/// One text for an unknown account and a wrong password (SR-2), and the same rows (SR-4).
async fn refuse(submission: Submission, guess: &Guess) -> Result<Response, Problem> {
    let visit = &submission.visit;
    let tx = submission.begin().await?;
    if guess.permit.begins_delays() {
        let owner = users::by_identifier(&tx, &visit.house.realm.name, &guess.canonical).await?;
        warn(visit, &tx, owner.filter(User::is_active).as_ref(), Mail::GuessingSlowed).await?;
    }
    let reason = Some("credentials".into());
    tx.commit(&Event { user: guess.user, reason, ..visit.event(EventKind::SignInFailed) }).await?;
    let form = submission.again(&FIELDS).refuse_all(refusals::credentials_wrong());
    show(visit, StatusCode::UNPROCESSABLE_ENTITY, form).await
}

async fn slowed_down(submission: &Submission, slowed: Slowed) -> Result<Response, Problem> {
    submission.begin().await?.commit(&submission.visit.event(EventKind::SignInThrottled)).await?;
    let form = submission.again(&FIELDS).refuse_all(refusals::throttled(slowed.until));
    let response = show(&submission.visit, StatusCode::TOO_MANY_REQUESTS, form).await?;
    Ok(retry_after(response, submission.visit.now(), slowed.until))
}

/// Says when to come back, rounded up to whole seconds (RFC 9110 §10.2.3).
pub(crate) fn retry_after(mut response: Response, now: Timestamp, until: Timestamp) -> Response {
    let seconds = now.until(until).as_millis().div_ceil(1000);
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX).max(1);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The page, with what was wrong.
pub(super) async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let realm = &visit.house.realm;
    let confirming = confirmed_address(visit).await?;
    let notice = match visit.journey().notice {
        Some(journey::Notice::PasswordChanged) => Some(Notice::password_changed()),
        Some(journey::Notice::StartedAgain) => Some(Notice::flow_expired()),
        Some(journey::Notice::AnswersUsedUp) => Some(Notice::answers_used_up()),
        Some(journey::Notice::AddressConfirmed) => Some(Notice::address_confirmed()),
        Some(journey::Notice::Secured) => Some(Notice::secured()),
        Some(journey::Notice::TemporarySent) => Some(Notice::temporary_sent()),
        None if visit.journey().errand.is_some() => confirming.as_ref().map(|_| Notice::before_changes()),
        Some(journey::Notice::CertificateWaits) => Some(Notice::certificate_waits()),
        None => confirming.as_ref().map(|_| Notice::asked_again()),
    };
    let passkey = Ceremony::asks(visit, None).await?;
    visit.show_as(
        status,
        &SignInPage {
            form,
            passkey,
            notice: notice.filter(|_| status == StatusCode::OK),
            confirming,
            remember: realm.remember_me.then_some(realm.sessions.remembered),
            by_email: realm.issued.is_none(),
            forgot: visit.step("recover/password"),
            forgot_identifier: visit.step("recover/identifier"),
            register: realm.registration.map(|_| visit.step("register")),
            certificate: before::open(&visit.house).map(|_| visit.step(before::HERE)),
        },
    )
}
