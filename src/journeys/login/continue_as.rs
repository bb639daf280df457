//! "A session is open for Marie Durand. Continue?": signed in elsewhere meanwhile, in this same browser (UX §1.2).

use axum::response::Response;

use crate::event::{Event, EventKind};
use crate::journeys::dispatch;
use crate::journeys::problem::Problem;
use crate::journeys::visit::Submission;
use crate::protocol::request::Acceptance;

/// Goes on with the open session, if it still answers the request.
pub(super) async fn go_on(mut submission: Submission) -> Result<Response, Problem> {
    let visit = &mut submission.visit;
    let session = visit.session().await?.filter(|session| {
        let (user, since) = (session.authenticated.user(), session.authenticated.auth_time());
        visit.request().is_none_or(|request| request.accepts(user, since, visit.now()) == Acceptance::Accepted)
    });
    let Some(session) = session else { return Err(Problem::Overtaken(visit.step("sign-in"))) };
    visit.flow.journey.entered = Some(session.id);
    let user = Some(session.authenticated.user());
    let event = Event { user, session: Some(session.id), ..visit.event(EventKind::SignedIn) };
    let tx = submission.begin().await?;
    dispatch::follow(submission, tx, event).await
}

/// Leaves the open session for another account: it ends here and now (SR-105).
pub(super) async fn switch(submission: Submission) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let mut event = submission.visit.event(EventKind::SignedOut);
    if let Some(session) = submission.visit.session().await? {
        crate::store::sessions::end(&tx, session.id, submission.visit.now()).await?;
        event.session = Some(session.id);
        event.user = Some(session.authenticated.user());
    }
    dispatch::follow(submission, tx, event).await
}
