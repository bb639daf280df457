//! `GET`, `POST /realms/{realm}/certificate`: what the browser is about to ask, before it asks (UX.md P12).
//!
//! The button begins a hand-over of two minutes, for this journey in this browser alone, and leads to the host that asks
//! for certificates. Nobody sees that question who did not press it.

use axum::response::Response;
use serde::Serialize;

use crate::app::houses::House;
use crate::authentication::journey::Place;
use crate::clock::Timestamp;
use crate::entropy;
use crate::event::EventKind;
use crate::journeys::caller::see_other;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::journeys::visit::{Submission, Visit};
use crate::protocol::issuer::Issuer;
use crate::realm::model::PeoplesCertificates;
use crate::store::handovers::{self, Owner};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
pub(crate) const HERE: &str = "certificate";

/// « Se connecter avec un certificat »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CertificatePage {
    /// The button.
    pub(crate) form: FormState,
    /// The authorities whose certificates are taken.
    pub(crate) issuers: Vec<String>,
    /// The sign-in page, for another way; nothing where the application takes no other.
    pub(crate) other: Option<String>,
}

impl Page for CertificatePage {
    const NAME: &'static str = "certificate";
    const TEMPLATE: &'static str = "certificate.html";

    fn title(&self) -> Phrase {
        Phrase::new("certificate.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let of = |issuers: &[&str]| Self {
            form: samples::form(),
            issuers: issuers.iter().map(|issuer| (*issuer).to_owned()).collect(),
            other: Some(samples::NEXT.to_owned()),
        };
        vec![
            sample("one", of(&["ChamberSign Qualifié"])),
            sample("several", of(&["ChamberSign Qualifié", "Certigna Identity Plus CA", "Certinomis - Prime CA"])),
            sample("demanded", Self { other: None, ..of(&["ChamberSign Qualifié"]) }),
        ]
    }
}

/// What the realm takes, and where it is asked for; `None` where nobody signs in so.
pub(crate) fn open(house: &House) -> Option<(&PeoplesCertificates, &Issuer)> {
    house.realm.certificates.as_ref().zip(house.alias.as_ref())
}

/// Whether a person in this journey may show a certificate now: wherever they may sign in, and where they have to.
pub(super) fn is_place(visit: &Visit) -> bool {
    visit.place().is_before_anybody() || visit.place() == Place::Certificate
}

/// Another way to sign in, where there is one.
pub(super) fn other_way(visit: &Visit) -> Option<String> {
    (visit.place() != Place::Certificate).then(|| visit.step("sign-in"))
}

/// The journey that a hand-over belongs to.
pub(super) fn owner(visit: &Visit) -> Owner {
    Owner { realm: visit.house.realm.name.clone(), browser: visit.flow.browser, flow: visit.flow.id }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let Some((taken, _)) = open(&visit.house) else { return Err(Problem::NotFound) };
    if !is_place(&visit) {
        return visit.elsewhere(&Place::SignIn);
    }
    visit.show(&CertificatePage { form: visit.form(), issuers: taken.policy.issuers(), other: other_way(&visit) })
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    let visit = &submission.visit;
    let Some((_, alias)) = open(&visit.house) else { return Err(Problem::NotFound) };
    if !is_place(visit) {
        return visit.elsewhere(&Place::SignIn);
    }
    let tx = submission.begin().await?;
    if visit.app.throttle.journey(&tx, &visit.network(), visit.now()).await?.is_err() {
        tx.commit_housekeeping().await?;
        return Err(Problem::Busy);
    }
    let token = entropy::token(&*visit.app.entropy);
    handovers::begin(&tx, &token.hash(), &owner(visit), visit.now()).await?;
    tx.commit(&visit.event(EventKind::CertificateAsked)).await?;
    // Pressed twice, it begins another: the answer is not kept, since it would be of no use the second time.
    Ok(see_other(&format!("{alias}/{}?transaction={}", super::hand_over::HERE, token.expose()), &[]))
}
