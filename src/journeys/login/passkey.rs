//! Signing in by a passkey: on the sign-in page, where it says by itself whose it is; and `GET`, `POST
//! /realms/{realm}/sign-in/passkey`, where it stands beside a password that was right.
//!
//! A passkey that is not believed gets one text, whether it is nobody's, somebody else's, or a wrong answer of the right
//! one: nothing here tells who has an account (SR-85). There is nothing to guess, so nothing is counted.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::{continue_as, second_factor, sign_in};
use crate::app::passkeys::Disbelieved;
use crate::authentication::journey::Place;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::journeys::caller::see_other;
use crate::journeys::ceremony::{Ceremony, answered};
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::proofs::passkey::{PasskeyProof, Refusal};
use crate::store::Tx;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Confirmez avec votre clé d’accès »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PasskeyFactorPage {
    /// What was wrong with the last try.
    pub(crate) form: FormState,
    /// « Utiliser ma clé d’accès »
    pub(crate) passkey: Ceremony,
    /// « Entrer un code de mon application », for whoever has one.
    pub(crate) code: Option<String>,
    /// « Utiliser un code de secours »
    pub(crate) recover: String,
    /// « Je n’ai plus ma clé d’accès »
    pub(crate) lost: String,
}

impl Page for PasskeyFactorPage {
    const NAME: &'static str = "passkey-factor";
    const TEMPLATE: &'static str = "passkey_factor.html";

    fn title(&self) -> Phrase {
        Phrase::new("passkey_factor.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let first = || Self {
            form: samples::form(),
            passkey: Ceremony::sample(),
            code: None,
            recover: "/realms/certinomis/sign-in/recovery-code".to_owned(),
            lost: "/realms/certinomis/sign-in/lost".to_owned(),
        };
        let refused = |words| Self { form: samples::form().refuse_all(words), ..first() };
        vec![
            sample("first-visit", first()),
            sample("code-as-well", Self { code: Some("/realms/certinomis/sign-in/code".to_owned()), ..first() }),
            sample("refused", refused(refusals::passkey_refused())),
            sample("late", refused(refusals::passkey_late())),
        ]
    }
}

/// Whether the person has a passkey that counts here.
pub(super) fn is_had(visit: &Visit) -> bool {
    visit.house.passkeys.is_some() && visit.account.is_some_and(|account| account.passkeys > 0)
}

/// Whether nothing else of theirs is a second factor here.
pub(super) fn is_the_only_factor(visit: &Visit) -> bool {
    let has_app = visit.account.is_some_and(|account| account.totp_since.is_some());
    is_had(visit) && !(has_app && visit.house.realm.totp.is_some())
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::SecondFactor {
        return visit.elsewhere(&Place::SecondFactor);
    }
    show(&visit, StatusCode::OK, visit.form()).await
}

/// `POST`: the passkey beside a password.
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != Place::SecondFactor {
        return submission.visit.elsewhere(&Place::SecondFactor);
    }
    if submission.fields.raw("do") == "switch" {
        return Box::pin(continue_as::switch(submission)).await;
    }
    let whose = second_factor::person(&submission.visit).await?.id;
    let tx = submission.begin().await?;
    let why = match spend(&submission, &tx, Some(whose)).await? {
        Ok(proof) => match accept(&mut submission, &proof) {
            Ok(()) => {
                let event = submission.visit.event(EventKind::SecondFactorAccepted);
                return submission.follow(tx, event).await;
            }
            Err(why) => why,
        },
        Err(why) => why,
    };
    let visit = &submission.visit;
    let reason = Some(why.why.reason().to_owned());
    tx.commit(&Event { reason, ..visit.event(EventKind::SecondFactorFailed) }).await?;
    show(visit, StatusCode::UNPROCESSABLE_ENTITY, visit.form().refuse_all(words(why.why))).await
}

/// `POST` of the sign-in page: the passkey that says whose it is. Where somebody is to be confirmed, nobody else's will
/// do (SR-74).
pub(super) async fn enters(mut submission: Submission) -> Result<Response, Problem> {
    let whose = submission.visit.journey().confirm;
    let tx = submission.begin().await?;
    let why = match spend(&submission, &tx, None).await? {
        Ok(proof) if whose.is_some_and(|user| user != proof.user()) => {
            Disbelieved { why: Refusal::OtherAccount, user: Some(proof.user()) }
        }
        Ok(proof) => match accept(&mut submission, &proof) {
            Ok(()) => {
                let event = Event { user: Some(proof.user()), ..submission.visit.event(EventKind::PasskeyAccepted) };
                return submission.follow(tx, event).await;
            }
            Err(why) => why,
        },
        Err(why) => why,
    };
    let visit = &submission.visit;
    let reason = Some(why.why.reason().to_owned());
    tx.commit(&Event { user: why.user, reason, ..visit.event(EventKind::PasskeyRefused) }).await?;
    let form = submission.again(&[Field::RememberMe]).keep(Field::Username, visit.typed().identifier.clone());
    sign_in::show(visit, StatusCode::UNPROCESSABLE_ENTITY, form.refuse_all(words(why.why))).await
}

async fn spend(
    submission: &Submission,
    tx: &Tx,
    of: Option<UserId>,
) -> Result<Result<PasskeyProof, Disbelieved>, Problem> {
    let (visit, place) = (&submission.visit, submission.visit.flow.id.to_string());
    let answered = answered(&submission.fields, &place);
    Ok(visit.app.spend_passkey(tx, &visit.house, (answered, of), visit.now()).await?)
}

/// Takes the proof into the journey, which is from now on its person's alone.
fn accept(submission: &mut Submission, proof: &PasskeyProof) -> Result<(), Disbelieved> {
    let remember = submission.fields.ticked(Field::RememberMe);
    let journey = &mut submission.visit.flow.journey;
    let other = |_| Disbelieved { why: Refusal::OtherAccount, user: Some(proof.user()) };
    journey.attempt = journey.attempt.clone().accept_passkey(proof).map_err(other)?;
    (journey.notice, journey.registration, journey.recovery) = (None, None, None);
    journey.remember |= remember;
    Ok(())
}

/// Only that the page was too old is told apart: it says nothing of anybody.
fn words(why: Refusal) -> Phrase {
    if why == Refusal::Expired { refusals::passkey_late() } else { refusals::passkey_refused() }
}

async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let asked = Ceremony::asks(visit, visit.journey().attempt.user()).await?.filter(|_| is_had(visit));
    // An app, or nothing that counts here any more: the page of the place itself knows.
    let Some(passkey) = asked else { return Ok(see_other(&visit.step("sign-in/code"), &[])) };
    let code = (!is_the_only_factor(visit)).then(|| visit.step("sign-in/code"));
    let (recover, lost) = (visit.step("sign-in/recovery-code"), visit.step("sign-in/lost"));
    visit.show_as(status, &PasskeyFactorPage { form, passkey, code, recover, lost })
}
