//! Coming back: proving who one is.

pub(crate) mod password;
