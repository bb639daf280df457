//! `GET`, `POST /realms/{realm}/verify-email`: waiting for the proof of an address.
//!
//! A link that was followed in another browser proves the address and nothing about this one: it goes on with the code
//! of the mail (SR-49, SR-50). The last three mails stay good (UX §1.2, docs/adr/0003).

use axum::response::Response;
use http::StatusCode;

use super::verify_email::VerifyEmailPage;
use crate::app::letters::{self, Recipient};
use crate::authentication::attempt::OtherAccount;
use crate::authentication::journey::{self, ChosenPassword, Place, Registration};
use crate::clock::{Duration, Timestamp};
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::identity::user::Registrant;
use crate::ids::{LinkId, UserId};
use crate::journeys::caller::Caller;
use crate::journeys::code::AwaitedCode;
use crate::journeys::link::codes;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::register::organisation::{self, opening};
use crate::journeys::visit::{Submission, Visit};
use crate::mail::message::{AccountExists, Mail, VerifyAddress};
use crate::proofs::password;
use crate::secret::Secret;
use crate::store::links::{self, Link, Purpose};
use crate::store::{Tx, credentials, users};
use crate::themes::form::{Field, FormState};
use crate::themes::phrase::Phrase;

/// How long until another mail may be asked for.
pub(crate) const PAUSE: Duration = Duration::from_mins(1);
/// How many of a journey's mails stay good.
const KEPT_LINKS: u64 = 3;

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::VerifyEmail {
        return visit.elsewhere(&Place::VerifyEmail);
    }
    let form = visit.form();
    show(&visit, StatusCode::OK, form).await
}

/// `POST`: the code, or another mail.
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != Place::VerifyEmail {
        return submission.visit.elsewhere(&Place::VerifyEmail);
    }
    match submission.fields.raw("do") {
        "resend" => Box::pin(resend(submission)).await,
        _ => Box::pin(redeem(submission)).await,
    }
}

/// Sends the mail that a registration asks for; the journey then waits for it.
pub(crate) async fn ask(visit: &mut Visit, tx: &Tx, who: Registrant) -> Result<EventKind, Problem> {
    registration_is_open(visit)?;
    let (app, realm, now) = (&visit.app, &visit.house.realm, visit.now());
    app.throttle.request_for_mail(tx, &visit.network(), now).await?.map_err(Problem::Slowed)?;
    let known = users::by_identifier(tx, &realm.name, &who.email.canonical()).await?;
    let owner = known.clone().map_or_else(users::nobody, Ok)?;
    let allowed = app.throttle.mail(tx, &who.email.canonical(), now).await?;
    let (token, code) = (entropy::token(&*app.entropy), entropy::one_time_code(&*app.entropy));
    let id = LinkId::new(now, &*app.entropy);
    // A code that nobody is sent is no code: guesses at it would cost the guesser nothing (SR-9).
    let mailed = if known.is_none() && allowed { &code } else { &token };
    let link = Link {
        id,
        realm: realm.name.clone(),
        purpose: Purpose::VerifyEmail,
        token: token.hash(),
        code: codes::keyed(app, id, mailed),
        code_misses: 0,
        email: who.email.clone(),
        user: None,
        flow: visit.flow.id,
        registration: Some(who.clone()),
        requested_from: codes::written(visit.agent),
        created_at: now,
        expires_at: now + realm.links.verify_email,
        code_expires_at: now + realm.links.verify_email_code,
        spent_at: None,
        spent_from: None,
        // What is not sent takes no place among the three that stay good.
        voided_at: (!allowed).then_some(now),
    };
    links::insert(tx, &link).await?;
    if allowed {
        links::void_older_of_flow(tx, visit.flow.id, KEPT_LINKS, now).await?;
    }
    let mail = match &known {
        None => Mail::VerifyAddress(VerifyAddress {
            first_name: who.first_name.as_str().to_owned(),
            link: Secret::new(visit.address(&format!("link?token={}", token.expose()))),
            code,
            link_ends: link.expires_at,
            code_ends: link.code_expires_at,
            asked: visit.occasion(),
        }),
        Some(_) => Mail::AccountExists(AccountExists {
            sign_in: visit.address("sign-in"),
            reset: visit.address("recover/password"),
            asked: visit.occasion(),
        }),
    };
    // The stored address of the account, never the submitted one (SR-55); in its owner's language.
    let (address, language) = if known.is_some() { (&owner.email, owner.language) } else { (&who.email, who.language) };
    let address = address.as_str().to_owned();
    letters::post(app, tx, &realm.name, Recipient { address, language, held: !allowed }, &mail, now).await?;
    let kind = if known.is_some() { EventKind::RegistrationKnown } else { EventKind::RegistrationAsked };
    // One more mail may be asked for at once, as the page says; then it pauses.
    let again_at = if visit.journey().registration.is_some() { now + PAUSE } else { now };
    visit.flow.journey.registration = Some(Registration { who, asked_at: now, again_at });
    Ok(kind)
}

