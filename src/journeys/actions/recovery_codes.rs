//! `GET`, `POST /realms/{realm}/required-actions/save-recovery-codes`: ten codes for the day when the app is lost.
//!
//! They are shown once, to be printed or kept as a file, and count once the person says that they are put away (SR-83).
//! Until then the form alone holds them, sealed (ADR 0046).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::first_password::owner;
use crate::app::second_factors::{Acting, Offer};
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::entropy::SeededEntropy;
use crate::event::EventKind;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::proofs::one_time::RecoveryCode;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

const PLACE: Place = Place::Action(RequiredActionKind::SaveRecoveryCodes);

/// « Conservez vos codes de secours »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecoveryCodesPage {
    /// The box.
    pub(crate) form: FormState,
    /// The codes.
    pub(crate) codes: Vec<String>,
    /// Whose account they open, for the printed sheet.
    pub(crate) account: String,
    /// The codes as the form carries them.
    pub(crate) sealed: String,
}

impl RecoveryCodesPage {
    /// The page that offers these codes to an account.
    pub(crate) fn of(form: FormState, offer: &Offer<Vec<RecoveryCode>>, account: &str) -> Self {
        let codes = offer.shown.iter().map(|code| code.expose().clone()).collect();
        Self { form, codes, account: account.to_owned(), sealed: offer.sealed.clone() }
    }
}

impl Page for RecoveryCodesPage {
    const NAME: &'static str = "recovery-codes";
    const TEMPLATE: &'static str = "recovery_codes.html";

    fn title(&self) -> Phrase {
        Phrase::new("recovery_codes.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let offer = || Offer { shown: RecoveryCode::set(&SeededEntropy::new(1)), sealed: "c2VhbGVk".repeat(50) };
        let page = |form, account| Self::of(form, &offer(), account);
        vec![
            sample("first-visit", page(samples::form(), samples::ADDRESS)),
            sample(
                "not-kept",
                page(samples::form().refuse(Field::CodesKept, refusals::codes_not_kept()), samples::ADDRESS),
            ),
            sample("long-address", page(samples::form(), samples::LONG_ADDRESS)),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let user = owner(&visit, visit.journey().attempt.user()).await?;
    let offer = visit.app.offer_recovery_codes((user.id, &visit.flow.id.to_string()), visit.now())?;
    visit.show(&RecoveryCodesPage::of(visit.form(), &offer, user.sign_in_name()))
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let visit = &submission.visit;
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let user = owner(visit, visit.journey().attempt.user()).await?;
    let (sealed, place) = (submission.fields.raw("codes"), visit.flow.id.to_string());
    // An offer of another journey, or of long ago: another one is made.
    let Some(offer) = visit.app.offered_recovery_codes(sealed, (user.id, &place), visit.now()) else {
        return Err(Problem::Overtaken(visit.step("required-actions/save-recovery-codes")));
    };
    if !submission.fields.ticked(Field::CodesKept) {
        let form = visit.form().refuse(Field::CodesKept, refusals::codes_not_kept());
        let page = RecoveryCodesPage::of(form, &offer, user.sign_in_name());
        return visit.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let tx = submission.begin().await?;
    let acting = Acting { house: &visit.house, user: &user, happened: visit.occasion() };
    visit.app.keep_recovery_codes(&tx, acting, &offer.shown).await?;
    let journey = &mut submission.visit.flow.journey;
    journey.settled.push(RequiredActionKind::SaveRecoveryCodes);
    let event = submission.visit.event(EventKind::RecoveryCodesReplaced);
    submission.follow(tx, event).await
}
