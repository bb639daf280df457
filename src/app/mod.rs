//! What the doors share.

pub(crate) mod cookies;
pub(crate) mod forms;
