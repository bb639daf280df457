//! What the protocol's door cannot answer with a redirect: a page of ours, worded where pages are (SR-125, SR-126).
//!
//! The door puts it into the response's extensions; the layer around all doors turns it into a page in the person's
//! language. Doors do not know each other.

use super::endings::Farewell;
use crate::identity::language::Localized;

/// Something that a person must be shown instead of being sent on.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// No such realm, or nothing at that address.
    NothingHere,
    /// No such relying party.
    UnknownApplication,
    /// The address to answer to is not registered.
    UndeclaredAddress,
    /// The request cannot be read.
    MalformedRequest,
    /// An error that is for the client, after a look at where the way back leads.
    WayBack {
        /// What people call it.
        application: Option<Localized>,
        /// Where its answer waits.
        href: String,
    },
    /// An answer that travels as a form (Form Post Response Mode §2).
    FormPost {
        /// Where it goes.
        action: String,
        /// What it carries.
        fields: Vec<(&'static str, String)>,
        /// Whether a script may send it; otherwise the person looks first (SR-126).
        by_itself: bool,
    },
    /// A session ended at once: applications hear of it in the browser, which then goes on.
    SignedOut {
        /// What the browser loads.
        farewell: Farewell,
        /// Where it goes then: where the application wants it, or to the page that says goodbye.
        onward: String,
    },
    /// We are asked for too much at once.
    Slowed {
        /// How many seconds to wait.
        seconds: u64,
    },
    /// Something of ours failed.
    Ours(String),
}
