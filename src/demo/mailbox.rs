//! The demonstration's desk: its mailbox, the simulated scanner, the clock that can be moved, certificates to import.

#![expect(
    clippy::disallowed_types,
    reason = "the demonstration's own tools: nobody but the person in front of it sends these forms"
)]

use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Deserialize;

use super::certificates::{Card, Certificates, TLS_AUTHORITY};
use super::certificates_page::{self, Places};
use super::mailbox_page::{
    Mail, PAGE_CSP, PART_CSP, Probe, STYLESHEET, STYLESHEET_PATH, View, as_json, detail, html_part, list,
};
use crate::clock::{Clock as _, Duration, MovableClock};
use crate::identity::language::Language;
use crate::mail::mailbox::{Letter, Mailbox};
use crate::themes::language::Wishes;

/// What the desk holds.
pub(super) struct Desk {
    pub(super) letters: Mailbox,
    pub(super) clock: Arc<MovableClock>,
    pub(super) portal: String,
    pub(super) certificates: Certificates,
    pub(super) places: Places,
}

struct Room {
    desk: Desk,
    scanner: reqwest::Client,
}

/// The routes of the desk, and the way from the root to the portal.
pub(super) fn routes(desk: Desk) -> anyhow::Result<Router> {
    // A scanner follows redirects and keeps no cookie from one link to the next.
    let scanner = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let room = Arc::new(Room { desk, scanner });
    Ok(Router::new()
        .route("/", get(async |State(room): State<Arc<Room>>| Redirect::to(&room.desk.portal)))
        .route("/demo/mailbox", get(mailbox))
        .route("/demo/mailbox.json", get(mailbox_json))
        .route(STYLESHEET_PATH, get(async || ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLESHEET)))
        .route("/demo/mailbox/{id}", get(letter))
        .route("/demo/mailbox/{id}/html", get(letter_html))
        .route("/demo/mailbox/{id}/files/{number}", get(file))
        .route("/demo/mailbox/{id}/scan", post(scan))
        .route("/demo/clock", post(move_clock))
        .route(certificates_page::PATH, get(certificates))
        .route("/demo/{file}", get(certificate))
        .with_state(room))
}

#[derive(Deserialize)]
struct Wish {
    lang: Option<String>,
}

impl Room {
    fn view(&self, wish: &Wish, headers: &HeaderMap) -> View {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let wishes = Wishes { chosen: wish.lang.as_deref(), accept_language: accepted, ..Wishes::default() };
        let (now, moved) = (self.desk.clock.now(), self.desk.clock.moved());
        View { language: wishes.language(Language::French), now, moved }
    }

    /// The oldest first, as the pages want them.
    fn mails(&self) -> Vec<Mail> {
        self.desk.letters.letters().into_iter().rev().map(shown).collect()
    }

    fn mail(&self, id: &str) -> Option<Mail> {
        self.mails().into_iter().find(|mail| mail.id == id)
    }
}

fn shown(letter: Letter) -> Mail {
    Mail {
        id: letter.id.to_string(),
        sent_at: letter.sent_at,
        from: letter.from,
        to: letter.to,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        links: letter.links,
        files: letter.attachments.into_iter().map(|file| file.name).collect(),
    }
}

fn page(html: String, policy: &'static str) -> Response {
    let mut response = Html(html).into_response();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn mailbox(State(room): State<Arc<Room>>, Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    page(list(&room.mails(), &room.view(&wish, &headers)), PAGE_CSP)
}

async fn mailbox_json(State(room): State<Arc<Room>>) -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(as_json(&room.mails()))).into_response()
}

async fn letter(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Response {
    match room.mail(&id) {
        Some(mail) => page(detail(&mail, None, &room.view(&wish, &headers)), PAGE_CSP),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn letter_html(State(room): State<Arc<Room>>, Path(id): Path<String>) -> Response {
    match room.mail(&id) {
        Some(mail) => page(html_part(&mail), PART_CSP),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn file(State(room): State<Arc<Room>>, Path((id, number)): Path<(String, usize)>) -> Response {
    let letters = room.desk.letters.letters();
    let letter = letters.into_iter().find(|letter| letter.id.to_string() == id);
    match letter.and_then(|letter| letter.attachments.into_iter().nth(number)) {
        Some(file) => ([(CONTENT_TYPE, file.media_type)], file.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Opens every link of a mail by HEAD and GET, as mail gateways do: nothing may come of it (SR-47).
async fn scan(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Response {
    let Some(mail) = room.mail(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let mut probes = Vec::new();
    for link in &mail.links {
        for method in [Method::HEAD, Method::GET] {
            let answer = room.scanner.request(method.clone(), link).send().await;
            let status = answer.map_or(0, |answer| answer.status().as_u16());
            probes.push(Probe { method: method.to_string(), link: link.clone(), status });
        }
    }
    page(detail(&mail, Some(&probes), &room.view(&wish, &headers)), PAGE_CSP)
}

#[derive(Deserialize)]
struct Move {
    advance_seconds: u64,
    back: Option<String>,
}

/// Moves the clock ahead, by a hundred years at most.
async fn move_clock(State(room): State<Arc<Room>>, Form(wish): Form<Move>) -> Response {
    room.desk.clock.advance(Duration::from_secs(wish.advance_seconds.min(3_155_760_000)));
    match wish.back.filter(|back| back.starts_with("/demo/")) {
        Some(back) => Redirect::to(&back).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn certificates(State(room): State<Arc<Room>>, Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    page(certificates_page::certificates(&room.desk.places, &room.view(&wish, &headers)), PAGE_CSP)
}

/// A card, or the authority of the address that asks for it, as the types that browsers know them by.
async fn certificate(State(room): State<Arc<Room>>, Path(name): Path<String>) -> Response {
    let issued = &room.desk.certificates;
    let (kind, read) = match Card::ALL.into_iter().find(|card| card.file() == name) {
        Some(card) => ("application/x-pkcs12", issued.card(card)),
        None if name == TLS_AUTHORITY => ("application/x-x509-ca-cert", issued.tls_authority().map(String::into_bytes)),
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    match read {
        Ok(bytes) => {
            let disposition = format!("attachment; filename=\"{name}\"");
            ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a certificate of the demonstration cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
