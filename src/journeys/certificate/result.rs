//! `GET`, `POST /realms/{realm}/certificate/result`: what came of it.
//!
//! GET looks, and spends nothing; the button spends the code. Nobody is signed in without being asked « continue as … »,
//! for the browser shows a chosen certificate again without a word. Why a certificate is refused is told in five ways,
//! each with what to do; an account that is closed, or another's, sounds like none at all (SR-92).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::before::{self, is_place, open, other_way, owner};
use super::shown::Shown;
use crate::authentication::attempt::LoginAttempt;
use crate::authentication::hand_over::Judged;
use crate::authentication::journey::{Notice, Place};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::identity::user::User;
use crate::journeys::caller::see_other;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::journeys::visit::{Submission, Visit};
use crate::proofs::certificate::{CertificateProof, Refusal};
use crate::secret::SecretHash;
use crate::store::{Access, StoreError, certificates, handovers, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
pub(crate) const HERE: &str = "certificate/result";

/// « Continuer en tant que Marie Durand ? »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CertificateKnownPage {
    /// Sent as `do=continue`.
    pub(crate) form: FormState,
    /// Whose account it is.
    pub(crate) name: String,
    /// The certificate.
    pub(crate) shown: Shown,
    /// Another way to sign in.
    pub(crate) other: Option<String>,
}

impl Page for CertificateKnownPage {
    const NAME: &'static str = "certificate-known";
    const TEMPLATE: &'static str = "certificate_known.html";

    fn title(&self) -> Phrase {
        Phrase::new("certificate_known.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let of = |name: &str, shown| Self {
            form: samples::form(),
            name: name.to_owned(),
            shown,
            other: Some(samples::NEXT.to_owned()),
        };
        vec![
            sample("usual", of("Marie Durand", Shown::sample(now))),
            sample("long-name", of(samples::LONG_NAME, Shown::long_sample(now))),
        ]
    }
}

/// « Ce certificat n’est associé à aucun compte »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CertificateUnknownPage {
    /// Sent as `do=associate`: sign in otherwise, then bind it.
    pub(crate) form: FormState,
    /// The certificate.
    pub(crate) shown: Shown,
    /// Until when the one is valid that it seems to renew.
    pub(crate) renews: Option<Timestamp>,
    /// Another way to sign in.
    pub(crate) other: Option<String>,
}

impl Page for CertificateUnknownPage {
    const NAME: &'static str = "certificate-unknown";
    const TEMPLATE: &'static str = "certificate_unknown.html";

    fn title(&self) -> Phrase {
        let renewed = self.renews.is_some();
        Phrase::new(if renewed { "certificate_unknown.renewed_title" } else { "certificate_unknown.title" })
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let of = |renews| Self {
            form: samples::form(),
            shown: Shown::sample(now),
            renews,
            other: Some(samples::NEXT.to_owned()),
        };
        vec![sample("unknown", of(None)), sample("renewed", of(Some(now)))]
    }
}

/// Why a certificate is of no use here, as people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// None was shown.
    Nothing,
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// It was revoked.
    Revoked,
    /// No authority of this realm.
    UnknownIssuer,
    /// It is for something else.
    Usage,
    /// Nobody could say whether it was revoked.
    StatusUnknown,
    /// The hand-over took too long, or this page was seen before.
    Over,
}

