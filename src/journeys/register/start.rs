//! `GET`, `POST /realms/{realm}/register`: who somebody is, and the same answer for every address.
//!
//! A known address is told by mail that it has an account (SR-6), or gets another one where the realm issues what people
//! sign in with. Known or not, the same rows are written and the same password is hashed: the answer takes as long (SR-4).

use axum::response::Response;
use http::StatusCode;

use super::chosen_password::RegisterWithPasswordPage;
use super::issued::{self, RegisterIssuedPage};
use super::organisation;
use super::verified_email::RegisterPage;
use crate::authentication::journey::{self, ChosenPassword, Place};
use crate::event::EventKind;
use crate::identity::identifier::{EmailAddress, NotAnEmailAddress};
use crate::identity::name::PersonName;
use crate::identity::user::Registrant;
use crate::journeys::actions::first_password;
use crate::journeys::actions::update_password::Criterion;
use crate::journeys::actions::verification;
use crate::journeys::dispatch;
use crate::journeys::login::sign_in::{hash, retry_after};
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::realm::model::RegistrationKind;
use crate::secret::Secret;
use crate::themes::form::{Field, FormState};
use crate::throttle::Slowed;

/// The fields that are shown again as they were typed.
const FIELDS: [Field; 4] = [Field::FirstName, Field::LastName, Field::Email, Field::EmailConfirm];

/// What the page shows besides who somebody is.
pub(super) struct Shown {
    /// What was typed, and what is to be mended.
    pub(super) form: FormState,
    /// What a password must be, where one is chosen.
    pub(super) criteria: Vec<Criterion>,
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    verification::registration_is_open(&visit)?;
    if !is_open(&visit) {
        return visit.elsewhere(&Place::SignIn);
    }
    if visit.house.realm.organisations.is_some() {
        return organisation::entity::page(&visit);
    }
    let typed = visit.typed();
    let form = visit
        .form()
        .keep(Field::FirstName, typed.first_name.clone())
        .keep(Field::LastName, typed.last_name.clone())
        .keep(Field::Email, typed.email.clone());
    let criteria = Criterion::of(&visit.house.realm.password);
    show(&visit, StatusCode::OK, Shown { form, criteria })
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    verification::registration_is_open(&submission.visit)?;
    if !is_open(&submission.visit) {
        return submission.visit.elsewhere(&Place::SignIn);
    }
    if submission.visit.house.realm.organisations.is_some() {
        return Box::pin(organisation::entity::submit(submission)).await;
    }
    let (who, password) = match read(&submission, submission.again(&FIELDS)) {
        (Some(who), password, Shown { form, .. }) if !form.has_errors() => (who, password),
        (.., shown) => return show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, shown),
    };
    if let Err(slowed) = admit(&submission).await? {
        let form = submission.again(&FIELDS).refuse_all(refusals::throttled(slowed.until));
        let shown = Shown { form, criteria: Criterion::of(&submission.visit.house.realm.password) };
        let response = show(&submission.visit, StatusCode::TOO_MANY_REQUESTS, shown)?;
        return Ok(retry_after(response, submission.visit.now(), slowed.until));
    }
    keep_typed(&mut submission);
    if submission.visit.house.realm.registration == Some(RegistrationKind::IssuedCredentials) {
        return Box::pin(issued::register(submission, who)).await;
    }
    ask(submission, who, password).await
}

/// Asks for the proof of the address; a password that was chosen waits in this browser.
pub(super) async fn ask(
    mut submission: Submission,
    who: Registrant,
    password: Option<Secret<String>>,
) -> Result<Response, Problem> {
    let chosen = match password {
        Some(password) => Some(ChosenPassword {
            email: who.email.clone(),
            hash: hash(&submission.visit, &password).await?,
            at: submission.visit.now(),
        }),
        None => None,
    };
    let tx = submission.begin().await?;
    let kind = verification::ask(&mut submission.visit, &tx, who).await?;
    submission.visit.flow.journey.chosen = chosen;
    submission.visit.flow.journey.notice = None;
    let event = submission.visit.event(kind);
    submission.follow(tx, event).await
}

/// Whoever waits for the mails of a registration may have mistyped, the number of an organisation as well: nothing is lost
/// by another one.
pub(super) fn is_open(visit: &Visit) -> bool {
    match visit.place() {
        Place::SignIn | Place::VerifyEmail | Place::CredentialsSent => true,
        Place::OrganisationKnown => visit.journey().attempt.user().is_none(),
        _ => false,
    }
}

