//! `GET`, `POST /realms/{realm}/register`, where organisations register: what the organisation is.
//!
//! *Suivant* never is dead: it shows the fields that go with a changed answer, says all that is missing, or goes on. Numbers
//! are public, and asking after many of them is not (SR-1): each look at ours or at a registry is counted.

use axum::response::Response;
use http::StatusCode;

use super::entity_page::{Asked, Choice, RegisterOrganisationPage, told};
use super::{ADMINISTRATOR, ENTITY, KNOWN, WRONG, asking, enrolment, go, keep, lists, opening, policy, words};
use crate::authentication::journey;
use crate::event::EventKind;
use crate::identity::enrolment::{Enrolled, Enrolment, Entry, Question, Way, WhereRegistered, Wrong};
use crate::identity::organisation::VatStatus;
use crate::identity::territory::Department;
use crate::journeys::dispatch;
use crate::journeys::fields::Fields;
use crate::journeys::login::sign_in::retry_after;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::realm::model::{OrganisationPolicy, RegistryPolicy};
use crate::themes::form::{Field, FormState};
use crate::themes::phrase::Phrase;
use crate::throttle::Slowed;

/// `GET`
pub(crate) fn page(visit: &Visit) -> Result<Response, Problem> {
    let (policy, form) = (policy(visit)?, visit.form());
    let as_it_is = Enrolment::default();
    let enrolment = visit.journey().organisation.as_deref().unwrap_or(&as_it_is);
    let (_, way) = enrolment.answers.way(policy.first_question, &policy.registered_in);
    show(visit, StatusCode::OK, filled(form, enrolment, way))
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let policy = policy(&submission.visit)?.clone();
    let enrolment = enrolment(&mut submission.visit);
    let before = enrolment.answers.way(policy.first_question, &policy.registered_in);
    take(enrolment, &submission.fields);
    enrolment.taken = false;
    submission.visit.flow.journey.notice = None;
    let enrolment = self::enrolment(&mut submission.visit);
    match submission.fields.raw("do") {
        "look-up" => Box::pin(look_up(submission)).await,
        act @ ("with-siret" | "without-siret") => {
            enrolment.answers.has_siret = Some(act == "with-siret");
            enrolment.forget();
            go(submission, EventKind::OrganisationEntered, ENTITY).await
        }
        "other" => {
            enrolment.forget();
            go(submission, EventKind::OrganisationEntered, ENTITY).await
        }
        act => {
            let answered = enrolment.answers.way(policy.first_question, &policy.registered_in);
            let keeps_number = act == "keep-number";
            match answered {
                answered if answered != before => go(submission, EventKind::OrganisationEntered, ENTITY).await,
                (questions, None) => unanswered(submission, &questions).await,
                (_, Some(way)) => Box::pin(next(submission, (policy, way), keeps_number)).await,
            }
        }
    }
}

/// Takes what a form of this page sent; one that shows no fields says nothing of them.
pub(crate) fn take(enrolment: &mut Enrolment, fields: &Fields) {
    let yes_no = |field| match fields.text(field) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let answers = &mut enrolment.answers;
    answers.has_siret = yes_no(Field::HasSiret).or(answers.has_siret);
    answers.has_vat = yes_no(Field::HasVat).or(answers.has_vat);
    answers.registered_in = WhereRegistered::find(fields.text(Field::RegisteredIn)).or(answers.registered_in);
    if !fields.raw("way").is_empty() {
        for entry in words::FIELDS {
            enrolment.keep(entry, fields.text(words::field(entry)));
        }
        // The long list sends names; what is kept is read in any language.
        if let Some(country) = lists::named(fields.text(Field::Country)) {
            enrolment.keep(Entry::Country, country.as_str());
        }
    }
}

/// The form with what was typed so far.
pub(super) fn filled(mut form: FormState, enrolment: &Enrolment, way: Option<Way>) -> FormState {
    let answers = enrolment.answers;
    let yes_no = |has: bool| if has { "yes" } else { "no" };
    let chosen = [
        (Field::HasSiret, answers.has_siret.map(yes_no)),
        (Field::RegisteredIn, answers.registered_in.map(WhereRegistered::as_str)),
        (Field::HasVat, answers.has_vat.map(yes_no)),
    ];
    for (field, value) in chosen.into_iter().filter_map(|(field, value)| Some((field, value?))) {
        form = form.keep(field, value);
    }
    for entry in words::FIELDS {
        form = form.keep(words::field(entry), enrolment.typed(entry));
    }
    // A French organisation is in France unless it says otherwise.
    let unsaid = enrolment.typed(Entry::Country).is_empty() && way.is_some_and(Way::is_french);
    if unsaid { form.keep(Field::Country, "FR") } else { form }
}

/// A question is open: the page asks it again.
async fn unanswered(submission: Submission, questions: &[Question]) -> Result<Response, Problem> {
    let mut visit = submission.visit;
    let mut form = filled(visit.form(), enrolment(&mut visit), None);
    if let Some(open) = questions.last() {
        form = form.refuse(words::asked(*open), refusals::question_unanswered(*open));
    }
    again(&visit, WRONG, form).await
}

