//! Forgotten password: a mailed link first, then the secret question where there is one, then the new password.
//!
//! The answer on screen is the same for every identifier; what we know leaves by mail only (SR-1).

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod code;
pub(crate) mod new_password;
mod password;
mod question;
mod sent;
pub(crate) mod triggered;

pub(crate) use password::RecoverPasswordPage;
pub(crate) use question::RecoverQuestionPage;
pub(crate) use sent::RecoverSentPage;
