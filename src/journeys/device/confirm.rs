//! `GET`, `POST /realms/{realm}/device/confirm`: is this your device, and may it do that?
//!
//! Always asked, whosever application it is: whoever made somebody type a code must not get in by it (RFC 8628 §5.4).
//! The page shows the code again, names who asks and what for, and says what to beware of. One answer counts, given in
//! the session that it was asked in (SR-77); how it ended is told at the same address.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::ended::{DeviceEndedPage, Ended};
use super::enter;
use crate::app::selection::without_asking;
use crate::authentication::journey::{DeviceVisit, Place};
use crate::authentication::session::BrowserSession;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::ids::GrantId;
use crate::journeys::caller::see_other;
use crate::journeys::consent::{Asker, abilities, asker};
use crate::journeys::dispatch::{self, Outcome};
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::journeys::visit::{Submission, Visit};
use crate::protocol::client::Client;
use crate::protocol::consent::Wanted;
use crate::protocol::device::{DeviceAuthorization, State, is_open_to};
use crate::protocol::grant::{Authentication, Grant};
use crate::protocol::scope::{OPENID, PROFILE};
use crate::store::{Tx, consents, device_authorizations, grants, sessions, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const HERE: &str = "device/confirm";

/// « Connecter cet appareil ? »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DeviceConfirmPage {
    /// Sent as `do=allow` or `do=refuse`.
    pub(crate) form: FormState,
    /// The session that answers.
    pub(crate) session: String,
    /// The code that the device must show.
    pub(crate) code: String,
    /// Whose device it is.
    pub(crate) asker: Asker,
    /// Whose account it gets to.
    pub(crate) account: String,
    /// What it may do, one sentence each.
    pub(crate) abilities: Vec<Phrase>,
}

impl Page for DeviceConfirmPage {
    const NAME: &'static str = "device-confirm";
    const TEMPLATE: &'static str = "device_confirm.html";

    fn title(&self) -> Phrase {
        Phrase::new("device_confirm.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |asker, account: &str, scope: &str| Self {
            form: samples::form(),
            session: "0199a2b4-0000-7000-8000-000000000002".to_owned(),
            code: samples::USER_CODE.to_owned(),
            asker,
            account: account.to_owned(),
            abilities: abilities(
                &Wanted { scope: scope.to_owned().try_into().unwrap_or_default(), resources: [].into() },
                &[],
            ),
        };
        vec![
            sample("usual", page(Asker::bare_sample(), "Marie Durand", OPENID)),
            sample("everything", page(Asker::sample(), samples::LONG_NAME, &format!("{OPENID} {PROFILE} orders:read"))),
        ]
    }
}

/// What somebody is asked.
struct Question {
    device: DeviceAuthorization,
    code: String,
    client: Arc<Client>,
    session: BrowserSession,
}

impl Question {
    fn wanted(&self) -> Wanted {
        Wanted { scope: self.device.scope.clone(), resources: [].into() }
    }

