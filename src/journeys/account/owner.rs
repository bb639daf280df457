//! Who stands at a page of their account: the live session of this browser, and whose it is.
//!
//! Without a session the way leads to sign-in, and back here. A sensitive act asks [`Owner::fresh`] first: when the last
//! authentication is not recent, the way leads to another one, and back to what was typed (SR-104).

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use http::header::CONTENT_SECURITY_POLICY;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

use super::lasting;
use crate::app::App;
use crate::authentication::attempt::LoginAttempt;
use crate::authentication::freshness::Fresh;
use crate::authentication::journey::{Errand, Journey};
use crate::authentication::policy::Demanded;
use crate::authentication::required_action::RequiredActionKind;
use crate::authentication::session::BrowserSession;
use crate::clock::{Duration, minutes};
use crate::event::{Event, EventKind};
use crate::identity::user::User;
use crate::ids::{FlowId, UserId};
use crate::journeys::beginning;
use crate::journeys::caller::{Caller, append_cookie};
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::fields::Fields;
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::journeys::session_over::SessionOver;
use crate::secret::SecretHash;
use crate::store::{StoreError, Tx, flows, sessions, submissions, users};
use crate::themes::form::{Field, FormState};
use crate::themes::frame::Application;
use crate::themes::page::{POLICY, Page};
use crate::themes::phrase::Phrase;

/// How often reading is noted as activity.
const NOTED: Duration = minutes(1);

/// One request to a page of an account, by its owner.
pub(crate) struct Owner {
    caller: Caller,
    /// The session that the request was made in.
    pub(crate) session: BrowserSession,
    /// Whose account it is.
    pub(crate) user: User,
    browser: SecretHash,
    /// The cookie of a browser that lost its own; a remembered session outlives it.
    new_browser: Option<String>,
    looks_only: bool,
}

impl Deref for Owner {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Owner {
    async fn find(mut caller: Caller, method: &Method, typed: BTreeMap<String, String>) -> Result<Self, Problem> {
        let looks_only = *method == Method::HEAD;
        let session = caller.session().await?;
        let user = match &session {
            Some(session) => users::by_id(&caller.app.store.reads(), session.authenticated.user()).await?,
            None => None,
        };
        let Some((session, user)) = session.zip(user.filter(User::is_active)) else {
            return Err(without_session(&caller, method, typed).await?);
        };
        caller.prefer(Some(user.language));
        let (browser, new_browser) = caller.browser_or_new();
        let mut owner = Self { caller, session, user, browser, new_browser, looks_only };
        owner.is_seen().await?;
        owner.caller.session_end = Some(lasting::announced(&owner, &owner.browser, &owner.session));
        Ok(owner)
    }

    /// Reading one's account is being there (SR-101); it is noted by the minute, and changes nothing else.
    async fn is_seen(&mut self) -> Result<(), StoreError> {
        if self.looks_only || self.now().since(self.session.seen_at) < NOTED {
            return Ok(());
        }
        let tx = self.app.store.begin().await?;
        if sessions::touch(&tx, self.session.id, self.now()).await? {
            self.session.seen_at = self.now();
        }
        tx.commit_housekeeping().await
    }

    /// The proof of a recent authentication; without it the way leads to one, and back here with what was `typed`.
    async fn proof(&self, typed: BTreeMap<String, String>) -> Result<Fresh, Problem> {
        let account = App::account(&self.app.store.reads(), &self.house, self.user.id, self.now()).await?;
        let policy = self.house.realm.policy(Demanded::NOTHING, self.now()).of_all_it_has();
        if let Some(fresh) = Fresh::of(&self.session, account.as_ref(), &policy, self.now()) {
            return Ok(fresh);
        }
        let errand = Errand { page: page(self), user: Some(self.user.id), typed, action: None };
        Err(to_sign_in(self, self.looks_only, Some(self.user.id), errand).await)
    }

