//! What we write to people, and how it gets there.
//!
//! A door puts a [`Mail`](message::Mail), facts only, into the outbox with the change that it tells of. Later the
//! [`outbox`] step words it in the reader's language ([`render`]), puts it into an [`envelope`] and hands it to a
//! [`delivery`]: the operator's relay, or the demonstration's mailbox. Nothing here speaks SQL or HTTP.

pub mod backoff;
pub mod browser;
pub mod courier;
pub mod delivery;
pub mod envelope;
pub mod failure;
pub mod mailbox;
pub mod message;
pub mod outbox;
mod quoted;
pub mod render;
pub(crate) mod sheet;