impl Why {
    const ALL: [(&'static str, Self); 8] = [
        ("nothing", Self::Nothing),
        ("expired", Self::Expired),
        ("not-yet-valid", Self::NotYetValid),
        ("revoked", Self::Revoked),
        ("unknown-issuer", Self::UnknownIssuer),
        ("usage", Self::Usage),
        ("status-unknown", Self::StatusUnknown),
        ("over", Self::Over),
    ];

    const fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Expired => Self::Expired,
            Refusal::NotYetValid => Self::NotYetValid,
            Refusal::Revoked => Self::Revoked,
            Refusal::UnknownIssuer => Self::UnknownIssuer,
            Refusal::StatusUnknown(_) => Self::StatusUnknown,
            Refusal::Unreadable | Refusal::Authority | Refusal::Usage | Refusal::NoPerson | Refusal::Policy => {
                Self::Usage
            }
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Nothing => ("certificate_refused.nothing", "certificate_refused.close_windows"),
            Self::Expired => ("certificate_refused.expired", "certificate_refused.renew"),
            Self::NotYetValid => ("certificate_refused.not_yet_valid", "certificate_refused.wait"),
            Self::Revoked => ("certificate_refused.revoked", "certificate_refused.ask_authority"),
            Self::UnknownIssuer => ("certificate_refused.unknown_issuer", "certificate_refused.other_issuer"),
            Self::Usage => ("certificate_refused.usage", "certificate_refused.other_certificate"),
            Self::StatusUnknown => ("certificate_refused.status_unknown", "certificate_refused.try_later"),
            Self::Over => ("certificate_refused.over", "certificate_refused.begin_again"),
        }
    }
}

/// « Ce certificat ne peut pas servir ici »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CertificateRefusedPage {
    /// What is wrong.
    pub(crate) cause: Phrase,
    /// What to do.
    pub(crate) advice: Phrase,
    /// The certificate, when there is one that can be read.
    pub(crate) shown: Option<Shown>,
    /// What support is told.
    pub(crate) reference: String,
    /// To try again.
    pub(crate) again: String,
    /// Another way to sign in.
    pub(crate) other: Option<String>,
}

impl CertificateRefusedPage {
    fn of(why: Why, shown: Option<Shown>, visit: &Visit) -> Self {
        let (cause, advice) = why.words();
        Self {
            cause: Phrase::new(cause),
            advice: Phrase::new(advice),
            shown,
            reference: visit.arrival.reference.as_str().to_owned(),
            again: visit.step(before::HERE),
            other: other_way(visit),
        }
    }
}

impl Page for CertificateRefusedPage {
    const NAME: &'static str = "certificate-refused";
    const TEMPLATE: &'static str = "certificate_refused.html";