    /// The same, for a page on which nothing was typed yet.
    pub(crate) async fn fresh(&self) -> Result<Fresh, Problem> {
        self.proof(BTreeMap::new()).await
    }

    /// A form of this page that nobody has filled yet.
    pub(crate) fn form(&self) -> FormState {
        FormState::new(self.token(&subject(self)))
    }

    /// The hidden field of a form about `subject`.
    pub(crate) fn token(&self, subject: &[u8]) -> String {
        self.app.forms.token(&self.browser, subject, &*self.app.entropy)
    }

    /// The form with what was typed here before its person was asked who they are.
    pub(crate) async fn resumed(&self, form: FormState, fields: &[Field]) -> Result<FormState, Problem> {
        let Some(flow) = self.parameter("flow").and_then(|id| id.parse::<FlowId>().ok()) else { return Ok(form) };
        let reads = self.app.store.reads();
        let flow = flows::load(&reads, &self.house.realm.name, flow, &self.browser, self.now()).await?;
        let is_this = |errand: &Errand| errand.user == Some(self.user.id) && errand.page == page(self);
        let Some(errand) = flow.and_then(|flow| flow.journey.errand).filter(is_this) else { return Ok(form) };
        Ok(fields.iter().fold(form, |form, field| match errand.typed.get(field.name()) {
            Some(typed) => form.keep(*field, typed.clone()),
            None => form,
        }))
    }

    /// A page below the home page, with the way back to it.
    pub(crate) fn show<P: Page>(&self, status: StatusCode, page: &P) -> Result<Response, Problem> {
        let name = self.house.theme.say(self.language, &Phrase::new("account.title")).map_err(Problem::render)?;
        let home = Application { name, href: Some(self.path("account")) };
        self.dressed(self.caller.show_for(Some(home), status, page)?)
    }

    /// The home page.
    pub(crate) fn show_home<P: Page>(&self, page: &P) -> Result<Response, Problem> {
        self.dressed(self.caller.show(StatusCode::OK, page)?)
    }

    /// Forms of these pages lead nowhere else: here the policy may say so, as no redirect ends at an application (UX
    /// §1.1, ADR 0006).
    fn dressed(&self, mut response: Response) -> Result<Response, Problem> {
        let policy = HeaderValue::from_str(&format!("{POLICY}; form-action 'self'"));
        let policy = policy.map_err(|fault| Problem::ours("a policy is no header", fault))?;
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        if let Some(cookie) = &self.new_browser {
            append_cookie(&mut response, cookie);
        }
        Ok(response)
    }

    /// Sends the browser on the way to do `action`, and back to this page: what the session has proven a moment ago counts
    /// there, what it has not is asked for (SR-82).
    pub(crate) async fn sets_out(&self, action: RequiredActionKind) -> Result<Response, Problem> {
        let user = Some(self.user.id);
        let errand = Errand { page: page(self), user, typed: BTreeMap::new(), action: Some(action) };
        let attempt = LoginAttempt::of_session(&self.session.authenticated);
        let remember = self.session.idle == self.house.realm.sessions.remembered;
        let journey = Journey { attempt, errand: Some(errand), confirm: user, remember, ..Journey::default() };
        Ok(beginning::begin(self, &self.path("go-on"), journey).await?.response())
    }