/// « Remplir automatiquement »
async fn look_up(mut submission: Submission) -> Result<Response, Problem> {
    let siret = match asking::siret(enrolment(&mut submission.visit)) {
        Ok(siret) => siret,
        Err(wrong) => return mend(submission.visit, Way::Siret, &[(Entry::Number, wrong)]).await,
    };
    if let Err(slowed) = asking::look_up(&mut submission.visit, siret).await? {
        return slow(submission.visit, Way::Siret, slowed).await;
    }
    go(submission, EventKind::OrganisationLookedUp, ENTITY).await
}

/// « Suivant », with all questions answered.
async fn next(
    mut submission: Submission,
    (policy, way): (OrganisationPolicy, Way),
    keeps_number: bool,
) -> Result<Response, Problem> {
    let visit = &mut submission.visit;
    if let Err(slowed) = asking::consult(visit, way).await? {
        return slow(submission.visit, way, slowed).await;
    }
    let enrolled = match enrolment(visit).read(way, policy.fax) {
        Ok(enrolled) => enrolled,
        Err(wrong) => return mend(submission.visit, way, &wrong).await,
    };
    let registries = visit.house.realm.registries.clone();
    if let Some(refusal) = refusal(&registries, &enrolled, keeps_number) {
        let form = filled(visit.form(), enrolment(visit), Some(way)).refuse(Field::OrganisationNumber, refusal);
        return again(&submission.visit, WRONG, form).await;
    }
    if let Err(slowed) = asking::admit(visit).await? {
        return slow(submission.visit, way, slowed).await;
    }
    let taken = opening::is_taken(visit, &enrolled.number).await?;
    let (kind, page) =
        if taken { (EventKind::OrganisationKnown, KNOWN) } else { (EventKind::OrganisationEntered, ADMINISTRATOR) };
    let enrolled = Enrolled { details: enrolled.details.keeping_its_number(), ..enrolled };
    let enrolment = enrolment(visit);
    enrolment.taken = taken;
    enrolment.enrolled = Some(Box::new(enrolled));
    go(submission, kind, page).await
}

/// Why a number that is well written is not taken all the same.
fn refusal(policy: &RegistryPolicy, enrolled: &Enrolled, keeps_number: bool) -> Option<Phrase> {
    if policy.refuse_closed && enrolled.details.closed {
        return Some(refusals::closed());
    }
    match enrolled.details.vat_status {
        VatStatus::Invalid if policy.vat_must_be_valid => Some(refusals::vat_refused()),
        VatStatus::Invalid if !keeps_number => Some(refusals::vat_unknown()),
        _ => None,
    }
}

/// The page with all that is to be mended. A department that is missing is proposed after the postal code.
async fn mend(mut visit: Visit, way: Way, wrong: &[(Entry, Wrong)]) -> Result<Response, Problem> {
    let enrolment = enrolment(&mut visit);
    let guess = Department::guess(enrolment.typed(Entry::PostalCode)).filter(|_| way.is_french());
    let proposed = guess.filter(|_| wrong.contains(&(Entry::Department, Wrong::Empty)));
    if let Some(guess) = proposed {
        enrolment.keep(Entry::Department, guess.as_str());
    }
    let enrolment = enrolment.clone();
    let mut form = filled(visit.form(), &enrolment, Some(way));
    for (entry, wrong) in wrong {
        let said = match (entry, proposed) {
            (Entry::Department, Some(_)) => refusals::department_proposed(),
            _ => words::refusal(way, *entry, *wrong),
        };
        form = form.refuse(words::field(*entry), said);
    }
    again(&visit, WRONG, form).await
}

/// Too many numbers were asked after: what was typed stays.
async fn slow(mut visit: Visit, way: Way, slowed: Slowed) -> Result<Response, Problem> {
    let tx = visit.app.store.begin().await?;
    tx.commit(&visit.event(EventKind::LookupsThrottled)).await?;
    let form = filled(visit.form(), enrolment(&mut visit), Some(way));
    let form = form.refuse_all(refusals::lookups_throttled(slowed.until));
    let response = again(&visit, StatusCode::TOO_MANY_REQUESTS, form).await?;
    Ok(retry_after(response, visit.now(), slowed.until))
}

async fn again(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    keep(visit).await?;
    show(visit, status, form)
}

fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let policy = policy(visit)?;
    let as_it_is = Enrolment::default();
    let enrolment = visit.journey().organisation.as_deref().unwrap_or(&as_it_is);
    let (questions, way) = enrolment.answers.way(policy.first_question, &policy.registered_in);
    let restarted = visit.journey().notice == Some(journey::Notice::StartedAgain);
    let looked_up = enrolment.current().filter(|_| way == Some(Way::Siret)).map(told);
    let notice = if restarted { Some(Notice::flow_expired()) } else { looked_up };
    let unknown = enrolment.vat_to_check(way.unwrap_or(Way::Siret));
    let invalid = unknown.is_some_and(|number| enrolment.vat_status(number.as_str()) == Some(VatStatus::Invalid));
    visit.show_as(
        status,
        &RegisterOrganisationPage {
            notice: notice.filter(|_| !form.has_errors()),
            form,
            questions: questions.into_iter().map(|question| Choice::of(question, policy)).collect(),
            asked: way.map(|way| Asked::of(way, policy, enrolment)),
            keeps_number: invalid && !visit.house.realm.registries.vat_must_be_valid,
            sign_in: visit.step("sign-in"),
            cancel: visit.request().map(|_| visit.step(dispatch::TURN_BACK)),
        },
    )
}
