//! The six digits beside a mailed link: kept keyed, compared in constant time, five tries a mail.

use aws_lc_rs::hmac;
use unicode_normalization::UnicodeNormalization as _;

use crate::app::App;
use crate::clock::Timestamp;
use crate::ids::LinkId;
use crate::journeys::link::Device;
use crate::journeys::refusals;
use crate::mail::browser::Browser;
use crate::secret::Secret;
use crate::store::links::{self, Link};
use crate::store::{StoreError, Tx};
use crate::themes::phrase::Phrase;

/// What a typed code was.
pub(crate) enum Typed {
    /// The code of that link.
    Right(LinkId),
    /// None that is good now, and what to say.
    Wrong(Phrase),
}

/// What the database keeps of a code: six digits can be tried out, so the hash is keyed (SR-43).
pub(crate) fn keyed(app: &App, link: LinkId, code: &Secret<String>) -> Vec<u8> {
    hmac::sign(&app.codes, &message(link, code.expose())).as_ref().to_vec()
}

/// Compares what was typed with the codes of these links, newest first.
///
/// The try is counted before it is looked at, by a statement that makes parallel tries wait for each other (SR-11).
pub(crate) async fn judge(
    app: &App,
    tx: &Tx,
    links: &[Link],
    typed: &Secret<String>,
    now: Timestamp,
) -> Result<Typed, StoreError> {
    // People paste codes with spaces, dots and dashes, in full-width digits (UX §1.1).
    let digits: String = typed.expose().nfkc().filter(|c| !c.is_whitespace() && !"-._/,·".contains(*c)).collect();
    if digits.is_empty() {
        return Ok(Typed::Wrong(refusals::code_empty()));
    }
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Typed::Wrong(refusals::code_malformed()));
    }
    let links = links::try_codes(tx, links).await?;
    let matching = links.iter().find(|link| hmac::verify(&app.codes, &message(link.id, &digits), &link.code).is_ok());
    Ok(match (matching, links.first()) {
        (Some(link), _) if link.takes_code(now) => Typed::Right(link.id),
        (None, Some(newest)) if newest.takes_code(now) => Typed::Wrong(refusals::code_wrong(newest.created_at)),
        _ => Typed::Wrong(refusals::code_expired()),
    })
}

fn message(link: LinkId, code: &str) -> Vec<u8> {
    [link.uuid().as_bytes().as_slice(), code.as_bytes()].concat()
}

/// A browser for a column.
pub(crate) fn written(browser: Browser) -> String {
    serde_json::to_string(&browser).unwrap_or_default()
}

/// A browser out of a column, in words when it is known.
pub(crate) fn device(written: &str) -> Option<Device> {
    let browser: Browser = serde_json::from_str(written).ok()?;
    let (name, system) = browser.words()?;
    Some(Device { browser: name.to_owned(), system: system.to_owned() })
}
