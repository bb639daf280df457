//! The hosted pages, walked through as people walk through them: over HTTP, on each database.

mod access_requests;
pub(crate) mod account;
pub(crate) mod activation;
mod certificate_lives;
pub(crate) mod certificates;
mod certinomis;
pub(crate) mod challenge_questions;
mod chambersign;
mod guessing;
mod identifier_recovery;
mod inputs;
mod interruptions;
pub(crate) mod invitations;
pub(crate) mod issued_credentials;
mod links;
mod not_me;
pub(crate) mod organisations;
pub(crate) mod passkeys;
mod recovery;
mod resets;
pub(crate) mod second_factors;
mod secrets;
mod sessions;
mod several_accounts;
mod steps;
mod terms;
mod told_of_organisations;
