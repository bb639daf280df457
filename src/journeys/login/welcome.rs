//! `GET /realms/{realm}/welcome`: the first page where a realm lets people choose: register, sign in, or turn back.
//!
//! Shown before anything is known of a person; whoever is known, or expected, is led on.

use axum::response::Response;
use serde::Serialize;

use crate::authentication::journey::Place;
use crate::clock::Timestamp;
use crate::journeys::caller::see_other;
use crate::journeys::dispatch;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::journeys::visit::Visit;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Connexion à votre compte »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WelcomePage {
    /// « S’inscrire », where registration is open.
    pub(crate) register: Option<String>,
    /// « Se connecter »
    pub(crate) sign_in: String,
    /// « Annuler », where an application waits for an answer.
    pub(crate) cancel: Option<String>,
}

impl Page for WelcomePage {
    const NAME: &'static str = "welcome";
    const TEMPLATE: &'static str = "welcome.html";

    fn title(&self) -> Phrase {
        Phrase::new("welcome.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let next = || samples::NEXT.to_owned();
        let open = || Self { register: Some(next()), sign_in: next(), cancel: Some(next()) };
        vec![
            sample("first-visit", open()),
            sample("closed", Self { register: None, ..open() }),
            sample("by-itself", Self { cancel: None, ..open() }),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::SignIn {
        return visit.elsewhere(&Place::SignIn);
    }
    // A session may have been opened in another tab meanwhile, and whoever must confirm is no newcomer.
    if visit.journey().confirm.is_some() || visit.session().await?.is_some() {
        return Ok(see_other(&visit.step("sign-in"), &[]));
    }
    visit.show(&WelcomePage {
        register: visit.house.realm.registration.map(|_| visit.step("register")),
        sign_in: visit.step("sign-in"),
        cancel: visit.request().map(|_| visit.step(dispatch::TURN_BACK)),
    })
}
