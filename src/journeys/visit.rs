//! A step of a journey: the caller, the flow that the address names, where the person stands in it.
//!
//! A [`Visit`] reads and shows; a [`Submission`] is a form of ours that was sent, once, by the browser that it was
//! shown to. Only a submission changes anything, and only by [`dispatch`](super::dispatch).

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;

use super::beginning;
use super::caller::{Caller, see_other};
use super::dispatch::{self, Outcome};
use super::fields::Fields;
use super::interruptions::StepDonePage;
use super::posted::Posted;
use super::problem::Problem;
use super::register::organisation;
use super::steps;
use crate::app::App;
use crate::authentication::attempt::Account;
use crate::authentication::journey::{Journey, Place, Typed};
use crate::authentication::policy::Policy;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::{FlowId, UserId};
use crate::protocol::assurance::at_least;
use crate::protocol::client::Client;
use crate::protocol::request::{Acceptance, AuthorizationRequest};
use crate::secret::SecretHash;
use crate::store::flows::{self, Flow};
use crate::store::{StoreError, Tx, submissions};
use crate::themes::form::{Field, FormState};
use crate::themes::frame::Application;
use crate::themes::page::Page;

/// A page of a journey that is asked for.
pub(crate) struct Visit {
    caller: Caller,
    /// The journey.
    pub(crate) flow: Flow,
    client: Option<Arc<Client>>,
    /// The account that the attempt belongs to.
    pub(crate) account: Option<Account>,
    /// Whether the journey rested for too long, and has begun again just now.
    stale: bool,
}

impl Deref for Visit {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Visit {
    /// The journey's own state.
    pub(crate) const fn journey(&self) -> &Journey {
        &self.flow.journey
    }

    /// What was typed so far.
    pub(crate) const fn typed(&self) -> &Typed {
        &self.flow.journey.typed
    }

    /// Where the person stands.
    pub(crate) fn place(&self) -> Place {
        self.flow.journey.place(self.account.as_ref(), &self.policy())
    }

    /// What realm and application demand of somebody on this journey.
    pub(crate) fn policy(&self) -> Policy<'_> {
        let wanted = match (self.request(), self.client()) {
            (Some(request), Some(client)) => request.demanded(client),
            _ => at_least(self.journey().device.as_ref().and_then(|device| device.minimum)),
        };
        let policy = self.house.realm.policy(wanted, self.flow.created_at);
        // Whoever is about to bind a certificate proves all that the account has (SR-82, SR-93).
        let policy = if self.journey().offered.is_some() { policy.of_all_it_has() } else { policy };
        // What is done, or was turned down, is wanted no more.
        let Journey { settled, declined, .. } = self.journey();
        let undone = |action: &RequiredActionKind| !settled.contains(action) && !declined.contains(action);
        match (&self.journey().errand, self.request()) {
            (Some(errand), _) => policy.of_all_it_has().with(errand.action.filter(undone)),
            (None, Some(request)) => policy.with(request.action().filter(undone)),
            (None, None) => policy,
        }
    }

    /// The client's request.
    pub(crate) const fn request(&self) -> Option<&AuthorizationRequest> {
        self.flow.request.as_ref()
    }

    /// The client that the person came from, as it is declared now.
    pub(crate) fn client(&self) -> Option<&Client> {
        self.client.as_deref()
    }

    /// What a session of that account, which proved itself at `auth_time`, is worth to the client's request.
    pub(crate) fn worth(&self, user: UserId, auth_time: Timestamp) -> Acceptance {
        match (self.request(), self.client()) {
            (Some(request), Some(client)) => {
                request.accepts(&self.app.subjects.of(client, user), auth_time, self.now())
            }
            _ => Acceptance::Accepted,
        }
    }

    /// The path of another page of this journey.
    pub(crate) fn step(&self, page: &str) -> String {
        format!("{}?flow={}", self.path(page), self.flow.id)
    }

    /// A form about this journey that nobody has filled yet.
    pub(crate) fn form(&self) -> FormState {
        FormState::new(self.app.forms.token(&self.flow.browser, self.flow.id.uuid().as_bytes(), &*self.app.entropy))
    }

    /// A page of this journey.
    pub(crate) fn show<P: Page>(&self, page: &P) -> Result<Response, Problem> {
        self.show_as(StatusCode::OK, page)
    }

    /// A page of this journey with a status of its own.
    pub(crate) fn show_as<P: Page>(&self, status: StatusCode, page: &P) -> Result<Response, Problem> {
        let application = self.client().map(|client| Application {
            name: client.name.in_language(self.language).to_owned(),
            // Turning back is an answer to the client, as long as there is something to answer.
            href: Some(self.step(dispatch::TURN_BACK)),
        });
        self.caller.show_for(application, status, page)
    }

    /// The person is not at `page`: a passed step says so, any other is where they really are (UX §1.2, Back).
    pub(crate) fn elsewhere(&self, page: &Place) -> Result<Response, Problem> {
        let place = self.place();
        let here = self.step(dispatch::page(&place));
        // A journey that was never saved has passed nothing: it began with what an open session had proven.
        let passed = self.flow.version > 0
            && match page {
                Place::Action(action) => self.journey().settled.contains(action),
                Place::VerifyEmail => self.journey().attempt.has_mailbox(),
                Place::SecondFactor => self.journey().attempt.has_second_factor(),
                Place::SignIn => self.journey().attempt.user().is_some() || self.journey().entered.is_some(),
                _ => false,
            };
        if passed { self.show(&StepDonePage { go_on: here }) } else { Ok(see_other(&here, &[])) }
    }