    fn title(&self) -> Phrase {
        Phrase::new(if self.shown.is_some() { "certificate_refused.title" } else { "certificate_refused.none_title" })
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let of = |(name, why): (&'static str, Why)| {
            let (cause, advice) = why.words();
            let none = matches!(why, Why::Nothing | Why::Over);
            sample(
                name,
                Self {
                    cause: Phrase::new(cause),
                    advice: Phrase::new(advice),
                    shown: (!none).then(|| Shown::sample(now)),
                    reference: "K7Q2-M4TD".to_owned(),
                    again: samples::NEXT.to_owned(),
                    other: Some(samples::NEXT.to_owned()),
                },
            )
        };
        Why::ALL.into_iter().map(of).collect()
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if open(&visit.house).is_none() {
        return Err(Problem::NotFound);
    }
    if !is_place(&visit) {
        return visit.elsewhere(&Place::SignIn);
    }
    let reads = visit.app.store.reads();
    match handovers::judged(&reads, &code(&visit), &owner(&visit), visit.now()).await? {
        None => refuse(&visit, Why::Over, None),
        Some(Judged::Nothing) => refuse(&visit, Why::Nothing, None),
        Some(Judged::Refused { why, shown }) => refuse(&visit, Why::of(why), shown.as_ref().map(Shown::of)),
        Some(Judged::Proven { proof }) => ask(&visit, &proof).await,
    }
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    if !is_place(&submission.visit) {
        return submission.visit.elsewhere(&Place::SignIn);
    }
    match submission.fields.raw("do") {
        "continue" => enter(submission).await,
        "associate" => keep(submission).await,
        _ => Err(Problem::Tampered),
    }
}

async fn ask(visit: &Visit, proof: &CertificateProof) -> Result<Response, Problem> {
    let reads = visit.app.store.reads();
    let (shown, other) = (Shown::of(proof.particulars()), other_way(visit));
    if let Some(user) = account_of(visit, &reads, proof).await? {
        let (form, name) = (visit.form(), user.full_name());
        return visit.show(&CertificateKnownPage { form, name, shown, other });
    }
    let renewed = certificates::renewed_by(&reads, &visit.house.realm.name, proof.particulars()).await?;
    let renews = renewed.map(|old| old.particulars.not_after);
    visit.show(&CertificateUnknownPage { form: visit.form(), shown, renews, other })
}

/// The account that signs in with it here and now. A closed one is none, and so is another than the one that has to be
/// confirmed, or that the journey belongs to (SR-74, SR-92).
async fn account_of(visit: &Visit, access: &impl Access, proof: &CertificateProof) -> Result<Option<User>, StoreError> {
    let bound = certificates::find(access, &visit.house.realm.name, &proof.particulars().sha256).await?;
    let journey = visit.journey();
    let expected = |user| [journey.confirm, journey.attempt.user()].iter().flatten().all(|other| *other == user);
    match bound.filter(|bound| expected(bound.user) && bound.revoked_at.is_none()) {
        Some(bound) => Ok(users::by_id(access, bound.user).await?.filter(User::is_active)),
        None => Ok(None),
    }
}

/// Spends the code and signs in.
async fn enter(mut submission: Submission) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let visit = &mut submission.visit;
    let spent = handovers::spend(&tx, &code(visit), &owner(visit), visit.now()).await?;
    let Some(Judged::Proven { proof }) = spent else { return Ok(again(visit)) };
    let Some(user) = account_of(visit, &tx, &proof).await? else { return Ok(again(visit)) };
    if !certificates::used(&tx, &visit.house.realm.name, user.id, &proof.particulars().sha256, visit.now()).await? {
        return Ok(again(visit));
    }
    let journey = &mut visit.flow.journey;
    let Ok(attempt) = std::mem::take(&mut journey.attempt).accept_certificate(user.id, &proof) else {
        return Ok(again(visit));
    };
    journey.attempt = attempt;
    (journey.notice, journey.registration, journey.recovery) = (None, None, None);
    let event = Event { user: Some(user.id), ..visit.event(EventKind::CertificateAccepted) };
    submission.follow(tx, event).await
}

/// Spends the code and keeps what it proves: whoever signs in next, in this journey and by other means, may bind it.
async fn keep(mut submission: Submission) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let open = submission.visit.session().await?.map(|session| session.authenticated.user());
    let visit = &mut submission.visit;
    let spent = handovers::spend(&tx, &code(visit), &owner(visit), visit.now()).await?;
    let Some(Judged::Proven { proof }) = spent else { return Ok(again(visit)) };
    let journey = &mut visit.flow.journey;
    journey.offered = Some(Box::new(proof));
    // Neither an open session nor what led here is proof enough (SR-93): that very person is asked once more.
    journey.confirm = journey.confirm.or(journey.attempt.user()).or(open);
    journey.attempt = LoginAttempt::default();
    journey.notice = Some(Notice::CertificateWaits);
    (journey.registration, journey.recovery) = (None, None);
    let event = visit.event(EventKind::CertificateOffered);
    submission.follow(tx, event).await
}

/// Nothing was spent, or nothing is left to be spent: the page says so. What the transaction did is undone.
fn again(visit: &Visit) -> Response {
    see_other(&visit.step(HERE), &[])
}

fn code(visit: &Visit) -> SecretHash {
    SecretHash::of(visit.parameter("code").unwrap_or_default())
}

fn refuse(visit: &Visit, why: Why, shown: Option<Shown>) -> Result<Response, Problem> {
    let status = if why == Why::StatusUnknown { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::FORBIDDEN };
    let status = if matches!(why, Why::Over | Why::Nothing) { StatusCode::OK } else { status };
    visit.show_as(status, &CertificateRefusedPage::of(why, shown, visit))
}
