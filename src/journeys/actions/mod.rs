//! What is owed before a session may exist, one file per required action.

pub(crate) mod accept_terms;
pub(crate) mod challenge_questions;
pub(crate) mod configure_totp;
pub(crate) mod designate_contacts;
pub(crate) mod first_password;
pub(crate) mod invite_users;
mod owed;
pub(crate) mod protection;
pub(crate) mod question;
pub(crate) mod recovery_codes;
pub(crate) mod register_passkey;
pub(crate) mod secret_question;
pub(crate) mod terms;
pub(crate) mod update_password;
pub(crate) mod verification;
pub(crate) mod verify_email;