    /// An event of this journey.
    pub(crate) fn event(&self, kind: EventKind) -> Event {
        Event {
            flow: Some(self.flow.id),
            user: self.journey().attempt.user(),
            client: self.request().map(|request| request.client_id().to_string()),
            ..self.caller.event(kind)
        }
    }

    /// A journey that this request goes on with by other means than its address: a mailed link.
    pub(crate) async fn resumed(caller: Caller, flow: Flow) -> Result<Self, StoreError> {
        let client = client(&caller, &flow).await?;
        Ok(Self { caller, flow, client, account: None, stale: false })
    }

    async fn find(mut caller: Caller) -> Result<Self, Problem> {
        let Some(browser) = caller.browser() else { return Err(beginning::without_cookie(&caller).await) };
        let id: FlowId = caller.parameter("flow").and_then(|id| id.parse().ok()).ok_or(Problem::JourneyLost)?;
        let reads = caller.app.store.reads();
        let found = flows::load(&reads, &caller.house.realm.name, id, &browser, caller.now()).await?;
        let mut flow = found.ok_or(Problem::JourneyLost)?;
        let stale = flow.wake(caller.now());
        if let Some(entered) = flow.journey.entered
            && caller.session().await?.is_none_or(|session| session.id != entered)
        {
            // The session that it ended in is over: without this the protocol's door and ours would send people round.
            flow.journey = Journey { notice: None, ..std::mem::take(&mut flow.journey).restarted() };
        }
        let account = account(&reads, &caller, &flow.journey).await?;
        caller.prefer(flow.request.as_ref().and_then(|request| request.ui_locales().first().copied()));
        let client = client(&caller, &flow).await?;
        let mut visit = Self { caller, flow, client, account, stale };
        visit.caller.steps = steps::shown(&visit).await?;
        Ok(visit)
    }
}

/// The client that a journey began at, as it is declared now.
async fn client(caller: &Caller, flow: &Flow) -> Result<Option<Arc<Client>>, StoreError> {
    match &flow.request {
        Some(request) => caller.app.client(&caller.house, request.client_id().as_str()).await,
        None => Ok(None),
    }
}

/// The account that a journey's attempt belongs to.
pub(crate) async fn account(
    access: &impl crate::store::Access,
    caller: &Caller,
    journey: &Journey,
) -> Result<Option<Account>, StoreError> {
    match journey.attempt.user() {
        Some(user) => App::account(access, &caller.house, user, caller.now()).await,
        None => Ok(None),
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Self::find(Caller::from_request_parts(parts, app).await?).await
    }
}

/// A form of a journey that was sent.
pub(crate) struct Submission {
    /// The step that it was sent from.
    pub(crate) visit: Visit,
    /// What was typed.
    pub(crate) fields: Fields,
    /// The one-time id of the form.
    pub(crate) form: SecretHash,
}

impl Submission {
    /// Begins the request's transaction.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        self.visit.app.store.begin().await
    }

    /// The form again, with what was typed into `fields` except secrets.
    pub(crate) fn again(&self, fields: &[Field]) -> FormState {
        let kept = self.fields.kept(fields).into_iter();
        kept.fold(self.visit.form(), |form, (field, value)| form.keep(field, value))
    }

    /// Saves the journey as it now is, commits with `event`, and sends the browser to the next step.
    pub(crate) async fn follow(self, tx: Tx, event: Event) -> Result<Response, Problem> {
        Box::pin(dispatch::follow(self, tx, event)).await
    }
}

impl FromRequest<Arc<App>> for Submission {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let Posted { caller, fields } = Posted::from_request(request, app).await?;
        if caller.browser().is_none() {
            return Err(beginning::refused(&caller, fields.text(Field::Username).trim()));
        }
        let visit = Visit::find(caller).await?;
        let subject = *visit.flow.id.uuid().as_bytes();
        let form = visit.app.forms.check(fields.token(), &visit.flow.browser, &subject).ok_or(Problem::ForeignForm)?;
        // Sent twice: the first answer again, and nothing happens again.
        if let Some(sealed) = submissions::outcome(&visit.app.store.reads(), form.as_bytes()).await? {
            return Err(Problem::Answered(Outcome::open(app, &form, &sealed)?));
        }
        if visit.stale {
            return Err(restart(visit, &fields, &form).await);
        }
        Ok(Self { visit, fields, form })
    }
}

/// The page was open for over an hour: what was typed is kept, and the journey starts at step one (UX §1.2).
async fn restart(mut visit: Visit, fields: &Fields, form: &SecretHash) -> Problem {
    let typed = &mut visit.flow.journey.typed;
    for (field, kept) in [
        (Field::Username, &mut typed.identifier),
        (Field::FirstName, &mut typed.first_name),
        (Field::LastName, &mut typed.last_name),
        (Field::Email, &mut typed.email),
    ] {
        if !fields.text(field).is_empty() {
            kept.clear();
            kept.push_str(fields.text(field));
        }
    }
    let first_page = if fields.text(Field::FirstName).is_empty() { "sign-in" } else { "register" };
    let page = organisation::start_again(&mut visit, fields).unwrap_or(first_page);
    let outcome = Outcome { location: visit.step(page), cookies: Vec::new() };
    let event = visit.event(EventKind::JourneyRestarted);
    match dispatch::settle(&visit, form, &outcome, event).await {
        Ok(()) => Problem::Answered(outcome),
        Err(problem) => problem,
    }
}
