//! `GET`, `POST /realms/{realm}/required-actions/configure-totp`: adding the app that makes one-time codes.
//!
//! The seed is shown here and nowhere else, before it counts (SR-78); it counts once a code of it was typed, which
//! spends that code. Leaving half-way changes nothing: until then the form alone holds it, sealed (ADR 0046).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::first_password::owner;
use super::protection;
use crate::app::second_factors::{Acting, Offer};
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::entropy::SeededEntropy;
use crate::event::EventKind;
use crate::identity::user::User;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::proofs::one_time::{OneTimeCode, Seed, TotpPolicy};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;
use crate::themes::qr::QrCode;

const PLACE: Place = Place::Action(RequiredActionKind::ConfigureTotp);

/// Most characters of what a person calls their device.
const LONGEST_NAME: usize = 40;

/// « Ajoutez une application de codes »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfigureTotpPage {
    /// The code, and what the device is called.
    pub(crate) form: FormState,
    /// What a telephone scans; none where the names are too long for it.
    pub(crate) qr: Option<QrCode>,
    /// The same as an address, for an app on this very device.
    pub(crate) address: String,
    /// The seed as it is typed, in groups of four.
    pub(crate) groups: Vec<String>,
    /// How many digits a code has.
    pub(crate) digits: u8,
    /// The seed as the form carries it.
    pub(crate) sealed: String,
    /// Whether other sessions end with it.
    pub(crate) closes_others: bool,
}

impl ConfigureTotpPage {
    /// The page that offers a seed to an account under the realm's name.
    pub(crate) fn of(
        form: FormState,
        offer: &Offer<Seed>,
        (realm, account): (&str, &str),
        closes_others: bool,
    ) -> Self {
        let address = offer.shown.address(realm, account);
        let address = address.as_ref().map(|address| address.expose().clone()).unwrap_or_default();
        Self {
            form,
            qr: QrCode::of(&address),
            address,
            groups: offer.shown.groups(),
            digits: offer.shown.digits(),
            sealed: offer.sealed.clone(),
            closes_others,
        }
    }
}

impl Page for ConfigureTotpPage {
    const NAME: &'static str = "configure-totp";
    const TEMPLATE: &'static str = "configure_totp.html";

    fn title(&self) -> Phrase {
        Phrase::new("configure_totp.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |form, digits, account| {
            let shown = Seed::new(digits, &SeededEntropy::new(1));
            Self::of(form, &Offer { shown, sealed: "c2VhbGVk".repeat(20) }, ("Certinomis", account), true)
        };
        let usual = |form| page(form, 6, samples::ADDRESS);
        let typed = || samples::form().keep(Field::DeviceName, "Téléphone de Marie");
        vec![
            sample("first-visit", usual(samples::form())),
            sample("one-more", Self { closes_others: false, ..usual(samples::form()) }),
            sample("eight-digits-long-address", page(samples::form(), 8, samples::LONG_ADDRESS)),
            sample("empty", usual(typed().refuse(Field::Code, refusals::one_time_empty(6)))),
            sample("malformed", usual(typed().refuse(Field::Code, refusals::one_time_malformed(6)))),
            sample("wrong", usual(typed().refuse(Field::Code, refusals::one_time_wrong()))),
            sample("long-name", usual(typed().refuse(Field::DeviceName, refusals::too_long(Field::DeviceName, 40)))),
            sample(
                "unreadable-name",
                usual(typed().refuse(Field::DeviceName, refusals::unreadable(Field::DeviceName))),
            ),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let user = owner(&visit, visit.journey().attempt.user()).await?;
    let place = visit.flow.id.to_string();
    let offer = visit.app.offer_seed(policy(&visit)?, (user.id, &place), visit.now())?;
    show(&visit, StatusCode::OK, (&user, &offer), visit.form())
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let visit = &submission.visit;
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let user = owner(visit, visit.journey().attempt.user()).await?;
    let place = visit.flow.id.to_string();
    let sealed = submission.fields.raw("seed");
    // An offer of another journey, or of long ago: another one is made.
    let Some(offer) = visit.app.offered_seed(sealed, (user.id, &place), visit.now()) else {
        return Err(Problem::Overtaken(visit.step("required-actions/configure-totp")));
    };
    let name = submission.fields.text(Field::DeviceName).trim().to_owned();
    let typed = submission.fields.secret(Field::Code);
    let form = submission.again(&[Field::DeviceName]);
    let form = match judge_name(&name) {
        Ok(()) => form,
        Err(words) => form.refuse(Field::DeviceName, words),
    };
    let code = OneTimeCode::read(&typed, offer.shown.digits());
    let step = code.as_ref().and_then(|code| offer.shown.step_of(code, policy(visit).ok()?, visit.now()));
    let digits = offer.shown.digits().into();
    let form = match (typed.expose().trim().is_empty(), &code, step) {
        (true, ..) => form.refuse(Field::Code, refusals::one_time_empty(digits)),
        (false, None, _) => form.refuse(Field::Code, refusals::one_time_malformed(digits)),
        (false, Some(_), None) => form.refuse(Field::Code, refusals::one_time_wrong()),
        (false, Some(_), Some(_)) => form,
    };
    let Some(step) = step.filter(|_| !form.has_errors()) else {
        return show(visit, StatusCode::UNPROCESSABLE_ENTITY, (&user, &offer), form);
    };
    let tx = submission.begin().await?;
    let acting = Acting { house: &visit.house, user: &user, happened: visit.occasion() };
    let Some(proof) = visit.app.add_totp(&tx, acting, &offer.shown, (step, &name)).await? else {
        // Another tab was quicker: its app stands.
        return Err(Problem::Overtaken(visit.step("go-on")));
    };
    protection::ends_what_was_open(&submission.visit, &tx, user.id).await?;
    let journey = &mut submission.visit.flow.journey;
    let accepted = std::mem::take(&mut journey.attempt).accept_one_time(&proof);
    journey.attempt = accepted.map_err(|fault| Problem::ours("a journey of two people", fault))?;
    journey.settled.push(RequiredActionKind::ConfigureTotp);
    let event = submission.visit.event(EventKind::TotpAdded);
    submission.follow(tx, event).await
}

/// What is wrong with the name of a device; it may be left out.
pub(crate) fn judge_name(name: &str) -> Result<(), Phrase> {
    let most = u64::try_from(LONGEST_NAME).unwrap_or(0);
    if name.chars().count() > LONGEST_NAME {
        Err(refusals::too_long(Field::DeviceName, most))
    } else if name.chars().any(char::is_control) {
        Err(refusals::unreadable(Field::DeviceName))
    } else {
        Ok(())
    }
}

/// The realm's policy; a realm without one has no such page.
fn policy(visit: &Visit) -> Result<TotpPolicy, Problem> {
    visit.house.realm.totp.ok_or(Problem::NotFound)
}

fn show(
    visit: &Visit,
    status: StatusCode,
    (user, offer): (&User, &Offer<Seed>),
    form: FormState,
) -> Result<Response, Problem> {
    let realm = visit.house.realm.display_name.in_language(visit.language);
    let closes_others = protection::is_the_first(visit);
    visit.show_as(status, &ConfigureTotpPage::of(form, offer, (realm, user.sign_in_name()), closes_others))
}
