//! Getting an account, one file per registration kind.

pub(crate) mod start;
pub(crate) mod verified_email;