    fn event(&self, visit: &Visit, kind: EventKind) -> Event {
        Event {
            user: Some(self.session.authenticated.user()),
            session: Some(self.session.id),
            client: Some(self.client.client_id.to_string()),
            ..visit.event(kind)
        }
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    match question(&visit).await? {
        Ok(question) => show(&visit, &question).await,
        Err(answer) => Ok(answer),
    }
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    // Answered meanwhile, perhaps by this very form: the page says how it stands.
    let Ok(question) = question(&submission.visit).await? else {
        return Ok(see_other(&submission.visit.step(HERE), &[]));
    };
    // SR-77: what was shown to another session is no answer of this one.
    if submission.fields.raw("session") != question.session.id.to_string() {
        return Err(Problem::ForeignForm);
    }
    let allows = match submission.fields.raw("do") {
        "allow" => true,
        "refuse" => false,
        _ => return Err(Problem::Tampered),
    };
    let tx = submission.begin().await?;
    let Submission { visit, form, .. } = submission;
    // Whoever ended all sessions a moment ago ended this answer, too (SR-53).
    if !sessions::touch(&tx, question.session.id, visit.now()).await? {
        return Ok(see_other(&visit.step(HERE), &[]));
    }
    let grant = if allows { Some(give(&visit, &tx, &question).await?) } else { None };
    let here = visit.step(HERE);
    if !device_authorizations::answer(&tx, question.device.id, grant, visit.now()).await? {
        // Another tab was quicker, or the time ran out just now: nothing of this is kept.
        return Ok(see_other(&here, &[]));
    }
    let outcome = Outcome { location: here, cookies: Vec::new() };
    dispatch::keep(&visit, &tx, &form, &outcome).await?;
    let kind = if allows { EventKind::DeviceAllowed } else { EventKind::DeviceRefused };
    tx.commit(&question.event(&visit, kind)).await?;
    Ok(outcome.response())
}

/// The grant that the device will fetch. It hangs on no browser's session: a person signs out here and their device
/// stays; what they agreed to is remembered, so that it can be taken back (SR-103).
async fn give(visit: &Visit, tx: &Tx, question: &Question) -> Result<GrantId, Problem> {
    let (app, realm, now) = (&visit.app, &visit.house.realm, visit.now());
    let id = GrantId::new(now, &*app.entropy);
    let authentication = Authentication { session: None, ..Authentication::from(&question.session) };
    let user = authentication.user;
    let subject = app.subjects.of(&question.client, user);
    let grant =
        Grant::on_device(id, question.client.client_id.clone(), question.device.scope.clone(), authentication, now);
    let organisation = without_asking(tx, &visit.house, grant.scope(), user).await?;
    let grant = grant.known_as(subject).on_behalf_of(organisation);
    grants::keep(tx, &realm.name, &grant, realm.tokens.refresh_absolute).await?;
    consents::remember(tx, user, &question.client.client_id, &question.wanted(), now).await?;
    Ok(id)
}

/// What the person is asked now, or the answer when they are not asked.
async fn question(visit: &Visit) -> Result<Result<Question, Response>, Problem> {
    let Some(DeviceVisit { device, code, .. }) = &visit.journey().device else { return Ok(Err(enter::again(visit))) };
    let entered = visit.journey().entered;
    let session = visit.session().await?.filter(|session| entered == Some(session.id));
    let (Some(session), Place::Entered(_)) = (session, visit.place()) else {
        return Ok(Err(see_other(&visit.step(dispatch::page(&visit.place())), &[])));
    };
    let realm = &visit.house.realm.name;
    let Some(device) = device_authorizations::by_id(&visit.app.store.reads(), realm, *device).await? else {
        return Ok(Err(tell(visit, Ended::Expired)?));
    };
    let client = visit.app.client(&visit.house, device.client_id.as_str()).await?;
    match (client.filter(|client| is_open_to(client)), device.state) {
        (Some(client), _) if device.is_open(visit.now()) => {
            Ok(Ok(Question { device, code: code.clone(), client, session }))
        }
        (_, State::Allowed | State::Spent) => Ok(Err(tell(visit, Ended::Allowed)?)),
        (_, State::Refused) => Ok(Err(tell(visit, Ended::Refused)?)),
        (_, State::Pending) => Ok(Err(tell(visit, Ended::Expired)?)),
    }
}

fn tell(visit: &Visit, ended: Ended) -> Result<Response, Problem> {
    visit.show(&DeviceEndedPage { ended, again: visit.path("device") })
}

async fn show(visit: &Visit, question: &Question) -> Result<Response, Problem> {
    let account = users::by_id(&visit.app.store.reads(), question.session.authenticated.user()).await?;
    visit.show_as(
        StatusCode::OK,
        &DeviceConfirmPage {
            form: visit.form(),
            session: question.session.id.to_string(),
            code: question.code.clone(),
            asker: asker(&question.client, None, visit),
            account: account.map(|user| user.full_name()).unwrap_or_default(),
            abilities: abilities(&question.wanted(), &visit.house.realm.resources),
        },
    )
}
