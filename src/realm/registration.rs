//! A relying party's own registration (RFC 7591, OpenID Connect Registration): from its JSON to the file that an operator
//! would have written for it, and back.
//!
//! What it asks is [`request`]; the file is judged as any client's file is, so that no registration can be what no file
//! may be (SR-151). What it asks beyond its realm's limits is refused or left out, and [`answer`] tells it what it got.
//! Nothing that came in is reflected in an error.

pub(crate) mod answer;
pub(crate) mod request;

use super::check::registered;
use super::finding::{Finding, Severity};
use super::model::Askable;
use crate::code::Code;
use crate::protocol::client::Client;
use crate::protocol::error::{Error, ErrorCode};

/// The client that this file makes, or the first thing that is wrong with it.
pub(crate) fn judge(client_id: &str, document: &str, askable: Askable<'_>) -> Result<Client, Error> {
    registered(client_id, document, askable).map_err(|findings| {
        let wrong = findings.list.iter().find(|finding| finding.severity == Severity::Error);
        wrong.map_or_else(|| Error::invalid_client_metadata("the metadata cannot be used"), told)
    })
}

/// RFC 7591 §3.2.2, in words of ours: which line of the file it was tells the two codes apart.
fn told(finding: &Finding) -> Error {
    let line = finding.spot.as_ref().map(|spot| spot.text.as_str()).unwrap_or_default();
    let of_redirects = finding.code == Code::E0211 || line.starts_with("redirect_uris");
    let code = if of_redirects { ErrorCode::InvalidRedirectUri } else { ErrorCode::InvalidClientMetadata };
    Error::new(code, finding.code.title())
}

#[cfg(test)]
mod tests;
