//! `GET`, `POST /realms/{realm}/recover/password/new`: the end of a recovery.
//!
//! Reached only with what was proven before it (SR-57). It signs nobody in (SR-51), and ends everything that somebody
//! else may hold: sessions, grants, links, known browsers, in the same transaction (SR-53).

use axum::response::Response;

use crate::authentication::attempt::LoginAttempt;
use crate::authentication::journey::{Notice, Place, Recovery};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::journeys::actions::first_password::{choose, owner};
use crate::journeys::actions::update_password::{Criterion, Reason, UpdatePasswordPage};
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::warning::tell;
use crate::mail::message::Mail;
use crate::store::{Tx, credentials, devices, email_changes, links, users, warnings};
use crate::themes::form::Field;
use crate::throttle::Guessed;

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let Some((user, _)) = freed(&visit) else { return visit.elsewhere(&Place::RecoveryPassword) };
    let user = owner(&visit, Some(user)).await?;
    visit.show(&UpdatePasswordPage {
        form: visit.form().tick(Field::LogoutSessions),
        notice: None,
        reason: Reason::Recovery,
        account: user.sign_in_name().to_owned(),
        holder: None,
        criteria: Criterion::of(&visit.house.realm.password),
    })
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let Some((user, proven)) = freed(&submission.visit) else {
        return submission.visit.elsewhere(&Place::RecoveryPassword);
    };
    let user = owner(&submission.visit, Some(user)).await?;
    if !user.is_active() {
        return Err(Problem::JourneyLost);
    }
    let stored = match choose(&submission, &user, Reason::Recovery).await? {
        Ok(stored) => stored,
        Err(again) => return Ok(again),
    };
    let now = submission.visit.now();
    let mut tx = submission.begin().await?;
    if !credentials::replace_password(&tx, user.id, &stored, proven, now).await? {
        return Box::pin(overtaken(submission, tx, user.id)).await;
    }
    submission.visit.app.end_sessions_of(&tx, &submission.visit.house, user.id, now).await?;
    links::void_of_user(&tx, Some(user.id), now).await?;
    email_changes::cancel(&tx, user.id, now).await?;
    devices::forget_all(&tx, user.id).await?;
    submission.visit.app.throttle.forget(&tx, Guessed::Password, user.id).await?;
    warnings::settle(&tx, user.id, now).await?;
    // Whoever chose it has read the mailbox in this journey (SR-63).
    if users::prove_email(&tx, user.id, now).await? {
        tx.note(&Event { user: Some(user.id), ..submission.visit.event(EventKind::AddressVerified) }).await?;
    }
    tell(&submission.visit, &tx, &user, Mail::PasswordChanged).await?;
    let journey = &mut submission.visit.flow.journey;
    journey.waits_no_more();
    journey.attempt = LoginAttempt::default();
    journey.notice = Some(Notice::PasswordChanged);
    user.sign_in_name().clone_into(&mut journey.typed.identifier);
    let event = Event { user: Some(user.id), ..submission.visit.event(EventKind::RecoveryFinished) };
    submission.follow(tx, event).await
}

/// The password was changed after this mailbox was proven: what was proven is worth nothing any more (SR-53).
async fn overtaken(mut submission: Submission, tx: Tx, user: UserId) -> Result<Response, Problem> {
    submission.visit.flow.journey.recovery = None;
    let reason = Some("password_changed_meanwhile".to_owned());
    let event = Event { user: Some(user), reason, ..submission.visit.event(EventKind::LinkRefused) };
    submission.follow(tx, event).await
}

/// Whose password may be chosen here, and when their mailbox was proven.
fn freed(visit: &Visit) -> Option<(UserId, Timestamp)> {
    match visit.journey().recovery {
        Some(Recovery::Free { user, at }) => Some((user, at)),
        _ => None,
    }
}
