//! « Votre session a pris fin »: for whoever comes back to a page of theirs too late, with the way in and back here.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::caller::{Caller, append_cookie};
use super::dispatch::Outcome;
use super::problem::Problem;
use super::samples;
use crate::authentication::session::Ending;
use crate::clock::{Duration, Timestamp};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// A session that a browser still names, and that opens nothing any more.
#[derive(Debug)]
pub(crate) struct SessionOver {
    /// Why.
    pub(crate) ending: Ending,
    /// Whether a form came with the request; it changed nothing.
    pub(crate) sent: bool,
    /// The way to sign-in, and from there back to the page.
    pub(crate) way: Outcome,
}

impl SessionOver {
    /// The page that says so. What the browser was refused may be asked for again with another session (RFC 9110 §15.5.4).
    pub(super) fn page(&self, caller: &Caller) -> Result<Response, Problem> {
        let page = SessionOverPage { why: why(self.ending), sent: self.sent, sign_in: self.way.location.clone() };
        let mut response = caller.show(StatusCode::FORBIDDEN, &page)?;
        for cookie in &self.way.cookies {
            append_cookie(&mut response, cookie);
        }
        Ok(response)
    }
}

fn why(ending: Ending) -> Phrase {
    match ending {
        Ending::Idle(span) => Phrase::new("session_over.idle").span("span", span),
        Ending::Absolute(span) => Phrase::new("session_over.absolute").span("span", span),
        Ending::Closed => Phrase::new("session_over.closed"),
    }
}

/// The page itself.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SessionOverPage {
    /// What happened.
    pub(crate) why: Phrase,
    /// Whether something was sent, which changed nothing.
    pub(crate) sent: bool,
    /// Where one signs in again.
    pub(crate) sign_in: String,
}

impl Page for SessionOverPage {
    const NAME: &'static str = "session-over";
    const TEMPLATE: &'static str = "session_over.html";

    fn title(&self) -> Phrase {
        Phrase::new("session_over.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |ending, sent| Self { why: why(ending), sent, sign_in: samples::NEXT.to_owned() };
        vec![
            sample("idle", page(Ending::Idle(Duration::from_mins(30)), false)),
            sample("absolute", page(Ending::Absolute(Duration::from_hours(12)), false)),
            sample("closed", page(Ending::Closed, false)),
            sample("after-a-form", page(Ending::Idle(Duration::from_mins(30)), true)),
        ]
    }
}
