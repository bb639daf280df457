//! The bar of an activation, and leaving it for later: `POST /realms/{realm}/required-actions/later` and the page that
//! says how to come back.
//!
//! Whoever leaves takes their proofs with them: nobody else goes on in that browser. What was settled is kept by the
//! account and its organisation, so that the next sign-in leads to the step that comes next, in whatever browser.

use axum::response::Response;
use serde::Serialize;

use super::caller::see_other;
use super::dispatch;
use super::problem::Problem;
use super::samples;
use super::visit::{Submission, Visit};
use crate::authentication::activation::{self, Standing};
use crate::authentication::journey::{Journey, Place};
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::organisation::ContactKind;
use crate::realm::model::Realm;
use crate::store::{StoreError, Tx, activation as kept};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;
use crate::themes::steps::{Later, Step, Steps};

/// Where the form is sent that leaves, and where it leads.
const LATER: &str = "required-actions/later";
/// The pages of the steps.
const PAGES: &str = "required-actions/";

/// The bar above the page that is asked for; `None` where it is no step of several.
pub(super) async fn shown(visit: &Visit) -> Result<Option<Steps>, StoreError> {
    let (realm, Place::Action(here)) = (&visit.house.realm, visit.place()) else { return Ok(None) };
    let is_step = visit.here().strip_prefix(&visit.path("")).is_some_and(|page| page.starts_with(PAGES));
    let Some(account) = visit.account.filter(|_| is_step && realm.required_actions.len() > 1) else { return Ok(None) };
    let past = kept::past(&visit.app.store.reads(), account.user).await?;
    let settled = &visit.journey().settled;
    let Some(steps) = activation::steps(&realm.required_actions, &account, settled, past, here) else {
        return Ok(None);
    };
    // Without a password there is no way back in but a mail.
    let later = account.password_since.map(|_| Later { action: visit.step(LATER), form: visit.form() });
    let step = |(action, standing): (RequiredActionKind, Standing)| Step {
        label: label(action, realm),
        standing,
        href: settled.contains(&action).then(|| visit.step(dispatch::page(&Place::Action(action)))),
    };
    Ok(Some(bar(steps.into_iter().map(step).collect(), later)))
}

/// The bar of these steps. A minute for each is what the seed's four take.
fn bar(all: Vec<Step>, later: Option<Later>) -> Steps {
    let at = all.iter().position(|step| step.standing == Standing::Here).map_or(1, |before| before + 1);
    let minutes = (at == 1).then(|| u64::try_from(all.len()).unwrap_or(0));
    Steps { all, at, minutes, later }
}

fn label(action: RequiredActionKind, realm: &Realm) -> Phrase {
    let asks_legal = realm.organisations.as_ref().is_none_or(|policy| policy.contacts.contains(&ContactKind::Legal));
    Phrase::new(match action {
        RequiredActionKind::VerifyEmail => "steps.verify_email",
        RequiredActionKind::UpdatePassword => "steps.update_password",
        RequiredActionKind::SetSecretQuestion => "steps.set_secret_question",
        RequiredActionKind::SetChallengeQuestions => "steps.set_challenge_questions",
        RequiredActionKind::ConfigureTotp => "steps.configure_totp",
        RequiredActionKind::RegisterPasskey => "steps.register_passkey",
        RequiredActionKind::SaveRecoveryCodes => "steps.save_recovery_codes",
        RequiredActionKind::AcceptTerms => "steps.accept_terms",
        RequiredActionKind::DesignateContacts if asks_legal => "steps.legal",
        RequiredActionKind::DesignateContacts => "steps.contacts",
        RequiredActionKind::InviteUsers => "steps.invite_users",
    })
}

/// The bar of a sample: the seed's four steps, at that one.
pub(super) fn sampled(at: usize) -> Steps {
    let labels = ["steps.update_password", "steps.legal", "steps.invite_users", "steps.set_challenge_questions"];
    let step = |(number, label): (usize, &'static str)| Step {
        label: Phrase::new(label),
        standing: match (number + 1).cmp(&at) {
            std::cmp::Ordering::Less => Standing::Done,
            std::cmp::Ordering::Equal => Standing::Here,
            std::cmp::Ordering::Greater => Standing::Ahead,
        },
        href: (number + 1 < at).then(|| samples::NEXT.to_owned()),
    };
    let later = Later { action: samples::NEXT.to_owned(), form: samples::form() };
    bar(labels.into_iter().enumerate().map(step).collect(), Some(later))
}

/// « Vos réponses sont enregistrées »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LaterPage {
    /// The sign-in page.
    pub(crate) sign_in: String,
}

impl Page for LaterPage {
    const NAME: &'static str = "later";
    const TEMPLATE: &'static str = "later.html";

    fn title(&self) -> Phrase {
        Phrase::new("later.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("left", Self { sign_in: samples::NEXT.to_owned() })]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::SignIn {
        return Ok(see_other(&visit.step(dispatch::page(&visit.place())), &[]));
    }
    visit.show(&LaterPage { sign_in: visit.step(dispatch::page(&Place::SignIn)) })
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    let place = submission.visit.place();
    if !matches!(place, Place::Action(_)) {
        return submission.visit.elsewhere(&place);
    }
    let tx = submission.begin().await?;
    leave(submission, tx).await
}

/// Leaves the journey where it stands, with what `tx` has saved; the same request can be taken up by signing in.
pub(super) async fn leave(mut submission: Submission, tx: Tx) -> Result<Response, Problem> {
    let event = submission.visit.event(EventKind::ActivationPutOff);
    let journey = std::mem::take(&mut submission.visit.flow.journey);
    submission.visit.flow.journey = Journey { notice: None, confirm: None, ..journey.restarted() };
    let Submission { visit, form, .. } = submission;
    let outcome = dispatch::Outcome { location: visit.step(LATER), cookies: Vec::new() };
    dispatch::keep(&visit, &tx, &form, &outcome).await?;
    tx.commit(&event).await?;
    Ok(outcome.response())
}
