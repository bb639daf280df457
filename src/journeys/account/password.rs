//! `GET`, `POST /realms/{realm}/account/password`: another password, by somebody who knows the present one (SR-30).
//!
//! The present password is a guess like any other: the same counters slow it (SR-12). The session goes on under a new id,
//! with what was just proven; the others end unless their person unticks the box.

use axum::response::Response;
use http::StatusCode;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::app::App;
use crate::authentication::attempt::{LoginAttempt, Step};
use crate::authentication::freshness::Fresh;
use crate::authentication::policy::Demanded;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::journeys::actions::first_password::{judge, lacks, tried};
use crate::journeys::actions::update_password::{Criterion, Reason, UpdatePasswordPage};
use crate::journeys::dispatch;
use crate::journeys::login::sign_in::{hash, reserve, retry_after, verify};
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::warning::{tell, warn};
use crate::mail::message::Mail;
use crate::proofs::password::{self, StoredHash};
use crate::store::{Tx, credentials, devices, email_changes, links, users};
use crate::themes::form::{Field, FormState};
use crate::themes::phrase::Phrase;
use crate::throttle::{Permit, Slowed};

/// The page, below the realm.
const PAGE: &str = "account/password";

/// The line of the home page, for a password that stands since then.
pub(super) fn told(since: Option<Timestamp>) -> Line {
    let line = Line::new(Phrase::new("account.password"));
    match since {
        Some(since) => line.says(Phrase::new("account_password.since").moment("when", since)),
        None => line,
    }
}

/// The line of the home page.
pub(super) async fn line(owner: &Owner) -> Result<Line, Problem> {
    let account = users::account(&owner.app.store.reads(), owner.user.id).await?;
    Ok(told(account.and_then(|account| account.password_since)).changed_at(owner.path(PAGE)))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    owner.fresh().await?;
    let form = owner.form().tick(Field::LogoutSessions);
    show(&owner, StatusCode::OK, form, Criterion::of(&owner.house.realm.password))
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    let fresh = act.fresh(&[Field::LogoutSessions]).await?;
    let (form, criteria) = judged(&act);
    if form.has_errors() {
        return show(&act, StatusCode::UNPROCESSABLE_ENTITY, form, criteria);
    }
    let canonical = act.user.sign_in_key();
    let found = users::candidate(&act.app.store.reads(), &act.house.realm.name, &canonical).await?;
    let permit = match reserve(&act, &canonical, found.as_ref()).await? {
        Ok(permit) => permit,
        Err(slowed) => return slowed_down(&act, slowed, criteria).await,
    };
    let present = found.and_then(|found| Some((found.account.user, found.password?)));
    let proof = verify(&act, present, &act.fields.secret(Field::Password)).await?;
    if proof.is_none_or(|proof| proof.user() != fresh.user()) {
        return refuse(&act, &permit, criteria).await;
    }
    let stored = hash(&act, &act.fields.secret(Field::PasswordNew)).await?;
    let tx = act.begin().await?;
    act.app.throttle.settle(&tx, &permit).await?;
    change(&act, &fresh, &stored, tx).await
}

/// The form with all that is to be mended before the present password is looked at.
fn judged(act: &Act) -> (FormState, Vec<Criterion>) {
    let (present, new) = (act.fields.secret(Field::Password), act.fields.secret(Field::PasswordNew));
    let mut form = act.again(&[Field::LogoutSessions]);
    if present.expose().is_empty() {
        form = form.refuse(Field::Password, refusals::current_password_empty());
    } else if present.expose() == new.expose() {
        form = form.refuse(Field::PasswordNew, refusals::password_same());
    }
    let (realm, user) = (&act.house.realm, &act.user);
    let lacks = lacks(realm, &new, &user.own_words());
    let form = judge(form, realm, (&new, &act.fields.secret(Field::PasswordConfirm)), &lacks);
    (form, tried(realm, &lacks))
}

/// Puts the new password in the place of the old one, with all that follows from it (SR-54, SR-66).
async fn change(act: &Act, fresh: &Fresh, stored: &StoredHash, tx: Tx) -> Result<Response, Problem> {
    let (user, now) = (fresh.user(), act.now());
    if !credentials::replace_password(&tx, user, stored, fresh.since(), now).await? {
        // Changed elsewhere meanwhile: that one stands, and is asked for.
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    if act.fields.ticked(Field::LogoutSessions) {
        act.app.end_other_sessions(&tx, &act.house, (user, fresh.session()), now).await?;
        devices::forget_all(&tx, user).await?;
    }
    links::void_of_user(&tx, Some(user), now).await?;
    email_changes::cancel(&tx, user, now).await?;
    tell(act, &tx, &act.user, Mail::PasswordChanged).await?;
    let cookies = renew(act, &tx).await?;
    act.leads_to("account?done=password", cookies, (tx, act.event(EventKind::PasswordChanged))).await
}

/// The session goes on under a new id (SR-99), with the new password as its proof. Where something is owed besides, it
/// stays as it is, and the next sign-in asks for that.
async fn renew(act: &Act, tx: &Tx) -> Result<Vec<String>, Problem> {
    let (user, now, realm) = (act.user.id, act.now(), &act.house.realm);
    let account = App::account(tx, &act.house, user, now).await?;
    let attempt = LoginAttempt::of_session(&act.session.authenticated).accept_password(&password::chosen(user, now));
    let attempt = attempt.map_err(|fault| Problem::ours("a session of two people", fault))?;
    let mut cookies = Vec::new();
    if let Step::Enter(authenticated) = attempt.advance(account.as_ref(), &realm.policy(Demanded::NOTHING, now)) {
        let remembered = act.session.idle == realm.sessions.remembered;
        dispatch::enter(act, tx, (authenticated, remembered), &mut cookies).await?;
    }
    Ok(cookies)
}

async fn refuse(act: &Act, permit: &Permit, criteria: Vec<Criterion>) -> Result<Response, Problem> {
    let tx = act.begin().await?;
    if permit.begins_delays() {
        warn(act, &tx, Some(&act.user), Mail::GuessingSlowed).await?;
    }
    tx.commit(&act.event(EventKind::PasswordNotConfirmed)).await?;
    let form = act.again(&[Field::LogoutSessions]).refuse(Field::Password, refusals::current_password_wrong());
    show(act, StatusCode::UNPROCESSABLE_ENTITY, form, criteria)
}

async fn slowed_down(act: &Act, slowed: Slowed, criteria: Vec<Criterion>) -> Result<Response, Problem> {
    act.begin().await?.commit(&act.event(EventKind::SignInThrottled)).await?;
    let form = act.again(&[Field::LogoutSessions]).refuse_all(refusals::throttled(slowed.until));
    let response = show(act, StatusCode::TOO_MANY_REQUESTS, form, criteria)?;
    Ok(retry_after(response, act.now(), slowed.until))
}

fn show(owner: &Owner, status: StatusCode, form: FormState, criteria: Vec<Criterion>) -> Result<Response, Problem> {
    let account = owner.user.sign_in_name().to_owned();
    owner.show(
        status,
        &UpdatePasswordPage { form, notice: None, reason: Reason::Change, account, holder: None, criteria },
    )
}
