//! What the pages for a second factor share: a guess that is reserved before it is looked at, and where a right one and
//! a wrong one lead.
//!
//! Whoever stands here knew the password: guesses are counted for themselves, and entering the password again, another
//! flow or another session does not start them anew (SR-81).

use axum::response::Response;
use http::StatusCode;

use super::sign_in::retry_after;
use crate::app::cookies::Name;
use crate::app::second_factors::Acting;
use crate::event::{Event, EventKind};
use crate::identity::user::User;
use crate::journeys::actions::first_password::owner;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::warning::tell;
use crate::mail::message::Mail;
use crate::proofs::one_time::OneTimeProof;
use crate::store::{Tx, devices};
use crate::themes::phrase::Phrase;
use crate::throttle::{Guessed, Permit, Slowed, Subject};

/// Whose second factor it is.
pub(super) async fn person(visit: &Visit) -> Result<User, Problem> {
    owner(visit, visit.journey().attempt.user()).await
}

/// Their circumstances, for what is told by mail.
pub(super) fn acting<'a>(visit: &'a Visit, user: &'a User) -> Acting<'a> {
    Acting { house: &visit.house, user, happened: visit.occasion() }
}

/// Takes one guess, in a transaction of its own that is committed before anything is looked at (SR-11). In a browser in
/// which the account signed in before, strangers' guesses do not count (SR-13).
pub(super) async fn reserve(visit: &Visit, guessed: Guessed, user: &User) -> Result<Result<Permit, Slowed>, Problem> {
    let device = visit.cookie(Name::Device).map(|token| token.hash());
    let tx = visit.app.store.begin().await?;
    let known = match &device {
        Some(token) => devices::owner(&tx, token).await?.filter(|owner| *owner == user.id).map(|_| token),
        None => None,
    };
    let subject = known.map_or(Subject::User(user.id), |token| Subject::Device(user.id, token));
    let reserved = visit.app.throttle.reserve(&tx, guessed, subject, &visit.network(), visit.now()).await?;
    tx.commit_housekeeping().await?;
    Ok(reserved)
}

/// The code was right, and is spent: on to what comes next.
pub(super) async fn accept(
    mut submission: Submission,
    tx: Tx,
    permit: &Permit,
    (proof, kind): (&OneTimeProof, EventKind),
) -> Result<Response, Problem> {
    submission.visit.app.throttle.settle(&tx, permit).await?;
    let journey = &mut submission.visit.flow.journey;
    let accepted = std::mem::take(&mut journey.attempt).accept_one_time(proof);
    journey.attempt = accepted.map_err(|fault| Problem::ours("a journey of two people", fault))?;
    let event = submission.visit.event(kind);
    submission.follow(tx, event).await
}

/// A wrong code after a right password: the trail says so, and the owner hears of it once guessing is slowed.
pub(super) async fn refuse(
    submission: &Submission,
    tx: Tx,
    permit: &Permit,
    (user, reason): (&User, &'static str),
) -> Result<(), Problem> {
    let visit = &submission.visit;
    if permit.begins_delays() {
        tell(visit, &tx, user, Mail::CodesGuessed).await?;
    }
    let event = Event { reason: Some(reason.to_owned()), ..visit.event(EventKind::SecondFactorFailed) };
    Ok(tx.commit(&event).await?)
}

/// Too many guesses: `show` makes the page with these words.
pub(super) async fn slowed_down(
    submission: &Submission,
    slowed: Slowed,
    show: impl FnOnce(StatusCode, Phrase) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let visit = &submission.visit;
    submission.begin().await?.commit(&visit.event(EventKind::SignInThrottled)).await?;
    let response = show(StatusCode::TOO_MANY_REQUESTS, refusals::throttled(slowed.until))?;
    Ok(retry_after(response, visit.now(), slowed.until))
}
