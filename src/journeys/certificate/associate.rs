//! `GET`, `POST /realms/{realm}/certificate/associate`: bind the certificate that was shown to the account that was proven
//! since, in the same journey (SR-93).
//!
//! Asked after every other step and before the session begins. Later is an answer, too: the journey goes on without.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::shown::Shown;
use crate::authentication::journey::Place;
use crate::clock::{Duration, Timestamp, minutes};
use crate::event::{Event, EventKind};
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::warning::tell;
use crate::mail::message::Mail;
use crate::proofs::certificate::CertificateProof;
use crate::store::certificates::{self, Binding};
use crate::store::users;
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
pub(crate) const HERE: &str = "certificate/associate";

/// How long after it was shown a certificate may be bound: the card is still there (SR-93).
const FRESH: Duration = minutes(10);

/// « Associer ce certificat »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AssociateCertificatePage {
    /// Sent as `do=associate` or `do=later`.
    pub(crate) form: FormState,
    /// The certificate.
    pub(crate) shown: Shown,
    /// Whose account it would be.
    pub(crate) account: String,
    /// Whether the certificate names somebody else than the account does.
    pub(crate) differs: bool,
    /// Until when the one is valid that it seems to renew.
    pub(crate) renews: Option<Timestamp>,
    /// Whether it can be bound at all.
    pub(crate) possible: bool,
}

impl Page for AssociateCertificatePage {
    const NAME: &'static str = "certificate-associate";
    const TEMPLATE: &'static str = "certificate_associate.html";

    fn title(&self) -> Phrase {
        Phrase::new("certificate_associate.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let usual = || Self {
            form: samples::form(),
            shown: Shown::sample(now),
            account: "Marie Durand".to_owned(),
            differs: false,
            renews: None,
            possible: true,
        };
        let refused = |words| Self { form: samples::form().refuse_all(words), possible: false, ..usual() };
        vec![
            sample("usual", usual()),
            sample("another-name", Self { account: "Paul Lefèvre".to_owned(), differs: true, ..usual() }),
            sample("renewal", Self { renews: Some(now), ..usual() }),
            sample("taken", refused(taken("K7Q2-M4TD"))),
            sample("full", refused(full())),
            sample("late", refused(late())),
        ]
    }
}

fn taken(reference: &str) -> Phrase {
    Phrase::new("certificate_associate.taken").words("reference", reference)
}

fn full() -> Phrase {
    Phrase::new("certificate_associate.full").number("most", certificates::MOST)
}

fn late() -> Phrase {
    Phrase::new("certificate_associate.late")
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    match offered(&visit) {
        Some(proof) => show(&visit, StatusCode::OK, &proof, None).await,
        None => visit.elsewhere(&Place::AssociateCertificate),
    }
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    let Some(proof) = offered(&submission.visit) else {
        return submission.visit.elsewhere(&Place::AssociateCertificate);
    };
    match submission.fields.raw("do") {
        "associate" => bind(submission, proof).await,
        "later" => go_on(submission).await,
        _ => Err(Problem::Tampered),
    }
}

/// What is to be bound, when the journey has come so far.
fn offered(visit: &Visit) -> Option<CertificateProof> {
    visit.journey().offered.as_deref().filter(|_| visit.place() == Place::AssociateCertificate).cloned()
}

async fn bind(mut submission: Submission, proof: CertificateProof) -> Result<Response, Problem> {
    let visit = &submission.visit;
    if visit.now().since(proof.at()) > FRESH {
        return show(visit, StatusCode::UNPROCESSABLE_ENTITY, &proof, Some(late())).await;
    }
    let Some(user) = visit.journey().attempt.user() else { return visit.elsewhere(&Place::AssociateCertificate) };
    let tx = submission.begin().await?;
    let refused = match certificates::bind(&tx, &visit.house.realm.name, user, &proof, visit.now()).await? {
        Binding::Done => None,
        Binding::Already => {
            drop(tx);
            return go_on(submission).await;
        }
        Binding::Taken => Some(taken(visit.arrival.reference.as_str())),
        Binding::Full => Some(full()),
    };
    if refused.is_some() {
        drop(tx);
        return show(visit, StatusCode::UNPROCESSABLE_ENTITY, &proof, refused).await;
    }
    if let Some(owner) = users::by_id(&tx, user).await? {
        tell(visit, &tx, &owner, Mail::CertificateAdded).await?;
    }
    let event = Event { user: Some(user), ..visit.event(EventKind::CertificateAdded) };
    let demanded = visit.policy().certificate;
    let journey = &mut submission.visit.flow.journey;
    if demanded {
        // What was shown in this very journey is what is waited for.
        let accepted = std::mem::take(&mut journey.attempt).accept_certificate(user, &proof);
        journey.attempt = accepted.map_err(|fault| Problem::ours("a journey of two people", fault))?;
    }
    journey.offered = None;
    submission.follow(tx, event).await
}

async fn go_on(mut submission: Submission) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    submission.visit.flow.journey.offered = None;
    let event = submission.visit.event(EventKind::CertificatePutOff);
    submission.follow(tx, event).await
}

async fn show(
    visit: &Visit,
    status: StatusCode,
    proof: &CertificateProof,
    refused: Option<Phrase>,
) -> Result<Response, Problem> {
    let reads = visit.app.store.reads();
    let user = match visit.journey().attempt.user() {
        Some(user) => users::by_id(&reads, user).await?,
        None => None,
    };
    let particulars = proof.particulars();
    let renewed = certificates::renewed_by(&reads, &visit.house.realm.name, particulars).await?;
    // Another's certificate is not spoken of.
    let renewed = renewed.filter(|old| Some(old.user) == visit.journey().attempt.user());
    let account = user.map(|user| user.full_name()).unwrap_or_default();
    let possible = refused.is_none();
    let form = visit.form();
    let page = AssociateCertificatePage {
        form: refused.into_iter().fold(form, FormState::refuse_all),
        shown: Shown::of(particulars),
        differs: !same_name(&account, &particulars.subject_name),
        account,
        renews: renewed.map(|old| old.particulars.not_after),
        possible,
    };
    visit.show_as(status, &page)
}

/// Whether both name one person, as people write names: without regard to case and order.
fn same_name(one: &str, other: &str) -> bool {
    let words = |text: &str| {
        let mut words: Vec<_> = text.to_lowercase().split([' ', '-']).map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    words(one) == words(other)
}
