//! When we cannot go on: what happened in one sentence for humans, what to do, and a reference that we find in our
//! logs. Never a stack, never a protocol word alone.

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::samples;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Nous n’avons pas pu terminer ». The way back to the application is the frame's, if its address was verified.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ErrorPage {
    /// What happened.
    pub(crate) cause: Phrase,
    /// What to do.
    pub(crate) advice: Phrase,
    /// The reference, such as `K7Q2-M4TD`.
    pub(crate) reference: String,
    /// When it happened.
    pub(crate) at: Timestamp,
}

/// Why we cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Something of ours failed.
    Ours,
    /// No such application in this realm.
    UnknownApplication,
    /// The application's return address is not one it declared.
    UndeclaredAddress,
    /// The application's request breaks the protocol.
    MalformedRequest,
    /// The form that was sent is not one of ours: repeated or missing fields, wrong encoding, too large.
    UnreadableForm,
    /// The account was suspended; told after the right password only.
    AccountSuspended,
    /// Only administrators of the organisation do this.
    NotAdministrator,
    /// The address was a closed account's a short while ago.
    AddressRests,
    /// This realm does not take registrations.
    RegistrationClosed,
}

impl Cause {
    const ALL: [(&'static str, Self); 9] = [
        ("ours", Self::Ours),
        ("unknown-application", Self::UnknownApplication),
        ("undeclared-address", Self::UndeclaredAddress),
        ("malformed-request", Self::MalformedRequest),
        ("unreadable-form", Self::UnreadableForm),
        ("account-suspended", Self::AccountSuspended),
        ("not-administrator", Self::NotAdministrator),
        ("address-rests", Self::AddressRests),
        ("registration-closed", Self::RegistrationClosed),
    ];

    /// The page that tells it.
    pub(crate) fn page(self, reference: impl Into<String>, at: Timestamp) -> ErrorPage {
        let (cause, advice) = match self {
            Self::Ours => ("error.ours", "error.try_later"),
            Self::UnknownApplication => ("error.unknown_application", "error.tell_the_application"),
            Self::UndeclaredAddress => ("error.undeclared_address", "error.tell_the_application"),
            Self::MalformedRequest => ("error.malformed_request", "error.tell_the_application"),
            Self::UnreadableForm => ("error.unreadable_form", "error.go_back"),
            Self::AccountSuspended => ("error.account_suspended", "error.ask_support"),
            Self::NotAdministrator => ("error.not_administrator", "error.ask_administrators"),
            Self::AddressRests => ("error.address_rests", "error.ask_support"),
            Self::RegistrationClosed => ("error.registration_closed", "error.ask_support"),
        };
        ErrorPage { cause: Phrase::new(cause), advice: Phrase::new(advice), reference: reference.into(), at }
    }
}

impl Page for ErrorPage {
    const NAME: &'static str = "error";
    const TEMPLATE: &'static str = "error.html";

    fn title(&self) -> Phrase {
        Phrase::new("error.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        Cause::ALL.into_iter().map(|(name, cause)| sample(name, cause.page("K7Q2-M4TD", now))).collect()
    }
}

/// « Page introuvable ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NotFoundPage {
    /// A page of the realm that exists.
    pub(crate) start: Option<String>,
}

impl Page for NotFoundPage {
    const NAME: &'static str = "not-found";
    const TEMPLATE: &'static str = "not_found.html";

    fn title(&self) -> Phrase {
        Phrase::new("not_found.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![
            sample("in-realm", Self { start: Some(samples::NEXT.to_owned()) }),
            sample("nowhere", Self { start: None }),
        ]
    }
}

/// « Service en maintenance ». Needs no database.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MaintenancePage {
    /// When it ends, if that is known.
    pub(crate) until: Option<Timestamp>,
}

impl Page for MaintenancePage {
    const NAME: &'static str = "maintenance";
    const TEMPLATE: &'static str = "maintenance.html";

    fn title(&self) -> Phrase {
        Phrase::new("maintenance.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        vec![
            sample("until", Self { until: Some(now + Duration::from_hours(2)) }),
            sample("open-end", Self { until: None }),
        ]
    }
}

/// « Beaucoup de monde en ce moment »: 503 with `Retry-After` (SR-29). What was typed can be sent again as it is.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BusyPage {
    /// How long to wait.
    pub(crate) retry_after: Duration,
    /// The page to try again.
    pub(crate) again: Option<String>,
}

impl Page for BusyPage {
    const NAME: &'static str = "busy";
    const TEMPLATE: &'static str = "busy.html";

    fn title(&self) -> Phrase {
        Phrase::new("busy.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let after = |seconds, again| Self { retry_after: Duration::from_secs(seconds), again };
        vec![sample("get", after(10, Some(samples::NEXT.to_owned()))), sample("post", after(30, None))]
    }
}
