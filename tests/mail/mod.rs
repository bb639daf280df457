//! How mail reaches people, and when it must not.

#![expect(clippy::unwrap_used, reason = "a story that cannot be set up has failed")]

mod courier;
mod outbox;
mod texts;
