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
    /// How to get another.
    pub(crate) resend: Resend,
}

/// Another mail: now, or from a certain time on.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Resend {
    /// A button, sent as `do=resend` with this form's hidden field.
    Now(FormState),
    /// Not before then.
    From(Timestamp),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_tell_the_two_apart_by_name() {
        let later = serde_json::to_value(Resend::From(Timestamp::from_millis(5))).unwrap();
        assert_eq!(later, serde_json::json!({ "from": 5 }));
        assert!(serde_json::to_value(Resend::Now(FormState::default())).unwrap().get("now").is_some());
    }
}
