//! `GET`, `POST /realms/{realm}/choose-organisation`: for which of your organisations?
//!
//! After sign-in and required actions, before consent and code: asked of people who belong to several, where an application
//! wants to know for which they act (DOMAIN.md §5, docs/adr/0065). Entered and left by the protocol's door: what is said
//! here is kept in the journey, goes with the grant, and holds for this application in this session.

use axum::response::Response;
use serde::Serialize;

use super::caller::see_other;
use super::dispatch;
use super::interruptions::StepDonePage;
use super::problem::Problem;
use super::samples;
use super::visit::{Submission, Visit};
use crate::authentication::journey::{Chosen, Place};
use crate::authentication::session::BrowserSession;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::identity::organisation::Organisation;
use crate::ids::OrganisationId;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Pour quelle organisation ? »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChooseOrganisationPage {
    /// Sent as `organisation=` and one of the choices.
    pub(crate) form: FormState,
    /// The session that answers.
    pub(crate) session: String,
    /// The application that asks.
    pub(crate) application: String,
    /// Those that the person belongs to, in the order in which they joined.
    pub(crate) choices: Vec<Choice>,
}

/// One organisation, as its people know it: two establishments of one name differ by their numbers.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    /// Its identifier.
    pub(crate) id: String,
    /// Its legal name.
    pub(crate) name: String,
    /// Its registered number, grouped for reading.
    pub(crate) number: String,
}

impl Choice {
    fn of(organisation: &Organisation) -> Self {
        Self {
            id: organisation.id.to_string(),
            name: organisation.details.legal_name.as_str().to_owned(),
            number: organisation.number.shown(),
        }
    }
}

impl Page for ChooseOrganisationPage {
    const NAME: &'static str = "choose-organisation";
    const TEMPLATE: &'static str = "choose_organisation.html";

    fn title(&self) -> Phrase {
        Phrase::new("choose_organisation.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let choice = |last: u32, name: &str, number: &str| Choice {
            id: format!("0199a2b4-0000-7000-8000-{last:012}"),
            name: name.to_owned(),
            number: number.to_owned(),
        };
        let page = |choices: Vec<Choice>| Self {
            form: samples::form(),
            session: "0199a2b4-0000-7000-8000-000000000002".to_owned(),
            application: "Espace Certificats".to_owned(),
            choices,
        };
        let two = vec![
            choice(1, "EXEMPLE SAS", "000\u{a0}001\u{a0}016\u{a0}00013"),
            choice(2, "MAIRIE D’EXEMPLE", "000\u{a0}001\u{a0}024\u{a0}00017"),
        ];
        let long =
            "Établissement public de coopération intercommunale de la communauté d’agglomération du Val d’Exemple";
        let many = (1..=12).map(|last| choice(last, long, &format!("000\u{a0}001\u{a0}032\u{a0}000{last:02}")));
        vec![sample("two", page(two)), sample("many-long-names", page(many.collect()))]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let Some((session, choices)) = question(&visit).await? else { return elsewhere(&visit) };
    let application = visit.client().map(|client| client.name.in_language(visit.language).to_owned());
    visit.show(&ChooseOrganisationPage {
        form: visit.form(),
        session: session.id.to_string(),
        application: application.unwrap_or_default(),
        choices: choices.iter().map(Choice::of).collect(),
    })
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let Some((session, choices)) = question(&submission.visit).await? else { return elsewhere(&submission.visit) };
    // What was shown to another session is no answer of this one (SR-77).
    if submission.fields.raw("session") != session.id.to_string() {
        return Err(Problem::ForeignForm);
    }
    let said: Option<OrganisationId> = submission.fields.raw("organisation").parse().ok();
    let Some(chosen) = choices.iter().find(|choice| Some(choice.id) == said) else {
        // Perhaps they left it while the page was open: the choice is shown as it is now.
        return Ok(see_other(&submission.visit.step("choose-organisation"), &[]));
    };
    submission.visit.flow.journey.acts_for = Some(Chosen { session: session.id, organisation: chosen.id });
    let event = Event {
        user: Some(session.authenticated.user()),
        session: Some(session.id),
        reason: Some(chosen.id.to_string()),
        ..submission.visit.event(EventKind::OrganisationChosen)
    };
    let tx = submission.begin().await?;
    submission.follow(tx, event).await
}

/// Who is asked, and among which organisations; `None` when it is not their turn, or there is nothing to choose.
async fn question(visit: &Visit) -> Result<Option<(BrowserSession, Vec<Organisation>)>, Problem> {
    let Some(request) = visit.request() else { return Ok(None) };
    let entered = visit.journey().entered;
    let Some(session) = visit.session().await?.filter(|session| entered == Some(session.id)) else { return Ok(None) };
    let user = session.authenticated.user();
    let choices = visit.app.organisations_to_choose(&visit.house, request, user).await?;
    let said = visit.journey().acts_for.is_some_and(|chosen| chosen.session == session.id);
    Ok((!choices.is_empty() && !said).then_some((session, choices)))
}

/// It is said already, or something else comes first.
fn elsewhere(visit: &Visit) -> Result<Response, Problem> {
    let here = visit.step(dispatch::page(&visit.place()));
    match (visit.place(), visit.journey().acts_for) {
        (Place::Entered(session), Some(chosen)) if session == chosen.session => {
            visit.show(&StepDonePage { go_on: here })
        }
        _ => Ok(see_other(&here, &[])),
    }
}
