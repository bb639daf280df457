//! "A session is open for Marie Durand. Continue?": signed in elsewhere meanwhile, in this same browser (UX §1.2).

use axum::response::Response;

use crate::app::App;
use crate::authentication::attempt::{LoginAttempt, Step};
use crate::event::{Event, EventKind};
use crate::journeys::problem::Problem;
use crate::journeys::visit::Submission;
use crate::protocol::request::Acceptance;

/// Goes on with the open session, if it still answers the request; what has become owed since it was opened comes
/// first (SR-73).
pub(super) async fn go_on(mut submission: Submission) -> Result<Response, Problem> {
    let visit = &mut submission.visit;
    let session = visit.session().await?.filter(|session| {
        let (user, since) = (session.authenticated.user(), session.authenticated.auth_time());
        visit.worth(user, since) == Acceptance::Accepted
    });
    let Some(session) = session else { return Err(Problem::Overtaken(visit.step("sign-in"))) };
    let user = session.authenticated.user();
    let tx = visit.app.store.begin().await?;
    let account = App::account(&tx, &visit.house, user, visit.now()).await?;
    let attempt = LoginAttempt::of_session(&session.authenticated);
    let step = attempt.advance(account.as_ref(), &visit.policy());
    let kind = match step {
        Step::Enter(_) => {
            visit.flow.journey.entered = Some(session.id);
            EventKind::SignedIn
        }
        // What the session proved is too old for what comes next: the same person proves it once more (SR-82).
        Step::Ask => {
            visit.flow.journey.confirm = Some(user);
            EventKind::JourneyRestarted
        }
        _ => {
            visit.flow.journey.attempt = attempt;
            EventKind::PasswordAccepted
        }
    };
    let event = Event { user: Some(user), session: Some(session.id), ..visit.event(kind) };
    submission.follow(tx, event).await
}

/// Leaves the open session for another account: it ends here and now (SR-105).
pub(crate) async fn switch(mut submission: Submission) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let mut event = submission.visit.event(EventKind::JourneyRestarted);
    if let Some(session) = submission.visit.session().await? {
        let visit = &submission.visit;
        visit.app.end_session(&tx, &visit.house, session.id, visit.now()).await?;
        event.kind = EventKind::SignedOut;
        event.session = Some(session.id);
        event.user = Some(session.authenticated.user());
    }
    // Whose session was to be confirmed, or whose second factor is awaited, is no longer asked, and nothing of theirs is
    // kept (SR-74).
    let journey = &mut submission.visit.flow.journey;
    if journey.confirm.take().is_some() || journey.attempt.user().is_some() {
        journey.attempt = LoginAttempt::default();
        journey.typed.identifier.clear();
    }
    submission.follow(tx, event).await
}