async fn resend(mut submission: Submission) -> Result<Response, Problem> {
    let Some(waiting) = submission.visit.journey().registration.clone() else { return Err(Problem::JourneyLost) };
    if submission.visit.now() < waiting.again_at {
        let form = submission.visit.form().refuse_all(refusals::resend_later(waiting.again_at));
        return show(&submission.visit, StatusCode::TOO_MANY_REQUESTS, form).await;
    }
    let tx = submission.begin().await?;
    ask(&mut submission.visit, &tx, waiting.who).await?;
    let event = submission.visit.event(EventKind::VerificationResent);
    submission.follow(tx, event).await
}

async fn redeem(mut submission: Submission) -> Result<Response, Problem> {
    let digits = match codes::read(&submission.fields.secret(Field::Code)) {
        Ok(digits) => digits,
        Err(slip) => return refuse(&submission.visit, slip).await,
    };
    let mut tx = submission.begin().await?;
    let spent = match codes::redeem(&submission.visit, &tx, (Purpose::VerifyEmail, KEPT_LINKS), &digits).await? {
        Ok(spent) => spent,
        Err(refusal) => {
            tx.commit(&submission.visit.event(EventKind::CodeRefused)).await?;
            return refuse(&submission.visit, refusal).await;
        }
    };
    let user = settle(&submission.visit, &tx, &spent).await?;
    accept(&mut submission.visit, &mut tx, &spent, user).await?;
    let event = Event { user: Some(user), ..submission.visit.event(EventKind::AddressVerified) };
    submission.follow(tx, event).await
}

async fn refuse(visit: &Visit, why: Phrase) -> Result<Response, Problem> {
    let form = visit.form().refuse(Field::Code, why);
    show(visit, StatusCode::UNPROCESSABLE_ENTITY, form).await
}

/// The account that a spent verification link is about: made now, or there already.
pub(crate) async fn settle(caller: &Caller, tx: &Tx, spent: &Link) -> Result<UserId, Problem> {
    let (app, realm, now) = (&caller.app, &caller.house.realm, caller.now());
    registration_is_open(caller)?;
    let who = spent.registration.as_ref().ok_or_else(|| Problem::ours("a link without a person", spent.id))?;
    // The other mails of this registration have done their work.
    links::void_older_of_flow(tx, spent.flow, 0, now).await?;
    if app.rests(tx, (&realm.name, &who.email.canonical()), now).await? {
        return Err(Problem::AddressRests);
    }
    let id = UserId::new(now, &*app.entropy);
    if users::create(tx, &realm.name, id, who, now).await? {
        return Ok(id);
    }
    let taken = users::by_identifier(tx, &realm.name, &who.email.canonical()).await?;
    taken.map(|user| user.id).ok_or_else(|| Problem::ours("an address is taken by nobody", spent.id))
}