    /// An event of this session.
    pub(crate) fn event(&self, kind: EventKind) -> Event {
        Event { user: Some(self.user.id), session: Some(self.session.id), ..self.caller.event(kind) }
    }
}

/// What a form of the account is about: a page, and whose. One that was shown to somebody else is not good (SR-105).
fn subject(owner: &Owner) -> Vec<u8> {
    [page(owner).as_bytes(), owner.user.id.uuid().as_bytes()].concat()
}

/// The page that was asked for, below the realm. Its address is one of our routes to the letter, or nobody would ask.
fn page(caller: &Caller) -> String {
    let path = caller.here().split('?').next().unwrap_or_default();
    path.strip_prefix(&caller.path("")).unwrap_or("account").to_owned()
}

/// Nobody is signed in. Whoever was, and stayed away for too long, is told so first; what they typed waits for them alone.
async fn without_session(
    caller: &Caller,
    method: &Method,
    typed: BTreeMap<String, String>,
) -> Result<Problem, StoreError> {
    let ended = caller.ended_session().await?;
    let errand = Errand { page: page(caller), user: ended.map(|(user, _)| user), typed, action: None };
    let way = to_sign_in(caller, *method == Method::HEAD, None, errand).await;
    Ok(match (ended, way) {
        (Some((_, ending)), Problem::Answered(way)) => {
            Problem::SessionOver(Box::new(SessionOver { ending, sent: *method == Method::POST, way }))
        }
        (_, way) => way,
    })
}

/// Sign-in, or a confirmation by that account alone, and then back to the errand.
async fn to_sign_in(caller: &Caller, looks_only: bool, confirm: Option<UserId>, errand: Errand) -> Problem {
    let sign_in = caller.path("sign-in");
    // SR-108: whoever looks only whether there is a page begins nothing.
    if looks_only {
        return Problem::Answered(Outcome { location: sign_in, cookies: Vec::new() });
    }
    let journey = Journey { errand: Some(errand), confirm, ..Journey::default() };
    match beginning::begin(caller, &sign_in, journey).await {
        Ok(outcome) => Problem::Answered(outcome),
        Err(problem) => problem,
    }
}

impl FromRequestParts<Arc<App>> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        Self::find(caller, &parts.method, BTreeMap::new()).await
    }
}

/// A form of the account that was sent, once, by the owner that it was shown to.
pub(crate) struct Act {
    owner: Owner,
    /// What was typed.
    pub(crate) fields: Fields,
    form: SecretHash,
}

impl Deref for Act {
    type Target = Owner;
    fn deref(&self) -> &Owner {
        &self.owner
    }
}

impl Act {
    /// Begins the request's transaction.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        self.app.store.begin().await
    }

    /// The form again, with what was typed into `fields` except secrets.
    pub(crate) fn again(&self, fields: &[Field]) -> FormState {
        let kept = self.fields.kept(fields).into_iter();
        kept.fold(self.form(), |form, (field, value)| form.keep(field, value))
    }

    /// The proof of a recent authentication; the way to one keeps what was typed into `fields` except secrets.
    pub(crate) async fn fresh(&self, fields: &[Field]) -> Result<Fresh, Problem> {
        let kept = self.fields.kept(fields).into_iter();
        self.owner.proof(kept.map(|(field, typed)| (field.name().to_owned(), typed)).collect()).await
    }

    /// Commits with `event`, and sends the browser to `page` with what it has to keep. The same form sent twice changes
    /// nothing the second time, and is answered alike.
    pub(crate) async fn leads_to(
        &self,
        page: &str,
        cookies: Vec<String>,
        (tx, event): (Tx, Event),
    ) -> Result<Response, Problem> {
        let outcome = Outcome { location: self.path(page), cookies };
        dispatch::answer(self, &tx, &self.form, &outcome).await?;
        tx.commit(&event).await?;
        Ok(outcome.response())
    }
}

impl FromRequest<Arc<App>> for Act {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let Posted { caller, fields } = Posted::from_request(request, app).await?;
        if caller.browser().is_none() {
            return Err(Problem::CookiesRefused { again: caller.here().to_owned() });
        }
        let owner = Owner::find(caller, &Method::POST, fields.typed()).await?;
        let form = app.forms.check(fields.token(), &owner.browser, &subject(&owner)).ok_or(Problem::ForeignForm)?;
        if let Some(sealed) = submissions::outcome(&app.store.reads(), form.as_bytes()).await? {
            return Err(Problem::Answered(Outcome::open(app, &form, &sealed)?));
        }
        Ok(Self { owner, fields, form })
    }
}
