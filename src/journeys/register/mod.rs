//! Getting an account, one file per registration kind.

pub(crate) mod access;
pub(crate) mod access_link;
pub(crate) mod chosen_password;
pub(crate) mod issued;
pub(crate) mod organisation;
pub(crate) mod sent;
pub(crate) mod start;
pub(crate) mod verified_email;