/// A closed registration takes neither forms, nor links, nor codes (SR-68).
pub(crate) fn registration_is_open(caller: &Caller) -> Result<(), Problem> {
    caller.house.realm.registration.map(|_| ()).ok_or(Problem::RegistrationClosed)
}

/// The journey goes on from a proven mailbox.
pub(crate) async fn accept(visit: &mut Visit, tx: &mut Tx, spent: &Link, user: UserId) -> Result<(), Problem> {
    let proof = spent.proves(user, visit.now()).ok_or(Problem::JourneyLost)?;
    let journey = &mut visit.flow.journey;
    let accepted = std::mem::take(&mut journey.attempt).accept_mailbox(&proof);
    journey.attempt = accepted.map_err(two_people)?;
    journey.registration = None;
    spent.email.as_str().clone_into(&mut journey.typed.identifier);
    if let Some(enrolled) = spent.registration.as_ref().and_then(|who| who.organisation.as_deref()) {
        opening::enrol(visit, tx, enrolled, user).await?;
    }
    let journey = &mut visit.flow.journey;
    let chosen = journey.chosen.take().filter(|chosen| chosen.email.canonical() == spent.email.canonical());
    match chosen {
        Some(chosen) => keep(visit, tx, &chosen, user).await,
        None => Ok(()),
    }
}

/// The password that was chosen in this browser becomes the account's, which has none yet: the person who proved the
/// address is the one who chose it (SR-62). In any other browser it stays unused, and one is chosen anew.
async fn keep(visit: &mut Visit, tx: &mut Tx, chosen: &ChosenPassword, user: UserId) -> Result<(), Problem> {
    if !credentials::first_password(tx, user, &chosen.hash, chosen.at).await? {
        return Ok(());
    }
    tx.note(&Event { user: Some(user), ..visit.event(EventKind::PasswordChanged) }).await?;
    let now = visit.now();
    let journey = &mut visit.flow.journey;
    if chosen.is_fresh(now) {
        let accepted = std::mem::take(&mut journey.attempt).accept_password(&password::chosen(user, chosen.at));
        journey.attempt = accepted.map_err(two_people)?;
    } else {
        journey.notice = Some(journey::Notice::AddressConfirmed);
    }
    Ok(())
}

fn two_people(fault: OtherAccount) -> Problem {
    Problem::ours("a journey of two people", fault)
}

async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let Some(waiting) = &visit.journey().registration else { return Err(Problem::JourneyLost) };
    let newest = links::newest(&visit.app.store.reads(), visit.flow.id, Purpose::VerifyEmail).await?;
    let elsewhere = newest.iter().any(|link| link.spent_at.is_some());
    let resent = newest.len() > 1 && visit.now().since(waiting.asked_at) < PAUSE;
    let notice = if elsewhere {
        Some(Notice::confirmed_elsewhere())
    } else if letters::are_late(&visit.app, &visit.house.realm.name, visit.now()).await? {
        Some(Notice::mail_delayed())
    } else {
        resent.then(|| Notice::sent_again(waiting.asked_at))
    };
    let realm = &visit.house.realm;
    let page = VerifyEmailPage {
        notice: notice.filter(|_| !form.has_errors()),
        form,
        address: waiting.who.email.as_str().to_owned(),
        change_address: (!elsewhere).then(|| visit.step(organisation::where_addresses_are_typed(realm))),
        code: awaited(visit, waiting.asked_at, waiting.again_at, realm.links.verify_email_code),
        go_on: visit.step("verify-email"),
    };
    visit.show_as(status, &page)
}

/// The code that is on its way, and when another mail may be asked for.
pub(crate) fn awaited(visit: &Visit, asked: Timestamp, again: Timestamp, lives: Duration) -> AwaitedCode {
    AwaitedCode {
        lives,
        until: asked + lives,
        sender: visit.house.realm.mail.from_name.clone(),
        resend: visit.form(),
        resend_from: (visit.now() < again).then_some(again),
    }
}
