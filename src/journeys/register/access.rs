//! `GET`, `POST /realms/{realm}/register/access`: the organisation has a customer account already, and somebody asks its
//! administrators for access (DOMAIN.md §9.3).
//!
//! Which organisation it is, the journey knows, and no address says. The page tells nothing of it beside the number that
//! was typed: not who administers it, nor whether anybody is there to say yes. Nobody hears of the request before the
//! mailbox was read (ADR 0067).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::organisation::{ACCESS, KNOWN, known};
use super::start;
use crate::app::invitations::about;
use crate::app::letters::{self, Recipient};
use crate::authentication::journey::AskedForAccess;
use crate::clock::{Duration, Timestamp, days};
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::identity::organisation::Organisation;
use crate::identity::user::Registrant;
use crate::ids::AccessRequestId;
use crate::journeys::actions::verification::PAUSE;
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::link::codes::written;
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::person::{self, Address, Named};
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::mail::message::{ConfirmAccess, Mail};
use crate::secret::Secret;
use crate::store::Tx;
use crate::store::access_requests::{self, AccessRequest, Stage};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// Where the mailed link lands.
pub(super) const LANDING: &str = "access-request";
/// How long the administrators may take (DOMAIN.md §10: forgotten afterwards).
const KEPT: Duration = days(30);
/// The fields that are shown again as they were typed.
const FIELDS: [Field; 3] = [Field::FirstName, Field::LastName, Field::Email];

/// « Demander l’accès ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AskForAccessPage {
    /// First name, last name, e-mail address; `do=resend` once a mail is on its way.
    pub(crate) form: FormState,
    /// The number that was typed, as it is read.
    pub(crate) number: String,
    /// Where the mail went, once it did.
    pub(crate) sent_to: Option<String>,
    /// The page that says what can be done instead.
    pub(crate) back: String,
}

impl Page for AskForAccessPage {
    const NAME: &'static str = "register-access";
    const TEMPLATE: &'static str = "register_access.html";

    fn title(&self) -> Phrase {
        Phrase::new(if self.sent_to.is_some() { "register_access.sent_title" } else { "register_access.title" })
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let with =
            |form| Self { form, number: "000 001 016 00013".to_owned(), sent_to: None, back: samples::NEXT.to_owned() };
        let typed = || {
            let form = samples::form().keep(Field::FirstName, "Paul").keep(Field::LastName, "Lefèvre");
            form.keep(Field::Email, "paul.lefevre@exemple.fr")
        };
        let empty = samples::form()
            .refuse(Field::FirstName, refusals::first_name_empty())
            .refuse(Field::LastName, refusals::last_name_empty())
            .refuse(Field::Email, refusals::email_empty());
        let sent = |to: &str, form| Self { sent_to: Some(to.to_owned()), ..with(form) };
        let again = samples::form().refuse_all(refusals::resend_later(now));
        vec![
            sample("first-visit", with(samples::form())),
            sample("empty", with(empty)),
            sample("throttled", with(typed().refuse_all(refusals::throttled(now)))),
            sample("sent", sent("paul.lefevre@exemple.fr", samples::form())),
            sample("sent-long", sent(samples::LONG_ADDRESS, samples::form())),
            sample("sent-a-moment-ago", sent("paul.lefevre@exemple.fr", again)),
        ]
    }
}

/// The organisation that this journey came upon; whoever did not is led to where they are.
async fn found(visit: &Visit) -> Result<Organisation, Problem> {
    known::found(visit).await?.ok_or_else(|| Problem::Overtaken(visit.step(dispatch::GO_ON)))
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let organisation = found(&visit).await?;
    let typed = visit.typed();
    let form = visit
        .form()
        .keep(Field::FirstName, typed.first_name.clone())
        .keep(Field::LastName, typed.last_name.clone())
        .keep(Field::Email, typed.email.clone());
    show(&visit, &organisation, (StatusCode::OK, form))
}

fn show(
    visit: &Visit,
    organisation: &Organisation,
    (status, form): (StatusCode, FormState),
) -> Result<Response, Problem> {
    let asked = visit.journey().access.as_ref().filter(|asked| asked.organisation == organisation.id);
    let page = AskForAccessPage {
        form,
        number: organisation.number.shown(),
        sent_to: asked.map(|asked| asked.who.email.as_str().to_owned()),
        back: visit.step(KNOWN),
    };
    visit.show_as(status, &page)
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    let organisation = found(&submission.visit).await?;
    match submission.fields.raw("do") {
        "resend" => Box::pin(resend(submission, organisation)).await,
        "again" => Box::pin(another(submission)).await,
        _ => Box::pin(ask(submission, organisation)).await,
    }
}

