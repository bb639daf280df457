//! `GET /realms/{realm}/account/organisations/{organisation}/requests`: who asks for access to an organisation.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::within::Within;
use crate::clock::{Duration, Timestamp};
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::store::access_requests::{self, AccessRequest};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// Most requests that are shown; deciding some shows the next.
const SHOWN: usize = 25;

/// « Demandes d’accès ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RequestsPage {
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// What the organisation is called.
    pub(crate) organisation: String,
    /// Those that wait, the oldest first.
    pub(crate) entries: Vec<RequestEntry>,
    /// The organisation's own page.
    pub(crate) back: String,
}

/// Somebody who asks.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RequestEntry {
    /// How they call themselves.
    pub(crate) name: String,
    /// Their address; they read its mailbox.
    pub(crate) email: String,
    /// When they asked.
    pub(crate) asked: Timestamp,
    /// Its page.
    pub(crate) href: String,
}

impl Page for RequestsPage {
    const NAME: &'static str = "account-organisation-requests";
    const TEMPLATE: &'static str = "account_organisation_requests.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_requests.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |name: &str, email: &str| RequestEntry {
            name: name.to_owned(),
            email: email.to_owned(),
            asked: now - Duration::from_hours(20),
            href: samples::NEXT.to_owned(),
        };
        let page = |entries| Self {
            notice: None,
            organisation: "EXEMPLE SAS".to_owned(),
            entries,
            back: samples::NEXT.to_owned(),
        };
        let paul = entry("Paul Lefèvre", "paul.lefevre@exemple.fr");
        vec![
            sample("several", page(vec![paul, entry(samples::LONG_NAME, samples::LONG_ADDRESS)])),
            sample("none", page(Vec::new())),
            sample("accepted", Self { notice: told("accepted"), ..page(Vec::new()) }),
            sample("refused", Self { notice: told("refused"), ..page(Vec::new()) }),
        ]
    }
}

fn told(done: &str) -> Option<Notice> {
    let words = match done {
        "accepted" => Phrase::new("account_requests.accepted"),
        "refused" => Phrase::new("account_requests.refused"),
        _ => return None,
    };
    Some(Notice::done(words))
}

/// `GET`
pub(crate) async fn page(within: Within) -> Result<Response, Problem> {
    let within = within.administered().await?;
    let standing = &within.standing;
    let waiting = access_requests::waiting(&within.app.store.reads(), standing.organisation.id, within.now()).await?;
    let entry = |request: &AccessRequest| RequestEntry {
        name: request.full_name(),
        email: request.who.email.as_str().to_owned(),
        asked: request.asked_at,
        href: within.path(&standing.page(&format!("requests/{}", request.id))),
    };
    within.show(
        StatusCode::OK,
        &RequestsPage {
            notice: within.parameter("done").and_then(told),
            organisation: standing.name().to_owned(),
            entries: waiting.iter().take(SHOWN).map(entry).collect(),
            back: within.path(&standing.home()),
        },
    )
}
