//! Every page in every state and every mail of a theme, from fixtures: no database, no journey, nothing sent.
//!
//! The theme is put together anew for each request, so that in a debug build, which reads its files from disk, a saved
//! file is seen at the next load; what is wrong with it is shown in the page's place. Forms answer with their own page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html as Page, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::html::{Html, document, element, empty, group, labelled, text};
use super::mailbox_page::{PAGE_CSP, PART_CSP, STYLESHEET};
use crate::clock::Timestamp;
use crate::identity::language::Language;
use crate::journeys::pages;
use crate::mail::message::{Mail, Sample};
use crate::mail::render;
use crate::realm::check::check;
use crate::realm::model::Realm;
use crate::realm::preset::Preset;
use crate::themes::frame::LANGUAGE_PARAMETER;
use crate::themes::language::Wishes;
use crate::themes::preview;
use crate::themes::theme::{RenderError, Theme, ThemeError};
use crate::themes::wording::OnBoard;

/// 3 March 2026, 14:12 in Paris: what is shown does not change from one day to the next.
const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

/// The policy of hosted pages; `form-action` keeps here the page that sends itself to an application.
const HOSTED_CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// The sheet of the list of contents.
const STYLESHEET_PATH: &str = "/contents.css";

/// Which theme is shown, on the pages of which realm.
struct Gallery {
    realm: Realm,
}

/// The routes of the gallery of that theme.
///
/// # Errors
/// When there is no such theme, or it cannot be put together.
pub fn routes(theme: &str) -> anyhow::Result<Router> {
    let realm = check(&Preset::Certinomis.bundle("preview/certinomis"), &OnBoard).into_result();
    let realm = realm.map_err(|findings| anyhow::anyhow!("the sample realm does not pass:\n{findings}"))?;
    let gallery = Gallery { realm: Realm { theme: theme.to_owned(), messages: BTreeMap::new(), ..realm } };
    gallery.theme()?;
    Ok(Router::new()
        .route("/", get(contents))
        .route("/pages/{page}/{sample}", get(page).post(async |uri: Uri| Redirect::to(uri.path())))
        .route("/mails/{kind}/{sample}/{part}", get(mail))
        .route("/assets/{digest}/{name}", get(asset))
        .route(STYLESHEET_PATH, get(async || ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLESHEET)))
        .with_state(Arc::new(gallery)))
}

/// Why there is nothing to see.
enum Fault {
    Unknown,
    Theme(ThemeError),
    Render(RenderError),
}

impl axum::response::IntoResponse for Fault {
    /// In the words of the theme's errors: whoever reads them is writing the theme.
    fn into_response(self) -> Response {
        match self {
            Self::Unknown => StatusCode::NOT_FOUND.into_response(),
            Self::Theme(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
            Self::Render(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}

impl Gallery {
    /// The theme as its files are now.
    fn theme(&self) -> Result<Theme, ThemeError> {
        Theme::of(&self.realm)
    }
}

async fn page(
    State(gallery): State<Arc<Gallery>>,
    Path((page, sample)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let theme = gallery.theme().map_err(Fault::Theme)?;
    let frame = preview::frame(language(&uri, &headers), uri.path());
    let html = preview::render(&pages::all(NOW), &page, &sample, &theme, &frame).ok_or(Fault::Unknown)?;
    Ok(shown(html.map_err(Fault::Render)?, HOSTED_CSP))
}

async fn mail(
    State(gallery): State<Arc<Gallery>>,
    Path((kind, sample, part)): Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let theme = gallery.theme().map_err(Fault::Theme)?;
    let samples = Mail::samples(NOW);
    let found = samples.iter().find(|one| one.mail.kind() == kind && one.name == sample).ok_or(Fault::Unknown)?;
    let account = "marie.durand@exemple.fr";
    let mail = render::render(&found.mail, &gallery.realm, &theme, language(&uri, &headers), account);
    let mail = mail.map_err(Fault::Render)?;
    match part.as_str() {
        "html" => Ok(shown(mail.html, PART_CSP)),
        "text" => Ok(format!("{}\n\n{}", mail.subject, mail.text).into_response()),
        _ => Err(Fault::Unknown),
    }
}

async fn asset(
    State(gallery): State<Arc<Gallery>>,
    Path((digest, name)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let theme = gallery.theme().map_err(Fault::Theme)?;
    let asset = theme.assets().iter().find(|asset| asset.digest == digest && asset.name == name);
    let asset = asset.ok_or(Fault::Unknown)?;
    // As hosted pages have it: the digest in the address is that of the file.
    let kept = (CACHE_CONTROL, "public, max-age=31536000, immutable");
    Ok(([(CONTENT_TYPE, asset.content_type), kept], asset.body.clone()).into_response())
}

async fn contents(State(gallery): State<Arc<Gallery>>, uri: Uri, headers: HeaderMap) -> Response {
    let language = language(&uri, &headers);
    let (title, pages_title, mails_title) = match language {
        Language::French => ("Pages et courriels du thème", "Pages", "Courriels"),
        Language::English => ("Pages and e-mails of the theme", "Pages", "E-mails"),
    };
    let title = format!("{title} « {} »", gallery.realm.theme);
    let exhibits = pages::all(NOW);
    let pages = preview::list(&exhibits).into_iter().map(|(page, sample)| {
        let ways = Language::ALL.map(|language| way(&format!("/pages/{page}/{sample}"), language, ""));
        row(page, sample, ways)
    });
    let samples = Mail::samples(NOW);
    let mails = samples.iter().map(|Sample { name, mail }| {
        let parts = |language| {
            ["html", "text"].map(|part| way(&format!("/mails/{}/{name}/{part}", mail.kind()), language, part))
        };
        row(mail.kind(), name, Language::ALL.map(parts).into_iter().flatten())
    });
    let list = |rows: Vec<Html>| element("ul", &[("class", "mails")], rows);
    let main = group([
        labelled("h1", &[], &title),
        labelled("h2", &[], pages_title),
        list(pages.collect()),
        labelled("h2", &[], mails_title),
        list(mails.collect()),
    ]);
    let head = group([
        empty("meta", &[("charset", "utf-8")]),
        labelled("title", &[], &title),
        empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
        empty("link", &[("rel", "stylesheet"), ("href", STYLESHEET_PATH)]),
        empty("link", &[("rel", "icon"), ("href", "data:,")]),
    ]);
    let other = element("p", &[], [way("/", language.other(), "")]);
    let body = group([element("header", &[], [other]), element("main", &[], [main])]);
    shown(document(language.tag(), head, body), PAGE_CSP)
}

/// A page or mail, its state, and the ways to see it.
fn row(name: &str, sample: &str, ways: impl IntoIterator<Item = Html>) -> Html {
    let named = element("span", &[], [labelled("strong", &[], name), text(" "), text(sample)]);
    element("li", &[], [named].into_iter().chain(ways))
}

/// A link to something in that language, in whose words it is.
fn way(path: &str, language: Language, part: &str) -> Html {
    let (address, tag) = (format!("{path}?{LANGUAGE_PARAMETER}={language}"), language.tag());
    let words = format!("{} {part}", language.own_name());
    labelled("a", &[("href", &address), ("lang", tag), ("hreflang", tag)], words.trim_end())
}

fn language(uri: &Uri, headers: &HeaderMap) -> Language {
    let chosen = uri
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix(LANGUAGE_PARAMETER)?.strip_prefix('=')));
    let accept_language = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Wishes { chosen, accept_language, ..Wishes::default() }.language(Language::French)
}

fn shown(html: String, policy: &'static str) -> Response {
    ([(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))], Page(html)).into_response()
}
