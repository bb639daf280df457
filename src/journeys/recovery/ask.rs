//! `GET`, `POST /realms/{realm}/recover/password`: a mailed link for whoever has an account, the same page for all.

use std::slice;

use axum::response::Response;
use http::{Method, StatusCode};

use super::{RecoverPasswordPage, accounts};
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
use crate::mail::message::{AccountLink, Mail, ResetOneOfSeveral, ResetPassword};
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
    let journey = &mut submission.visit.flow.journey;
    let asked = journey.recovery.take();
    journey.waits_no_more();
    journey.recovery = asked;
    let event = ask(&mut submission.visit, &tx).await?;
    submission.follow(tx, event).await
}

/// Makes a link for each account and queues their mail; for nobody the same rows are written and held back (SR-4, SR-5).
pub(crate) async fn ask(visit: &mut Visit, tx: &Tx) -> Result<Event, Problem> {
    let (app, realm, now) = (&visit.app, &visit.house.realm, visit.now());
    app.throttle.request_for_mail(tx, &visit.network(), now).await?.map_err(Problem::Slowed)?;
    let typed = Canonical::of_typed(&visit.typed().identifier);
    let found = accounts::of_typed(tx, realm, &typed).await?;
    let addressee = found.first().cloned().map_or_else(users::nobody, Ok)?;
    // SR-18: whatever an account was named by, the mailbox is the same.
    let mailbox = Some(addressee.email.canonical()).filter(|_| !found.is_empty()).unwrap_or(typed);
    let allowed = app.throttle.mail(tx, &mailbox, now).await?;
    let owners: Vec<_> = found.iter().filter(|_| allowed).map(|user| user.id).collect();
    // A newer link voids the older ones (SR-54), unless it will not be sent.
    links::void_of_users(tx, &owners, now).await?;
    let letter = letter(visit, (&addressee, &found), allowed);
    links::insert_all(tx, &letter.links).await?;
    letters::post(app, tx, &realm.name, letter.recipient, &letter.mail, now).await?;
    let kind = if owners.is_empty() { EventKind::RecoveryIgnored } else { EventKind::RecoveryAsked };
    let owner = found.first().filter(|_| found.len() == 1).map(|user| user.id);
    let event = Event { user: owner, ..visit.event(kind) };
    let again = matches!(visit.journey().recovery, Some(Recovery::Asked { .. }));
    let again_at = if again { now + PAUSE } else { now };
    visit.flow.journey.recovery = Some(Recovery::Asked { at: now, again_at });
    visit.flow.journey.notice = None;
    Ok(event)
}

/// A mail, the links that it carries, and whom it goes to.
struct Letter {
    links: Vec<Link>,
    mail: Mail,
    recipient: Recipient,
}

/// The letter to whoever has those accounts. For one of them it has a code beside the link; for several it has no code,
/// which could not say whose password is meant (ADR 0062). For nobody it looks like the one for one.
fn letter(visit: &Visit, (addressee, found): (&User, &[User]), allowed: bool) -> Letter {
    let (app, realm, now) = (&visit.app, &visit.house.realm, visit.now());
    let sent = allowed && !found.is_empty();
    let whose = if found.is_empty() { slice::from_ref(addressee) } else { found };
    let mut made = Vec::new();
    for user in whose {
        let secrets = Secrets::new(app, now);
        // As for a registration: a code that nobody is sent is no code (SR-9).
        let mailed = if sent && found.len() == 1 { &secrets.code } else { &secrets.token };
        let link = Link {
            code: codes::keyed(app, secrets.id, mailed),
            user: sent.then_some(user.id),
            requested_from: codes::written(visit.agent),
            voided_at: (!allowed).then_some(now),
            ..secrets.link(realm, &addressee.email, visit.flow.id, now)
        };
        made.push((link, user, secrets));
    }
    let first_name = addressee.first_name.as_str().to_owned();
    let page = |secrets: &Secrets| Secret::new(visit.address(&format!("link?token={}", secrets.token.expose())));
    let (ends, asked) = (now + realm.links.reset_password, visit.occasion());
    let mail = match made.as_slice() {
        [(_, _, secrets)] => {
            let (link, code) = (page(secrets), secrets.code.clone());
            let identifier = addressee.identifier.clone();
            Mail::ResetPassword(ResetPassword { first_name, identifier, link, code, ends, asked })
        }
        several => {
            let each = |(_, user, secrets): &(Link, &User, Secrets)| AccountLink {
                identifier: user.sign_in_name().to_owned(),
                link: page(secrets),
            };
            let accounts = several.iter().map(each).collect();
            Mail::ResetOneOfSeveral(ResetOneOfSeveral { first_name, accounts, ends, asked })
        }
    };
    let recipient =
        Recipient { address: addressee.email.as_str().to_owned(), language: addressee.language, held: !sent };
    Letter { links: made.into_iter().map(|(link, ..)| link).collect(), mail, recipient }
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
