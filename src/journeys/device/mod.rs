//! The person's side of the device grant (RFC 8628 §3.3): a code is typed, the ordinary sign-in follows, then one
//! question with the code in it, so that nobody lets in a device that they do not see.

pub(crate) mod confirm;
pub(crate) mod ended;
pub(crate) mod enter;
