//! A code that was mailed, and the button that mails another: what the pages that wait for one have in common.

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::themes::form::FormState;

/// A code on its way to a mailbox.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AwaitedCode {
    /// How long it lives.
    pub(crate) lives: Duration,
    /// When it ends.
    pub(crate) until: Timestamp,
    /// The name to look for in the mailbox.
    pub(crate) sender: String,
    /// Another mail: a button, sent as `do=resend` with this form's hidden field.
    pub(crate) resend: FormState,
    /// When there will be another, if not now; the button is there all the same (DOMAIN.md §9.5) and says so.
    pub(crate) resend_from: Option<Timestamp>,
}