async fn ask(submission: Submission, organisation: Organisation) -> Result<Response, Problem> {
    let mut form = submission.again(&FIELDS);
    let Some(who) = read(&submission, &mut form) else {
        return show(&submission.visit, &organisation, (StatusCode::UNPROCESSABLE_ENTITY, form));
    };
    if let Err(slowed) = start::admit(&submission).await? {
        let form = submission.again(&FIELDS).refuse_all(refusals::throttled(slowed.until));
        let response = show(&submission.visit, &organisation, (StatusCode::TOO_MANY_REQUESTS, form))?;
        return Ok(retry_after(response, submission.visit.now(), slowed.until));
    }
    send(submission, &organisation, who).await
}

/// Who asks, in the language of the page; what is to be mended goes into the form.
fn read(submission: &Submission, form: &mut FormState) -> Option<Registrant> {
    let Named { first_name, last_name, email } = person::read(&submission.fields, FIELDS, Address::Asked, form)?;
    Some(Registrant { first_name, last_name, email: email?, language: submission.visit.language, organisation: None })
}

async fn resend(submission: Submission, organisation: Organisation) -> Result<Response, Problem> {
    let Some(asked) = submission.visit.journey().access.clone() else { return Err(Problem::JourneyLost) };
    if submission.visit.now() < asked.again_at {
        let form = submission.visit.form().refuse_all(refusals::resend_later(asked.again_at));
        return show(&submission.visit, &organisation, (StatusCode::TOO_MANY_REQUESTS, form));
    }
    send(submission, &organisation, asked.who).await
}

/// Another address was meant.
async fn another(mut submission: Submission) -> Result<Response, Problem> {
    submission.visit.flow.journey.access = None;
    let (tx, event) = (submission.begin().await?, submission.visit.event(EventKind::JourneyRestarted));
    leads_here(submission, tx, event).await
}

/// Keeps the request and queues its mail: the same rows for everybody, whoever they are and whoever is there (SR-4).
async fn send(mut submission: Submission, organisation: &Organisation, who: Registrant) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let (request, token) = request(&submission.visit, organisation, &who);
    let visit = &submission.visit;
    visit.app.throttle.request_for_mail(&tx, &visit.network(), visit.now()).await?.map_err(Problem::Slowed)?;
    let allowed = visit.app.throttle.mail(&tx, &who.email.canonical(), visit.now()).await?;
    access_requests::ask(&tx, &request).await?;
    let mail = Mail::ConfirmAccess(ConfirmAccess {
        first_name: who.first_name.as_str().to_owned(),
        link: Secret::new(visit.address(&format!("{LANDING}?token={}", token.expose()))),
        ends: request.link_ends,
        asked: visit.occasion(),
    });
    let to = Recipient { address: who.email.as_str().to_owned(), language: who.language, held: !allowed };
    letters::post(&visit.app, &tx, &visit.house.realm.name, to, &mail, visit.now()).await?;
    let event = about(visit.event(EventKind::AccessAsked), organisation.id);
    let again_at = visit.now() + PAUSE;
    let journey = &mut submission.visit.flow.journey;
    who.first_name.as_str().clone_into(&mut journey.typed.first_name);
    who.last_name.as_str().clone_into(&mut journey.typed.last_name);
    who.email.as_str().clone_into(&mut journey.typed.email);
    journey.access = Some(AskedForAccess { organisation: organisation.id, who, again_at });
    leads_here(submission, tx, event).await
}

fn request(visit: &Visit, organisation: &Organisation, who: &Registrant) -> (AccessRequest, Secret<String>) {
    let (app, now, token) = (&visit.app, visit.now(), entropy::token(&*visit.app.entropy));
    let request = AccessRequest {
        id: AccessRequestId::new(now, &*app.entropy),
        realm: visit.house.realm.name.clone(),
        organisation: organisation.id,
        who: who.clone(),
        stage: Stage::Asked,
        token: token.hash(),
        requested_from: written(visit.agent),
        asked_at: now,
        link_ends: now + visit.house.realm.links.verify_email,
        expires_at: now + KEPT,
    };
    (request, token)
}

/// The journey stands where it stood; this page says that a mail is on its way.
async fn leads_here(submission: Submission, tx: Tx, event: Event) -> Result<Response, Problem> {
    let outcome = Outcome { location: submission.visit.step(ACCESS), cookies: Vec::new() };
    dispatch::keep(&submission.visit, &tx, &submission.form, &outcome).await?;
    tx.commit(&event).await?;
    Ok(outcome.response())
}
