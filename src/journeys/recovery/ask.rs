//! `GET`, `POST /realms/{realm}/recover/password`: a mailed link for whoever has an account, the same page for all.

use axum::response::Response;
use http::{Method, StatusCode};

use super::RecoverPasswordPage;
use crate::app::App;
use crate::app::letters::{self, Recipient};
use crate::authentication::journey::{self, Journey, Place, Recovery};
use crate::clock::Timestamp;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::identity::identifier::{Canonical, EmailAddress};
use crate::identity::user::User;
use crate::ids::{FlowId, LinkId};
use crate::journeys::actions::verification::PAUSE;
use crate::journeys::beginning;
use crate::journeys::caller::Caller;
use crate::journeys::link::codes;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::mail::message::{Mail, ResetPassword};
use crate::realm::model::Realm;
use crate::secret::Secret;
use crate::store::links::{self, Link, Purpose};
use crate::store::{Tx, users};
use crate::themes::form::{Field, FormState};

/// `GET`; without a journey, as mails and password managers lead here, one begins.
pub(crate) async fn page(method: Method, caller: Caller, visit: Result<Visit, Problem>) -> Result<Response, Problem> {
    let visit = match visit {
        Ok(visit) => visit,
        // SR-108: whoever looks only whether there is a page, such as a scanner of mails, begins nothing.
        Err(Problem::JourneyLost) if method == Method::HEAD => return Ok(Response::default()),
        Err(Problem::JourneyLost) if caller.parameter("flow").is_none() => {
            let page = caller.path("recover/password");
            return Ok(beginning::begin(&caller, &page, Journey::default()).await?.response());
        }
        Err(problem) => return Err(problem),
    };
    if !visit.place().is_before_anybody() {
        return visit.elsewhere(&Place::SignIn);
    }
    let form = visit.form().keep(Field::Username, visit.typed().identifier.clone());
    show(&visit, StatusCode::OK, form)
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    if !submission.visit.place().is_before_anybody() {
        return submission.visit.elsewhere(&Place::SignIn);
    }
    let typed = submission.fields.text(Field::Username).trim().to_owned();
    if typed.is_empty() {
        let form = submission.again(&[Field::Username]).refuse(Field::Username, refusals::username_empty());
        return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, form);
    }
    let tx = submission.begin().await?;
    submission.visit.flow.journey.typed.identifier = typed;
    submission.visit.flow.journey.waits_no_more();
    let event = ask(&mut submission.visit, &tx).await?;
    submission.follow(tx, event).await
}

/// Makes the link and queues its mail; for nobody the same rows are written and held back (SR-4, SR-5).
pub(crate) async fn ask(visit: &mut Visit, tx: &Tx) -> Result<Event, Problem> {
    let (app, realm, now) = (&visit.app, &visit.house.realm, visit.now());
    app.throttle.request_for_mail(tx, &visit.network(), now).await?.map_err(Problem::Slowed)?;
    let canonical = Canonical::of_typed(&visit.typed().identifier);
    let found = users::by_identifier(tx, &realm.name, &canonical).await?.filter(User::is_active);
    let allowed = app.throttle.mail(tx, &canonical, now).await?;
    let owner = found.as_ref().filter(|_| allowed);
    // A newer link voids the older ones (SR-54), unless it will not be sent.
    links::void_of_user(tx, owner.map(|user| user.id), now).await?;
    let secrets = Secrets::new(app, now);
    let address = found.as_ref().map_or_else(nobody, |user| Ok(user.email.clone()))?;
    // As for a registration: a code that nobody is sent is no code (SR-9).
    let mailed = if owner.is_some() { &secrets.code } else { &secrets.token };
    let link = Link {
        code: codes::keyed(app, secrets.id, mailed),
        user: owner.map(|user| user.id),
        requested_from: codes::written(visit.agent),
        voided_at: (!allowed).then_some(now),
        ..secrets.link(realm, &address, visit.flow.id, now)
    };
    links::insert(tx, &link).await?;
    let mail = Mail::ResetPassword(ResetPassword {
        first_name: found.as_ref().map(|user| user.first_name.as_str().to_owned()).unwrap_or_default(),
        identifier: found.as_ref().and_then(|user| user.identifier.clone()),
        link: Secret::new(visit.address(&format!("link?token={}", secrets.token.expose()))),
        code: secrets.code,
        ends: link.expires_at,
        asked: visit.occasion(),
    });
    let recipient = Recipient {
        address: address.as_str().to_owned(),
        language: found.as_ref().map_or(visit.language, |user| user.language),
        held: owner.is_none(),
    };
    letters::post(app, tx, &realm.name, recipient, &mail, now).await?;
    let kind = if owner.is_some() { EventKind::RecoveryAsked } else { EventKind::RecoveryIgnored };
    let event = Event { user: found.map(|user| user.id), ..visit.event(kind) };
    let again_at = if visit.journey().recovery.is_some() { now + PAUSE } else { now };
    visit.flow.journey.recovery = Some(Recovery::Asked { at: now, again_at });
    visit.flow.journey.notice = None;
    Ok(event)
}

/// What a reset link is known by: its name, and the secrets that only its mail holds.
pub(super) struct Secrets {
    pub(super) id: LinkId,
    pub(super) token: Secret<String>,
    pub(super) code: Secret<String>,
}

impl Secrets {
    pub(super) fn new(app: &App, now: Timestamp) -> Self {
        let (token, code) = (entropy::token(&*app.entropy), entropy::one_time_code(&*app.entropy));
        Self { id: LinkId::new(now, &*app.entropy), token, code }
    }

    /// The link of nobody yet, without a code.
    pub(super) fn link(&self, realm: &Realm, email: &EmailAddress, flow: FlowId, now: Timestamp) -> Link {
        Link {
            id: self.id,
            realm: realm.name.clone(),
            purpose: Purpose::ResetPassword,
            token: self.token.hash(),
            code: Vec::new(),
            code_misses: 0,
            email: email.clone(),
            user: None,
            flow,
            registration: None,
            requested_from: String::new(),
            created_at: now,
            expires_at: now + realm.links.reset_password,
            code_expires_at: now + realm.links.reset_password,
            spent_at: None,
            spent_from: None,
            voided_at: None,
        }
    }
}

/// The address of a mail that nobody gets.
fn nobody() -> Result<EmailAddress, Problem> {
    EmailAddress::parse("nobody@invalid.invalid").map_err(|fault| Problem::ours("nobody has no address", fault))
}

fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let again = visit.journey().notice == Some(journey::Notice::StartedAgain);
    let page = RecoverPasswordPage {
        form,
        notice: (again && status == StatusCode::OK).then(Notice::flow_expired),
        by_email: visit.house.realm.issued.is_none(),
        sign_in: visit.step("sign-in"),
    };
    visit.show_as(status, &page)
}
