//! VIES, where the tax administrations of the Union say whether a number for value added tax is good (DOMAIN.md §3).
//!
//! It fails with whatever status, 200 included, so the body decides. A verdict is one, good or bad; no verdict is never
//! "bad". One administration that is silent says nothing of the others. Our own number, where the settings have it, makes
//! an answer that can be shown to an auditor: it comes with the number under which the check is on record.

use serde::Deserialize;
use serde_json::json;

use super::lookup::Lookup;
use super::told::Told;
use super::trouble::Trouble;
use crate::clock::{Duration, Timestamp};
use crate::identity::entity_record::VatRecord;
use crate::identity::number::vat::VatNumber;
use crate::identity::organisation::Registry;
use crate::outbound::service::{Answer, Question, Service};

/// How long to wait when it says that too many ask at once, before the one further try.
const PAUSE: Duration = Duration::from_millis(1500);

/// The service, and the number of whoever runs this product.
pub(super) struct Vies {
    pub(super) service: Service,
    pub(super) requester: Option<VatNumber>,
}

impl Lookup for Vies {
    type Number = VatNumber;
    type Record = VatRecord;

    const REGISTRY: Registry = Registry::Vies;

    async fn look_up(&self, number: &VatNumber, now: Timestamp) -> Result<VatRecord, Trouble> {
        let first = self.ask(number, now).await;
        if first != Err(Trouble::RateLimited(PAUSE)) {
            return first;
        }
        tokio::time::sleep(PAUSE).await;
        self.ask(number, now).await
    }
}

impl Vies {
    async fn ask(&self, number: &VatNumber, now: Timestamp) -> Result<VatRecord, Trouble> {
        // The prefix goes by itself: before the number it would be part of it. Greece is EL there, as in the number.
        let mut document = json!({ "countryCode": number.prefix().as_str(), "vatNumber": number.number() });
        if let (Some(ours), Some(document)) = (&self.requester, document.as_object_mut()) {
            document.insert("requesterMemberStateCode".to_owned(), ours.prefix().as_str().into());
            document.insert("requesterNumber".to_owned(), ours.number().into());
        }
        let question = Question { path: &["check-vat-number"], document: Some(&document), ..Question::default() };
        read(&self.service.ask(question).await?, number, now)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    valid: Option<bool>,
    #[serde(default)]
    country_code: Option<String>,
    #[serde(default)]
    vat_number: Option<String>,
    #[serde(default)]
    name: Told,
    #[serde(default)]
    address: Told,
    #[serde(default)]
    request_identifier: Option<String>,
    #[serde(default)]
    user_error: Option<String>,
    #[serde(default)]
    error_wrappers: Vec<Wrapped>,
}

#[derive(Deserialize)]
struct Wrapped {
    error: String,
}

/// What an answer says of that number, whatever its status.
fn read(answer: &Answer, number: &VatNumber, now: Timestamp) -> Result<VatRecord, Trouble> {
    let Some(document) = answer.read::<Document>() else { return Err(unread(answer)) };
    let codes = document.error_wrappers.iter().map(|wrapped| wrapped.error.as_str());
    // "VALID" and "INVALID" stand there too, in the form of the answer that has no verdict of its own.
    let code = codes.chain(document.user_error.as_deref()).find(|code| !matches!(*code, "VALID" | "INVALID" | ""));
    if let Some(code) = code {
        return Err(trouble(code));
    }
    let about = |told: &Option<String>, ours: &str| told.as_deref().is_none_or(|told| told == ours);
    if !about(&document.country_code, number.prefix().as_str()) || !about(&document.vat_number, number.number()) {
        return Err(Trouble::Malformed);
    }
    match document.valid {
        Some(true) => Ok(VatRecord {
            number: number.clone(),
            name: document.name.line(),
            address: document.address.line(),
            consultation: document.request_identifier.filter(|text| is_identifier(text)),
            source: Registry::Vies,
            checked_at: now,
        }),
        Some(false) => Err(Trouble::NotFound),
        None => Err(unread(answer)),
    }
}

/// An answer without a verdict and without a reason.
fn unread(answer: &Answer) -> Trouble {
    if answer.status.is_success() { Trouble::Malformed } else { Trouble::of(answer) }
}

/// What its codes mean. A code that nobody knows means that nobody could check.
fn trouble(code: &str) -> Trouble {
    match code {
        "INVALID_REQUESTER_INFO" | "VAT_BLOCKED" | "IP_BLOCKED" => Trouble::Misconfigured,
        "MS_UNAVAILABLE" | "TIMEOUT" => Trouble::MemberState,
        "SERVICE_UNAVAILABLE" => Trouble::Unavailable,
        "GLOBAL_MAX_CONCURRENT_REQ"
        | "GLOBAL_MAX_CONCURRENT_REQ_TIME"
        | "MS_MAX_CONCURRENT_REQ"
        | "MS_MAX_CONCURRENT_REQ_TIME" => Trouble::RateLimited(PAUSE),
        // INVALID_INPUT among them: our question was wrong, and the number may be good.
        _ => Trouble::Malformed,
    }
}

/// "WAPIAAAAWf0cH3Jk": what is kept as evidence is letters and digits.
fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;
