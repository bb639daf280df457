//! `GET`, `POST /realms/{realm}/device`: which device?
//!
//! A code that came with the address is only written into the field: the person presses the button (RFC 8628 §5.4).
//! Guesses are counted before they are looked at (SR-152). A good code begins a journey of this browser.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use crate::authentication::journey::{DeviceVisit, Journey};
use crate::clock::{Duration, Timestamp};
use crate::event::{Event, EventKind};
use crate::journeys::beginning;
use crate::journeys::caller::{Caller, append_cookie, see_other};
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::posted::Posted;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::protocol::device::{DeviceAuthorization, UserCode};
use crate::secret::SecretHash;
use crate::store::device_authorizations;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;
use crate::throttle::{Guessed, Permit, Slowed, Subject};

/// What forms of this page are about.
const SUBJECT: &[u8] = b"device";

/// « Connecter un appareil »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DeviceCodePage {
    /// The code.
    pub(crate) form: FormState,
}

impl Page for DeviceCodePage {
    const NAME: &'static str = "device";
    const TEMPLATE: &'static str = "device.html";

    fn title(&self) -> Phrase {
        Phrase::new("device.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let typed = || samples::form().keep(Field::UserCode, samples::USER_CODE);
        let refused = |form: FormState, words| Self { form: form.refuse(Field::UserCode, words) };
        vec![
            sample("first-visit", Self { form: samples::form() }),
            sample("from-the-address", Self { form: typed() }),
            sample("empty", refused(samples::form(), refusals::user_code_empty())),
            sample("malformed", refused(typed(), refusals::user_code_malformed())),
            sample("wrong", refused(typed(), refusals::user_code_wrong())),
            sample("throttled", refused(typed(), refusals::user_code_throttled(now + Duration::from_mins(1)))),
        ]
    }
}

/// `GET`
pub(crate) async fn page(caller: Caller) -> Result<Response, Problem> {
    let (browser, fresh) = caller.browser_or_new();
    let code = caller.parameter("user_code").and_then(UserCode::read);
    let form = blank(&caller, &browser);
    let form = code.iter().fold(form, |form, code| form.keep(Field::UserCode, code.as_str()));
    let mut response = caller.show(StatusCode::OK, &DeviceCodePage { form })?;
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// A code that was typed.
struct Typed {
    caller: Caller,
    code: String,
    browser: SecretHash,
}

impl Typed {
    fn read(posted: Posted) -> Result<Self, Problem> {
        let (browser, _) = posted.check(SUBJECT)?;
        let code = posted.fields.text(Field::UserCode).trim().to_owned();
        Ok(Self { caller: posted.caller, code, browser })
    }
}

/// `POST`
pub(crate) async fn submit(posted: Posted) -> Result<Response, Problem> {
    let typed = Typed::read(posted)?;
    if typed.code.is_empty() {
        return refuse(&typed, StatusCode::UNPROCESSABLE_ENTITY, refusals::user_code_empty());
    }
    let Some(code) = UserCode::read(&typed.code) else {
        return refuse(&typed, StatusCode::UNPROCESSABLE_ENTITY, refusals::user_code_malformed());
    };
    let caller = &typed.caller;
    let permit = match reserve(caller).await? {
        Ok(permit) => permit,
        Err(Slowed { until }) => {
            let words = refusals::user_code_throttled(until);
            return Ok(retry_after(refuse(&typed, StatusCode::TOO_MANY_REQUESTS, words)?, caller.now(), until));
        }
    };
    let tx = caller.app.store.begin().await?;
    let realm = &caller.house.realm.name;
    let found = device_authorizations::by_user_code(&tx, realm, &caller.app.keyed(realm, &code)).await?;
    // One answer for a code that never was, was answered, or is over.
    let Some(device) = found.filter(|device| device.is_open(caller.now())) else {
        tx.commit(&caller.event(EventKind::DeviceCodeRefused)).await?;
        return refuse(&typed, StatusCode::UNPROCESSABLE_ENTITY, refusals::user_code_wrong());
    };
    caller.app.throttle.settle(&tx, &permit).await?;
    tx.commit(&recognised(caller, &device)).await?;
    let client = caller.app.client(&caller.house, device.client_id.as_str()).await?;
    let journey = Journey {
        device: Some(DeviceVisit {
            device: device.id,
            code: code.as_str().to_owned(),
            minimum: client.and_then(|client| client.requests.minimum_acr),
        }),
        ..Journey::default()
    };
    Ok(beginning::begin(caller, &caller.path("sign-in"), journey).await?.response())
}

fn recognised(caller: &Caller, device: &DeviceAuthorization) -> Event {
    Event { client: Some(device.client_id.to_string()), ..caller.event(EventKind::DeviceCodeTyped) }
}

/// Takes one guess of this network, in a transaction of its own that is committed before anything is looked up (SR-11).
async fn reserve(caller: &Caller) -> Result<Result<Permit, Slowed>, Problem> {
    let (network, now) = (caller.network(), caller.now());
    let tx = caller.app.store.begin().await?;
    let subject = Subject::Network(&network);
    let reserved = caller.app.throttle.reserve(&tx, Guessed::UserCode, subject, &network, now).await?;
    tx.commit_housekeeping().await?;
    Ok(reserved)
}

fn blank(caller: &Caller, browser: &SecretHash) -> FormState {
    FormState::new(caller.app.forms.token(browser, SUBJECT, &*caller.app.entropy))
}

fn refuse(typed: &Typed, status: StatusCode, words: Phrase) -> Result<Response, Problem> {
    // What was typed comes back as far as it may have been a code.
    let kept: String = typed.code.chars().take(20).collect();
    let form = blank(&typed.caller, &typed.browser).keep(Field::UserCode, kept).refuse(Field::UserCode, words);
    typed.caller.show(status, &DeviceCodePage { form })
}

/// For a journey that knows no device: its code has to be entered first.
pub(crate) fn again(caller: &Caller) -> Response {
    see_other(&caller.path("device"), &[])
}
