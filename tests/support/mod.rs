//! What stories are told with.

#![expect(clippy::unwrap_used, reason = "a story that cannot be set up has failed")]

pub(crate) mod smtp;
