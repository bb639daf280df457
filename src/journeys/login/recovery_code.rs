//! `GET`, `POST /realms/{realm}/sign-in/recovery-code`: one of the codes that were kept for when the app is lost.
//!
//! Each is good once, by one statement (SR-83); its owner is told by mail that it was used, and how many are left.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::second_factor;
use crate::authentication::journey::Place;
use crate::clock::{Duration, Timestamp};
use crate::event::EventKind;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::proofs::one_time::RecoveryCode;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;
use crate::throttle::Guessed;

/// « Utilisez un code de secours »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecoveryCodePage {
    /// The code.
    pub(crate) form: FormState,
    /// Whether a passkey is all that the person has beside their password.
    pub(crate) passkey: bool,
    /// Back to the code of the app, or to the passkey.
    pub(crate) back: String,
    /// « Je n’ai plus mon téléphone »
    pub(crate) lost: String,
}

impl Page for RecoveryCodePage {
    const NAME: &'static str = "recovery-code";
    const TEMPLATE: &'static str = "recovery_code.html";

    fn title(&self) -> Phrase {
        Phrase::new("recovery_code.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let first = || Self {
            form: samples::form(),
            passkey: false,
            back: "/realms/certinomis/sign-in/code".to_owned(),
            lost: "/realms/certinomis/sign-in/lost".to_owned(),
        };
        let refused = |words| Self { form: samples::form().refuse(Field::RecoveryCode, words), ..first() };
        let later = now + Duration::from_mins(1);
        vec![
            sample("first-visit", first()),
            sample("passkey", Self { passkey: true, ..first() }),
            sample("empty", refused(refusals::recovery_code_empty())),
            sample("wrong", refused(refusals::recovery_code_wrong())),
            sample("throttled", Self { form: samples::form().refuse_all(refusals::throttled(later)), ..first() }),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::SecondFactor {
        return visit.elsewhere(&Place::SecondFactor);
    }
    show(&visit, StatusCode::OK, visit.form())
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    let visit = &submission.visit;
    if visit.place() != Place::SecondFactor {
        return visit.elsewhere(&Place::SecondFactor);
    }
    let typed = submission.fields.secret(Field::RecoveryCode);
    let refused =
        |words| show(visit, StatusCode::UNPROCESSABLE_ENTITY, visit.form().refuse(Field::RecoveryCode, words));
    if typed.expose().trim().is_empty() {
        return refused(refusals::recovery_code_empty());
    }
    // What cannot be a code is no guess at one.
    let Some(code) = RecoveryCode::read(typed.expose()) else { return refused(refusals::recovery_code_wrong()) };
    let user = second_factor::person(visit).await?;
    let permit = match second_factor::reserve(visit, Guessed::RecoveryCode, &user).await? {
        Ok(permit) => permit,
        Err(slowed) => {
            let again = |status, words| show(visit, status, visit.form().refuse_all(words));
            return second_factor::slowed_down(&submission, slowed, again).await;
        }
    };
    let tx = submission.begin().await?;
    let proof = visit.app.spend_recovery_code(&tx, second_factor::acting(visit, &user), &code).await?;
    if let Some(proof) = proof {
        return Box::pin(second_factor::accept(submission, tx, &permit, (&proof, EventKind::RecoveryCodeSpent))).await;
    }
    second_factor::refuse(&submission, tx, &permit, (&user, "recovery_code")).await?;
    refused(refusals::recovery_code_wrong())
}

fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let (back, lost) = (visit.step("sign-in/code"), visit.step("sign-in/lost"));
    let passkey = super::passkey::is_the_only_factor(visit);
    visit.show_as(status, &RecoveryCodePage { form, passkey, back, lost })
}
