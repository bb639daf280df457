//! `GET`, `POST /realms/{realm}/required-actions/accept-terms`.
//!
//! What is accepted is what was shown: the form names the digests of its texts, and a text that changed meanwhile is
//! shown again before anything is recorded. Evidence, mail and event are one transaction; declining ends the session
//! and tells the client.

use axum::response::Response;
use http::StatusCode;

use super::accept_terms::{AcceptTermsPage, ShownTerms, label};
use super::first_password::owner;
use crate::app::cookies::{self, Name};
use crate::app::letters::{self, Recipient};
use crate::app::terms;
use crate::audit::acceptances::{self, Evidence};
use crate::authentication::attempt::LoginAttempt;
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::event::EventKind;
use crate::identity::language::Language;
use crate::identity::terms::{Edition, text};
use crate::identity::user::User;
use crate::ids::{AcceptanceId, EventId, MailId};
use crate::journeys::caller::Caller;
use crate::journeys::dispatch::{self, GO_ON, Outcome};
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::mail::message::{Copy, Mail, TermsAccepted};
use crate::store::Tx;
use crate::themes::form::{Field, FormState};

const PLACE: Place = Place::Action(RequiredActionKind::AcceptTerms);

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let (owed, form) = (owed(&visit).await?, visit.form());
    show(&visit, StatusCode::OK, &owed, (form, None))
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != PLACE {
        return submission.visit.elsewhere(&PLACE);
    }
    if submission.fields.raw("do") == "refuse" {
        return refuse(submission).await;
    }
    let visit = &submission.visit;
    let owed: Vec<Edition> = owed(visit).await?.into_iter().cloned().collect();
    let now: Vec<_> = owed.iter().collect();
    let Some(language) = shown_in(submission.fields.raw("shown"), &now) else {
        return show(visit, StatusCode::CONFLICT, &now, (visit.form(), Some(Notice::terms_changed())));
    };
    if !submission.fields.ticked(Field::Accept) {
        let form = visit.form().refuse(Field::Accept, refusals::terms_unticked());
        return show(visit, StatusCode::UNPROCESSABLE_ENTITY, &now, (form, None));
    }
    Box::pin(accept(submission, &owed, language)).await
}

/// What the person of this journey owes now.
async fn owed(visit: &Visit) -> Result<Vec<&Edition>, Problem> {
    let user = visit.journey().attempt.user().ok_or(Problem::JourneyLost)?;
    Ok(terms::owed(&visit.app.store.reads(), &visit.house.realm, user, visit.now()).await?)
}

/// What a form says that it showed: the language, and the digest of each text.
fn written(language: Language, editions: &[&Edition]) -> String {
    let digests: Vec<_> = editions.iter().map(|edition| edition.digest(language).to_string()).collect();
    format!("{language}:{}", digests.join("."))
}

/// The language in which a form showed just these editions.
fn shown_in(shown: &str, editions: &[&Edition]) -> Option<Language> {
    Language::ALL.into_iter().find(|language| written(*language, editions) == shown)
}

fn show(
    visit: &Visit,
    status: StatusCode,
    owed: &[&Edition],
    (form, notice): (FormState, Option<Notice>),
) -> Result<Response, Problem> {
    let documents: Vec<_> = owed.iter().map(|edition| shown(visit, edition)).collect();
    let (label, shown) = (label(&documents), written(visit.language, owed));
    visit.show_as(status, &AcceptTermsPage { form, notice, documents, shown, label })
}

/// An edition as a page shows it in the caller's language.
pub(crate) fn shown(caller: &Caller, edition: &Edition) -> ShownTerms {
    let language = caller.language;
    let at = caller.path(&format!("terms/{}/{}", edition.key, edition.version));
    ShownTerms {
        id: edition.key.to_string(),
        title: edition.title.in_language(language).to_owned(),
        version: edition.version.to_string(),
        effective: edition.effective,
        changes: edition.changes.as_ref().map(|changes| changes.in_language(language).to_owned()),
        blocks: text::parse(edition.texts.in_language(language)),
        pdf: format!("{at}/{language}.pdf"),
        text: format!("{at}/{language}.md"),
    }
}

async fn accept(mut submission: Submission, editions: &[Edition], language: Language) -> Result<Response, Problem> {
    let user = owner(&submission.visit, submission.visit.journey().attempt.user()).await?;
    let session = submission.visit.session().await?.map(|session| session.id);
    let mut tx = submission.begin().await?;
    let mail = copy(&submission.visit, &tx, &user, (editions, language)).await?;
    let visit = &submission.visit;
    let mut event = visit.event(EventKind::TermsAccepted);
    event.session = session;
    let agent = visit.user_agent().to_owned();
    for (at, edition) in editions.iter().enumerate() {
        if at > 0 {
            tx.note(&event).await?;
            event.id = EventId::new(visit.now(), &*visit.app.entropy);
        }
        let id = AcceptanceId::new(visit.now(), &*visit.app.entropy);
        let evidence = Evidence::new(id, user.id, (edition, language), (&event, agent.clone()), mail);
        if !acceptances::append(&tx, &visit.app.seals, &evidence).await? {
            // Accepted in another tab at the same moment: see what is still owed.
            return Err(Problem::Overtaken(visit.step(GO_ON)));
        }
    }
    submission.visit.flow.journey.settled.push(RequiredActionKind::AcceptTerms);
    submission.follow(tx, event).await
}

/// Mails the texts themselves, for a link to them would not last (DOMAIN.md §7).
async fn copy(
    visit: &Visit,
    tx: &Tx,
    user: &User,
    (editions, language): (&[Edition], Language),
) -> Result<MailId, Problem> {
    let copies = editions.iter().map(|edition| Copy {
        key: edition.key.to_string(),
        version: edition.version.to_string(),
        title: edition.title.in_language(language).to_owned(),
        language,
        text: edition.texts.in_language(language).to_owned(),
    });
    let mail = Mail::TermsAccepted(TermsAccepted {
        first_name: user.first_name.as_str().to_owned(),
        copies: copies.collect(),
        recover: visit.address("recover/password"),
        accepted: visit.occasion(),
    });
    let to = Recipient { address: user.email.as_str().to_owned(), language: user.language, held: false };
    Ok(letters::post(&visit.app, tx, &visit.house.realm.name, to, &mail, visit.now()).await?)
}

/// Declining is leaving: the open session ends with all that was given in it, and the client hears `access_denied`.
async fn refuse(submission: Submission) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let Submission { mut visit, form, .. } = submission;
    let mut event = visit.event(EventKind::TermsRefused);
    let realm = visit.house.realm.name.clone();
    let mut cookies = Vec::new();
    if let Some(session) = visit.session().await?
        && visit.journey().attempt.user() == Some(session.authenticated.user())
    {
        visit.app.end_session(&tx, &visit.house, session.id, visit.now()).await?;
        event.session = Some(session.id);
        cookies = vec![cookies::forget(Name::Session(&realm)), cookies::forget(Name::State(&realm))];
    }
    visit.flow.journey.attempt = LoginAttempt::default();
    let location = if visit.request().is_some() { visit.step(dispatch::TURN_BACK) } else { visit.path("signed-out") };
    let outcome = Outcome { location, cookies };
    dispatch::keep(&visit, &tx, &form, &outcome).await?;
    tx.commit(&event).await?;
    Ok(outcome.response())
}
