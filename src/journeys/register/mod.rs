//! Getting an account, one file per registration kind.

pub(crate) mod verified_email;
