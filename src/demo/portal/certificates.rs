//! The certificate that was issued, and the code that withdraws it: shown once, to whoever has just answered their
//! questions at the provider (DOMAIN.md §8, §9.1).
//!
//! That somebody is signed in is not enough here: the portal asks for the level `challenge-answered`, and believes the ID
//! token alone that says so. Certificate and code are fictitious, like all that this portal offers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::home::{for_person, not_found};
use super::login::{Towards, leave};
use super::pages::{Person, link, page, paragraph};
use super::session::{Session, Shared};
use super::visitor::Visitor;
use super::words::{Words, words};
use super::{Offer, Portal};
use crate::clock::{Duration, minutes};
use crate::demo::html::{Html, element, group, labelled};
use crate::secret::SecretHash;

/// How long an answer is good for the page that follows it.
const FRESH: Duration = minutes(5);

/// `GET /certificates/code`
pub(super) async fn code(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    if portal.settings.offer != Offer::Organisations {
        return not_found(State(portal), visitor).await;
    }
    let code = match session(&portal, &visitor) {
        Some(session) => withdrawn(&portal, &mut *session.lock().await),
        None => None,
    };
    for_person(&portal, &visitor, |person| code_page(&portal, &visitor, person, code.as_deref())).await
}

/// `GET /certificates/code/answer`
pub(super) async fn answer(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    match session(&portal, &visitor) {
        Some(_) => leave(&portal, &visitor, Towards::WithdrawalCode).await,
        None => Redirect::to("/").into_response(),
    }
}

fn session(portal: &Portal, visitor: &Visitor) -> Option<Shared> {
    visitor.cookie(&portal.cookie_name("session")).and_then(|key| portal.sessions.find(key))
}

/// The code, for an answer that is spent by this.
fn withdrawn(portal: &Portal, session: &mut Session) -> Option<String> {
    let answered = session.answered.take().filter(|at| portal.settings.clock.now() < *at + FRESH);
    answered.map(|_| code_of(portal, session))
}

/// Eight digits that are the person's own, and always the same as long as the portal runs.
fn code_of(portal: &Portal, session: &Session) -> String {
    let whose = format!("{} {}", portal.settings.client_secret.expose(), session.subject.as_str());
    let [first, second, third, fourth, ..] = *SecretHash::of(&whose).as_bytes();
    let number = u32::from_be_bytes([first, second, third, fourth]);
    format!("{:04} {:04}", number / 10_000 % 10_000, number % 10_000)
}

/// The list of certificates, for whoever has one.
pub(super) fn issued(words: &Words, person: &Person) -> Html {
    let head = words.issued_columns.map(|name| labelled("th", &[("scope", "col")], name));
    let cells = [words.issued_certificate, &person.name, words.issued_state].map(|cell| labelled("td", &[], cell));
    let code = element("td", &[], [link("", "/certificates/code", words.show_code)]);
    let row = element("tr", &[], cells.into_iter().chain([code]));
    let table =
        element("table", &[], [element("thead", &[], [element("tr", &[], head)]), element("tbody", &[], [row])]);
    // A table wider than a telephone is moved sideways, by keys too.
    element(
        "div",
        &[("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", words.certificates)],
        [table],
    )
}

/// The code, or what has to happen before.
fn code_page(portal: &Portal, visitor: &Visitor, person: &Person, code: Option<&str>) -> Response {
    let words = words(visitor.language);
    let what = match code {
        Some(code) => group([
            labelled("p", &[("class", "code"), ("id", "withdrawal-code"), ("translate", "no")], code),
            paragraph(words.code_once),
        ]),
        None => group([
            paragraph(words.code_needs),
            element("p", &[("class", "ways")], [link("button", "/certificates/code/answer", words.code_answer)]),
        ]),
    };
    let back = element("p", &[], [link("back", "/certificates", words.certificates)]);
    let main = group([labelled("h1", &[], words.code_title), paragraph(words.code_use), what, back]);
    page(portal, visitor, words.code_title, Some(person), main).into_response()
}
