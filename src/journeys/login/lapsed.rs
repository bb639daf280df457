//! `GET`, `POST /realms/{realm}/sign-in/lapsed`: the mailed password was right, and its time is over (UX.md P9).
//!
//! Whoever comes here has read the mailbox: they are told, and may have another one sent there. Typed wrong, an expired
//! password is as wrong as any (SR-2).

use axum::response::Response;
use serde::Serialize;

use crate::authentication::journey::{Lapsed, Notice, Place};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::journeys::problem::Problem;
use crate::journeys::register::issued;
use crate::journeys::samples;
use crate::journeys::visit::{Submission, Visit};
use crate::proofs::password::PasswordProof;
use crate::store::credentials::Temporary;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;
use crate::throttle::Permit;

/// « Votre mot de passe temporaire a expiré »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TemporaryLapsedPage {
    /// The button.
    pub(crate) form: FormState,
    /// When it ended.
    pub(crate) until: Timestamp,
    /// Back to sign-in.
    pub(crate) sign_in: String,
}

impl Page for TemporaryLapsedPage {
    const NAME: &'static str = "temporary-lapsed";
    const TEMPLATE: &'static str = "temporary_lapsed.html";

    fn title(&self) -> Phrase {
        Phrase::new("temporary_lapsed.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("lapsed", Self { form: samples::form(), until: now, sign_in: samples::NEXT.to_owned() })]
    }
}

/// The password was typed right, too late: it opens nothing and proves nothing. The guess was none.
pub(super) async fn typed(
    mut submission: Submission,
    (proof, temporary): (PasswordProof, Temporary),
    permit: &Permit,
) -> Result<Response, Problem> {
    let journey = &mut submission.visit.flow.journey;
    journey.waits_no_more();
    journey.notice = None;
    journey.lapsed = Some(Lapsed { user: proof.user(), since: temporary.since, until: temporary.until });
    let tx = submission.begin().await?;
    submission.visit.app.throttle.settle(&tx, permit).await?;
    let event = Event { user: Some(proof.user()), ..submission.visit.event(EventKind::TemporaryLapsed) };
    submission.follow(tx, event).await
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    match &visit.journey().lapsed {
        Some(lapsed) if visit.place() == Place::TemporaryLapsed => {
            let (form, sign_in) = (visit.form(), visit.step("sign-in"));
            visit.show(&TemporaryLapsedPage { form, until: lapsed.until, sign_in })
        }
        _ => visit.elsewhere(&Place::TemporaryLapsed),
    }
}

/// `POST`: another one, in the place of the one that was typed.
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let lapsed = submission.visit.journey().lapsed.filter(|_| submission.visit.place() == Place::TemporaryLapsed);
    let Some(lapsed) = lapsed else { return submission.visit.elsewhere(&Place::TemporaryLapsed) };
    let drawn = submission.visit.app.draw_temporary().await?;
    let tx = submission.begin().await?;
    let event = issued::renew(&submission.visit, &tx, (lapsed.user, Some(lapsed.since)), &drawn).await?;
    let journey = &mut submission.visit.flow.journey;
    journey.lapsed = None;
    journey.notice = Some(Notice::TemporarySent);
    submission.follow(tx, event).await
}