/// What was typed, for a restart.
pub(super) fn keep_typed(submission: &mut Submission) {
    let typed = &mut submission.visit.flow.journey.typed;
    submission.fields.text(Field::FirstName).clone_into(&mut typed.first_name);
    submission.fields.text(Field::LastName).clone_into(&mut typed.last_name);
    submission.fields.text(Field::Email).clone_into(&mut typed.email);
}

/// Counts a registration, in a transaction of its own: hashing a password holds no other person up.
pub(super) async fn admit(submission: &Submission) -> Result<Result<(), Slowed>, Problem> {
    let (visit, tx) = (&submission.visit, submission.begin().await?);
    let admitted = visit.app.throttle.registration(&tx, &visit.network(), visit.now()).await?;
    match admitted {
        Ok(()) => tx.commit_housekeeping().await?,
        Err(_) => tx.commit(&visit.event(EventKind::RegistrationThrottled)).await?,
    }
    Ok(admitted)
}

/// Who registers and the password they chose, where the realm asks for one now; and the page with all that is to be mended.
pub(super) fn read(
    submission: &Submission,
    mut form: FormState,
) -> (Option<Registrant>, Option<Secret<String>>, Shown) {
    let realm = &submission.visit.house.realm;
    let who = person(submission, &mut form);
    let mut criteria = Criterion::of(&realm.password);
    let mut password = None;
    if realm.registration == Some(RegistrationKind::ChosenPassword) {
        let (new, confirmation) =
            (submission.fields.secret(Field::PasswordNew), submission.fields.secret(Field::PasswordConfirm));
        let lacks = first_password::lacks(realm, &new, &FIELDS.map(|field| submission.fields.text(field)));
        form = first_password::judge(form, realm, (&new, &confirmation), &lacks);
        criteria = first_password::tried(realm, &lacks);
        password = Some(new);
    }
    (who, password, Shown { form, criteria })
}

/// Who registers; what is to be mended goes into the form.
fn person(submission: &Submission, form: &mut FormState) -> Option<Registrant> {
    let first_name = PersonName::parse(submission.fields.text(Field::FirstName));
    let last_name = PersonName::parse(submission.fields.text(Field::LastName));
    let email = EmailAddress::parse(submission.fields.text(Field::Email));
    let mut refuse = |field, words| *form = std::mem::take(form).refuse(field, words);
    for (field, name) in [(Field::FirstName, &first_name), (Field::LastName, &last_name)] {
        if let Err(wrong) = name {
            refuse(field, refusals::name(field, wrong));
        }
    }
    match email {
        Ok(_) => {}
        Err(NotAnEmailAddress::Empty) => refuse(Field::Email, refusals::email_empty()),
        Err(NotAnEmailAddress::NoAt) => refuse(Field::Email, refusals::email_without_at()),
        Err(_) => refuse(Field::Email, refusals::email_malformed()),
    }
    let realm = &submission.visit.house.realm;
    // Whoever registers an organisation types the address twice, whatever the realm issues (DOMAIN.md §4).
    if realm.registration == Some(RegistrationKind::IssuedCredentials) || realm.organisations.is_some() {
        *form = issued::confirm(std::mem::take(form), submission, email.as_ref().ok());
    }
    let language = submission.visit.language;
    Some(Registrant {
        first_name: first_name.ok()?,
        last_name: last_name.ok()?,
        email: email.ok()?,
        language,
        organisation: None,
    })
}

fn show(visit: &Visit, status: StatusCode, shown: Shown) -> Result<Response, Problem> {
    let again = visit.journey().notice == Some(journey::Notice::StartedAgain);
    let notice = (again && status == StatusCode::OK).then(Notice::flow_expired);
    let (Shown { form, criteria }, sign_in) = (shown, visit.step("sign-in"));
    match visit.house.realm.registration {
        Some(RegistrationKind::ChosenPassword) => {
            let cancel = visit.request().map(|_| visit.step(dispatch::TURN_BACK));
            visit.show_as(status, &RegisterWithPasswordPage { form, notice, criteria, sign_in, cancel })
        }
        Some(RegistrationKind::IssuedCredentials) => {
            visit.show_as(status, &RegisterIssuedPage { form, notice, sign_in })
        }
        Some(RegistrationKind::VerifiedEmail) | None => visit.show_as(status, &RegisterPage { form, notice, sign_in }),
    }
}
