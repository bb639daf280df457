//! `GET`, `POST /realms/{realm}/sign-in/code`: the code that the person's app shows now.
//!
//! One text for a wrong code, an old one and one that was used (SR-79, SR-80); the ways out stand below it, always: a
//! recovery code, a lost telephone, another account.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::{continue_as, second_factor};
use crate::authentication::journey::Place;
use crate::clock::{Duration, Timestamp};
use crate::event::EventKind;
use crate::identity::user::User;
use crate::journeys::caller::see_other;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::proofs::one_time::{OneTimeCode, TotpPolicy};
use crate::store::second_factors::{self, StoredTotp};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;
use crate::throttle::Guessed;

/// « Entrez le code de votre application »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TotpPage {
    /// The code.
    pub(crate) form: FormState,
    /// How many digits it has.
    pub(crate) digits: u8,
    /// What its owner calls the device that shows it.
    pub(crate) device: Option<String>,
    /// « Utiliser une clé d’accès », for whoever has one.
    pub(crate) passkey: Option<String>,
    /// « Utiliser un code de secours »
    pub(crate) recover: String,
    /// « Je n’ai plus mon téléphone »
    pub(crate) lost: String,
}

impl Page for TotpPage {
    const NAME: &'static str = "second-factor";
    const TEMPLATE: &'static str = "second_factor.html";

    fn title(&self) -> Phrase {
        Phrase::new("second_factor.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let first = || Self {
            form: samples::form(),
            digits: 6,
            device: None,
            passkey: None,
            recover: "/realms/certinomis/sign-in/recovery-code".to_owned(),
            lost: "/realms/certinomis/sign-in/lost".to_owned(),
        };
        let refused = |words| Self { form: samples::form().refuse(Field::Code, words), ..first() };
        let later = now + Duration::from_mins(1);
        vec![
            sample("first-visit", first()),
            sample("named", Self { device: Some("Téléphone de Marie".to_owned()), digits: 8, ..first() }),
            sample("passkeys", Self { passkey: Some("/realms/certinomis/sign-in/passkey".to_owned()), ..first() }),
            sample("empty", refused(refusals::one_time_empty(6))),
            sample("malformed", refused(refusals::one_time_malformed(6))),
            sample("wrong", refused(refusals::one_time_wrong())),
            sample("throttled", Self { form: samples::form().refuse_all(refusals::throttled(later)), ..first() }),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::SecondFactor {
        return visit.elsewhere(&Place::SecondFactor);
    }
    if super::passkey::is_the_only_factor(&visit) {
        return Ok(see_other(&visit.step("sign-in/passkey"), &[]));
    }
    let (_, kept, _) = app_of(&visit).await?;
    show(&visit, &kept, StatusCode::OK, visit.form())
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != Place::SecondFactor {
        return submission.visit.elsewhere(&Place::SecondFactor);
    }
    if submission.fields.raw("do") == "switch" {
        return Box::pin(continue_as::switch(submission)).await;
    }
    let (user, kept, policy) = app_of(&submission.visit).await?;
    let visit = &submission.visit;
    let typed = submission.fields.secret(Field::Code);
    let refused = |words| show(visit, &kept, StatusCode::UNPROCESSABLE_ENTITY, visit.form().refuse(Field::Code, words));
    if typed.expose().trim().is_empty() {
        return refused(refusals::one_time_empty(kept.digits.into()));
    }
    let Some(code) = OneTimeCode::read(&typed, kept.digits) else {
        return refused(refusals::one_time_malformed(kept.digits.into()));
    };
    let permit = match second_factor::reserve(visit, Guessed::Totp, &user).await? {
        Ok(permit) => permit,
        Err(slowed) => {
            let again = |status, words| show(visit, &kept, status, visit.form().refuse_all(words));
            return second_factor::slowed_down(&submission, slowed, again).await;
        }
    };
    let tx = submission.begin().await?;
    match visit.app.spend_totp(&tx, (user.id, &kept), &code, policy, visit.now()).await? {
        Ok(proof) => {
            Box::pin(second_factor::accept(submission, tx, &permit, (&proof, EventKind::SecondFactorAccepted))).await
        }
        Err(why) => {
            second_factor::refuse(&submission, tx, &permit, (&user, why.reason())).await?;
            refused(refusals::one_time_wrong())
        }
    }
}

/// The person, their app as it is kept, and how the realm takes its codes. `Place::SecondFactor` is reached with an app
/// only; one that was removed a moment ago sends on to where the person stands now.
async fn app_of(visit: &Visit) -> Result<(User, StoredTotp, TotpPolicy), Problem> {
    let user = second_factor::person(visit).await?;
    let kept = second_factors::totp(&visit.app.store.reads(), user.id).await?;
    let again = || Problem::Overtaken(visit.step("go-on"));
    Ok((user, kept.ok_or_else(again)?, visit.house.realm.totp.ok_or_else(again)?))
}

fn show(visit: &Visit, kept: &StoredTotp, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    visit.show_as(
        status,
        &TotpPage {
            form,
            digits: kept.digits,
            device: Some(kept.label.clone()).filter(|label| !label.is_empty()),
            passkey: super::passkey::is_had(visit).then(|| visit.step("sign-in/passkey")),
            recover: visit.step("sign-in/recovery-code"),
            lost: visit.step("sign-in/lost"),
        },
    )
}
