//! `GET /realms/{realm}/terms/{key}/{version}`: every edition that was ever published, to read and to keep.
//!
//! Old ones stay: whoever accepted one may read it again. The file of plain text is byte by byte what was published.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::actions::accept_terms::ShownTerms;
use super::caller::Caller;
use super::problem::Problem;
use crate::clock::Timestamp;
use crate::identity::language::Language;
use crate::identity::terms::{MEDIA_TYPE, TermsKey, TermsVersion, text};
use crate::paper::Paper;
use crate::store::terms::{self, Published};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// One edition.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TermsPage {
    /// The edition.
    pub(crate) document: ShownTerms,
}

impl Page for TermsPage {
    const NAME: &'static str = "terms";
    const TEMPLATE: &'static str = "terms.html";

    fn title(&self) -> Phrase {
        Phrase::new("accept_terms.title_one").words("title", &self.document.title)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("edition", Self { document: ShownTerms::sample(now) })]
    }
}

/// `GET`
pub(crate) async fn page(
    caller: Caller,
    Path((_, key, version)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let language = caller.language;
    let published = find(&caller, &key, &version, language).await?;
    let at = caller.path(&format!("terms/{key}/{version}"));
    let document = ShownTerms {
        id: key,
        title: published.title.clone(),
        version,
        effective: published.effective,
        changes: None,
        blocks: text::parse(said(&published)?),
        pdf: format!("{at}/{language}.pdf"),
        text: format!("{at}/{language}.md"),
    };
    caller.show(StatusCode::OK, &TermsPage { document })
}

/// `GET …/{language}.md`, `…/{language}.pdf`: the same as files.
pub(crate) async fn file(
    caller: Caller,
    Path((_, key, version, file)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let (tag, kind) = file.split_once('.').ok_or(Problem::NotFound)?;
    let language = Language::ALL.into_iter().find(|language| language.tag() == tag).ok_or(Problem::NotFound)?;
    let published = find(&caller, &key, &version, language).await?;
    let (media_type, body) = match kind {
        "md" => (MEDIA_TYPE, published.content.clone()),
        "pdf" => ("application/pdf", printed(&published)?),
        _ => return Err(Problem::NotFound),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    // What is published never changes.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    let name = format!("inline; filename=\"{key}-{version}.{tag}.{kind}\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

async fn find(caller: &Caller, key: &str, version: &str, language: Language) -> Result<Published, Problem> {
    let (Ok(key), Ok(version)) = (key.parse::<TermsKey>(), version.parse::<TermsVersion>()) else {
        return Err(Problem::NotFound);
    };
    let reads = caller.app.store.reads();
    let published = terms::published(&reads, &caller.house.realm.name, &key, version, language).await?;
    published.ok_or(Problem::NotFound)
}

fn said(published: &Published) -> Result<&str, Problem> {
    std::str::from_utf8(&published.content).map_err(|fault| Problem::ours("published terms do not read", fault))
}

fn printed(published: &Published) -> Result<Vec<u8>, Problem> {
    let blocks = text::parse(said(published)?);
    let foot = format!("{} {} · SHA-256 {}", published.key, published.version, published.digest);
    Ok(Paper { title: &published.title, language: published.language, foot: &foot, blocks: &blocks }.pdf())
}
