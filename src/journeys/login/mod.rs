//! Coming back: proving who one is.

pub(crate) mod continue_as;
pub(crate) mod lapsed;
pub(crate) mod lost_factor;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod recovery_code;
pub(crate) mod second_factor;
pub(crate) mod select_account;
pub(crate) mod sign_in;
pub(crate) mod totp;
pub(crate) mod welcome;
