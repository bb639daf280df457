//! The six digits beside a mailed link: kept keyed, compared in constant time, five guesses a mail.

use aws_lc_rs::hmac;
use unicode_normalization::UnicodeNormalization as _;

use crate::app::App;
use crate::clock::Timestamp;
use crate::ids::LinkId;
use crate::journeys::link::Device;
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::Visit;
use crate::mail::browser::Browser;
use crate::secret::Secret;
use crate::store::Tx;
use crate::store::links::{self, Link, Purpose};
use crate::themes::phrase::Phrase;

/// What the database keeps of a code: six digits can be tried out, so the hash is keyed (SR-43).
pub(crate) fn keyed(app: &App, link: LinkId, code: &Secret<String>) -> Vec<u8> {
    hmac::sign(&app.codes, &message(link, code.expose())).as_ref().to_vec()
}

/// The six digits that somebody typed; otherwise what to tell them. Nothing is compared, so it costs no guess.
pub(crate) fn read(typed: &Secret<String>) -> Result<Secret<String>, Phrase> {
    // People paste codes with spaces, dots and dashes, in full-width digits (UX §1.1).
    let digits: String = typed.expose().nfkc().filter(|c| !c.is_whitespace() && !"-._/,·".contains(*c)).collect();
    if digits.is_empty() {
        return Err(refusals::code_empty());
    }
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refusals::code_malformed());
    }
    Ok(Secret::new(digits))
}

/// Spends the mail that this code belongs to, among the journey's `newest`; otherwise says what to tell. The caller
/// commits either way: the guess counts.
pub(crate) async fn redeem(
    visit: &Visit,
    tx: &Tx,
    (purpose, newest): (Purpose, u64),
    digits: &Secret<String>,
) -> Result<Result<Link, Phrase>, Problem> {
    let open = links::guess(tx, visit.flow.id, purpose, newest).await?;
    let link = match compare(&visit.app, &open, digits, visit.now()) {
        Ok(link) => link,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let spent = links::spend_code(tx, link, purpose, &written(visit.agent), visit.now()).await?;
    Ok(spent.ok_or_else(refusals::code_spent))
}

fn compare(app: &App, links: &[Link], digits: &Secret<String>, now: Timestamp) -> Result<LinkId, Phrase> {
    let is_its = |link: &&Link| hmac::verify(&app.codes, &message(link.id, digits.expose()), &link.code).is_ok();
    match (links.iter().find(is_its), links.first()) {
        (Some(link), _) if link.takes_code(now) => Ok(link.id),
        // Whether the newest was made void is not told: only mails to accounts are, when another browser asks (SR-1).
        (None, Some(newest)) if now < newest.code_expires_at => Err(refusals::code_wrong(newest.created_at)),
        _ => Err(refusals::code_expired()),
    }
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
