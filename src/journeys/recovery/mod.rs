//! Ways back for whoever forgot: their password, or what they sign in with.
//!
//! Password: a mailed link first, then questions where there are any, then the new password. Identifier: a mail that lists
//! them, and nothing else. The answer on screen is the same for everything that may be typed; what we know leaves by mail
//! only (SR-1).

mod accounts;
pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod code;
pub(crate) mod identifier;
mod identifier_page;
mod identifier_sent;
pub(crate) mod new_password;
mod password;
mod question;
mod sent;
pub(crate) mod triggered;

pub(crate) use identifier_page::RecoverIdentifierPage;
pub(crate) use identifier_sent::IdentifierSentPage;
pub(crate) use password::RecoverPasswordPage;
pub(crate) use question::{RecoverQuestionPage, several};
pub(crate) use sent::RecoverSentPage;
